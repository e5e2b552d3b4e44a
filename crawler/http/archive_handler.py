"""Crawling an existing archive: a download handler that answers from its records; never opens a connection."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archive.errors import CaptureMissing
from archive.ingest.session import session_of
from archive.warc.reader import Record
from crawler.http.download_handler import CAPTURED_AT, RECORD_ID
from crawler.responses import count_answer


def answer_of(url: str, record: Record) -> tuple[Response, bool]:
    """The answer that a record holds, as a response, and whether its body was framed otherwise than its header says.

    Its transfer coding is undone, its content coding is not.
    """
    message, is_faulty = record.http, False
    if message is None:
        headers = Headers({"Content-Type": record.header("Content-Type") or "application/octet-stream"})
        status, body = 200, record.block
    else:
        headers = Headers()
        for name, value in message.fields:
            headers.appendlist(name, value.encode("latin-1"))
        status = message.status or 200
        body, faults = message.unframed()
        is_faulty = bool(faults)
    kind = responsetypes.from_args(headers=headers, url=url, body=body)
    return kind(url=url, status=status, headers=headers, body=body), is_faulty


class RereadingDownloadHandler(BaseDownloadHandler):
    """Answers each request with the archive's latest capture of its address, or raises `CaptureMissing`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        imported = session_of(crawler).imported
        if imported is None:
            raise RuntimeError("rereading needs a session with an archive to read")
        self._taken_in = imported
        self._catalog = imported.collection.catalog()

    async def download_request(self, request: Request) -> Response:
        """The archived answer.

        Raises:
            CaptureMissing: the archive has none.
            OriginalMissing: it has revisits alone, and not what they stand for.
            RecordDamaged: its record cannot be read.
        """
        url = request.url.partition("#")[0]
        found = self._taken_in.find(self._catalog, url)
        if found is None:
            raise CaptureMissing(url, self._taken_in.path)
        capture, original = found
        request.meta[RECORD_ID], request.meta[CAPTURED_AT] = capture.record_id, capture.captured_at
        response, is_faulty = answer_of(request.url, self._taken_in.read(original))
        if is_faulty and self.crawler.stats is not None:
            self.crawler.stats.inc_value("baotinh/coding faults")
        count_answer(self.crawler, response)
        return response

    async def close(self) -> None:
        """Let go of the catalog."""
        self._catalog.close()
