"""Addresses that feeds and sitemaps name, however broken their XML is; fetches none of them."""

from __future__ import annotations

import html
import itertools
import re
import zlib
from collections.abc import Iterator, Mapping

import attrs

from crawler.extract import FeedEntry, Rules
from crawler.extract.linked import plain
from crawler.extract.page import absolute, decode

_MOST_ADDRESSES = 50_000
_LONGEST = 64 * 1024 * 1024
_LOCATION = re.compile(r"<(?:\w+:)?(?:loc|link|guid)\b[^<>]*>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]+)", re.I)
_ATOM = re.compile(r"<link\b[^<>]*?\bhref=[\"']([^\"']+)[\"']", re.I)
_INDEX = re.compile(r"<(?:\w+:)?sitemapindex\b", re.I)
_ENTRY = re.compile(r"<(?:item|entry)\b[^<>]*>", re.I)
_SAID = re.compile(
    r"<(?P<name>title|pubDate|published|dc:date)\b[^<>]*>\s*(?:<!\[CDATA\[)?(?P<text>[^<]{1,500}?)(?:\]\]>)?\s*</", re.I
)
_MOST_ENTRIES = 1000
_LONGEST_ENTRY = 20_000
_IN_ROBOTS = re.compile(r"(?im)^\s*sitemap\s*:\s*(\S+)")


@attrs.frozen
class Addresses:
    """What a feed or sitemap names; `is_index`: further sitemaps. `entries` is what a feed says of its articles."""

    urls: tuple[str, ...]
    is_index: bool
    entries: Mapping[str, FeedEntry] = attrs.field(factory=dict)


def read_addresses(body: bytes, url: str, headers: Mapping[str, str], _rules: Rules) -> Addresses:
    """The web addresses that a feed, a sitemap, or an index of sitemaps names, each once."""
    if body[:2] == b"\x1f\x8b":  # sitemap.xml.gz is a file, not a content coding
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, _LONGEST)
        except zlib.error:
            return Addresses((), False)
    text = decode(body, headers)
    found = dict.fromkeys([*_LOCATION.findall(text), *_ATOM.findall(text)])
    urls = (absolute(html.unescape(address), url) for address in list(found)[:_MOST_ADDRESSES])
    named = tuple(dict.fromkeys(one for one in urls if one))
    return Addresses(named, bool(_INDEX.search(text[:5000])), _entries(text, url))


def _entries(text: str, url: str) -> dict[str, FeedEntry]:
    """What each entry of a feed says, by the first address that it names."""
    entries: dict[str, FeedEntry] = {}
    for item in itertools.islice(_parts(text), _MOST_ENTRIES):
        link = _LOCATION.search(item) or _ATOM.search(item)
        address = absolute(html.unescape(link[1]), url) if link else None
        said = {found["name"].lower(): plain(found["text"]) for found in _SAID.finditer(item)}
        when = said.get("pubdate") or said.get("published") or said.get("dc:date")
        if address and (said.get("title") or when):
            entries.setdefault(address, FeedEntry(title=said.get("title"), published_at=when))
    return entries


def _parts(text: str) -> Iterator[str]:
    """The insides of a feed's entries; one that does not end, or goes on for too long, ends where the next begins."""
    starts = [found.end() for found in itertools.islice(_ENTRY.finditer(text), _MOST_ENTRIES + 1)]
    for start, following in itertools.pairwise([*starts, len(text)]):
        yield text[start : min(following, start + _LONGEST_ENTRY)]


def sitemaps_in(robots: str) -> list[str]:
    """The sitemaps that a robots.txt names."""
    return list(dict.fromkeys(_IN_ROBOTS.findall(robots)))
