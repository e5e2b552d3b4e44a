"""The download handler of a crawl that reads an existing archive in place of the network."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.errors import CaptureMissing
from archive.ingest.session import session_of
from crawler.http.download_handler import CAPTURED_AT, RECORD_ID
from crawler.responses import answer_of, count_answer


class RereadingDownloadHandler(BaseDownloadHandler):
    """Answers each request with the archive's latest capture of its address, or raises `CaptureMissing`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        imported = session_of(crawler).imported
        if imported is None:
            raise RuntimeError("rereading needs a session with an archive to read")
        self._archive = imported
        self._catalog = imported.collection.catalog()

    async def download_request(self, request: Request) -> Response:
        """The archived answer.

        Raises:
            CaptureMissing: the archive has none.
            OriginalMissing: it has revisits alone, and not what they stand for.
            RecordDamaged: its record cannot be read.
        """
        url = request.url.partition("#")[0]
        found = self._archive.find(self._catalog, url)
        if found is None:
            raise CaptureMissing(url, self._archive.path)
        capture, original = found
        request.meta[RECORD_ID], request.meta[CAPTURED_AT] = capture.record_id, capture.captured_at
        response, is_faulty = answer_of(request.url, self._archive.read(original))
        if is_faulty and self.crawler.stats is not None:
            self.crawler.stats.inc_value("baotinh/coding faults")
        count_answer(self.crawler, response)
        return response

    async def close(self) -> None:
        """Close the catalog."""
        self._catalog.close()
