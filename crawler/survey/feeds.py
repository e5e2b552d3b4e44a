"""The addresses in feeds and sitemaps, with title, author and times where given.

RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, sitemaps 0.9 with the news extension, indexes of sitemaps.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from archive.identity import names_article, plain_target
from archive.media_types import PAGES
from archive.urls import absolute, without_fragment
from crawler.declaration.layout import Rules
from crawler.extract import FeedEntry
from crawler.extract.dates.parsing import read_time
from crawler.extract.sources.json_ld import plain
from crawler.extract.text import fold
from crawler.survey.lenient_xml import XML_BASE, parse_xml

_MOST_ADDRESSES = 50_000
_LONGEST = 64 * 1024 * 1024
_LONGEST_TEXT, _MOST_MARKUP = 2083, 100
_GZIP = b"\x1f\x8b"
_ENTRIES = ("item", "entry", "url", "sitemap")
# Vocabularies by namespace, whatever the prefix; "" for an entry's own elements.
_VOCABULARIES = {
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/terms": "dcterms",
    "www.w3.org/2005/atom": "atom",
    "purl.org/atom/ns": "atom",
    "www.google.com/schemas/sitemap-news/0.9": "news",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "www.pheedo.com/namespace/pheedo": "pheedo",
    "purl.org/rss/1.0": "",
    "www.sitemaps.org/schemas/sitemap/0.9": "",
}
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
# The elements of title, time of publication and time of the last change, the best first.
_WORDS = {
    "title": ("title", "news:title", "atom:title", "dc:title"),
    "published": (
        "pubdate", "published", "issued", "news:publication_date", "atom:published", "atom:issued", "dc:date",
        "dcterms:issued", "dcterms:available", "dcterms:created", "created",
    ),
    "changed": ("lastmod", "updated", "modified", "atom:updated", "atom:modified", "dcterms:modified"),
}  # fmt: skip
_FIELD_OF = {name: (field, rank) for field, names in _WORDS.items() for rank, name in enumerate(names)}
# The elements that may hold the article's address, the best first: the target of a feed service before its own link.
_ADDRESSES = ("feedburner:origlink", "pheedo:origlink", "link", "loc", "atom:link", "guid", "id", "atom:id")
_RANK_OF = {name: rank for rank, name in enumerate(_ADDRESSES)}
_NAMES = frozenset((*_FIELD_OF, *_ADDRESSES, *_ENTRIES))
_ALTERNATE = ("", "alternate", "http://www.iana.org/assignments/relation/alternate")
_HTML = ("", *PAGES)
_TAG = re.compile(r"</?(?:a|b|br|em|font|h[1-6]|i|p|span|strong|sub|sup|u)\b[^<>]*>", re.IGNORECASE)
# escaped for HTML and again for XML; an address has none of these characters
_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_WEB = re.compile(r"\s*https?:", re.IGNORECASE)


@attrs.frozen
class Addresses:
    """The addresses in a feed or sitemap; `is_index`: they are sitemaps. `entries` has the articles' titles and times.

    `published_at` and `changed_at` are the times of publication and last change, where given.
    `left_out` is the number of addresses beyond the 50,000 that a sitemap may have (sitemaps.org).
    """

    urls: tuple[str, ...]
    is_index: bool
    entries: Mapping[str, FeedEntry] = attrs.field(factory=dict)
    published_at: Mapping[str, datetime] = attrs.field(factory=dict)
    changed_at: Mapping[str, datetime] = attrs.field(factory=dict)
    left_out: int = 0


def read_addresses(body: bytes, url: str, headers: Mapping[str, str], rules: Rules) -> Addresses:
    """The web addresses that a feed, a sitemap, or an index of sitemaps names: one an entry, each once.

    Of several addresses of an entry the first that is an article's counts, else the first.
    """
    if body[:2] == _GZIP:  # sitemap.xml.gz is a file, not a content coding
        body = _unpacked(body)
    root = parse_xml(body, headers)
    if not len(root):  # sitemaps.org: a text file, an address a line
        return _listed(root.text or "", url)
    bases = _Bases(url)
    pattern = re.compile(rules.article_pattern)
    entries: dict[str, FeedEntry] = {}
    published: dict[str, datetime] = {}
    changed: dict[str, datetime] = {}
    named: dict[str, None] = {}
    left_out, is_index = 0, False
    for element in root.iter():
        _, name = _name_of(element.tag)
        is_index = is_index or name == "sitemapindex"
        if name not in _ENTRIES:
            continue
        entry_texts = _read_entry(element)
        address = _address_of(entry_texts, bases, pattern)
        if address is None or address in named:
            continue
        if len(named) >= _MOST_ADDRESSES:
            left_out += 1
            continue
        named[address] = None
        title, when, since = entry_texts.text("title"), entry_texts.text("published"), entry_texts.text("changed")
        if title or when:
            entries[address] = FeedEntry(title=_without_tags(title) or None, published_at=when or None)
        if when and (instant := read_time(when, rules.time_zone)):
            published[address] = instant.at
        if since and (instant := read_time(since, rules.time_zone)):
            changed[address] = instant.at
    return Addresses(tuple(named), is_index, entries, published, changed, left_out)


def _listed(text: str, url: str) -> Addresses:
    found = dict.fromkeys(filter(None, (absolute(line, url) for line in text.splitlines() if _WEB.match(line))))
    return Addresses(tuple(found)[:_MOST_ADDRESSES], False, left_out=max(0, len(found) - _MOST_ADDRESSES))


def _unpacked(packed: bytes) -> bytes:
    """Decompress the members of a gzip file (RFC 1952, 2.2) up to the first damage or the size limit."""
    found = b""
    while packed[:2] == _GZIP and len(found) < _LONGEST:
        member = zlib.decompressobj(wbits=31)
        try:
            found += member.decompress(packed, _LONGEST - len(found))
        except zlib.error:
            break
        packed = member.unused_data
    return found


@attrs.define
class _EntryTexts:
    """One entry: a text for each field, and the candidates for its address; each with its rank, the lowest is best."""

    texts: dict[str, tuple[int, str]] = attrs.field(factory=dict)
    addresses: list[tuple[tuple[int, int], Any, str]] = attrs.field(factory=list)

    def text(self, field: str) -> str:
        """A field's text; empty if the entry has none."""
        return plain(self.texts[field][1]) if field in self.texts else ""


def _read_entry(entry: Any) -> _EntryTexts:
    """Read an entry's own elements, not those nested in others; an unclosed element contains what follows."""
    own, _ = _name_of(entry.tag)
    entry_texts = _EntryTexts()
    pending = [entry]
    for element in pending:
        for child in element:
            vocabulary, name = _name_of(child.tag)
            if vocabulary and vocabulary != own:
                name = f"{vocabulary}:{name}"
            if name in _FIELD_OF:
                field, rank = _FIELD_OF[name]
                text = _text_of(child)
                if text.strip() and (field not in entry_texts.texts or rank < entry_texts.texts[field][0]):
                    entry_texts.texts[field] = rank, text
            elif name in _RANK_OF:
                if address := _address_in(name, child):
                    # of several alternate links the one to an HTML page
                    is_other = (child.get("type") or "").strip().lower() not in _HTML
                    entry_texts.addresses.append(((_RANK_OF[name], is_other), child, address))
            elif name != "news:news":
                continue
            if len(child):
                pending.append(child)
    if about := entry.get(_ABOUT):
        entry_texts.addresses.append(((len(_ADDRESSES), 0), entry, about))
    return entry_texts


@functools.lru_cache(maxsize=1024)  # bounded: a document may have any number of element names
def _name_of(tag: Any) -> tuple[str, str]:
    """An element's vocabulary, and its name in lower case. An undeclared prefix means its usual vocabulary."""
    if not isinstance(tag, str):  # an unresolvable reference
        return "", ""
    namespace, _, name = tag.rpartition("}")
    prefix, _, name = name.lower().rpartition(":")
    if not namespace:
        return prefix, name
    known = re.sub(r"^\{https?://", "", namespace.lower()).rstrip("/#")
    return _VOCABULARIES.get(known, namespace), name


def _address_in(name: str, element: Any) -> str:
    """The address that an element gives for its entry; empty if it gives none."""
    text = _text_of(element).strip()
    if name in ("link", "atom:link") and (href := element.get("href")):
        return href if (element.get("rel") or "").strip().lower() in _ALTERNATE else ""
    if name in ("guid", "id", "atom:id"):
        is_address = (element.get("isPermaLink") or "").strip().lower() != "false" and _WEB.match(text)
        return text if is_address else ""
    return text


def _address_of(entry_texts: _EntryTexts, bases: _Bases, pattern: re.Pattern[str]) -> str | None:
    """The entry's address: of several the first that is an article's, else the first."""
    candidates: list[str] = []
    for _, element, text in sorted(entry_texts.addresses, key=operator.itemgetter(0)):
        if address := absolute(_AMPERSAND.sub("&", text), bases.of(element)):
            candidates.append(without_fragment(address))
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    return next((one for one in candidates if names_article(pattern, plain_target(one))), candidates[0])


class _Bases:
    """The base of relative addresses, by element (XML Base)."""

    def __init__(self, url: str) -> None:
        self._url, self._known = url, dict[Any, str]()

    def of(self, element: Any) -> str:
        """The base of an element: its xml:base, relative to that of its parent."""
        above: list[Any] = []
        while element is not None and element not in self._known:
            above.append(element)
            element = element.getparent()
        base = self._known[element] if element is not None else self._url
        for one in reversed(above):
            entry_texts = one.get(XML_BASE)
            base = self._known[one] = (absolute(entry_texts, base) or base) if entry_texts else base
        return base


def _text_of(element: Any) -> str:
    """The text of an element and its descendants, up to the longest length of a title or an address."""
    text = element.text or ""
    for inner in itertools.islice(element.iterdescendants(), _MOST_MARKUP):
        if len(text) > _LONGEST_TEXT or _name_of(inner.tag)[1] in _NAMES:
            break
        text += f"{inner.text or ''}{inner.tail or ''}"
    return text[:_LONGEST_TEXT]


def _without_tags(title: str) -> str:
    """A title without HTML markup that some feeds escape in it; other text in < and > belongs to the title."""
    return fold(_TAG.sub(lambda found: " " if found[0][:3].lower() == "<br" else "", title))
