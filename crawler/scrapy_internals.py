"""All that this project uses of Scrapy beside its documented API, to be checked when Scrapy changes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro

from archive.errors import TapBroken

try:
    from scrapy.core.downloader.handlers.base import BaseDownloadHandler
    from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
    from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware, RedirectMiddleware
    from scrapy.responsetypes import responsetypes
    from scrapy.settings import default_settings
except ImportError as error:
    raise TapBroken(str(error)) from error

if TYPE_CHECKING:
    from scrapy.downloadermiddlewares.cookies import CookiesMiddleware

_BETWEEN_LOOKS = 0.02  # seconds

__all__ = ["BaseDownloadHandler", "Decompressing", "Redirecting", "Refreshing", "responsetypes"]


def components_without(kind: str, left_out: set[str]) -> dict[str, int]:
    """Scrapy's own components of a kind, without some: it would import also those that a project sets to None.

    Args:
        kind: the name of the setting that holds them, such as `EXTENSIONS_BASE`.

    Raises:
        TapBroken: Scrapy has no such component any more.
    """
    components: dict[str, int] = getattr(default_settings, kind)
    if unknown := left_out - components.keys():
        raise TapBroken(f"{kind} holds no {', '.join(sorted(unknown))}")
    return {name: order for name, order in components.items() if name not in left_out}


class CrawlerProcess(AsyncCrawlerProcess):
    """Scrapy's process, in which a crawl that is told to end while it begins ends as one that runs.

    Scrapy's own stops such a crawl nowhere, and the event loop at once: the run it has begun would never end.
    """

    async def stop(self) -> None:
        """Stop all crawls in order, each once it runs."""
        while any(_is_beginning(crawler) for crawler in self.crawlers):
            await asyncio.sleep(_BETWEEN_LOOKS)
        await super().stop()


def _is_beginning(crawler: Crawler) -> bool:
    return crawler.crawling and (crawler._engine is None or not crawler._engine.running)


class CookiesIfEnabled:
    """Scrapy's cookies, imported only where `COOKIES_ENABLED` is set: the import costs a start a tenth of a second."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CookiesMiddleware:
        """Scrapy's way of making a middleware."""
        if not crawler.settings.getbool("COOKIES_ENABLED"):
            raise NotConfigured
        from scrapy.downloadermiddlewares.cookies import CookiesMiddleware

        return CookiesMiddleware.from_crawler(crawler)


class Redirecting(RedirectMiddleware):
    """Scrapy's redirects, with a target that the subclass reads from the response."""

    def follow(self, request: Request, response: Response, url: str) -> Request | Response:
        """The request for a redirect's target; the response itself after too many redirects."""
        onward = self._build_redirect_request(request, response, url=url)
        return self._redirect(onward, request, response.status)


class Refreshing(MetaRefreshMiddleware):
    """Scrapy's meta refresh, with a target that the subclass reads from the page."""

    @property
    def ignored_tags(self) -> tuple[str, ...]:
        """Names of elements within which a meta element is ignored."""
        return tuple(self._ignore_tags)

    @property
    def longest_wait(self) -> float:
        """Seconds: a refresh that waits as long or longer is no redirect."""
        return float(self._maxdelay)

    def follow(self, request: Request, response: Response, url: str) -> Request | Response:
        """The request for the target; the response itself after too many redirects."""
        onward = self._redirect_request_using_get(request, response, url)
        return self._redirect(onward, request, "meta refresh")


class Decompressing(HttpCompressionMiddleware):
    """Scrapy's decompression."""

    @property
    def max_size(self) -> int:
        """Bytes of a body, decompressed; 0: no bound."""
        return int(self._max_size)


def slow_down(crawler: Crawler, request: Request, delay: float) -> None:
    """Send the requests to a request's host one at a time and at least so many seconds apart."""
    assert crawler.engine is not None
    _, slot = crawler.engine.downloader._get_slot(request)
    if slot.delay < delay:
        slot.delay, slot.jitter, slot.concurrency = delay, 0.0, 1


def is_over(crawler: Crawler) -> bool:
    """Whether the crawl has ended."""
    return crawler.engine is None or crawler.engine.spider is None


def is_ending(crawler: Crawler) -> bool:
    """Whether the crawl was told to end, or its spider is being closed; not while its engine only starts."""
    engine: Any = crawler.engine
    return bool(engine._stopping or engine._slot.closing is not None)


def end_from_thread(crawler: Crawler, reason: str) -> None:
    """End the crawl for a reason, from a thread that is not the reactor's."""
    from twisted.internet import reactor

    def end() -> None:
        if crawler.engine is not None and crawler.engine.running:
            deferred_from_coro(crawler.engine.close_spider_async(reason=reason))

    reactor.callFromThread(end)


def download_handlers(crawler: Crawler) -> list[Any]:
    """The download handlers that were made so far."""
    assert crawler.engine is not None
    return list(crawler.engine.downloader.handlers._handlers.values())


def release_waiting(crawler: Crawler) -> None:
    """Hand the requests that wait for their turn to their download handlers at once."""
    assert crawler.engine is not None
    downloader = crawler.engine.downloader
    for slot in downloader.slots.values():
        slot.delay = slot.jitter = 0
        if slot.latercall:
            slot.latercall.cancel()
            slot.latercall = None
        downloader._process_queue(slot)
