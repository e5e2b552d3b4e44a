"""The wire tap: a download handler that hands the exact bytes of every exchange to the session; parses none of them.

Built on private names of Scrapy and Twisted, both pinned. Signals will not do: what they show is normalised, without
its chunk framing and reason phrase. The tap sits above TLS, so that what it sees is plain text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import attrs
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import Agent, HTTPConnectionPool, _RetryingHTTP11ClientProtocol
from zope.interface import directlyProvides, providedBy

from archive.clock import now
from archive.session import session_of
from archive.warc.record import Exchange, Original
from crawler.loopback import Loopback

# What a spider finds in response.meta, and what it may put into request.meta.
RECORD_ID, CAPTURED_AT = "record_id", "captured_at"
NOT_MODIFIED, VIA = "not_modified", "via"


# DOWNLOAD_MAXSIZE bounds bodies only.
_LONGEST_HEAD = 1024 * 1024


@attrs.define
class Wire:
    """One use of a connection: the bytes that went out and came in."""

    began_at: datetime
    sent: list[bytes] = attrs.field(factory=list)
    received: list[bytes] = attrs.field(factory=list)
    ip_address: str | None = None
    protocols: tuple[str, ...] = ("http/1.1",)
    cipher_suite: str | None = None
    size: int = 0
    truncated: str | None = None


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

    def __init__(self, quiescent: Callable[[Any], None]) -> None:
        super().__init__(quiescent)  # type: ignore[no-untyped-call]
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
        """Keep what came, then let it be parsed; a head without end is cut."""
        if self._wire is not None:
            if not self._wire.received:  # only now is the handshake surely over
                self._describe_connection(self._wire)
            self._wire.received.append(octets)
            self._wire.size += len(octets)
            if self._wire.size > _LONGEST_HEAD and self._parser is not None and self._parser.state in (STATUS, HEADER):
                self._wire.truncated = "length"
                cast("Any", self.transport).abortConnection()
                return
        super().dataReceived(octets)  # type: ignore[no-untyped-call]

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802
        # what came after the end of the answer belongs to no exchange
        if self._wire is not None and rest:
            received = b"".join(self._wire.received)
            self._wire.received[:] = [received[: len(received) - len(rest)]]
        self._wire = None
        super()._finishResponse(rest)


class _TappedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, _addr: IAddress | None) -> TappedProtocol:  # noqa: N802
        return TappedProtocol(self._quiescentCallback)


class _RequestPool:
    """The pool as one request sees it: every connection it gets has a wire laid for this request."""

    def __init__(self, pool: HTTPConnectionPool, wires: list[Wire]) -> None:
        self._pool, self._wires = pool, wires
        self.persistent = pool.persistent

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: N802 - Twisted's name
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


class _Agent(_ScrapyAgent):
    loopback: Loopback | None = None

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        agent = super()._get_agent(request, timeout)
        if self.loopback is not None:
            agent._endpointFactory = self.loopback.endpoints(agent._endpointFactory)
        return agent


class CaptureDownloadHandler(HTTP11DownloadHandler):
    """Downloads over HTTP/1.1 and gives every exchange to the session before the response goes on.

    A response is held back until the session's queue has room for it, so that no page and no picture outruns the
    disk. `response.meta` then bears `record_id` and `captured_at`; `request.meta["not_modified"]` may name the
    capture (an `Original`) that a 304 would confirm.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._session = session_of(crawler)
        self._loopback = Loopback.from_setting(crawler.settings.get("BAOTINH_LOOPBACK"))
        self._pool._factory = _TappedFactory

    async def download_request(self, request: Request) -> Response:
        """Fetch and archive; raises what Scrapy's own handler raises, after archiving what had arrived."""
        wires: list[Wire] = []
        agent = _Agent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=cast("HTTPConnectionPool", _RequestPool(self._pool, wires)),
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        agent.loopback = self._loopback
        try:
            with wrap_twisted_exceptions():
                response = await maybe_deferred_to_future(agent.download_request(request))
        except Exception as error:
            await self._keep(request, wires, truncated=_truncation(error))
            raise
        await self._keep(request, wires, truncated="disconnect" if "dataloss" in response.flags else None)
        return response

    async def _keep(self, request: Request, wires: list[Wire], truncated: str | None) -> None:
        for wire in wires:
            is_last = wire is wires[-1]
            if any(wire.received):
                await self._keep_wire(request, wire, wire.truncated or (truncated if is_last else "disconnect"))

    async def _keep_wire(self, request: Request, wire: Wire, truncated: str | None) -> None:
        original: Original | None = request.meta.get(NOT_MODIFIED)
        proxied = bool(request.meta.get("proxy"))
        via = request.meta.get(VIA)
        exchange = Exchange(
            record_id=self._session.new_id(),
            url=request.url.partition("#")[0],
            began_at=wire.began_at,
            request=b"".join(wire.sent),
            response=b"".join(wire.received),
            ip_address=None if proxied else wire.ip_address,
            protocols=wire.protocols,
            cipher_suite=wire.cipher_suite,
            truncated=truncated,
            not_modified=original,
            metadata=(("via", via),) if via else (),
        )
        await asyncio.wrap_future(self._session.admit(exchange.size))
        self._session.write(exchange)
        request.meta[RECORD_ID], request.meta[CAPTURED_AT] = exchange.record_id, exchange.began_at


def _truncation(error: Exception) -> str:
    # ISO 28500, 5.13
    if isinstance(error, DownloadTimeoutError):
        return "time"
    if isinstance(error, DownloadCancelledError):
        return "length"
    return "disconnect"
