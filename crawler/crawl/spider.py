"""The base class of the spiders: a crawl with a session, a report, requisites and unread pages."""

from __future__ import annotations

from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.ingest.session import Session, session_of
from crawler.browser.installed import require_browser
from crawler.crawl import arguments as modes
from crawler.crawl.drawing import Drawing
from crawler.crawl.report import CrawlReport
from crawler.crawl.requisites.requisites import Requisites
from crawler.crawl.unread_pages import UnreadPages
from crawler.reading.pool import Readers, readers_of


class ArchivingSpider(scrapy.Spider):
    """A spider whose crawl is archived. A subclass chooses the addresses."""

    session: Session
    requisites: Requisites
    readers: Readers
    unread: UnreadPages
    drawing: Drawing

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.report = CrawlReport(self)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's constructor; also brings the arguments into the settings.

        Raises:
            BrowserMissing: scripts draw pages of the crawl, and no browser is installed.
        """
        given = {name: kwargs.get(name) for name in modes.ARGUMENTS}
        modes.configure(crawler.settings, **given, newspaper=getattr(kwargs.get("declared"), "name", cls.name))
        spider = super().from_crawler(crawler, *args, **kwargs)
        for name in spider.drawn_newspapers():
            require_browser(name, crawler.settings["BAOTINH_BROWSER"])
        crawler.signals.connect(spider.opened, signals.spider_opened)
        crawler.signals.connect(spider.ended, signals.spider_closed)
        return spider

    def drawn_newspapers(self) -> list[str]:
        """The newspapers, or the site, of which the crawl draws pages in the browser."""
        return []

    def opened(self) -> None:
        """Called when the crawl begins."""
        self.session = session_of(self.crawler)
        self.requisites = Requisites(self, self.session)
        self.readers = readers_of(self.crawler)
        self.unread = UnreadPages(self.session, self.report)
        self.drawing = Drawing(self, self.session, self.requisites)
        self.crawler.signals.connect(self.drawing.close, signals.spider_closed)

    def ending(self) -> None:
        """Called when the crawl ends, while the session can still be written to."""

    def ended(self) -> None:
        """Called when the crawl has ended."""
        self.requisites.close()

    def profiles(self) -> dict[str, dict[str, Any]]:
        """What is known of the newspapers that are crawled, by name."""
        return {}

    @property
    def has_read_no_section(self) -> bool:
        """Whether the pages that lead to all others were requested, and none could be read."""
        return False

    def picture_fetched(self, url: str, response: Response | None) -> None:
        """Called with what came of requesting an article's picture: None where no response came."""

    def is_boilerplate(self, url: str) -> bool:
        """Whether a picture that leads to no article, such as the masthead, belongs to the page that shows it."""
        return False
