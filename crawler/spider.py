"""What every spider of ours does with a crawl: its session, its requisites, its troubles; chooses no address."""

from __future__ import annotations

import asyncio
from typing import Any, Self

import attrs
import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from archive.article import Article
from archive.session import Session, session_of
from crawler import modes
from crawler.extract import requisites
from crawler.politeness import Forbidden
from crawler.requisites import Requisites
from crawler.responses import counted, headers_of

_MOST_TROUBLES = 1000


@attrs.frozen
class Trouble:
    """An address that gave nothing, and why. `kind` is section, article or page."""

    kind: str
    url: str
    reason: str


class ArchivingSpider(scrapy.Spider):
    """A spider whose crawl is archived: it has a `session`, fetches requisites, and lists what went wrong."""

    session: Session
    requisites: Requisites

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.troubles: list[Trouble] = []
        self.last_failure = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way of making it; also brings the arguments into the settings."""
        modes.configure(crawler.settings, **{name: kwargs.get(name) for name in modes.ARGUMENTS})
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.opened, signals.spider_opened)
        crawler.signals.connect(spider.ended, signals.spider_closed)
        return spider

    def opened(self) -> None:
        """Called when the crawl begins."""
        self.session = session_of(self.crawler)
        self.requisites = Requisites(self, self.session)

    def ended(self) -> None:
        """Called when the crawl has ended."""
        self.requisites.close()

    def cards(self) -> dict[str, dict[str, Any]]:
        """What is known of the newspapers that are crawled, by name."""
        return {}

    def own_pictures(self, response: Response) -> list[str]:
        """The pictures of a page's furniture that belong to it, such as the masthead's."""
        return []

    async def with_captures(self, article: Article, response: Response) -> Article:
        """The article with its pictures captured, and the page's other requisites beside them."""
        pictures, _ = await asyncio.gather(
            self.requisites.pictures(article.images, response.url), self.fetch_requisites(response)
        )
        return attrs.evolve(article, images=pictures)

    async def fetch_requisites(self, response: Response) -> None:
        """Fetch the page's stylesheets, fonts and furniture."""
        styles = requisites(response.body, response.url, headers_of(response))
        await self.requisites.fetch_all(styles + self.own_pictures(response), response.url)

    def trouble(self, kind: str, url: str, error: BaseException | str | None) -> None:
        """Count an address that gave nothing, and list it in the run's report."""
        if isinstance(error, Forbidden):
            counted(self, "forbidden by robots.txt")
            reason = "forbidden by robots.txt"
        elif isinstance(error, str):
            reason = error
        else:
            counted(self, "errors")
            reason = _reason(error)
            self.last_failure = reason
        self.logger.warning("No %s from %s: %s", kind, url, reason)
        if len(self.troubles) < _MOST_TROUBLES:
            self.troubles.append(Trouble(kind, url, reason))


def _reason(error: BaseException | None) -> str:
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    if isinstance(error, ResponseDataLossError):
        return "the answer broke off"
    return str(error) or type(error).__name__
