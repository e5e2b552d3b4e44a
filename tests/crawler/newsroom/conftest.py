"""A newsroom in a process of its own, and a client that speaks to it over a bare socket."""

from __future__ import annotations

import gzip
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import pytest
from support.newsrooms import draw_picture

from crawler.newsroom import RunningNewsroom, serve_newsroom

ARTICLES = 150


@dataclass
class Answer:
    """A response as it came: its exact bytes, and what they say."""

    sent: bytes
    raw: bytes
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


class Client:
    """One keep-alive connection; reads each response to its last byte and no further."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=180)
        self._buffer = b""

    def get(self, url: str, method: str = "GET", **headers: str) -> Answer:
        host, _, rest = url.removeprefix("http://").partition("/")
        lines = [f"{method} /{rest} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return self.send("\r\n".join(lines).encode() + b"\r\n\r\n", has_body=method != "HEAD")

    def send(self, sent: bytes, has_body: bool = True) -> Answer:
        self._socket.sendall(sent)
        head = self._until(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)}
        raw = head
        body = b""
        if has_body and status != 304:
            raw_body, body = self._body(headers)
            raw += raw_body
        return Answer(sent, raw, status, headers, _decoded(body, headers))

    def at_end(self) -> bool:
        """Whether the server closed the connection with nothing more to say."""
        return self._buffer == b"" and self._socket.recv(1) == b""

    def close(self) -> None:
        self._socket.close()

    def _body(self, headers: dict[str, str]) -> tuple[bytes, bytes]:
        if headers.get("transfer-encoding") != "chunked":
            body = self._exactly(int(headers["content-length"]))
            return body, body
        raw, body = b"", b""
        while True:
            line = self._until(b"\r\n")
            chunk = self._exactly(int(line, 16) + 2)
            raw += line + chunk
            body += chunk[:-2]
            if line == b"0\r\n":
                return raw, body

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._more()
        end = self._buffer.index(mark) + len(mark)
        return self._exactly(end)

    def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _more(self) -> None:
        got = self._socket.recv(65536)
        assert got, "the server closed the connection in the middle of a response"
        self._buffer += got


def _decoded(body: bytes, headers: dict[str, str]) -> bytes:
    coding = headers.get("content-encoding")
    if coding == "gzip":
        return gzip.decompress(body)
    return bytes(brotli.decompress(body)) if coding == "br" else body


@pytest.fixture(scope="module", autouse=True)
def newsrooms_are_begun_as_a_users() -> Iterator[None]:
    """By Python anew, with pictures that are drawn for them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crawler.newsroom.service.subprocess", subprocess)
        patch.setattr("crawler.newsroom.pictures.draw_picture", draw_picture)
        yield


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNewsroom]:
    log_path = tmp_path_factory.mktemp("newsroom") / "exchanges.jsonl"
    with serve_newsroom(articles=ARTICLES, log_path=log_path) as running:
        yield running


@pytest.fixture(scope="module")
def truth(newsroom: RunningNewsroom) -> dict[str, Any]:
    return newsroom.truth()


@pytest.fixture
def client(newsroom: RunningNewsroom) -> Iterator[Client]:
    speaking = Client(newsroom.port)
    yield speaking
    speaking.close()


@pytest.fixture
def client_type() -> type[Client]:
    return Client


@pytest.fixture
def seed_facts() -> dict[str, Any]:
    """What the article of Báo Bạc Liêu of 26 October 2018 must say; the only strings of it that are quoted."""
    import json

    facts: dict[str, Any] = json.loads(Path(__file__).with_name("bao-bac-lieu-2018.json").read_text("utf-8"))
    return facts
