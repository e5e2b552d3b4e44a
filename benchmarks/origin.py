"""A server on loopback that is never the bottleneck, and how fast it is when nobody else asks; archives nothing.

`python -m benchmarks.origin` serves. What it sends was made beforehand or takes microseconds: 30 KB pages of a paper's
layout, lists that name them, pictures that cannot be compressed. It counts what it sent, so that a crawler that skips
pages is found out.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import attrs
from isal import isal_zlib

from benchmarks.pages import Pages

ROOT = Path(__file__).parents[1]
CONNECTIONS = 16
READY = "origin: http://127.0.0.1:"
_ARTICLE = re.compile(r"^/[a-z-]+-a(\d{7})\.html$")
_PICTURE = re.compile(r"^/anh/(\d{7})\.jpg$")
_LIST = re.compile(r"^/([a-z-]+)/(?:\?p=(\d+))?$")
_STYLE = b"body { font-family: serif; margin: 0 auto; max-width: 60em }\n" * 20
_HEAD = (
    b"HTTP/1.1 %d %s\r\nDate: Thu, 08 Jan 2026 11:21:00 GMT\r\nServer: origin\r\nContent-Type: %s\r\n"
    b"Last-Modified: Thu, 08 Jan 2026 11:20:00 GMT\r\nCache-Control: public, max-age=60\r\nVary: Accept-Encoding\r\n"
    b"%sContent-Length: %d\r\nConnection: keep-alive\r\n\r\n"
)
_HTML, _JPEG, _PLAIN = b"text/html; charset=utf-8", b"image/jpeg", b"text/plain; charset=utf-8"
# What is kept of answers that took compressing.
_KEPT = 60_000


class _Answers:
    """The bytes for each target."""

    def __init__(self, pages: Pages, coding: str) -> None:
        self._pages, self._coding = pages, coding
        self._kept: dict[str, bytes] = {}
        self.sent = 0

    def to(self, target: str) -> tuple[bytes, bytes]:
        """Head and body of the answer to a target."""
        if target == "/sent":
            body = json.dumps(self.sent).encode()
            return _HEAD % (200, b"OK", _PLAIN, b"", len(body)), body
        self.sent += 1
        if found := _PICTURE.match(target):
            body = self._pages.picture(int(found[1]))
            return _HEAD % (200, b"OK", _JPEG, b"", len(body)), body
        return self._text(target)

    def _text(self, target: str) -> tuple[bytes, bytes]:
        page, kind = self._page(target)
        if page is None:
            return _HEAD % (404, b"Not Found", _PLAIN, b"", 0), b""
        if self._coding == "identity":
            return _HEAD % (200, b"OK", kind, b"", len(page)), page
        body = self._kept.get(target)
        if body is None:
            body = bytes(isal_zlib.compress(page, 2, 31))
            if len(self._kept) < _KEPT:
                self._kept[target] = body
        return _HEAD % (200, b"OK", kind, b"Content-Encoding: gzip\r\n", len(body)), body

    def _page(self, target: str) -> tuple[bytes | None, bytes]:
        if found := _ARTICLE.match(target):
            return self._pages.article(int(found[1])), _HTML
        if found := _LIST.match(target):
            return self._pages.list(found[1], int(found[2] or 1)), _HTML
        if target == "/robots.txt":
            return b"User-agent: *\nDisallow: /tim-kiem/\n", _PLAIN
        if ".css" in target:
            return _STYLE, b"text/css"
        if target.endswith(".png"):
            return self._pages.picture(0)[:3000], b"image/png"
        return None, _PLAIN


class _Conversation(asyncio.Protocol):
    """One connection; requests bear no body."""

    def __init__(self, answers: _Answers) -> None:
        self._answers, self._buffer = answers, b""
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
            target = head.split(b" ", 2)[1].decode("latin-1")
            if target.startswith("http://"):  # asked as a proxy
                parts = urlsplit(target)
                target = parts.path + (f"?{parts.query}" if parts.query else "")
            self._transport.writelines(self._answers.to(target))
            if b"\r\nconnection: close" in head.lower():
                self._transport.close()


@attrs.frozen
class Origin:
    """A running origin."""

    port: int
    articles: int
    page_bytes: int
    picture_bytes: int
    coding: str

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def pages(self) -> Pages:
        """What it serves, made anew here."""
        return Pages(self.articles, self.page_bytes, self.picture_bytes)

    def sent(self) -> int:
        """How many answers it has given."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", "/sent")
            return int(connection.getresponse().read())

    def unloaded(self, paths: Sequence[str], seconds: float = 2.0) -> float:
        """Answers a second to a client that reads and throws away, on as many connections as a crawl uses."""
        asyncio.run(_load(self.port, paths, seconds / 4))  # what must be compressed is compressed once
        return asyncio.run(_load(self.port, paths, seconds))


@contextlib.contextmanager
def serve_origin(
    articles: int = 5000, page_bytes: int = 30_000, picture_bytes: int = 200_000, coding: str = "identity"
) -> Iterator[Origin]:
    """Open an origin in a process of its own for the length of the block.

    Args:
        coding: how pages are sent, `identity` or `gzip`; pictures are sent as they are.

    Raises:
        RuntimeError: it did not say that it listens.
    """
    command = [sys.executable, "-m", "benchmarks.origin", str(articles), str(page_bytes), str(picture_bytes), coding]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            if not said.startswith(READY):
                raise RuntimeError(f"the origin said {said!r}")
            yield Origin(int(said.removeprefix(READY)), articles, page_bytes, picture_bytes, coding)
        finally:
            process.terminate()


async def _ask(port: int, paths: Sequence[str], first: int, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    count = 0
    while time.monotonic() < until:
        path = paths[(first + count) % len(paths)]
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))
        count += 1
    writer.close()
    return count


async def _load(port: int, paths: Sequence[str], seconds: float) -> float:
    began = time.monotonic()
    step = max(len(paths) // CONNECTIONS, 1)
    counts = await asyncio.gather(*(_ask(port, paths, nth * step, began + seconds) for nth in range(CONNECTIONS)))
    return sum(counts) / (time.monotonic() - began)


async def _serve(pages: Pages, coding: str) -> None:
    answers = _Answers(pages, coding)
    server = await asyncio.get_running_loop().create_server(lambda: _Conversation(answers), "127.0.0.1", 0)
    print(f"{READY}{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.origin", description=__doc__)
    parser.add_argument("articles", type=int)
    parser.add_argument("page_bytes", type=int)
    parser.add_argument("picture_bytes", type=int)
    parser.add_argument("coding", choices=["identity", "gzip"])
    chosen = parser.parse_args()
    asyncio.run(_serve(Pages(chosen.articles, chosen.page_bytes, chosen.picture_bytes), chosen.coding))


if __name__ == "__main__":
    main()
