"""What a page's meta elements say of its article: OpenGraph, Dublin Core, the habits of many systems; believes none."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from crawler.extract.linked import plain
from crawler.extract.page import Page

# Names in the order in which they are believed; all in lower case.
_TITLES = ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title", "headline")
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "article:published", "pubdate",
    "publishdate", "publish-date", "publish_date", "date.published", "dc.date.issued", "dcterms.created", "dc.date",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "date", "created", "lp.article:published_time",
    "originalpublicationdate", "article_date_original", "publication_date",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "last-modified", "dcterms.modified")
_AUTHORS = (
    "author", "article:author", "dable:author", "parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator",
    "lp.article:author", "og:article:author", "articleauthor", "byl", "dcsext.author", "citation_author",
    "dcterms.creator",
)  # fmt: skip
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_SITES = ("og:site_name", "application-name", "publisher", "dc.publisher", "copyright", "twitter:site")


@attrs.frozen(kw_only=True)
class Metas:
    """Folded contents by lower-case name, the first of each first."""

    named: Mapping[str, tuple[str, ...]]

    def first(self, *names: str) -> tuple[str, str]:
        """The first that is there and not empty: its name and content; two empty strings where none is."""
        return next(((name, self.named[name][0]) for name in names if name in self.named), ("", ""))

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
        return [(name, self.named[name]) for name in _AUTHORS if name in self.named]

    @property
    def description(self) -> str:
        """The description, or an empty string."""
        return self.first(*_DESCRIPTIONS)[1]

    @property
    def sites(self) -> list[str]:
        """Names that the site gives itself."""
        return [text for _, text in self._all(_SITES)]

    def _all(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(name, text) for name in names for text in self.named.get(name, ())]


def read_metas(page: Page) -> Metas:
    """The meta elements of the page, wherever they stand."""
    named: dict[str, list[str]] = {}
    for element in page.root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if name and content and (text := plain(content[:5000])):
            named.setdefault(name.strip().lower(), []).append(text)
    return Metas(named={name: tuple(texts) for name, texts in named.items()})
