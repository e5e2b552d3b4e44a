"""What a page needs besides its own bytes: an article's pictures, stylesheets, fonts, boilerplate pictures."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import timedelta
from typing import TypeAlias
from urllib.parse import urlsplit

import attrs
from scrapy.http import Response

from archive.article import Article, CaptureRef, Image
from archive.clock import now
from archive.errors import PageUnreadable
from archive.ingest.session import Session
from archive.media_types import PAGES
from crawler.crawl.requisites.downloads import NO_PICTURE, Downloads, Requisite, RequisiteCrawl
from crawler.crawl.requisites.exchanged import ExchangedPictures, Judged
from crawler.extract import ArticlePage, ListPage
from crawler.http.gate import Deferred
from crawler.request_meta import (
    CAPTURED_AT,
    DOM_ID,
    EMBEDDED,
    KNOWN_ADDRESS,
    RECORD_ID,
    Path,
    behind,
)
from crawler.responses import counted
from crawler.survey.page import PageSurvey

ReadPage: TypeAlias = ArticlePage | ListPage | PageSurvey
_MOST_HELD = 10_000


class Requisites:
    """Fetches requisites, each address once, through the crawl's downloader: robots.txt and delays hold for them.

    What the collection holds already is not fetched again, but for an article's pictures whose newest capture is older
    than an interval; what is being fetched is waited for.
    """

    def __init__(self, spider: RequisiteCrawl, session: Session) -> None:
        self._spider, self._session = spider, session
        self._catalog = session.collection.catalog()
        self._downloads = Downloads(spider, session, self._catalog)
        self._exchanged = ExchangedPictures(session)
        seconds = spider.crawler.settings.getfloat("BAOTINH_PICTURE_AGE")
        self._age = timedelta(seconds=seconds) if seconds else None
        self._again: set[int] = set()  # hashes of the addresses that were requested again
        self._under_way: dict[str, asyncio.Future[Requisite]] = {}
        self._held: OrderedDict[str, Requisite] = OrderedDict()  # needed by every page of a paper, such as its style

    def close(self) -> None:
        """Close the catalog, and end the process that compares pictures."""
        self._catalog.close()
        self._exchanged.close()

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
        placed = article.captured(CaptureRef(record_id=RECORD_ID.of(response.meta)), pictures, dom=dom)
        return (await self._judged(placed)).article if self._is_online else placed

    async def of_unmodified(self, response: Response) -> Article | None:
        """The article of a page that was answered with 304, where a picture of it took another's place; else None."""
        known = KNOWN_ADDRESS.get(response.meta)
        if self._age is None or known is None or not self._is_online:
            return None
        read = self._exchanged.last_read(known)
        images = [image for image in read.images if image.capture is not None] if read is not None else []
        if read is None or not images:
            return None
        path = behind(response, EMBEDDED)
        try:
            found = await asyncio.gather(*(self._now_held(image.url, path) for image in images))
        except Deferred:
            return None
        now_held = {image.url: capture for image, capture in zip(images, found, strict=True)}
        article = attrs.evolve(read, captured_at=CAPTURED_AT.of(response.meta), reading=None).known_as(read.id)
        judged = await self._judged(
            article.captured(
                CaptureRef(record_id=RECORD_ID.of(response.meta)),
                [now_held.get(image.url) or image.capture or image.capture_missing for image in read.images],
            )
        )
        return judged.article if judged.exchanged else None

    async def _now_held(self, url: str, path: Path) -> CaptureRef | None:
        """The newest capture of a picture, after its address was requested again where that is due."""
        if self._catalog.latest_picture(url) is None and not self._is_old(url):
            return None  # it redirects: each fetch would request it
        return (await self.fetch(url, path, is_picture=True)).capture

    @property
    def _is_online(self) -> bool:
        """Whether the crawl requests anything, and does not read an archive again."""
        return self._session.run.source in ("network", "demonstration")

    async def _judged(self, article: Article) -> Judged:
        judged = await self._exchanged.judge(article)
        if judged.exchanged:
            counted(self._spider, "pictures exchanged", judged.exchanged)
        return judged

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
        held = self._held_already(url, is_picture=is_picture) if self._is_online else None
        if held is not None and not (is_picture and self._is_old(url)):
            return self._remember(url, held)
        promise: asyncio.Future[Requisite] = asyncio.get_running_loop().create_future()
        self._under_way[url] = promise
        try:
            part = await (
                self._downloads.download(url, path, is_picture=is_picture)
                if held is None
                else self._requested_again(url, path, held)
            )
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

    def _held_already(self, url: str, *, is_picture: bool) -> Requisite | None:
        held = self._catalog.latest_picture(url) if is_picture else self._catalog.latest_success(url)
        if held is None:
            return None
        is_none = is_picture and held.mime in PAGES
        return Requisite(None, NO_PICTURE) if is_none else Requisite(held.reference(), None)

    def _is_old(self, url: str) -> bool:
        """Whether a picture's newest capture is so old that its address is requested again, once in a run."""
        if self._age is None or hash(url) in self._again:
            return False
        newest = self._catalog.latest_capture(url)
        return newest is not None and now() - newest.captured_at >= self._age

    def _remember(self, url: str, part: Requisite) -> Requisite:
        self._held[url] = part
        if len(self._held) > _MOST_HELD:
            self._held.popitem(last=False)
        return part

    async def _requested_again(self, url: str, path: Path, held: Requisite) -> Requisite:
        """A picture's address requested again: what it gives now where that is a picture, else what is held."""
        self._again.add(hash(url))
        counted(self._spider, "pictures requested again")
        try:
            part = await self._downloads.download(url, path, is_picture=True, is_held=True)
        except Deferred:
            return held
        # a redirect leads to what stands in the place of pictures that are gone
        return held if part.capture is None or part.is_redirected else part
