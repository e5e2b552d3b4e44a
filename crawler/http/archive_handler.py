"""Responses from WARC records instead of the network: of an archive that is read again, or of the collection."""

from __future__ import annotations

from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.catalog import Capture, Catalog
from archive.errors import CaptureMissing, RecordMissing
from archive.ingest.session import session_of
from archive.originals import original_of, read_capture
from crawler.request_meta import CAPTURED_AT, DOM_ID, HELD_SINCE, RECORD_ID, UNREAD
from crawler.responses import answer_of, count_answer
from crawler.scrapy_internals import BaseDownloadHandler


class RereadingDownloadHandler(BaseDownloadHandler):
    """A download handler that responds with the archive's latest capture of the address."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        imported = session_of(crawler).imported
        if imported is None:
            raise RuntimeError("rereading needs a session with an archive to read")
        self._archive = imported
        self._catalog = imported.collection.catalog()

    async def download_request(self, request: Request) -> Response:
        """The archived response.

        Raises:
            CaptureMissing: the archive has none.
            OriginalMissing: it has only revisits, and not the captures they refer to.
            RecordDamaged: its record cannot be read.
        """
        url = request.url.partition("#")[0]
        found = self._archive.find(self._catalog, url)
        if found is None:
            raise CaptureMissing(url, self._archive.path)
        capture, original = found
        RECORD_ID.put(request.meta, capture.record_id)
        CAPTURED_AT.put(request.meta, capture.captured_at)
        drawn = self._catalog.dom_of(capture)
        if drawn is not None:
            DOM_ID.put(request.meta, drawn.record_id)
        response, is_faulty = answer_of(request.url, self._archive.read(drawn or original))
        if is_faulty and self.crawler.stats is not None:
            self.crawler.stats.inc_value("baotinh/coding faults")
        count_answer(self.crawler, response)
        return response

    async def close(self) -> None:
        """Close the catalog."""
        self._catalog.close()


class FromRecord:
    """A downloader middleware, before all others, that responds from the collection without delay or robots.txt."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._open: Catalog | None = None
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        """The captured response, where the request's meta asks for one; None: the request is sent.

        Raises:
            RecordMissing, RecordDamaged, OSError: an unread page's record cannot be read.
        """
        page = UNREAD.get(request.meta)
        since = HELD_SINCE.get(request.meta)
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
        drawn = self._catalog.dom_of(capture)
        if drawn is not None:
            DOM_ID.put(request.meta, drawn.record_id)
        whole = drawn or original_of(collection, self._catalog, capture) or capture
        record = read_capture(collection, whole)
        RECORD_ID.put(request.meta, capture.record_id)
        CAPTURED_AT.put(request.meta, capture.captured_at)
        return answer_of(request.url, record)[0]

    @property
    def _catalog(self) -> Catalog:
        if self._open is None:
            self._open = session_of(self._crawler).collection.catalog()
        return self._open

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
