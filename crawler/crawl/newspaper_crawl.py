"""What the parts of a newspaper's crawl ask of the spider that assembles them: each part adds what it alone needs."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.article import Article
from archive.catalog import Address
from archive.errors import PageUnreadable
from archive.ingest.session import Session
from crawler.crawl.frontier.frontier import Frontier
from crawler.declaration.layout import Layout, Rules, Section
from crawler.extract import ArticlePage, ListPage
from crawler.reading.pool import Readers
from crawler.request_meta import Path, RequestKind
from crawler.survey.page import PageSurvey


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
        self,
        url: str,
        kind: RequestKind,
        callback: Any,
        section: str | None,
        known: Address | None,
        path: Path,
        priority: int,
    ) -> Request:
        """A request of a kind that frontier and metadata record know; conditional where its page is held."""

    def trouble(self, kind: str, url: str, error: BaseException | str | None) -> None:
        """Count an address that gave nothing, and list it in the run's report."""

    def not_read(self, response: Response, kind: str) -> None:
        """Count, and list where it says anything, a page that is not read."""

    def note_unread(self, response: Response, error: PageUnreadable, hints: Mapping[str, Any] | None = None) -> None:
        """Remember that a captured page could not be read, until a run has read it."""


class ArticleCrawl(NewspaperCrawl, Protocol):
    """What article pages ask of the crawl besides."""

    session: Session

    @property
    def is_rereading(self) -> bool:
        """Whether an archive is read instead of the network."""

    @property
    def layouts(self) -> Sequence[Layout]:
        """The newspaper's declared layouts."""

    def identity_of(self, url: str) -> str:
        """What an address is known by, whatever session ids it bears."""

    def reading_of(self, url: str, section: str | None, /) -> tuple[str | None, Rules]:
        """What an article is read by: the section's name for a page that names none, and the rules."""

    def failed(self, failure: Failure) -> None:
        """An address gave no page."""

    async def whole(self, article: Article, response: Response, section: str | None, rules: Rules) -> Article:
        """The article with its further pages read and joined."""

    async def with_captures(self, article: Article, page: ArticlePage, response: Response) -> Article:
        """The article with its pictures captured."""

    def note_doubts(self, article: Article) -> None:
        """List in the run's report what of an article should be looked at."""


class BackfillCrawl(NewspaperCrawl, Protocol):
    """What a backfill asks of the crawl besides."""

    @property
    def time_zone(self) -> str:
        """The zone of the newspaper's days."""

    @property
    def only_due(self) -> bool:
        """Whether a schedule began the crawl."""


class ListCrawl(NewspaperCrawl, Protocol):
    """What section lists ask of the crawl besides."""

    firsts: dict[str, Section]
    settings: BaseSettings

    @property
    def paging(self) -> str | None:
        """The declared address of a section's further pages."""

    async def read_list(self, response: Response) -> ListPage:
        """What a section's list page names."""

    async def fetch_requisites(self, page: ListPage, response: Response) -> None:
        """Fetch the page's stylesheets, fonts and boilerplate."""


class FeedCrawl(NewspaperCrawl, Protocol):
    """What feeds and sitemaps ask of the crawl besides."""

    wanted: list[str]
    page: str | None
    chosen: tuple[Section, ...]

    @property
    def time_zone(self) -> str:
        """The zone of the newspaper's days."""

    @property
    def feeds(self) -> tuple[str, ...]:
        """The declared feeds."""

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The declared sitemaps."""

    def at_origin(self, url: str) -> str:
        """An address of the paper's own host, as it is crawled."""

    def found_elsewhere(self, response: Response, urls: list[str]) -> Iterator[Request]:
        """The sections among what a sitemap names besides articles, where nobody declared them."""


class DiscoveryCrawl(NewspaperCrawl, Protocol):
    """What the search for sections asks of the crawl besides."""

    wanted: list[str]
    own_hosts: set[str]
    firsts: dict[str, Section]

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The declared sitemaps."""

    @property
    def article_pattern(self) -> str:
        """What the path of an article looks like."""

    @property
    def needs_javascript(self) -> bool:
        """Whether a script shows the sections."""

    async def fetch_requisites(self, page: PageSurvey, response: Response) -> None:
        """Fetch the page's stylesheets, fonts and boilerplate."""

    def failed(self, failure: Failure) -> None:
        """An address gave no page."""
