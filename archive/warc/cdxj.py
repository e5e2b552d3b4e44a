"""CDXJ index lines and their keys (SURT); reads no record and no catalog."""

from __future__ import annotations

import json
import re
from datetime import datetime
from urllib.parse import urlsplit

from archive.clock import timestamp14

_WWW = re.compile(r"^www\d*\.")
_DEFAULT_PORTS = {"http": 80, "https": 443}


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
) -> str:
    """One CDXJ line, without the newline: key, 14-digit time, JSON with numbers as strings, as pywb writes them."""
    fields = {
        "url": url,
        "mime": mime,
        "status": None if status is None else str(status),
        "digest": digest,
        "length": str(length),
        "offset": str(offset),
        "filename": file,
    }
    said = json.dumps({name: value for name, value in fields.items() if value is not None}, ensure_ascii=False)
    return f"{key} {timestamp14(captured_at)} {said}"
