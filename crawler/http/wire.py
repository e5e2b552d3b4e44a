"""A connection to a server that keeps the exact bytes of each exchange; writes no record and chooses no server.

It stands above TLS, so that what it sees is plain text. What it keeps is what it was given to send, and what was handed
to it as received, before anything is read out of that.
"""

from __future__ import annotations

import asyncio
import select
import ssl
import time
from collections.abc import Callable
from datetime import datetime
from typing import cast

import attrs

from archive.clock import now
from archive.warc.http import ResponseReader
from archive.warc.httphead import BadMessage

# Bytes taken from a socket at once: more than this the kernel seldom holds.
_SCRATCH_BYTES = 256 * 1024
# Of what is no HTTP/1 answer more is waited for until so many seconds bring no byte: HTTP/0.9 ends with its connection,
# and who speaks another protocol waits for a word.
_LINGER_SECONDS = 3.0
# as WARC-Protocol names them
_TLS = {"SSLv3": "ssl/3", "TLSv1": "tls/1.0", "TLSv1.1": "tls/1.1", "TLSv1.2": "tls/1.2", "TLSv1.3": "tls/1.3"}


@attrs.frozen(kw_only=True)
class WireBounds:
    """How many bytes a response's head, its body, and all of it with its chunk framing may have; beyond it is cut."""

    head: int
    body: int

    @property
    def whole(self) -> int:
        """Chunk framing may double a body."""
        return self.head + 2 * self.body


@attrs.define(kw_only=True)
class Wire:
    """One exchange on a connection: the bytes that went out and came in, and when, in seconds of a monotonic clock."""

    sent: bytes
    began_at: datetime = attrs.field(factory=now)
    began: float = attrs.field(factory=time.monotonic)
    headed: float = 0.0
    ended: float = 0.0
    received: bytes | bytearray = attrs.field(factory=bytearray)
    ip_address: str | None = None
    protocols: tuple[str, ...] = ("http/1.1",)
    cipher_suite: str | None = None
    truncated: str | None = None
    is_head_cut: bool = False
    is_whole: bool = False  # the server ended it, although it was no answer that could be read
    lacks_close_notify: bool = False  # TLS was ended by closing the connection below it (RFC 8446, 6.1)


class TooLong(Exception):
    """An answer goes beyond a bound, in bytes; the wire holds what came before."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        super().__init__(bound)


class ConnectionDied(ConnectionError):
    """The connection ended before its answer did; `reader` has what had come."""

    def __init__(self, reason: str, reader: ResponseReader) -> None:
        self.reader = reader
        super().__init__(reason)


def _is_readable(number: int) -> bool:
    # the loop may have been busy since octets came, or the end: both would be taken for the next answer
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))


class Connection(asyncio.BufferedProtocol):
    """A kept connection: one exchange at a time.

    `on_loss` is called when it ends while nothing is under way.
    """

    # one for all: what a read brings is taken out of it before the next begins
    _scratch = memoryview(bytearray(_SCRATCH_BYTES))

    def __init__(self, bounds: WireBounds, on_loss: Callable[[Connection], None]) -> None:
        self._usual_bounds = self._bounds = bounds
        self._on_loss = on_loss
        self._transport: asyncio.Transport | None = None
        self._wire: Wire | None = None
        self._reader: ResponseReader | None = None
        self._whole: asyncio.Future[ResponseReader] | None = None
        self._of_connection: tuple[str | None, tuple[str, ...], str | None] | None = None
        self._no_answer: BadMessage | None = None
        self._linger: asyncio.TimerHandle | None = None
        self.exchanges = 0
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; also called by hand where TLS was begun within a tunnel."""
        self._transport = cast("asyncio.Transport", transport)

    def send(self, wire: Wire, method: bytes, bounds: WireBounds | None = None) -> asyncio.Future[ResponseReader]:
        """Send a request; gives its answer once that is whole. `bounds` are those of this exchange alone.

        The future may raise TooLong, BadMessage, or ConnectionDied.
        """
        assert self._transport is not None and self._whole is None
        self._wire, self._reader = wire, ResponseReader(method, cast("bytearray", wire.received))
        self._whole = asyncio.get_running_loop().create_future()
        self._bounds = bounds or self._usual_bounds
        self.exchanges += 1
        self._transport.write(wire.sent)
        return self._whole

    @property
    def is_usable(self) -> bool:
        """Whether another exchange may begin: nothing is under way, and nothing came since that nobody asked for."""
        return (
            self._transport is not None
            and not self._transport.is_closing()
            and self._whole is None
            and not _is_readable(self._transport.get_extra_info("socket").fileno())
        )

    def close(self) -> None:
        """End the connection at once; what is under way is lost."""
        if self._transport is not None:
            self._transport.abort()

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where the next bytes go."""
        return self._scratch

    def buffer_updated(self, nbytes: int) -> None:
        """Keep what came, then look whether that is all; what is without end is cut."""
        wire, reader = self._wire, self._reader
        if wire is None or reader is None:
            self.close()  # nobody asked: whatever this is, it must not answer the next request
            return
        received = cast("bytearray", wire.received)
        if not received:
            self._describe(wire)
        received += self._scratch[:nbytes]
        wire.ended = time.monotonic()
        try:
            if self._no_answer is None:
                reader.advance()
            self._check_bounds(wire, reader)
        except BadMessage as error:
            if reader.head is not None:
                self._end(error)
                return
            self._no_answer = error
        except TooLong as error:
            self._end(error)
            return
        if self._no_answer is not None:
            self._wait_for_more(self._no_answer)
        elif reader.end is not None:
            self._finish(reader)

    def _wait_for_more(self, error: BadMessage) -> None:
        """Keep what is no answer as far as the server sends it: it ends with the connection, or with silence."""
        if self._linger is not None:
            self._linger.cancel()
        self._linger = asyncio.get_running_loop().call_later(_LINGER_SECONDS, self._end, error)

    def eof_received(self) -> None:
        """The server sends no more: the transport then closes."""
        tls = self._transport.get_extra_info("ssl_object") if self._transport is not None else None
        if self._wire is not None and tls is not None:
            try:
                self._wire.lacks_close_notify = bool(tls.read(1))
            except ssl.SSLZeroReturnError:
                pass
            except ssl.SSLError:  # it waits for more: no close_notify came
                self._wire.lacks_close_notify = True

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended, and with it perhaps the answer."""
        self._transport = None
        if self._whole is None:
            self._on_loss(self)
            return
        assert self._reader is not None and self._wire is not None
        if self._no_answer is not None:
            self._wire.is_whole = exc is None
            self._end(self._no_answer)
            return
        # a connection that was reset ends nothing: who knows what was still to come
        if exc is None and self._reader.close():
            self._finish(self._reader)
        else:
            self._end(ConnectionDied(str(exc or "the server ended the connection"), self._reader))

    def _check_bounds(self, wire: Wire, reader: ResponseReader) -> None:
        bounds, received = self._bounds, cast("bytearray", wire.received)
        if self._no_answer is not None:  # without a head all of it is a body
            if len(received) > bounds.body:
                wire.truncated = "length"
                del received[bounds.body :]
                raise TooLong(bounds.body)
            return
        if not wire.headed and reader.head is not None:
            wire.headed = wire.ended
        wire.is_head_cut = reader.head_size > bounds.head
        if wire.is_head_cut or len(received) > bounds.whole or reader.body_size > bounds.body:
            wire.truncated = "length"
            if not wire.is_head_cut and reader.body_size > bounds.body:
                del received[reader.offset_of(bounds.body) :]
            raise TooLong(bounds.head if wire.is_head_cut else bounds.body)

    def _describe(self, wire: Wire) -> None:
        if self._of_connection is None:
            assert self._transport is not None
            peer = self._transport.get_extra_info("peername")
            tls = self._transport.get_extra_info("ssl_object")
            self._of_connection = (
                peer[0].partition("%")[0] if peer else None,
                ("http/1.1", _TLS[tls.version()]) if tls else ("http/1.1",),
                tls.cipher()[0] if tls else None,
            )
        wire.ip_address, wire.protocols, wire.cipher_suite = self._of_connection

    def _finish(self, reader: ResponseReader) -> None:
        wire, whole = self._wire, self._whole
        assert wire is not None and whole is not None and reader.end is not None
        if len(wire.received) > reader.end:
            # what came after the end of the answer belongs to no exchange, nor may it answer the next
            del cast("bytearray", wire.received)[reader.end :]
            reader.is_persistent = False
        if self._transport is not None and self._transport.get_write_buffer_size():
            # answered before all was sent: the server may never read the rest, nor what would come after it
            reader.is_persistent = False
        self._wire = self._reader = self._whole = None
        if not reader.is_persistent:
            self.close()
        if not whole.done():
            whole.set_result(reader)

    def _end(self, error: Exception) -> None:
        whole = self._whole
        if self._linger is not None:
            self._linger.cancel()
        self._wire = self._reader = self._whole = None
        self.close()
        if whole is not None and not whole.done():
            whole.set_exception(error)
