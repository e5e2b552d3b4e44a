"""Proving, before anything is fetched, that the tap still gives the bytes of the wire; asks no server but its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from scrapy import Request
from scrapy.http import Response

from archive.errors import TapBroken
from crawler.wire import Wire

# Everything that a client library likes to put right: letter case, order, doubles, folding, chunks, what follows.
_ANSWERS = (
    b"HTTP/1.1 200  Very  well\r\nx-Odd: 1\r\nX-ODD:2\r\nno colon here\r\nX-Folded: a\r\n\tb\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nbyt\r\n1\r\ne\r\n0\r\nX-Trailer: t\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 4\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nbyte",
)
_BODY = b"byte"
# seconds: nothing is far away; wherever the crawl goes out, it is not reached from there
_SOON = {"download_timeout": 10, "bindaddress": "127.0.0.1"}


class _Singer(asyncio.Protocol):
    """Gives the answers in turn over one connection, and keeps what was heard."""

    def __init__(self, heard: list[bytes]) -> None:
        self._heard, self._pending = heard, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while b"\r\n\r\n" in self._pending:
            head, _, self._pending = self._pending.partition(b"\r\n\r\n")
            self._heard.append(head + b"\r\n\r\n")
            self._transport.write(_ANSWERS[len(self._heard) - 1])
            if len(self._heard) == len(_ANSWERS):
                self._transport.close()


async def prove_tap(fetch: Callable[[Request, list[Wire]], Awaitable[Response]]) -> None:
    """Fetch a few odd answers from a port of this machine and compare both directions byte for byte.

    Args:
        fetch: what fetches for the crawl; fills the list with the wires it used.

    Raises:
        TapBroken: they differ, or something on the way failed.
    """
    heard: list[bytes] = []
    try:
        server = await asyncio.get_running_loop().create_server(lambda: _Singer(heard), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            for number, answer in enumerate(_ANSWERS):
                wires: list[Wire] = []
                response = await fetch(Request(f"http://127.0.0.1:{port}/{number}", meta=_SOON), wires)
                _compare("requests", 1, len(wires))
                _compare("bytes sent", heard[number], wires[0].sent)
                _compare("bytes received", answer, bytes(wires[0].received))
                _compare("body", _BODY, response.body)
    except TapBroken:
        raise
    except Exception as error:
        raise TapBroken(f"{type(error).__name__}: {error}") from error


def _compare(what: str, crossed: Any, kept: Any) -> None:
    if crossed != kept:
        raise TapBroken(f"{what}: {crossed!r} crossed the wire, {kept!r} was kept")
