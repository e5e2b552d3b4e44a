"""What every spider of ours does with a crawl: its session, its requisites, its troubles; chooses no address."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Self, TypeAlias

import attrs
import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from archive.article import Article, CaptureRef
from archive.catalog.unread import FURTHER_PAGE, NOT_READ_YET, Unread, unread_pages
from archive.clock import now, warc_date
from archive.errors import CaptureMissing, PageUnreadable, ReadingFailure
from archive.ingest.session import Session, session_of
from archive.reasons import Reason, coded_reason, reason_words
from archive.revisit_policy import after_failure
from crawler.crawl import arguments as modes
from crawler.crawl.requisites import Requisites
from crawler.declaration.layout import Rules
from crawler.extract import ArticlePage, ListPage, join
from crawler.http.gate import Deferred
from crawler.politeness.robots import Forbidden
from crawler.reading.pool import Readers, readers_of
from crawler.request_meta import (
    CAPTURED_AT,
    EMBEDDED,
    HELD_SINCE,
    KIND,
    LINK,
    RECORD_ID,
    SECTION,
    UNREAD,
    behind,
    meta_of,
)
from crawler.responses import counted, kind_of
from crawler.survey.page import PageSurvey

ReadPage: TypeAlias = ArticlePage | ListPage | PageSurvey
_MOST_TROUBLES = 1000
# So many unread pages are read in a run; the others are left to the next.
_MOST_UNREAD = 5000
# A page that several runs could not read comes last: it may hold up the reading of all others for minutes.
_READ_FIRST, _READ_LAST = 40, -40
_LONGEST_WAIT = timedelta(days=1)


@attrs.frozen
class Trouble:
    """An address that gave nothing, and why. `kind` is that of its request: section, feed, sitemap, article, page..."""

    kind: str
    url: str
    reason: str


class ArchivingSpider(scrapy.Spider):
    """A spider whose crawl is archived: it has a `session`, fetches requisites, and lists what went wrong."""

    session: Session
    requisites: Requisites
    readers: Readers

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.troubles: list[Trouble] = []
        self.doubtful: list[dict[str, Any]] = []
        self.last_error = self.host_down = ""

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
        self.readers = readers_of(self.crawler)

    def ended(self) -> None:
        """Called when the crawl has ended."""
        self.requisites.close()

    def profiles(self) -> dict[str, dict[str, Any]]:
        """What is known of the newspapers that are crawled, by name."""
        return {}

    def picture_fetched(self, url: str, status: int | None, record_id: str | None) -> None:
        """Called with what came of asking for an article's picture: no status where no answer came."""

    @property
    def last_failure(self) -> str:
        """What to say where nothing was had: that a host gave no answer any more, else the last error."""
        return self.host_down or self.last_error

    @property
    def has_read_no_section(self) -> bool:
        """Whether what leads to all else was asked for, and could not be read."""
        return False

    def ending(self) -> None:
        """Called when the crawl ends, while the session can still be written to."""

    def is_boilerplate(self, url: str) -> bool:
        """Whether a picture that leads to no article, such as the masthead, belongs to the page that shows it."""
        return False

    # pages that could not be read

    def note_unread(self, response: Response, error: PageUnreadable, hints: Mapping[str, Any] | None = None) -> None:
        """Remember that a captured page could not be read, until a run has read it.

        Args:
            hints: what is known of the page besides its bytes, as JSON has it.
        """
        if error.failure is ReadingFailure.STOPPED:
            return  # that says nothing of the page, which stays due as it was
        before = UNREAD.get(response.meta)
        instant, known = now(), dict(hints or {})
        if error.url != response.url:
            known[FURTHER_PAGE] = error.url
        page = Unread(
            newspaper=self.session.run.newspaper, url=response.url, kind=KIND.of(response.meta),
            section=SECTION.get(response.meta), record_id=RECORD_ID.of(response.meta),
            captured_at=CAPTURED_AT.of(response.meta), failure=error.failure, detail=error.detail, tries=error.tries,
            runs=1, failed_at=instant, due_at=_due_again(before, instant), hints=known,
        )  # fmt: skip
        self.session.addresses.keep_unread(page)
        self.logger.warning("%s", error)

    def requests_for_unread(self, callback: Any, *, all_of_them: bool = False) -> Iterator[scrapy.Request]:
        """Requests for the pages that earlier runs captured and could not read, to be answered from their records.

        Lists are left out: they are asked for anew.
        """
        with self.session.collection.catalog() as catalog:
            due_by = "9999" if all_of_them else warc_date(now())
            pages = unread_pages(catalog.connection, self.session.run.newspaper, due_by=due_by, limit=_MOST_UNREAD)
        for page in pages:
            if page.kind in ("article", "page"):
                meta: dict[str, Any] = {}
                KIND.put(meta, "page" if page.kind == "page" else "article")
                SECTION.put(meta, page.section)
                UNREAD.put(meta, page)
                request = scrapy.Request(page.url, callback, errback=self._record_failed, dont_filter=True, meta=meta)
                yield request.replace(priority=_READ_FIRST if page.runs == 1 else _READ_LAST)

    def _record_failed(self, failure: Failure) -> None:
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]
        self.trouble(KIND.of(request.meta), request.url, str(failure.value))
        self.session.addresses.fetch_anew(UNREAD.of(request.meta))

    async def whole(self, article: Article, response: Response, section: str | None, rules: Rules) -> Article:
        """The article with its further pages read and joined, where it is printed over several.

        Raises:
            Deferred: one of them is not asked for now.
            PageUnreadable: one of them could not be read, for the first time.
        """
        if not article.further_pages:
            return article
        others = [await self._further(page.url, response, section, rules) for page in article.further_pages]
        return join(article, others)

    async def _further(self, url: str, first: Response, section: str | None, rules: Rules) -> Article | str:
        assert self.crawler.engine is not None
        meta = meta_of("article", behind(first, LINK))
        if UNREAD.get(first.meta) is not None:
            HELD_SINCE.put(meta, CAPTURED_AT.of(first.meta))
        try:
            request = scrapy.Request(url, callback=NO_CALLBACK, meta=meta)
            response = await self.crawler.engine.download_async(request)
        except Deferred:
            raise
        except Exception as error:
            counted(self, "missing" if isinstance(error, CaptureMissing) else "errors")
            return "missing" if isinstance(error, CaptureMissing) else _reason(error)
        if response.status != 200 or CAPTURED_AT.get(response.meta) is None:
            return Reason.HTTP.of(response.status)
        counted(self, "pages")
        try:
            page = await self.readers.article_page(
                response.body, response.url, kind_of(response), CAPTURED_AT.of(response.meta), section, rules
            )
        except PageUnreadable as error:
            if UNREAD.get(first.meta) is None:
                raise
            # whatever is tried, this page breaks: the others are released without it, and it stays unread
            self.note_unread(first, error, UNREAD.of(first.meta).hints)
            return NOT_READ_YET
        if page.article is None:
            return Reason.NO_ARTICLE.of(", ".join(page.missing))
        capture = CaptureRef(record_id=RECORD_ID.of(response.meta))
        return page.article.captured(capture, [None] * len(page.article.images))

    def note_doubts(self, article: Article) -> None:
        """List in the run's report what of an article should be looked at."""
        if article.doubts:
            counted(self, "doubtful")
            if len(self.doubtful) < _MOST_TROUBLES:
                self.doubtful.append({"id": article.id, "url": article.url, "doubts": dict(article.doubts)})

    async def with_captures(self, article: Article, page: ArticlePage, response: Response) -> Article:
        """The article with its pictures captured, and the page's other requisites beside them.

        Raises:
            Deferred: one of them is not asked for now.
        """
        path = behind(response, EMBEDDED)
        others = self._wanted(page)
        pictures, _ = (
            await asyncio.gather(
                self.requisites.pictures(article.images, path), self.requisites.fetch_all(others, path)
            )
            if article.images or others
            else ([], None)
        )
        return article.captured(CaptureRef(record_id=RECORD_ID.of(response.meta)), pictures)

    async def fetch_requisites(self, page: ReadPage, response: Response) -> None:
        """Fetch the page's stylesheets, fonts and boilerplate.

        Raises:
            Deferred: one of them is not asked for now.
        """
        if others := self._wanted(page):
            await self.requisites.fetch_all(others, behind(response, EMBEDDED))

    def _wanted(self, page: ReadPage) -> list[str]:
        """The page's stylesheets, fonts and boilerplate that are not held yet: most often none."""
        styles = [url for url in page.requisites if not self.requisites.holds(url)]
        boilerplate = [url for url in page.boilerplate if not self.requisites.holds(url) and self.is_boilerplate(url)]
        return styles + boilerplate

    def trouble(self, kind: str, url: str, error: BaseException | str | None) -> None:
        """Count an address that gave nothing, and list it in the run's report."""
        if isinstance(error, Forbidden):
            counted(self, "forbidden by robots.txt")
            reason = Reason.FORBIDDEN.value
        elif isinstance(error, str):
            reason = coded_reason(error)
        else:
            counted(self, "errors")
            reason = _reason(error)
        self.last_error = reason_words(reason)
        self.logger.warning("No %s from %s: %s", kind, url, self.last_error)
        if len(self.troubles) < _MOST_TROUBLES:
            self.troubles.append(Trouble(kind, url, reason))


def _due_again(before: Unread | None, instant: datetime) -> datetime:
    """When a page that could not be read is tried again: by the next run, then ever later, up to a day."""
    return instant if before is None else min(after_failure(before.runs - 1, instant), instant + _LONGEST_WAIT)


def _reason(error: BaseException | None) -> str:
    if isinstance(error, HttpError):
        return Reason.HTTP.of(error.response.status)
    if isinstance(error, ResponseDataLossError):
        return Reason.BROKEN_OFF.value
    return Reason.OTHER.of(str(error) or type(error).__name__)
