"""CDXJ index lines, and their keys: the Sort-friendly URI Reordering Transform (SURT) of addresses.

`urlkey` is the key of the catalog. pywb uses another, which simplifies more: `pywb_key`, written only for pywb.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import SplitResult, quote_from_bytes, unquote_to_bytes, urlsplit

from archive.clock import timestamp14
from archive.printable import json_text
from archive.warc.posted import real_address

# The media type of revisits in an index, by which replayers look for the original.
REVISIT = "warc/revisit"


def line(
    key: str,
    captured_at: datetime,
    *,
    url: str,
    file: str,
    offset: int,
    length: int,
    status: int | None = None,
    mime: str | None = None,
    digest: str | None = None,
    is_precise: bool = False,
) -> str:
    """One CDXJ line, without the newline: key, time, JSON with numbers as strings, as pywb writes them.

    The time has 14 digits, and where it `is_precise` three more, of milliseconds.

    Args:
        url: the address under which the capture is indexed; that of a POST holds its body.
    """
    found = fields(url=url, file=file, offset=offset, length=length, status=status, mime=mime, digest=digest)
    return f"{beginning(key, captured_at, is_precise=is_precise)} {json_text(found)}"


def fields(
    *,
    url: str,
    file: str,
    offset: int,
    length: int,
    status: int | None = None,
    mime: str | None = None,
    digest: str | None = None,
) -> dict[str, str]:
    """The fields of a line's JSON, numbers as strings; those without a value are left out."""
    if mime == REVISIT and status == 304:
        # ReplayWeb.page shows a blank page for a status of 3xx; and the record, whose block is empty, has no status
        status = None
    url, method, sent = real_address(url)
    found = {
        "url": url,
        "mime": mime,
        "status": None if status is None else str(status),
        "digest": digest,
        "length": str(length),
        "offset": str(offset),
        "filename": file,
        "method": method,
        "requestBody": sent,
    }
    return {name: value for name, value in found.items() if value is not None}


def beginning(key: str, captured_at: datetime, *, is_precise: bool = False) -> str:
    """Key and time, by which lines are sorted. White space in the key, where one would end it, is escaped."""
    milliseconds = f"{captured_at.microsecond // 1000:03}" if is_precise else ""
    return f"{without_white(key)} {timestamp14(captured_at)}{milliseconds}"


def without_white(key: str) -> str:
    """A key with its white space escaped; others are as they are."""
    return key.translate(_WHITE)


_WHITE = {ord(sign): f"%{ord(sign):02x}" for sign in " \t\n\v\f\r"}
_WWW = re.compile(r"^www\d*\.")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Host, path and query of an address without port, user name, white space and letters beyond ASCII: no parser is needed
_ORDINARY = re.compile(r"https?://([0-9a-z.\-]+)(/[!\"$->@-~]*)(?:\?([!\"$-~]*))?(?:#[!-~]*)?")
# A path that is its own uniform form
_UNIFORM_PATH = re.compile(r"(?:/[0-9A-Za-z_\-~!$&'()*+,;=:@][0-9A-Za-z._\-~!$&'()*+,;=:@]*)+/?|/")
_UNESCAPED = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
# Session ids, which pywb leaves out of its keys.
_SESSION = re.compile(r"(?:(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24})(?:&|$)")


def urlkey(url: str) -> str:
    """The key of an address: vn,com,baocantho)/thoi-su?p=2

    Scheme, 'www.', default port, fragment and letter case are left out and query parameters sorted, so that the
    addresses of one page share one key. An address that is not http(s) is its own key.
    """
    lower = url.lower()
    if ordinary := _ORDINARY.fullmatch(lower):
        host, path, query = ordinary.groups("")
        return _joined(host, None, path, sorted(query.split("&")) if query else ())
    found = _split(lower)
    if found is None:
        return url
    parts, host, port = found
    return _joined(host, port, parts.path or "/", sorted(parts.query.split("&")))


def pywb_key(url: str) -> str:
    """The key under which pywb 2.10 looks an address up.

    Beyond what `urlkey` does, percent-encoding is made uniform, empty and dotted path segments, a slash at the end and
    session ids are left out, and a host's Vietnamese letters are written in ASCII (RFC 3490).
    """
    ordinary = _ORDINARY.fullmatch(url)
    if ordinary and not ordinary[3] and _UNIFORM_PATH.fullmatch(ordinary[2]):
        return _joined(ordinary[1].rstrip("."), None, "/" + ordinary[2].lower().strip("/"), ())
    found = _split(url)
    if found is None:
        return quote_from_bytes(url.encode(), _UNESCAPED + "%")
    parts, host, port = found
    with contextlib.suppress(UnicodeError):
        host = host.encode("idna").decode()
    query = _SESSION.sub("", _uniform(parts.query)).split("&")
    return _joined(
        host.rstrip("."), port, _plain_path(_uniform(parts.path)), sorted(query, key=lambda part: part.split("=", 1))
    )


def _split(url: str) -> tuple[SplitResult, str, int | None] | None:
    """An address's parts, its host and its port where that is not the scheme's own; None where it is not http(s)."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    default = _DEFAULT_PORTS.get(parts.scheme.lower())
    if default is None or not host:
        return None
    return parts, host, port if port != default else None


def _joined(host: str, port: int | None, path: str, query: Iterable[str]) -> str:
    key = ",".join(reversed(_WWW.sub("", host).split(".")))
    if port:
        key += f":{port}"
    parameters = "&".join(query)
    return f"{key}){path}" + (f"?{parameters}" if parameters else "")


def _uniform(text: str) -> str:
    octets = text.encode("utf-8", "surrogatepass")
    while (decoded := unquote_to_bytes(octets)) != octets:
        octets = decoded
    return quote_from_bytes(octets, _UNESCAPED).lower()


def _plain_path(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept)
