"""A connection to a server that keeps the exact bytes of each exchange, as sent and received above TLS."""

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

# Bytes read from a socket at once: the kernel seldom holds more.
_SCRATCH_BYTES = 256 * 1024
# What is no HTTP/1 response is read until so many seconds bring no byte: HTTP/0.9 ends with its connection, and a
# server of another protocol waits for the client.
_LINGER_SECONDS = 3.0
# as WARC-Protocol names them
_TLS = {"SSLv3": "ssl/3", "TLSv1": "tls/1.0", "TLSv1.1": "tls/1.1", "TLSv1.2": "tls/1.2", "TLSv1.3": "tls/1.3"}


@attrs.frozen(kw_only=True)
class WireBounds:
    """Most bytes of a response's head, its body, and all of it with chunk framing; a longer response is cut."""

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
    is_whole: bool = False  # the server ended it, although it is no HTTP/1 response
    lacks_close_notify: bool = False  # TLS was ended by closing the connection below it (RFC 8446, 6.1)


class TooLong(Exception):
    """A response is longer than `bound` bytes; the wire holds what came before."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        super().__init__(bound)


class ConnectionDied(ConnectionError):
    """The connection ended before the response did; `reader` has what was received."""

    def __init__(self, reason: str, reader: ResponseReader) -> None:
        self.reader = reader
        super().__init__(reason)


def _is_readable(number: int) -> bool:
    # bytes or the connection's end may wait behind a busy loop: both would be taken for the next response
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))


class Connection(asyncio.BufferedProtocol):
    """A kept connection: one exchange at a time.

    `on_loss` is called when it ends without an exchange in progress.
    """

    # shared by all connections: what one read brings is copied before the next read
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
        """Called by asyncio, and by the pool after TLS has started within a tunnel."""
        self._transport = cast("asyncio.Transport", transport)

    def send(self, wire: Wire, method: bytes, bounds: WireBounds | None = None) -> asyncio.Future[ResponseReader]:
        """Send a request; the future gives the complete response. `bounds` hold for this exchange alone.

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
        """Whether another exchange may begin: none is in progress, and no unrequested bytes have come."""
        return (
            self._transport is not None
            and not self._transport.is_closing()
            and self._whole is None
            and not _is_readable(self._transport.get_extra_info("socket").fileno())
        )

    def close(self) -> None:
        """End the connection at once; an exchange in progress is lost."""
        if self._transport is not None:
            self._transport.abort()

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where the next bytes go."""
        return self._scratch

    def buffer_updated(self, nbytes: int) -> None:
        """Keep what was received, and end the exchange if the response is complete or beyond a bound."""
        wire, reader = self._wire, self._reader
        if wire is None or reader is None:
            self.close()  # unrequested bytes must not be taken for the next response
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
        """Keep reading what is no HTTP/1 response until the connection ends or no more comes."""
        if self._linger is not None:
            self._linger.cancel()
        self._linger = asyncio.get_running_loop().call_later(_LINGER_SECONDS, self._end, error)

    def eof_received(self) -> None:
        """The server sends no more; the transport then closes."""
        tls = self._transport.get_extra_info("ssl_object") if self._transport is not None else None
        if self._wire is not None and tls is not None:
            try:
                self._wire.lacks_close_notify = bool(tls.read(1))
            except ssl.SSLZeroReturnError:
                pass
            except ssl.SSLError:  # it waits for more: no close_notify came
                self._wire.lacks_close_notify = True

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended, and perhaps the response with it."""
        self._transport = None
        if self._whole is None:
            self._on_loss(self)
            return
        assert self._reader is not None and self._wire is not None
        if self._no_answer is not None:
            self._wire.is_whole = exc is None
            self._end(self._no_answer)
            return
        # a reset connection does not end a response: more may have been on the way
        if exc is None and self._reader.close():
            self._finish(self._reader)
        else:
            self._end(ConnectionDied(str(exc or "the server ended the connection"), self._reader))

    def _check_bounds(self, wire: Wire, reader: ResponseReader) -> None:
        bounds, received = self._bounds, cast("bytearray", wire.received)
        if self._no_answer is not None:  # without a head all bytes are the body
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
            # bytes after the response's end belong to no exchange, and must not be taken for the next response
            del cast("bytearray", wire.received)[reader.end :]
            reader.is_persistent = False
        if self._transport is not None and self._transport.get_write_buffer_size():
            # a response before all was sent: the server may never read the rest, nor a next request
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
