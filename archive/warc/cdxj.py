"""CDXJ index lines and their keys (SURT); reads no record and no catalog."""

from __future__ import annotations

import contextlib
import re
from datetime import datetime
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from archive.clock import timestamp14
from archive.printable import json_text

# The media type that an index gives a revisit in place of its own, so that a replayer looks for the original.
REVISIT = "warc/revisit"
_WWW = re.compile(r"^www\d*\.")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNESCAPED = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
# What names a visitor, not a page: pywb leaves these out of its keys.
_SESSION = re.compile(r"(?:(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24})(?:&|$)")


def urlkey(url: str) -> str:
    """The address as a Sort-friendly URI Reordering Transform: vn,com,baocantho)/thoi-su?p=2

    Scheme, 'www.', default port, fragment and letter case are left out and query parameters sorted, so that the
    addresses of one page share one key. An address that is not http(s) is its own key.
    """
    try:
        parts = urlsplit(url.lower())
        host, port = parts.hostname, parts.port
    except ValueError:
        return url
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return url
    key = ",".join(reversed(_WWW.sub("", host).split(".")))
    if port and port != _DEFAULT_PORTS[parts.scheme]:
        key += f":{port}"
    key += ")" + (parts.path or "/")
    if parts.query:
        key += "?" + "&".join(sorted(parts.query.split("&")))
    return key


def replay_key(url: str) -> str:
    """The key under which pywb 2.10 looks an address up.

    Beyond what `urlkey` does, percent-encoding is made uniform, empty and dotted path segments, a slash at the end and
    session ids are left out, and a host's Vietnamese letters are written in ASCII (RFC 3490).
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return quote_from_bytes(url.encode(), _UNESCAPED + "%")
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host:
        return quote_from_bytes(url.encode(), _UNESCAPED + "%")
    with contextlib.suppress(UnicodeError):
        host = host.encode("idna").decode()
    key = ",".join(reversed(_WWW.sub("", host.rstrip(".")).split(".")))
    if port and port != _DEFAULT_PORTS[parts.scheme.lower()]:
        key += f":{port}"
    key += ")" + _plain_path(_uniform(parts.path))
    query = _SESSION.sub("", _uniform(parts.query))
    if query:
        key += "?" + "&".join(sorted(query.split("&"), key=lambda part: part.split("=", 1)))
    return key


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
    """
    if mime == REVISIT and status == 304:
        # ReplayWeb.page takes a status of 3xx for an answer without a body and shows a blank page; and the record,
        # whose block is empty, states none
        status = None
    fields = {
        "url": url,
        "mime": mime,
        "status": None if status is None else str(status),
        "digest": digest,
        "length": str(length),
        "offset": str(offset),
        "filename": file,
    }
    said = json_text({name: value for name, value in fields.items() if value is not None})
    milliseconds = f"{captured_at.microsecond // 1000:03}" if is_precise else ""
    return f"{key} {timestamp14(captured_at)}{milliseconds} {said}"
