"""Serves HTTP/1.1 for every host of the newsroom, and its control commands, on one port of 127.0.0.1."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import struct
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from crawler.newsroom.newsroom import Newsroom
from crawler.newsroom.site import Page, Site
from crawler.newsroom.wire import Malformed, Request, build_answer, read_request

Arguments = dict[str, Any]


class Control:
    """The commands by method and target. While the newsroom is closed, connections to the papers' hosts are reset;
    `requests` counts the requests by host.

    GET /truth, GET /requests; POST /clock {"at"}, /publish {"count", "paper", "section"},
    /edit {"url", "kind", "silent"}, /move {"url"}, /withdraw {"url"}, /silence {"paper", "section"},
    /redesign {"paper"}, /close, /open.
    """

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.is_closed = False
        self.requests: Counter[str] = Counter()
        self._commands: dict[str, Callable[[Arguments], Arguments | None]] = {
            "GET /truth": lambda arguments: newsroom.truth(),
            "GET /requests": lambda arguments: dict(self.requests),
            "POST /clock": lambda arguments: newsroom.set_clock(datetime.fromisoformat(arguments["at"])),
            "POST /publish": self._publish,
            "POST /edit": lambda arguments: newsroom.edit(
                arguments["url"], arguments.get("kind", "goes on"), arguments.get("silent", False)
            ),
            "POST /move": lambda arguments: {"url": newsroom.move(arguments["url"])},
            "POST /withdraw": lambda arguments: newsroom.withdraw(arguments["url"]),
            "POST /silence": lambda arguments: newsroom.silence(arguments["paper"], arguments["section"]),
            "POST /redesign": lambda arguments: newsroom.redesign(arguments["paper"]),
            "POST /close": lambda arguments: self._close(True),
            "POST /open": lambda arguments: self._close(False),
        }

    def do(self, command: str, arguments: Arguments) -> Arguments:
        """Run a command, and return its result.

        Raises:
            KeyError: there is no such command, an argument is missing, or no article has the address.
            ValueError, TypeError: the arguments do not allow it.
        """
        return self._commands[command](arguments) or {}

    def _publish(self, arguments: Arguments) -> Arguments:
        return {
            "urls": self.newsroom.publish(
                int(arguments.get("count", 1)), arguments.get("paper"), arguments.get("section")
            )
        }

    def _close(self, is_closed: bool) -> None:
        self.is_closed = is_closed


CONTROL_HOST = "newsroom.test"
KEPT_BYTES = 256 << 20
PLAIN = "text/plain; charset=utf-8"


class TransportLog:
    """Every exchange of the papers' hosts as a line of JSON, with the exact bytes that came and went.

    A line stands in the file before the response's bytes are handed to the transport's buffer to send, so whoever has
    read a response finds its line. Exchanges with the control host are not logged.
    """

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb", buffering=0)
        self._count = 0

    def write(self, request: Request, status: int, response: bytes) -> None:
        """One exchange, as a line."""
        self._count += 1
        line = {
            "number": self._count,
            "host": request.host,
            "target": request.target,
            "method": request.method,
            "status": status,
            "request": base64.b64encode(request.raw).decode(),
            "response": base64.b64encode(response).decode(),
        }
        self._file.write(json.dumps(line).encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Responder:
    """Answers requests, with a cache of answers by the request's exact bytes that is dropped when a story changes."""

    def __init__(self, newsroom: Newsroom, log: TransportLog | None = None) -> None:
        self.site = Site(newsroom)
        self.control = Control(newsroom)
        self.log = log
        self.kept: dict[bytes, tuple[Request, int, bytes]] = {}
        self._kept_bytes = 0

    def answer(self, request: Request) -> tuple[int, bytes]:
        """The status and the bytes that go to the transport."""
        if request.host == CONTROL_HOST:
            return build_answer(self._control(request), request)
        if request.method not in ("GET", "HEAD"):
            return build_answer(Page(405, b"GET, HEAD\n", PLAIN), request, allow="GET, HEAD")
        page = self.site.page(request.host, request.target)
        status, response = build_answer(page, request)
        if not page.once and request.keeps:
            self._keep(request, status, response)
        return status, response

    def _keep(self, request: Request, status: int, response: bytes) -> None:
        self._kept_bytes += len(response)
        if self._kept_bytes > KEPT_BYTES:
            self.forget()
        self.kept[request.raw] = (request, status, response)

    def forget(self) -> None:
        """Drop rendered answers: the stories have changed."""
        self.kept.clear()
        self._kept_bytes = 0

    def _control(self, request: Request) -> Page:
        try:
            wanted = json.loads(request.body) if request.body else {}
            result = self.control.do(f"{request.method} {request.target}", wanted)
        except (KeyError, TypeError, ValueError) as error:
            return Page(400, json.dumps({"error": repr(error)}).encode(), "application/json")
        if request.method == "POST":
            self.forget()
            self.site.changed()
        return Page(200, json.dumps(result, ensure_ascii=False).encode(), "application/json")


class Conversation(asyncio.Protocol):
    """One connection: requests in, answers out, one after the other."""

    def __init__(self, responder: Responder) -> None:
        self.responder = responder
        self.buffer = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not self.buffer:
            kept = self.responder.kept.get(data)
            if kept is not None:
                self._send(*kept)
                return
        self.buffer += data
        while self.buffer and not self.transport.is_closing():
            try:
                request = read_request(self.buffer)
            except Malformed as error:
                self._refuse(str(error))
                return
            if request is None:
                return
            self.buffer = self.buffer[len(request.raw) :]
            if self.responder.control.is_closed and request.host != CONTROL_HOST:
                self._hang_up(request)
                return
            self._send(request, *self.responder.answer(request))

    def _hang_up(self, request: Request) -> None:
        """Reset the connection without an answer, as a server that has crashed."""
        self.responder.control.requests[request.host] += 1
        line = self.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _send(self, request: Request, status: int, response: bytes) -> None:
        if request.host != CONTROL_HOST:
            self.responder.control.requests[request.host] += 1
            if self.responder.log is not None:
                self.responder.log.write(request, status, response)
        self.transport.write(response)
        if not request.keeps:
            self.transport.close()

    def _refuse(self, reason: str) -> None:
        raw, self.buffer = self.buffer, b""
        request = Request("", "", "", {}, b"", raw, keeps=False, may_chunk=False)
        page = Page(400, f"{reason}\n".encode(), PLAIN)
        self._send(request, *build_answer(page, request))


async def listen(responder: Responder, port: int) -> asyncio.Server:
    """Starts to answer on 127.0.0.1; port 0 takes a free one."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Conversation(responder), "127.0.0.1", port, backlog=1024)
