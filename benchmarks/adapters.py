"""What peers leave to their users to write, run in the peer's own environment; imports nothing of baotinh."""

from __future__ import annotations

from typing import Any

from scrapy import signals

from benchmarks.fetching import Fetching


class WarcioWriting:
    """The middleware that scrapy-warcio's documents ask for: dates what goes, writes what comes."""

    def __init__(self) -> None:
        import scrapy_warcio  # type: ignore[import-not-found,unused-ignore]

        self._dated = scrapy_warcio.warc_date
        self._warcio = scrapy_warcio.ScrapyWarcIo()

    def process_request(self, request: Any, spider: Any = None) -> None:
        """Note when it goes."""
        request.meta["WARC-Date"] = self._dated()

    def process_response(self, request: Any, response: Any, spider: Any = None) -> Any:
        """Write both records."""
        self._warcio.write(response, request)
        return response


class CrauWriting:
    """crau's own function for a response, without its spider's search for links, which costs its users more."""

    def __init__(self, crawler: Any) -> None:
        from crau.utils import write_warc_request_response  # type: ignore[import-not-found,unused-ignore]
        from warcio.warcwriter import WARCWriter

        self._write = write_warc_request_response
        self._file = open("crau.warc.gz", "wb")  # noqa: SIM115, PTH123 - as crau does
        self._writer = WARCWriter(self._file, gzip=True)
        crawler.signals.connect(self._received, signals.response_received)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Any) -> CrauWriting:
        """Scrapy's way of making it."""
        return cls(crawler)

    def _received(self, response: Any) -> None:
        self._write(self._writer, response)

    def _closed(self) -> None:
        self._file.close()


class TrafilaturaReading(Fetching):
    """A spider as it is assembled from parts: trafilatura reads each article, and Scrapy's feed writes it."""

    article_path = "/ban-tin-trong-ngay-"  # as benchmarks.pages.article_path gives it

    def parse(self, response: Any) -> Any:
        """The article's fields; nothing of a page that is none."""
        if self.article_path not in response.url:
            return
        from trafilatura import bare_extraction

        document: Any = bare_extraction(response.text, url=response.url, with_metadata=True)
        if document is not None:
            yield document.as_dict() | {"body": None, "commentsbody": None}
