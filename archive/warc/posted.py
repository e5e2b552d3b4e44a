"""The address that stands for a POST request in indexes, so that replayers tell it from a GET and find it by its body.

It is the form of pywb, wabac.js (of ReplayWeb.page) and cdxj-indexer: `__wb_method=POST` and the body behind the query.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

from archive.warc.http import HttpMessage, parse_message

_MARK = "__wb_method="
# As wabac.js; what is longer is cut.
_LONGEST_BODY = 4096


def indexed_address(url: str, request: bytes) -> str:
    """The address under which a capture is indexed: its own, with the body of its request where that is a POST."""
    if not request.startswith(b"POST "):
        return url
    sent = parse_message(request)
    if sent is None:
        return url
    return f"{url}{'&' if '?' in url else '?'}{_MARK}POST&{_query_of(sent)[:_LONGEST_BODY]}"


def real_address(indexed: str) -> tuple[str, str | None, str | None]:
    """The address in a record, and method and body of its request; None for both where it was a GET."""
    url, mark, behind = indexed.partition(_MARK)
    if not mark or url[-1:] not in ("?", "&"):
        return indexed, None, None
    method, _, body = behind.partition("&")
    return url[:-1], method, body


def _query_of(sent: HttpMessage) -> str:
    """The body of a request as a query."""
    kind, body = (sent.field("Content-Type") or "").partition(";")[0].strip().lower(), sent.payload()
    if kind == "application/x-www-form-urlencoded":
        return quote(body.decode("utf-8", "replace"), safe="%!#$&'()*+,/:;=?@[]~")
    if kind in ("application/json", "text/plain"):
        try:
            return _flattened(json.loads(body))
        except (ValueError, RecursionError):
            pass
    return f"__wb_post_data={base64.b64encode(body).decode()}"


def _flattened(value: Any) -> str:
    """The simple values in JSON as a query, each by the name that it has; a repeated name is numbered."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        name, one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend((str(key), part) for key, part in reversed(one.items()))
        elif isinstance(one, list):
            waiting.extend((name, part) for part in reversed(one))
        elif written := _written(one):
            if name in found:
                counts[name] = counts.get(name, 1) + 1
                name = f"{name}.{counts[name]}_"
            found[name] = written
    return "&".join(f"{_encoded(name)}={_encoded(written)}" for name, written in found.items())


def _written(value: Any) -> str:
    """As JavaScript writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _encoded(text: str) -> str:
    # the form-urlencoded serialiser of the URL standard
    return quote_plus(text, safe="*-._").replace("~", "%7E")
