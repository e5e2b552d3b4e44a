"""What HTTP responses share: default headers, HEAD wherever there is GET, and byte ranges (RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def answer_head(app: FastAPI) -> None:
    """Answer HEAD wherever GET is answered (RFC 9110, 9.1); the server leaves the body out."""
    for route in app.routes:
        if isinstance(route, APIRoute) and route.methods and "GET" in route.methods:
            route.methods.add("HEAD")


class DefaultHeaders:
    """ASGI middleware that adds default headers to responses that lack them."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to the response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers_of_answer = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers_of_answer.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Ranged(Protocol):
    """Content of a known size and state that can be read from any offset."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    @property
    def etag(self) -> str:
        """The entity tag of this state (RFC 9110, 8.8.3)."""

    def end_of(self, start: int, end: int) -> int:
        """Where the bytes that can be had in one piece from `start` on end, at `end` at the latest."""

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end), piece by piece."""


def answer_range(request: Request, content: Ranged, mime: str) -> Response:
    """The response to a GET or HEAD for the content, whole or the part that is asked for."""
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{content.etag}"',
        "Cache-Control": "no-cache",
        "Content-Type": mime,
    }
    range_field = request.headers.get("range")
    if range_field and request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        range_field = None
    bounds = span(range_field, content.size)
    start, end = bounds or (0, content.size)
    if request.method != "HEAD":
        # RFC 9110, 15.3.7: a part of the range may be sent
        end = content.end_of(start, end)
    if bounds and start >= end:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{content.size}"})
    headers["Content-Length"] = str(end - start)
    if bounds:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{content.size}"
    status = 206 if bounds else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(content.read(start, end), status_code=status, headers=headers)


def span(range_field: str | None, size: int) -> tuple[int, int] | None:
    """The bytes [start, end) that a Range field asks for, empty where there are none; None where it asks for the whole.

    A field that is malformed, in another unit or for several ranges is ignored, as RFC 9110 (14.2) allows.
    """
    match = _RANGE.fullmatch(range_field.strip()) if range_field else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, size) if last else size
