"""How requests travel, directly or through a proxy, and the bytes in which they are sent (RFC 9112, 3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import attrs
from scrapy import Request

from archive.warc.httphead import serialise_head

_NOT_IN_A_FIELD = re.compile(rb"[\r\n\0]+")
_NOT_IN_A_TARGET = re.compile(rb"[\0- \x7f-\xff]")
# methods that may be sent again if it is unknown whether they arrived (RFC 9110, 9.2.2)
IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"TRACE", b"PUT", b"DELETE"))
_WITH_A_BODY = frozenset((b"POST", b"PUT", b"PATCH"))
# A password is left out of the archive; the metadata record says so.
_PROXY_AUTHORIZATION = re.compile(rb"^proxy-authorization:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)


@attrs.frozen
class Place:
    """A scheme, a host without brackets, and a port."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Place:
        """The place of an address.

        Raises:
            ValueError: it has no host, an invalid port, or another scheme than http and https.
        """
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if not parts.hostname or parts.scheme not in ("http", "https"):
            raise ValueError(f"{parts.scheme}://{parts.hostname} is no web server")  # without a password
        port = parts.port if parts.port is not None else 443 if parts.scheme == "https" else 80
        return cls(parts.scheme, parts.hostname, port)

    @property
    def authority(self) -> bytes:
        """Host and port for the Host field, without the scheme's default port (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_usual = self.port == (443 if self.scheme == "https" else 80)
        return (host if is_usual else f"{host}:{self.port}").encode("ascii")

    @property
    def with_port(self) -> bytes:
        """Host and port for CONNECT."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}".encode("ascii")


@attrs.frozen
class Route:
    """How a request travels; requests with the same route share connections.

    `authorization` is sent to the proxy that opens a tunnel.
    """

    place: Place
    proxy: Place | None = None
    authorization: bytes | None = None
    bind: str | None = None

    @property
    def is_tunnel(self) -> bool:
        """Whether the proxy passes encrypted bytes on."""
        return self.proxy is not None and self.place.scheme == "https"

    def request(self, request: Request) -> bytes:
        """The bytes of a request that takes this route.

        Raises:
            ValueError: its method or target holds a character that would end the line.
        """
        target = target_of(request.url)
        is_sent_to_proxy = self.proxy is not None and not self.is_tunnel
        if is_sent_to_proxy:  # RFC 9112, 3.2.2
            target = f"{self.place.scheme}://{self.place.authority.decode()}{target}"
        fields = [
            (name, value)
            for name, values in request.headers.items()
            if is_sent_to_proxy or name != b"Proxy-Authorization"
            for value in values
        ]
        method = request.method.encode("ascii")
        return request_octets(method, target.encode("ascii"), self.place.authority, fields, request.body)


def without_proxy_authorization(sent: bytes) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """A request without the password for a proxy, and the fields for the metadata record if there was one."""
    head, end, body = sent.partition(b"\r\n\r\n")
    kept = _PROXY_AUTHORIZATION.sub(b"", head + b"\r\n")
    if len(kept) == len(head) + 2:
        return sent, ()
    return kept + b"\r\n" + body if end else kept, (("request-field-left-out", "Proxy-Authorization"),)


def target_of(url: str) -> str:
    """The request target of an address: path and query, unchanged."""
    rest = url.partition("#")[0].partition("://")[2]
    start = min(found for found in (rest.find("/"), rest.find("?"), len(rest)) if found >= 0)
    return rest[start:] if rest[start : start + 1] == "/" else "/" + rest[start:]


def request_octets(
    method: bytes, target: bytes, host: bytes, fields: Iterable[tuple[bytes, bytes]], body: bytes
) -> bytes:
    """The bytes of a request: Host first, then the fields as given, Content-Length where there is a body.

    Raises:
        ValueError: the method or target holds a character that would end the line.
    """
    if _NOT_IN_A_TARGET.search(method) or _NOT_IN_A_TARGET.search(target):
        raise ValueError(f"{method!r} {target!r} cannot stand in a request line")
    lines = [(name, _NOT_IN_A_FIELD.sub(b" ", value)) for name, value in fields]
    names = {name.lower() for name, _ in lines}
    if b"host" not in names:
        lines.insert(0, (b"Host", host))
    if (body or method in _WITH_A_BODY) and b"content-length" not in names:
        lines.append((b"Content-Length", b"%d" % len(body)))
    return serialise_head(b"%s %s HTTP/1.1" % (method, target), lines) + body
