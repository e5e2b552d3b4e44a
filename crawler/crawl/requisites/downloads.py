"""Requests a requisite, and judges what came of it."""

from __future__ import annotations

import logging
from typing import Any, Protocol

import attrs
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.article import CaptureRef
from archive.catalog import Catalog
from archive.errors import CaptureMissing
from archive.ingest.session import Session
from archive.media_types import PAGES
from archive.originals import original_of, picture_type
from archive.reasons import Reason
from crawler.crawl.frontier.conditional import make_conditional
from crawler.http.gate import Deferred
from crawler.politeness.robots import Forbidden
from crawler.reading.pool import Readers
from crawler.request_meta import CAPTURED_AT, RECORD_ID, Path, RequestKind, meta_of
from crawler.responses import counted, kind_of

NO_PICTURE = "no picture"


@attrs.frozen
class Requisite:
    """What came of fetching a requisite: its capture, or the reason why there is none."""

    capture: CaptureRef | None
    missing: str | None
    content: bytes | None = None
    is_redirected: bool = False


class RequisiteCrawl(Protocol):
    """What requisites use of the spider in whose crawl they are fetched."""

    crawler: Crawler
    readers: Readers

    @property
    def logger(self) -> logging.LoggerAdapter[Any]:
        """The spider's logger."""

    def picture_fetched(self, url: str, response: Response | None) -> None:
        """Called with what came of requesting an article's picture."""

    def is_boilerplate(self, url: str) -> bool:
        """Whether a picture that leads to no article, such as the masthead, belongs to the page that shows it."""


class Downloads:
    """Requests requisites through the crawl's downloader."""

    def __init__(self, spider: RequisiteCrawl, session: Session, catalog: Catalog) -> None:
        self._spider, self._session, self._catalog = spider, session, catalog

    async def download(self, url: str, path: Path, *, is_picture: bool, is_held: bool = False) -> Requisite:
        """What an address gives.

        Args:
            is_held: a picture that the collection holds is requested again, conditionally.

        Raises:
            Deferred: it is not requested now.
        """
        assert self._spider.crawler.engine is not None
        kind: RequestKind = "picture" if is_picture else "requisite"
        request = Request(url, callback=NO_CALLBACK, meta=meta_of(kind, path))
        if is_held:
            self._make_conditional(request)
        try:
            response = await self._spider.crawler.engine.download_async(request)
        except CaptureMissing:
            counted(self._spider, "missing")
            return Requisite(None, "missing")
        except Deferred:
            raise
        except Forbidden:
            counted(self._spider, "forbidden by robots.txt")
            return Requisite(None, "forbidden")
        except Exception as error:
            counted(self._spider, "errors")
            self._spider.logger.warning("No answer for %s: %s", url, error)
            if is_picture:
                self._spider.picture_fetched(url, None)
            return Requisite(None, "error")
        if is_picture:
            self._spider.picture_fetched(url, response)
        if response.status != 200:
            if response.status == 304 and is_held:
                return Requisite(None, None)
            counted(self._spider, "errors" if response.status >= 500 else "gone")
            return Requisite(None, Reason.HTTP.of(response.status))
        if is_picture and _is_page(response):
            return Requisite(None, NO_PICTURE)
        is_archived = CAPTURED_AT.get(response.meta) is not None
        capture = CaptureRef(record_id=RECORD_ID.of(response.meta)) if is_archived else None
        return Requisite(capture, None, _style(response), is_redirected=response.url != request.url)

    def _make_conditional(self, request: Request) -> None:
        known = self._catalog.addresses(self._session.run.newspaper, [request.url]).get(request.url)
        confirmed = self._catalog.capture(known.record_id) if known is not None and known.record_id else None
        if known is not None and confirmed is not None and confirmed.url == request.url:
            make_conditional(request, known, original_of(self._session.collection, self._catalog, confirmed))


def _is_page(response: Response) -> bool:
    """Whether the response to a picture's request is a page; a picture that is only declared as a page is none."""
    declared = kind_of(response).get("Content-Type", "").partition(";")[0].strip().lower()
    return declared in PAGES and picture_type(response.body) is None


def _style(response: Response) -> bytes | None:
    kind = (response.headers.get("Content-Type") or b"").lower()
    return response.body if kind.startswith(b"text/css") else None
