"""Answering requests for pages that are captured already from their records, without asking a server; reads no page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.catalog import Capture, Catalog
from archive.catalog.unread import Unread, unread_pages
from archive.clock import now, warc_date
from archive.errors import RecordMissing
from archive.ingest.session import session_of
from archive.originals import original_of
from archive.revisit_policy import after_failure
from archive.warc.reader import read_record
from crawler.http.download_handler import CAPTURED_AT, RECORD_ID
from crawler.request_meta import KIND, SECTION
from crawler.responses import answer_of

if TYPE_CHECKING:
    from crawler.crawl.spider import ArchivingSpider

UNREAD = "unread"  # in request.meta: the unread page whose record answers the request
HELD_SINCE = "held since"  # in request.meta: a capture made since then answers the request, where there is one
# So many are read in a run; the others are left to the next.
_MOST = 5000
# A page that could not be read by several runs is read last: it may hold up the reading of all others for minutes.
_FIRST, _LAST = 40, -40
_LONGEST_WAIT = timedelta(days=1)


def due_again(before: Unread | None, instant: datetime) -> datetime:
    """When a page that could not be read is tried again: by the next run, then ever later, up to a day."""
    return instant if before is None else min(after_failure(before.runs - 1, instant), instant + _LONGEST_WAIT)


def requests_for_unread(
    spider: ArchivingSpider, callback: Any, errback: Any, *, all_of_them: bool
) -> Iterator[Request]:
    """Requests for the pages of this newspaper that earlier runs captured and could not read: those that are due.

    Lists are left out: they are asked for anew.
    """
    session = spider.session
    with session.collection.catalog() as catalog:
        due_by = "9999" if all_of_them else warc_date(now())
        pages = unread_pages(catalog.connection, session.run.newspaper, due_by=due_by, limit=_MOST)
    for page in pages:
        if page.kind in ("article", "page"):
            meta = {KIND: page.kind, SECTION: page.section, UNREAD: page}
            priority = _FIRST if page.runs == 1 else _LAST
            yield Request(page.url, callback, errback=errback, dont_filter=True, priority=priority, meta=meta)


class FromRecord:
    """A downloader middleware before all others: what is held is neither asked for nor waited for."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._open: Catalog | None = None
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making it."""
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        """The captured answer to a request that is to be answered from the collection.

        Raises:
            RecordMissing, RecordDamaged, OSError: an unread page's record cannot be had.
        """
        page: Unread | None = request.meta.get(UNREAD)
        since: datetime | None = request.meta.get(HELD_SINCE)
        if page is not None:
            capture = self._catalog.capture(page.record_id)
            if capture is None:
                raise RecordMissing(page.record_id)
            return self._answer(request, capture)
        if since is not None:
            held = self._catalog.latest_success(request.url)
            if held is not None and held.captured_at >= since:
                return self._answer(request, held)
        return None

    def _answer(self, request: Request, capture: Capture) -> Response:
        collection = session_of(self._crawler).collection
        whole = original_of(collection, self._catalog, capture) or capture
        record = read_record(collection.warc_path(whole.file), whole.offset, whole.length)
        request.meta[RECORD_ID], request.meta[CAPTURED_AT] = capture.record_id, capture.captured_at
        return answer_of(request.url, record)[0]

    @property
    def _catalog(self) -> Catalog:
        if self._open is None:
            self._open = session_of(self._crawler).collection.catalog()
        return self._open

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
