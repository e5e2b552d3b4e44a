"""A query of the CDX server: pywb's parameters, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar, get_args

import attrs

from archive.catalog.mementos import CaptureRange, behind
from archive.errors import BadCdxQuery
from archive.replay.addresses import in_ascii, typed_address
from archive.replay.cdx.fields import FIELDS, field_named
from archive.replay.cdx.filters import Filter, read_filter
from archive.warc.cdxj import urlkey

MatchType = Literal["exact", "prefix", "host", "domain"]
Output = Literal["cdxj", "json", "text"]
Sort = Literal["default", "reverse", "closest"]
USUAL_LIMIT = 100_000
LINES_OF_BLOCK = 3000
"""How many captures a block has; pages are so many blocks as `pageSize` says."""
MOST_SORTED = 10_000
"""How many captures of several addresses can be sorted by their distance from an instant."""
_MOST_FILTERS, _MOST_PAGE_SIZE, _LARGEST = 20, 50, 10**9
_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}
# What other servers know, and what changes nothing here
_WITHOUT_EFFECT = {"allowFuzzy", "crawl", "gzip"}
_ALL_DIGITS = "10000101000000"
_Choice = TypeVar("_Choice", bound=str)


@attrs.frozen(kw_only=True)
class CdxQuery:
    """A query: `span` is the range of the index in which `url` and `match` are; the rest is as in pywb.

    With `closest` what is nearest to that instant comes first; `sort=closest` alone changes nothing.
    """

    url: str
    match: MatchType
    span: CaptureRange
    closest: datetime | None = None
    is_reversed: bool = False
    limit: int = USUAL_LIMIT
    filters: tuple[Filter, ...] = ()
    fields: tuple[str, ...] | None = None
    output: Output = "cdxj"
    page: int | None = None
    page_size: int = 1
    counts_pages: bool = False

    @property
    def page_lines(self) -> int:
        """How many captures a page has, before the filters."""
        return self.page_size * LINES_OF_BLOCK


def read_query(pairs: Iterable[tuple[str, str]]) -> CdxQuery:
    """The query of these parameters.

    Raises:
        BadCdxQuery: one is unknown or has a value that it cannot have.
    """
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in _READERS and name not in _WITHOUT_EFFECT and name not in {"url", "filter"}:
            raise BadCdxQuery(name, value, f"there is no such parameter; known are {', '.join(sorted(_KNOWN))}")
        given.setdefault(name, []).append(value)
    one = {name: values[-1] for name, values in given.items() if values[-1]}
    read: dict[str, Any] = {name: reader(name, one[name]) for name, reader in _READERS.items() if name in one}
    url, match = _address(one.get("url", ""), read.get("matchType"))
    closest = read.get("closest")
    limit = read.get("limit", USUAL_LIMIT) or USUAL_LIMIT
    if closest is not None and match != "exact" and limit > MOST_SORTED:
        if "limit" in one:
            raise BadCdxQuery("limit", one["limit"], f"with closest and matchType={match} at most {MOST_SORTED}")
        limit = MOST_SORTED
    return CdxQuery(
        url=url, match=match, span=_span(url, match, read.get("from"), read.get("to")),
        is_reversed=read.get("sort") == "reverse", closest=closest, limit=limit,
        filters=_filters(given.get("filter", [])), fields=read.get("fl") or read.get("fields"),
        output=read.get("output", "cdxj"), page=read.get("page"), page_size=read.get("pageSize", 1),
        counts_pages=read.get("showNumPages", False),
    )  # fmt: skip


def _address(text: str, match: MatchType | None) -> tuple[str, MatchType]:
    """The address, and how it is matched; a star says it where no matchType does."""
    if not text:
        raise BadCdxQuery("url", text, "the address is missing")
    if match is None:
        match = "exact"
        if text.startswith("*."):
            text, match = text[2:], "domain"
        elif text.endswith("*"):
            text, match = text[:-1], "prefix"
    url = typed_address(text)
    if url is None and match == "domain" and text.replace("-", "").isalnum():
        url = f"http://{text}"  # all that is below vn
    if url is None:
        raise BadCdxQuery("url", text, "it is no address of http or https, or longer than 4096 characters")
    return url, match


def _span(url: str, match: MatchType, since: str | None, until: str | None) -> CaptureRange:
    """The range of the index, which pywb has as well: of a host the port is that of the address."""
    key = urlkey(in_ascii(url))
    host = key.partition(")")[0]
    end = None
    if match == "prefix":
        key += "?" if url.endswith("?") else ""
        key, end = key, key[:-1] + chr(ord(key[-1]) + 1)
    elif match == "host":
        key, end = f"{host})", f"{host}*"
    elif match == "domain":
        key, end = f"{host})", f"{host}-"
    return CaptureRange(first=key, end=end, since=since or "", until=behind(until or ""))


def _filters(texts: list[str]) -> tuple[Filter, ...]:
    if len(texts) > _MOST_FILTERS:
        raise BadCdxQuery("filter", str(len(texts)), f"at most {_MOST_FILTERS} can be given")
    return tuple(map(read_filter, texts))


def _one_of(choices: tuple[_Choice, ...]) -> Callable[[str, str], _Choice]:
    def read(name: str, value: str) -> _Choice:
        for choice in choices:
            if value == choice:
                return choice
        raise BadCdxQuery(name, value, f"it is one of {', '.join(choices)}")

    return read


def _number(least: int, most: int) -> Callable[[str, str], int]:
    def read(name: str, value: str) -> int:
        if value.isascii() and value.isdigit() and len(value) < 12 and least <= int(value) <= most:
            return int(value)
        raise BadCdxQuery(name, value, f"it is a whole number from {least} to {most}")

    return read


def _switch(name: str, value: str) -> bool:
    if value.lower() in _TRUE | _FALSE:
        return value.lower() in _TRUE
    raise BadCdxQuery(name, value, "it is true or false")


def _digits(name: str, value: str) -> str:
    if not (value.isascii() and value.isdigit() and len(value) <= len(_ALL_DIGITS) and value):
        raise BadCdxQuery(name, value, "it is 1 to 14 digits, year first: 2026 or 20260108120000")
    return value


def _bound(name: str, value: str) -> str:
    """The beginning of the WARC-Dates of a timestamp of 1 to 14 digits."""
    _digits(name, value)
    parts = [value[:4], *(value[at : at + 2] for at in range(4, len(value), 2))]
    return "".join(mark + part for mark, part in zip(("", "-", "-", "T", ":", ":"), parts, strict=False))


def _instant(name: str, value: str) -> datetime:
    text = _digits(name, value)
    try:
        return datetime.strptime(text + _ALL_DIGITS[len(text) :], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadCdxQuery(name, value, "there is no such time") from error


def _fields(name: str, value: str) -> tuple[str, ...] | None:
    found = [(one, field_named(one)) for one in value.split(",") if one]
    for typed, field in found:
        if field is None:
            raise BadCdxQuery(name, typed, f"there is no such field; known are {', '.join(FIELDS)}")
    return tuple(field for _, field in found if field) or None


_READERS: dict[str, Callable[[str, str], object]] = {
    "matchType": _one_of(get_args(MatchType)),
    "from": _bound,
    "to": _bound,
    "limit": _number(0, _LARGEST),
    "sort": _one_of(get_args(Sort)),
    "closest": _instant,
    "fl": _fields,
    "fields": _fields,
    "output": _one_of(get_args(Output)),
    "showNumPages": _switch,
    "page": _number(0, _LARGEST),
    "pageSize": _number(1, _MOST_PAGE_SIZE),
}
_KNOWN = {"url", "filter", *_READERS}
