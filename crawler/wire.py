"""The wire tap: connections that keep the exact bytes of each exchange; parses none of them and writes no record.

Built on private names of Scrapy and Twisted, both pinned; canary.py proves at every start that they still fit. Signals
will not do: what they show is normalised, without its chunk framing and reason phrase. The tap sits above TLS, so that
what it sees is plain text.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import attrs
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.web.client import HTTPConnectionPool
from zope.interface import directlyProvides, providedBy

from archive.clock import now
from archive.errors import TapBroken

try:
    from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
    from twisted.web._newclient import HEADER, STATUS
    from twisted.web.client import _RetryingHTTP11ClientProtocol
except ImportError as error:
    raise TapBroken(str(error)) from error


@attrs.frozen(kw_only=True)
class WireBounds:
    """How many bytes a response's head, and all of it with its chunk framing, may have; beyond that it is cut."""

    head: int
    whole: int


@attrs.define
class Wire:
    """One use of a connection: the bytes that went out and came in, and how long it took, in seconds."""

    began_at: datetime
    began: float = attrs.field(factory=time.monotonic)
    ended: float = attrs.field(factory=time.monotonic)
    sent: list[bytes] = attrs.field(factory=list)
    received: list[bytes] = attrs.field(factory=list)
    ip_address: str | None = None
    protocols: tuple[str, ...] = ("http/1.1",)
    cipher_suite: str | None = None
    size: int = 0
    truncated: str | None = None
    is_head_cut: bool = False


class _TappedTransport:
    """Passes everything on to the real transport, and what is written to the wire as well."""

    def __init__(self, transport: Any, sent: Callable[[bytes], None]) -> None:
        self._transport, self._sent = transport, sent
        directlyProvides(self, providedBy(transport))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, octets: bytes) -> None:
        self._sent(octets)
        self._transport.write(octets)

    def writeSequence(self, pieces: list[bytes]) -> None:  # noqa: N802 - Twisted's name
        self.write(b"".join(pieces))


class TappedProtocol(_LenientHTTP11ClientProtocol):
    """A connection that keeps each exchange's bytes on the wire that was laid for it."""

    def __init__(self, quiescent: Callable[[Any], None], bounds: WireBounds) -> None:
        super().__init__(quiescent)  # type: ignore[no-untyped-call]
        self._bounds = bounds
        self._next: list[Wire] | None = None
        self._wire: Wire | None = None

    def lay(self, wires: list[Wire]) -> None:
        """Add a wire for the next request to `wires`, once it is sent."""
        self._next = wires

    def makeConnection(self, transport: Any) -> None:  # noqa: N802
        """Tap the transport before anybody writes to it."""
        super().makeConnection(_TappedTransport(transport, self._written))  # type: ignore[no-untyped-call]

    def _written(self, octets: bytes) -> None:
        if self._wire is not None:
            self._wire.sent.append(octets)

    def request(self, request: Any) -> Deferred[Any]:
        """Send a request over a wire of its own."""
        self._wire = Wire(now())
        if self._next is not None:
            self._next.append(self._wire)
            self._next = None
        return super().request(request)

    def _describe_connection(self, wire: Wire) -> None:
        transport = cast("Any", self.transport)
        wire.ip_address = getattr(transport.getPeer(), "host", None)
        connection: Any = getattr(transport, "getHandle", lambda: None)()
        version = getattr(connection, "get_protocol_version_name", lambda: None)()
        if version:
            wire.protocols = ("http/1.1", version.lower().replace("tlsv", "tls/"))
            wire.cipher_suite = connection.get_cipher_name()

    def dataReceived(self, octets: bytes) -> None:  # noqa: N802
        """Keep what came, then let it be parsed; what is without end is cut."""
        wire = self._wire
        if wire is not None:
            if not wire.received:  # only now is the handshake surely over
                self._describe_connection(wire)
            wire.received.append(octets)
            wire.size += len(octets)
            wire.ended = time.monotonic()
            if wire.size > self._bounds.head and self._is_beyond(wire):
                wire.truncated = "length"
                cast("Any", self.transport).abortConnection()
                return
        super().dataReceived(octets)  # type: ignore[no-untyped-call]

    def _is_beyond(self, wire: Wire) -> bool:
        wire.is_head_cut = self._parser is not None and self._parser.state in (STATUS, HEADER)
        return wire.is_head_cut or wire.size > self._bounds.whole

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802
        # what came after the end of the answer belongs to no exchange
        if self._wire is not None and rest:
            received = b"".join(self._wire.received)
            self._wire.received[:] = [received[: len(received) - len(rest)]]
        self._wire = None
        super()._finishResponse(rest)


class TappedFactory(_LenientHTTP11ClientFactory):
    """What the pool makes connections with."""

    bounds: WireBounds

    def buildProtocol(self, _addr: IAddress | None) -> TappedProtocol:  # noqa: N802
        """A connection with a tap."""
        return TappedProtocol(self._quiescentCallback, self.bounds)


def tap(pool: HTTPConnectionPool, bounds: WireBounds) -> None:
    """Let all connections that a pool will make be tapped."""

    class BoundedFactory(TappedFactory):
        pass

    BoundedFactory.bounds = bounds
    pool._factory = BoundedFactory


class RequestPool:
    """The pool as one request sees it: every connection it gets has a wire laid for this request."""

    def __init__(self, pool: HTTPConnectionPool, wires: list[Wire]) -> None:
        self._pool, self._wires = pool, wires
        self.persistent = pool.persistent

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: N802 - Twisted's name
        """A connection, new or kept."""
        connecting: Deferred[Any] = self._pool.getConnection(key, endpoint)
        return connecting.addCallback(self._lay)

    def _lay(self, connection: Any) -> Any:
        if isinstance(connection, _RetryingHTTP11ClientProtocol):
            connect_anew = connection._newConnection
            connection._newConnection = lambda: connect_anew().addCallback(self._lay)
            connection._clientProtocol.lay(self._wires)
        else:
            connection.lay(self._wires)
        return connection
