"""A page that was seen of a site, for checking a declaration or drafting one; reads nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

import attrs

from crawler.declared import Declared

Kind = Literal["home", "section", "further", "article", "feed", "sitemap", "robots", "other"]


@attrs.frozen(kw_only=True, eq=False)
class SeenPage:
    """An answer with status 200: what was asked for as `kind`, and what came."""

    kind: Kind
    url: str
    body: bytes
    headers: Mapping[str, str]
    captured_at: datetime
    section: str | None = None
    """Path of the section that it was reached by."""

    @property
    def path(self) -> str:
        """The path of its address, with the query where there is one."""
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")


def kind_in(declared: type[Declared], url: str) -> Kind:
    """What a page of a declared newspaper is, by its address."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if not path:
        return "home"
    if declared.article_of(parts.path) is not None:
        return "article"
    if path in {section.path.rstrip("/") for section in declared.sections}:
        return "further" if parts.query else "section"
    if _is_one(path, declared.sitemaps):
        return "sitemap"
    slugs = [section.path.strip("/") for section in declared.sections]
    feeds = [feed.replace("{section}", slug) for feed in declared.feeds for slug in slugs or [""]]
    return "feed" if _is_one(path, feeds) else "other"


def _is_one(path: str, addresses: Iterable[str]) -> bool:
    return path in {urlsplit(address).path.rstrip("/") for address in addresses}
