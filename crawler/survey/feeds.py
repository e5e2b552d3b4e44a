"""Addresses that feeds and sitemaps name, however broken their XML is; fetches none of them."""

from __future__ import annotations

import functools
import html
import itertools
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import attrs

from archive.urls import absolute, without_fragment
from crawler.extract import FeedEntry, Rules
from crawler.extract.dates import read_time
from crawler.extract.linked import plain
from crawler.extract.page import decode

_MOST_ADDRESSES = 50_000
_LONGEST = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_LOCATION = re.compile(r"<(?:\w+:)?(?:loc|link|guid)\b[^<>]*>\s*+(?:<!\[CDATA\[)?\s*+([^<\s\]]+)", re.I)
_ATOM = re.compile(r"<link\b[^<>]*?\bhref=[\"']([^\"']+)[\"']", re.I)
_INDEX = re.compile(r"<(?:\w+:)?sitemapindex\b", re.I)
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry|url|sitemap)\s*>|<(?:item|entry|url|sitemap)\s[^<>]*>", re.I)
_SAID = re.compile(
    r"<(?:news:)?(?P<name>title|pubDate|published|dc:date|publication_date|updated|lastmod)\b[^<>]*>\s*+"
    r"(?:<!\[CDATA\[)?+\s*+(?P<text>[^<]{1,500}?)(?:\]\]>)?\s*+</",
    re.I,
)
# What entries call the time of publication, and of the last change.
_PUBLISHED, _CHANGED = ("pubdate", "published", "dc:date", "publication_date"), ("lastmod", "updated")
_LONGEST_ENTRY = 20_000


@attrs.frozen
class Addresses:
    """What a feed or sitemap names; `is_index`: further sitemaps. `entries` is what it says of its articles.

    `published_at` and `changed_at` are what it says of when each appeared and was last changed, as far as it does.
    `left_out` is how many addresses it names beyond the 50,000 that a sitemap may (sitemaps.org).
    """

    urls: tuple[str, ...]
    is_index: bool
    entries: Mapping[str, FeedEntry] = attrs.field(factory=dict)
    published_at: Mapping[str, datetime] = attrs.field(factory=dict)
    changed_at: Mapping[str, datetime] = attrs.field(factory=dict)
    left_out: int = 0


def read_addresses(body: bytes, url: str, headers: Mapping[str, str], rules: Rules) -> Addresses:
    """The web addresses that a feed, a sitemap, or an index of sitemaps names, each once."""
    if body[:2] == _GZIP:  # sitemap.xml.gz is a file, not a content coding
        body = _unpacked(body)
    text = decode(body, headers)
    found = dict.fromkeys([*_LOCATION.findall(text), *_ATOM.findall(text)])

    @functools.cache  # each entry's address is asked for twice
    def resolve(said: str) -> str | None:
        address = absolute(html.unescape(said), url)
        return without_fragment(address) if address else None

    named = tuple(dict.fromkeys(filter(None, map(resolve, list(found)[:_MOST_ADDRESSES]))))
    left_out = max(0, len(found) - _MOST_ADDRESSES)
    return Addresses(named, bool(_INDEX.search(text[:5000])), *_hear(text, resolve, rules.time_zone), left_out)


def _unpacked(packed: bytes) -> bytes:
    """What is in the members of a gzip file (RFC 1952, 2.2), as far as they are sound and not too long."""
    found = b""
    while packed[:2] == _GZIP and len(found) < _LONGEST:
        member = zlib.decompressobj(wbits=31)
        try:
            found += member.decompress(packed, _LONGEST - len(found))
        except zlib.error:
            break
        packed = member.unused_data
    return found


def _hear(
    text: str, resolve: Callable[[str], str | None], time_zone: str
) -> tuple[dict[str, FeedEntry], dict[str, datetime], dict[str, datetime]]:
    """What each entry says, by the first address that it names: of itself, when it appeared, when it was changed."""
    entries: dict[str, FeedEntry] = {}
    published: dict[str, datetime] = {}
    changed: dict[str, datetime] = {}
    for item in _parts(text):
        link = _LOCATION.search(item) or _ATOM.search(item)
        address = resolve(link[1]) if link else None
        if address is None or address in changed or address in published:
            continue
        said: dict[str, str] = {}
        for found in _SAID.finditer(item):
            said.setdefault(found["name"].lower(), plain(found["text"]))
        when = next((said[name] for name in _PUBLISHED if name in said), None)
        if said.get("title") or when:
            entries.setdefault(address, FeedEntry(title=said.get("title"), published_at=when))
        if when and (instant := read_time(when, time_zone)):
            published[address] = instant.at
        since = next((said[name] for name in _CHANGED if name in said), None)
        if since and (instant := read_time(since, time_zone)):
            changed[address] = instant.at
    return entries, published, changed


def _parts(text: str) -> Iterator[str]:
    """The insides of the entries; one that does not end, or goes on for too long, ends where the next begins."""
    starts = [found.end() for found in itertools.islice(_ENTRY.finditer(text), _MOST_ADDRESSES + 1)]
    for start, following in itertools.pairwise([*starts, len(text)]):
        yield text[start : min(following, start + _LONGEST_ENTRY)]
