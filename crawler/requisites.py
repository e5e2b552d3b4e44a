"""Fetching what a page needs, each address once: pictures, stylesheets, fonts; reads no article."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import attrs
from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.article import CaptureRef, Image
from archive.errors import CaptureMissing
from archive.session import Session
from crawler.capture import CAPTURED_AT, RECORD_ID, VIA
from crawler.extract import css_requisites
from crawler.politeness import Forbidden
from crawler.responses import counted


@attrs.frozen
class Requisite:
    """What came of one: its capture, or the reason why there is none."""

    capture: CaptureRef | None
    missing: str | None
    content: bytes | None = None
    is_redirected: bool = False


class Requisites:
    """Fetches requisites through the crawl's own downloader, so that robots.txt, delays and the archive hold for them.

    What the collection holds already is not fetched again; what is being fetched is waited for.
    """

    def __init__(self, spider: Spider, session: Session) -> None:
        self._spider, self._session = spider, session
        self._catalog = session.collection.catalog()
        self._under_way: dict[str, asyncio.Future[Requisite]] = {}

    def close(self) -> None:
        """Let go of the catalog."""
        self._catalog.close()

    async def pictures(self, images: tuple[Image, ...], via: str) -> tuple[Image, ...]:
        """The images with their captures, or with the reason why one has none."""
        found = await asyncio.gather(*(self.fetch(image.url, via) for image in images))
        counted(self._spider, "pictures", sum(part.capture is not None for part in found))
        return tuple(
            attrs.evolve(image, capture=part.capture, capture_missing=part.missing)
            for image, part in zip(images, found, strict=True)
        )

    async def fetch_all(self, urls: list[str], via: str) -> None:
        """Fetch the page's stylesheets and what those name in turn."""
        await asyncio.gather(*(self._fetch_style(url, via) for url in urls))

    async def _fetch_style(self, url: str, via: str, depth: int = 0) -> None:
        part = await self.fetch(url, via)
        if part.content and depth < 3:
            inner = css_requisites(part.content, url)
            await asyncio.gather(*(self._fetch_style(address, url, depth + 1) for address in inner))

    async def fetch(self, url: str, via: str) -> Requisite:
        """The requisite at an address; `via` is the page that needs it."""
        url = url.partition("#")[0]
        if urlsplit(url).scheme not in ("http", "https"):
            return Requisite(None, "no web address")
        if url in self._under_way:
            return await self._under_way[url]
        if self._session.run.source in ("network", "demonstration"):
            held = self._catalog.latest_success(url)
            if held is not None:
                return Requisite(held.reference(), None)
        promise: asyncio.Future[Requisite] = asyncio.get_running_loop().create_future()
        self._under_way[url] = promise
        try:
            part = await self._download(url, via)
        except BaseException:
            promise.cancel()
            del self._under_way[url]
            raise
        promise.set_result(attrs.evolve(part, content=None))
        if part.capture is not None and not part.is_redirected:
            # once it is durable the catalog answers for it; what could not be captured is remembered for the run
            loop = asyncio.get_running_loop()
            durable = asyncio.wrap_future(self._session.durable(part.capture.record_id), loop=loop)
            durable.add_done_callback(lambda done: done.exception() or self._under_way.pop(url, None))
        return part

    async def _download(self, url: str, via: str) -> Requisite:
        assert self._spider.crawler.engine is not None
        request = Request(url, callback=NO_CALLBACK, meta={VIA: via})
        try:
            response = await self._spider.crawler.engine.download_async(request)
        except CaptureMissing:
            counted(self._spider, "missing")
            return Requisite(None, "missing")
        except Forbidden:
            counted(self._spider, "forbidden by robots.txt")
            return Requisite(None, "forbidden")
        except Exception as error:
            counted(self._spider, "errors")
            self._spider.logger.warning("No answer for %s: %s", url, error)
            return Requisite(None, "error")
        if response.status != 200:
            counted(self._spider, "errors" if response.status >= 500 else "gone")
            return Requisite(None, f"HTTP {response.status}")
        capture = CaptureRef(record_id=response.meta[RECORD_ID]) if CAPTURED_AT in response.meta else None
        return Requisite(capture, None, _style(response), is_redirected=response.url != request.url)


def _style(response: Response) -> bytes | None:
    kind = (response.headers.get("Content-Type") or b"").lower()
    return response.body if kind.startswith(b"text/css") else None
