"""What a page needs besides its own bytes: an article's pictures, stylesheets, fonts, boilerplate pictures."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlsplit

import attrs
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.article import Article, CaptureRef, Image
from archive.errors import CaptureMissing, PageUnreadable
from archive.ingest.session import Session
from archive.originals import picture_type
from archive.reasons import Reason
from crawler.extract import ArticlePage, ListPage
from crawler.http.gate import Deferred
from crawler.politeness.robots import Forbidden
from crawler.reading.pool import Readers
from crawler.request_meta import CAPTURED_AT, DOM_ID, EMBEDDED, RECORD_ID, Path, RequestKind, behind, meta_of
from crawler.responses import counted, kind_of
from crawler.survey.page import PageSurvey

ReadPage: TypeAlias = ArticlePage | ListPage | PageSurvey
NO_PICTURE = "no picture"
_MOST_HELD = 10_000
_PAGES = frozenset(("text/html", "application/xhtml+xml"))


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

    def picture_fetched(self, url: str, status: int | None, record_id: str | None) -> None:
        """Called with what came of requesting an article's picture."""

    def is_boilerplate(self, url: str) -> bool:
        """Whether a picture that leads to no article, such as the masthead, belongs to the page that shows it."""


class Requisites:
    """Fetches requisites, each address once, through the crawl's downloader: robots.txt and delays hold for them.

    What the collection holds already is not fetched again; what is being fetched is waited for.
    """

    def __init__(self, spider: RequisiteCrawl, session: Session) -> None:
        self._spider, self._session = spider, session
        self._catalog = session.collection.catalog()
        self._under_way: dict[str, asyncio.Future[Requisite]] = {}
        self._held: OrderedDict[str, Requisite] = OrderedDict()  # needed by every page of a paper, such as its style

    def close(self) -> None:
        """Close the catalog."""
        self._catalog.close()

    async def with_captures(self, article: Article, page: ArticlePage, response: Response) -> Article:
        """The article with its pictures captured, and the page's other requisites beside them.

        Raises:
            Deferred: one of them is not requested now.
        """
        path = behind(response, EMBEDDED)
        others = self._missing(page)
        pictures, _ = (
            await asyncio.gather(self._pictures(article.images, path), self._fetch_styles(others, path))
            if article.images or others
            else ([], None)
        )
        drawn = DOM_ID.get(response.meta)
        dom = CaptureRef(record_id=drawn) if drawn is not None else None
        return article.captured(CaptureRef(record_id=RECORD_ID.of(response.meta)), pictures, dom=dom)

    async def fetch_for(self, page: ReadPage, response: Response) -> None:
        """Fetch the page's stylesheets, fonts and boilerplate pictures.

        Raises:
            Deferred: one of them is not requested now.
        """
        if others := self._missing(page):
            await self._fetch_styles(others, behind(response, EMBEDDED))

    def _missing(self, page: ReadPage) -> list[str]:
        """The page's stylesheets, fonts and boilerplate pictures that are not held yet: most often none.

        None where an archive is reread, which has them or not.
        """
        if self._session.imported is not None:
            return []
        styles = [url for url in page.requisites if url not in self._held]
        pictures = [url for url in page.boilerplate if url not in self._held and self._spider.is_boilerplate(url)]
        return styles + pictures

    async def _pictures(self, images: tuple[Image, ...], path: Path) -> list[CaptureRef | str | None]:
        """The images' captures, or the reason why one has none."""
        found = await asyncio.gather(*(self.fetch(image.url, path, is_picture=True) for image in images))
        if found:
            counted(self._spider, "pictures", sum(part.capture is not None for part in found))
        return [part.capture or part.missing for part in found]

    async def _fetch_styles(self, urls: list[str], path: Path) -> None:
        """Fetch stylesheets and other requisites, and what the stylesheets name in turn."""
        await asyncio.gather(*(self._fetch_style(url, path) for url in urls))

    async def _fetch_style(self, url: str, path: Path, depth: int = 0) -> None:
        part = await self.fetch(url, path)
        if part.content and depth < 3:
            await self.fetch_named(part.content, url, path, depth)

    async def fetch_named(self, style: bytes, url: str, path: Path, depth: int = 0) -> None:
        """Fetch what a stylesheet names, and what the stylesheets among that name in turn.

        Raises:
            Deferred: something is not requested now.
        """
        try:
            inner = await self._spider.readers.stylesheet(style, url)
        except PageUnreadable as error:
            self._spider.logger.warning("%s", error)
            return
        further = Path(url, path.hops and path.hops + EMBEDDED)
        await asyncio.gather(*(self._fetch_style(address, further, depth + 1) for address in inner))

    async def fetch(self, url: str, path: Path, *, is_picture: bool = False) -> Requisite:
        """The requisite at an address, for an article's picture or another; `path` leads through its page.

        Raises:
            Deferred: it is not requested now.
        """
        url = url.partition("#")[0]
        if urlsplit(url).scheme not in ("http", "https"):
            return Requisite(None, "no web address")
        if url in self._held:
            return self._held[url]
        if url in self._under_way:
            return await self._under_way[url]
        if self._session.run.source in ("network", "demonstration"):
            held = self._catalog.latest_success(url)
            if held is not None:
                is_none = is_picture and held.mime in _PAGES
                return self._remember(
                    url, Requisite(None, NO_PICTURE) if is_none else Requisite(held.reference(), None)
                )
        promise: asyncio.Future[Requisite] = asyncio.get_running_loop().create_future()
        self._under_way[url] = promise
        try:
            part = await self._download(url, path, is_picture=is_picture)
        except BaseException as error:
            # those who wait for it get the same error: a cancelled promise would end their callbacks, and so the run
            promise.set_exception(error)
            promise.exception()  # perhaps nobody else waits
            del self._under_way[url]
            raise
        promise.set_result(attrs.evolve(part, content=None))
        if part.capture is not None and not part.is_redirected:
            # once the capture is durable the catalog knows it; what could not be captured is remembered for the run
            loop = asyncio.get_running_loop()
            durable = asyncio.wrap_future(self._session.durable(part.capture.record_id), loop=loop)
            durable.add_done_callback(lambda done: done.exception() or self._under_way.pop(url, None))
        return part

    def _remember(self, url: str, part: Requisite) -> Requisite:
        self._held[url] = part
        if len(self._held) > _MOST_HELD:
            self._held.popitem(last=False)
        return part

    async def _download(self, url: str, path: Path, *, is_picture: bool) -> Requisite:
        assert self._spider.crawler.engine is not None
        kind: RequestKind = "picture" if is_picture else "requisite"
        request = Request(url, callback=NO_CALLBACK, meta=meta_of(kind, path))
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
                self._spider.picture_fetched(url, None, None)
            return Requisite(None, "error")
        if is_picture:
            self._spider.picture_fetched(url, response.status, RECORD_ID.get(response.meta))
        if response.status != 200:
            counted(self._spider, "errors" if response.status >= 500 else "gone")
            return Requisite(None, Reason.HTTP.of(response.status))
        if is_picture and _is_page(response):
            return Requisite(None, NO_PICTURE)
        is_archived = CAPTURED_AT.get(response.meta) is not None
        capture = CaptureRef(record_id=RECORD_ID.of(response.meta)) if is_archived else None
        return Requisite(capture, None, _style(response), is_redirected=response.url != request.url)


def _is_page(response: Response) -> bool:
    """Whether the response to a picture's request is a page; a picture that is only declared as a page is none."""
    declared = kind_of(response).get("Content-Type", "").partition(";")[0].strip().lower()
    return declared in _PAGES and picture_type(response.body) is None


def _style(response: Response) -> bytes | None:
    kind = (response.headers.get("Content-Type") or b"").lower()
    return response.body if kind.startswith(b"text/css") else None
