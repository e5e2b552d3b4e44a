"""Requests as an HTTP/1.1 client sends them (RFC 9112, 3)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.warc.httphead import serialise_head

_NOT_IN_A_FIELD = re.compile(rb"[\r\n\0]+")
_NOT_IN_A_TARGET = re.compile(rb"[\0- \x7f-\xff]")
# methods that may be sent again where nobody knows whether they arrived (RFC 9110, 9.2.2)
IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"TRACE", b"PUT", b"DELETE"))
_WITH_A_BODY = frozenset((b"POST", b"PUT", b"PATCH"))


def target_of(url: str) -> str:
    """What of an address the server is asked for: path and query, as they stand."""
    rest = url.partition("#")[0].partition("://")[2]
    start = min(found for found in (rest.find("/"), rest.find("?"), len(rest)) if found >= 0)
    return rest[start:] if rest[start : start + 1] == "/" else "/" + rest[start:]


def request_octets(
    method: bytes, target: bytes, host: bytes, fields: Iterable[tuple[bytes, bytes]], body: bytes
) -> bytes:
    """A request as it goes out: Host first, then the fields as given, Content-Length where there is a body.

    Raises:
        ValueError: the method or target holds what would end the line.
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
