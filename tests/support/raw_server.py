"""A server that sends what it is told, byte for byte, and keeps what crossed the transport."""

from __future__ import annotations

import contextlib
import itertools
import re
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Line:
    """A connection's socket that keeps what is sent over it."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection, self.sent = connection, b""

    def sendall(self, octets: bytes) -> None:
        """Send, and keep."""
        self.connection.sendall(octets)
        self.sent += octets

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


Answer = bytes | Callable[[Line], None]


@attrs.define
class RawServer:
    """Answers by path; an answer that is a function is given the connection. What crossed the transport is kept:
    `received` each request, `sent` each answer, in turn. It is also a proxy: it answers for any host that is asked for
    in absolute form, and opens a tunnel (`tunnels`: the requests for one) to itself, over TLS. While `most` is set, no
    more requests are answered than so many; later ones wait."""

    answers: dict[str, list[Answer]]
    port: int = 0
    received: list[tuple[str, bytes]] = attrs.field(factory=list)
    sent: list[tuple[str, bytes]] = attrs.field(factory=list)
    tunnels: list[bytes] = attrs.field(factory=list)
    connections: int = 0
    most: int | None = None


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128  # who finds no room tries again a second later


class Gate:
    """Lets the first of its answers through, and holds back all others until it is opened."""

    def __init__(self) -> None:
        self._asked = itertools.count()
        self.holds, self._is_open = threading.Event(), threading.Event()

    def answer(self, octets: bytes) -> Answer:
        """An answer that is one of them."""

        def send(line: Line) -> None:
            if next(self._asked):
                self.holds.set()
                assert self._is_open.wait(600)
            with contextlib.suppress(OSError):  # whoever asked was killed meanwhile
                line.sendall(octets)

        return send

    def open(self) -> None:
        """Hold back nothing any more."""
        self._is_open.set()


def certificate(folder: Path) -> ssl.SSLContext:
    """A context for a TLS server with a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "papers.test")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    both = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    both.write_bytes(private + signed.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


@contextmanager
def raw_server(
    answers: dict[str, list[Answer]], tls: ssl.SSLContext | None = None, *, is_proxy: bool = False
) -> Iterator[RawServer]:
    """Serve for the length of the block; a path's answers are given in turn, the last one from then on."""
    own: dict[str, list[Answer]] = {
        "/robots.txt": [b"HTTP/1.1 404 Gone Fishing\r\nContent-Length: 0\r\n\r\n"],
        "/rss/cate/thoi-su/": [b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 6\r\n\r\n<rss/>"],
    }
    served = RawServer(own | answers)
    lock = threading.Lock()

    class Connection(socketserver.BaseRequestHandler):
        def setup(self) -> None:
            if tls is not None and not is_proxy:
                self.request = tls.wrap_socket(self.request, server_side=True)

        def handle(self) -> None:
            with lock:
                served.connections += 1
            pending = b""
            while True:
                while b"\r\n\r\n" not in pending:
                    try:
                        piece = self.request.recv(65536)
                    except ConnectionError:
                        return
                    if not piece:
                        return
                    pending += piece
                head, _, pending = pending.partition(b"\r\n\r\n")
                found = re.match(rb"(\S+) (\S+)", head)
                assert found
                if found[1] == b"CONNECT":
                    assert tls is not None
                    served.tunnels.append(head + b"\r\n\r\n")
                    self.request.sendall(b"HTTP/1.1 200 Here you go\r\n\r\n")
                    self.request = tls.wrap_socket(self.request, server_side=True)
                    continue
                length = re.search(rb"(?im)^content-length: *(\d+)", head)
                while length and len(pending) < int(length[1]):
                    piece = self.request.recv(65536)
                    if not piece:
                        return
                    pending += piece
                body, pending = (pending[: int(length[1])], pending[int(length[1]) :]) if length else (b"", pending)
                path = re.sub(r"^https?://[^/]+", "", found[2].decode())
                with lock:
                    served.received.append((path, head + b"\r\n\r\n" + body))
                    turns = served.answers.get(path, [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"])
                    answer = turns.pop(0) if len(turns) > 1 else turns[0]
                    number = len(served.received)
                while served.most is not None and number > served.most:
                    time.sleep(0.01)
                if callable(answer):
                    line = Line(self.request)
                    try:
                        answer(line)
                    finally:
                        with lock:
                            served.sent.append((path, line.sent))
                    return
                with lock:
                    served.sent.append((path, answer))
                try:
                    self.request.sendall(answer)
                except ConnectionError:  # the other side had enough
                    return
                if b"close" in answer.partition(b"\r\n\r\n")[0].lower() or answer.startswith(b"HTTP/1.0"):
                    return

    with _Server(("127.0.0.1", 0), Connection) as server:
        served.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield served
        finally:
            server.shutdown()


def asked(server: RawServer, since: int = 0) -> list[str]:
    """The paths that were asked for, in order, from the request of that number on."""
    return [path for path, _ in server.received[since:]]
