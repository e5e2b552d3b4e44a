"""Proving, before anything is fetched, that the tap still gives the bytes of the wire; asks no server but its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from scrapy import Request
from scrapy.http import Response
from twisted.internet.protocol import Protocol, ServerFactory

from archive.errors import TapBroken
from crawler.wire import Wire

# Everything that a client library likes to put right: letter case, order, doubles, folding, chunks, what follows.
_ANSWERS = (
    b"HTTP/1.1 200  Very  well\r\nx-Odd: 1\r\nX-ODD:2\r\nno colon here\r\nX-Folded: a\r\n\tb\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nbyt\r\n1\r\ne\r\n0\r\nX-Trailer: t\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 4\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nbyte",
)
_BODY = b"byte"


class _Singer(Protocol):
    """Gives the answers in turn over one connection, and keeps what was heard."""

    def connectionMade(self) -> None:  # noqa: N802 - Twisted's name
        self._pending = b""

    def dataReceived(self, octets: bytes) -> None:  # noqa: N802 - Twisted's name
        self._pending += octets
        while b"\r\n\r\n" in self._pending:
            head, _, self._pending = self._pending.partition(b"\r\n\r\n")
            heard, transport = cast("Any", self.factory).heard, cast("Any", self.transport)
            heard.append(head + b"\r\n\r\n")
            transport.write(_ANSWERS[len(heard) - 1])
            if len(heard) == len(_ANSWERS):
                transport.loseConnection()


async def prove_tap(fetch: Callable[[Request, list[Wire]], Awaitable[Response]], reactor: Any) -> None:
    """Fetch a few odd answers from a port of this machine and compare both directions byte for byte.

    Args:
        fetch: what fetches for the crawl; fills the list with the wires it used.

    Raises:
        TapBroken: they differ, or something on the way failed.
    """
    factory: Any = ServerFactory.forProtocol(_Singer)
    factory.heard, factory.noisy = [], False
    try:
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        try:
            for number, answer in enumerate(_ANSWERS):
                wires: list[Wire] = []
                response = await fetch(Request(f"http://127.0.0.1:{port.getHost().port}/{number}"), wires)
                _compare("requests", 1, len(wires))
                _compare("bytes sent", factory.heard[number], b"".join(wires[0].sent))
                _compare("bytes received", answer, b"".join(wires[0].received))
                _compare("body", _BODY, response.body)
        finally:
            port.stopListening()
    except TapBroken:
        raise
    except Exception as error:
        raise TapBroken(f"{type(error).__name__}: {error}") from error


def _compare(what: str, crossed: Any, kept: Any) -> None:
    if crossed != kept:
        raise TapBroken(f"{what}: {crossed!r} crossed the wire, {kept!r} was kept")
