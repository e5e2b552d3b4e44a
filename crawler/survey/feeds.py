"""Addresses that feeds and sitemaps name, however broken their XML is; fetches none of them."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Mapping

import attrs

from crawler.extract import Rules
from crawler.extract.page import absolute, decode

_MOST_ADDRESSES = 50_000
_LONGEST = 64 * 1024 * 1024
_LOCATION = re.compile(r"<(?:\w+:)?(?:loc|link|guid)\b[^<>]*>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]+)", re.I)
_ATOM = re.compile(r"<link\b[^<>]*?\bhref=[\"']([^\"']+)[\"']", re.I)
_INDEX = re.compile(r"<(?:\w+:)?sitemapindex\b", re.I)
_IN_ROBOTS = re.compile(r"(?im)^\s*sitemap\s*:\s*(\S+)")


@attrs.frozen
class Addresses:
    """What a feed or sitemap names; `is_index`: further sitemaps."""

    urls: tuple[str, ...]
    is_index: bool


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
    return Addresses(tuple(dict.fromkeys(one for one in urls if one)), bool(_INDEX.search(text[:5000])))


def sitemaps_in(robots: str) -> list[str]:
    """The sitemaps that a robots.txt names."""
    return list(dict.fromkeys(_IN_ROBOTS.findall(robots)))
