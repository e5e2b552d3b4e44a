"""Parses requests from a buffer, and builds responses as bytes."""

from __future__ import annotations

import functools
import gzip
import zlib
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime

import brotli

from crawler.newsroom.site import Page

LONGEST_HEAD = 16_384
LONGEST_BODY = 1 << 20
CHUNK = 3_000
TOKEN = frozenset(b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
REASONS = {
    200: "OK", 301: "Moved Permanently", 304: "Not Modified", 400: "Bad Request", 404: "Not Found",
    405: "Method Not Allowed", 410: "Gone", 500: "Internal Server Error",
}  # fmt: skip
# How an address answers, by the checksum of its path: each entry names the coding wished for and the framing.
MODES = (
    ("identity", "length"), ("gzip", "length"), ("br", "length"), ("identity", "chunked"),
    ("gzip", "chunked"), ("gzip", "length"), ("br", "length"), ("identity", "length"),
)  # fmt: skip


class Malformed(Exception):
    """The bytes are not an HTTP/1 request; answer 400 and close."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as received; header names in lower case, `raw` the exact bytes, head and body."""

    method: str
    host: str
    target: str
    headers: dict[str, str]
    body: bytes
    raw: bytes
    keeps: bool
    may_chunk: bool


def read_request(buffer: bytes) -> Request | None:
    """The request that opens the buffer; None where it is not all there yet.

    Raises:
        Malformed: RFC 9112 does not allow these bytes, or a limit of this server is passed.
    """
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > LONGEST_HEAD:
            raise Malformed("head too long")
        if b"\n\n" in buffer:
            raise Malformed("lines must end in CR LF")
        return None
    if end > LONGEST_HEAD:
        raise Malformed("head too long")
    lines = buffer[:end].decode("latin-1").split("\r\n")
    method, target, version = _request_line(lines[0])
    headers = _headers(lines[1:])
    host, target = _place(target, headers.get("host", ""))
    length = _body_length(headers)
    start = end + 4
    if len(buffer) < start + length:
        return None
    connection = headers.get("connection", "").lower()
    return Request(
        method=method,
        host=host.partition(":")[0].lower(),
        target=target,
        headers=headers,
        body=buffer[start : start + length],
        raw=buffer[: start + length],
        keeps="close" not in connection and (version == "HTTP/1.1" or "keep-alive" in connection),
        may_chunk=version == "HTTP/1.1",
    )


def _request_line(line: str) -> tuple[str, str, str]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[2] not in ("HTTP/1.1", "HTTP/1.0") or not parts[0] or not parts[1]:
        raise Malformed("request line")
    if not TOKEN.issuperset(parts[0].encode("latin-1")) or any(ord(letter) <= 32 for letter in parts[1]):
        raise Malformed("request line")
    return parts[0], parts[1], parts[2]


def _place(target: str, host: str) -> tuple[str, str]:
    """Host and path of a target; an absolute one overrides the Host header (RFC 9112, 3.2.2)."""
    if target.startswith("http://"):
        host, slash, rest = target[7:].partition("/")
        target = slash + rest or "/"
    elif not target.startswith("/"):
        raise Malformed("target")
    if not host:
        raise Malformed("no host")
    return host, target


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or not TOKEN.issuperset(name.encode("latin-1")):
            raise Malformed("header")
        name = name.lower()
        if name == "host" and name in headers:
            raise Malformed("two hosts")
        value = value.strip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _body_length(headers: dict[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise Malformed("chunked requests are not read")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdecimal()) or int(length) > LONGEST_BODY:
        raise Malformed("content-length")
    return int(length)


def mode_of(target: str) -> tuple[str, str]:
    """How the address answers, the same each time: the coding wished for, and `length` or `chunked`."""
    return MODES[zlib.crc32(target.partition("?")[0].encode("latin-1")) % len(MODES)]


def _accepts(request: Request, coding: str) -> bool:
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, rest = part.strip().partition(";")
        if name.strip().lower() == coding:
            return rest.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


# What is compressed in itself, and so sent as it is.
WHOLE = ("image/", "font/", "application/gzip")


def _coding(page: Page, request: Request, wished: str) -> str:
    if page.status != 200 or page.type.startswith(WHOLE):
        return "identity"
    for coding in (wished, "gzip"):
        if wished != "identity" and _accepts(request, coding):
            return coding
    return "identity"


@functools.lru_cache(maxsize=4096)
def _encoded(body: bytes, coding: str) -> bytes:
    if coding == "gzip":
        return gzip.compress(body, 6, mtime=0)
    return brotli.compress(body, quality=5) if coding == "br" else body


def _chunks(body: bytes) -> bytes:
    parts = [body[start : start + CHUNK] for start in range(0, len(body), CHUNK)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _is_fresh(page: Page, tag: str, request: Request) -> bool:
    """Whether what the client holds is still the page (RFC 9110, 13.2.2): the tag decides where one is given."""
    requested = request.headers.get("if-none-match")
    if requested is not None:
        return requested.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in requested.split(",")]
    since = request.headers.get("if-modified-since")
    if since is None or page.modified is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return page.modified <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def build_answer(page: Page, request: Request, allow: str = "") -> tuple[int, bytes]:
    """The status and the exact bytes that answer the request with that page. There is no Date: a server without a
    clock must not send one (RFC 9110, 6.6.1)."""
    wished, framing = mode_of(request.target)
    coding = _coding(page, request, wished)
    ending = "" if coding == "identity" else f"-{coding}"
    tag = f'"{page.tag}{ending}"' if page.tag else ""
    fresh = page.status == 200 and bool(tag) and _is_fresh(page, tag, request)
    status = 304 if fresh else page.status
    lines = [f"HTTP/1.1 {status} {REASONS[status]}", "Server: baotinh-newsroom"]
    if tag and page.modified is not None:
        lines += [f"ETag: {tag}", f"Last-Modified: {format_datetime(page.modified.astimezone(UTC), usegmt=True)}"]
    if page.status == 200 and not page.type.startswith(WHOLE):
        lines.append("Vary: Accept-Encoding")
    if page.location:
        lines.append(f"Location: {page.location}")
    if allow:
        lines.append(f"Allow: {allow}")
    if not request.keeps:
        lines.append("Connection: close")
    body = b""
    if not fresh:
        lines.append(f"Content-Type: {page.type}")
        body = _encoded(page.body, coding)
        if coding != "identity":
            lines.append(f"Content-Encoding: {coding}")
        if framing == "chunked" and request.may_chunk and page.status == 200:
            lines.append("Transfer-Encoding: chunked")
            body = _chunks(body)
        else:
            lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return status, head + (b"" if request.method == "HEAD" else body)
