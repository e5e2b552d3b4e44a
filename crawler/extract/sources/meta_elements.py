"""Reads a page's meta elements about its article: OpenGraph, Dublin Core and the names of many systems."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

import attrs

from crawler.extract.page import Page
from crawler.extract.sources.json_ld import plain

# Names in the order in which they are believed. Case and what stands between their words make no difference:
# "article:published_time", "article:published:time" and "Article-Published-Time" are one.
_TITLES = ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title", "headline")
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "article:published", "pubdate",
    "publishdate", "publish-date", "publish_date", "date.published", "dc.date.issued", "dcterms.created", "dc.date",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "date", "created", "lp.article:published_time",
    "originalpublicationdate", "article_date_original", "publication_date", "og:published_time", "og:pubdate",
    "dcterms.issued", "dcterms.date", "dc.date.created", "citation_publication_date", "citation_date", "pub_date",
    "bt:pubdate", "rnews:datepublished", "article_date", "article_publish_date", "articlepublished", "date_published",
    "iso-8601-publish-date", "shareaholic:article_published_time", "cxenseparse:recs:articlepublished",
    "weibo:article:create_at", "datecreated", "release_date", "og:release_date", "uploaddate",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "last-modified", "dcterms.modified")
_AUTHORS = (
    "author", "article:author", "dable:author", "parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator",
    "lp.article:author", "og:article:author", "articleauthor", "byl", "dcsext.author", "citation_author",
    "dcterms.creator",
)  # fmt: skip
_BETWEEN_WORDS = re.compile(r"[\s:._-]+")
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_SITES = ("og:site_name", "application-name", "publisher", "dc.publisher", "copyright", "twitter:site")


@attrs.frozen(kw_only=True)
class MetaElements:
    """Folded contents by name (as `_key` gives it), the first of each first."""

    named: Mapping[str, tuple[str, ...]]

    def first(self, *names: str) -> tuple[str, str]:
        """The first that is there and not empty: its name and content; two empty strings where none is."""
        return next(((name, self.named[_key(name)][0]) for name in names if _key(name) in self.named), ("", ""))

    @property
    def titles(self) -> list[tuple[str, str]]:
        """Titles with their names."""
        return self._all(_TITLES)

    @property
    def published(self) -> list[tuple[str, str]]:
        """Times of publication with their names."""
        return self._all(_PUBLISHED)

    @property
    def modified(self) -> list[tuple[str, str]]:
        """Times of the last change with their names."""
        return self._all(_MODIFIED)

    @property
    def authors(self) -> list[tuple[str, tuple[str, ...]]]:
        """Authors by the name under which they stand."""
        return [(name, self.named[_key(name)]) for name in _AUTHORS if _key(name) in self.named]

    @property
    def description(self) -> str:
        """The description, or an empty string."""
        return self.first(*_DESCRIPTIONS)[1]

    @property
    def sites(self) -> list[str]:
        """Names that the site gives itself."""
        return [text for _, text in self._all(_SITES)]

    def _all(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(name, text) for name in names for text in self.named.get(_key(name), ())]


def read_meta_elements(page: Page) -> MetaElements:
    """The meta elements of the page, wherever they stand."""
    named: dict[str, list[str]] = {}
    for element in page.root.iter("meta"):
        names = {_key(name) for name in map(element.get, ("property", "name", "itemprop")) if name}
        content = element.get("content")
        if names and content and (text := plain(content[:5000])):
            for name in names:
                named.setdefault(name, []).append(text)
    return MetaElements(named={name: tuple(texts) for name, texts in named.items()})


@functools.lru_cache(maxsize=1024)
def _key(name: str) -> str:
    return _BETWEEN_WORDS.sub(" ", name.lower()).strip()
