"""What the parts of a newspaper's crawl ask of the spider that assembles them: each part adds what it alone needs."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Protocol

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.catalog import Address
from archive.errors import PageUnreadable
from crawler.crawl.frontier import Frontier
from crawler.declaration.layout import Rules
from crawler.reading.pool import Readers
from crawler.request_meta import Path


class Site(Protocol):
    """Which addresses are the newspaper's own, and what they look like."""

    @property
    def origin(self) -> str:
        """Scheme and host under which it is crawled."""

    def is_own(self, url: str) -> bool:
        """Whether an address is one of the newspaper's own hosts'."""

    def is_list(self, response: Response) -> bool:
        """Whether an answer to a list's address is the paper's own, and no article that this led to."""

    def names_article(self, url: str) -> bool:
        """Whether an address looks like an article's."""


class NewspaperCrawl(Site, Protocol):
    """The crawl of a newspaper: its frontier and its reading processes, its requests and its report."""

    crawler: Crawler
    frontier: Frontier
    readers: Readers

    @property
    def logger(self) -> logging.LoggerAdapter[Any]:
        """The spider's logger."""

    @classmethod
    def rules(cls) -> Rules:
        """What the newspaper's pages are read by."""

    def is_wanted(self, known: Address | None) -> bool:
        """Whether a section's first page, a feed or a sitemap is asked for."""

    def request(
        self, url: str, kind: str, callback: Any, section: str | None, known: Address | None, path: Path, priority: int
    ) -> Request:
        """A request of a kind that frontier and metadata record know; conditional where its page is held."""

    def trouble(self, kind: str, url: str, error: BaseException | str | None) -> None:
        """Count an address that gave nothing, and list it in the run's report."""

    def not_read(self, response: Response, kind: str) -> None:
        """Count, and list where it says anything, a page that is not read."""

    def note_unread(self, response: Response, error: PageUnreadable, hints: Mapping[str, Any] | None = None) -> None:
        """Remember that a captured page could not be read, until a run has read it."""
