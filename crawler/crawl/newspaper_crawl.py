"""What the parts of a newspaper's crawl use of the spider that assembles them."""

from __future__ import annotations

from typing import Protocol

from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.ingest.session import Session
from crawler.crawl.drawing import WantsMore
from crawler.crawl.frontier.frontier import Frontier, Requests
from crawler.crawl.frontier.results import FetchResults
from crawler.crawl.frontier.scope import CrawlScope
from crawler.crawl.frontier.site import NewspaperSite
from crawler.crawl.report import CrawlReport
from crawler.crawl.requisites.requisites import Requisites
from crawler.crawl.unread_pages import UnreadPages
from crawler.declaration.declared import DrawnPart
from crawler.declaration.layout import Rules
from crawler.extract import ListPage
from crawler.reading.pool import Readers


class ArchivingCrawl(Protocol):
    """A crawl whose pages are read and archived, of a newspaper or not."""

    crawler: Crawler
    session: Session
    readers: Readers
    report: CrawlReport
    unread: UnreadPages
    requisites: Requisites

    async def drawn(self, response: Response, part: DrawnPart, wants_more: WantsMore | None = None) -> Response:
        """The page as its scripts drew it, where the newspaper declares that they draw such pages; a list loads more.

        Raises:
            NotDrawn: the browser, or the page in it, failed.
            Deferred: something that the page needs is not requested now.
        """


class NewspaperCrawl(ArchivingCrawl, Protocol):
    """The crawl of a newspaper."""

    scope: CrawlScope
    site: NewspaperSite
    frontier: Frontier
    requests: Requests
    results: FetchResults

    def not_read(self, response: Response, kind: str) -> None:
        """Count a response that is not read, and list it where that says anything."""

    def failed(self, failure: Failure) -> None:
        """Enter a request that got no usable response."""


class ArticleCrawl(NewspaperCrawl, Protocol):
    """What article pages use besides."""

    def rules_of(self, url: str, section: str | None, /) -> tuple[str | None, Rules]:
        """What an article page is read by: the section's name for a page that names none, and the rules."""


class ListCrawl(NewspaperCrawl, Protocol):
    """What section lists use besides."""

    async def read_list(self, response: Response) -> ListPage:
        """What a section's list page names."""
