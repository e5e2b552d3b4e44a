"""robots.txt: fetched before a host's other requests, archived, and obeyed; unreachable means disallowed."""

from __future__ import annotations

import asyncio
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http.request import NO_CALLBACK

from archive.clock import now
from archive.ingest.session import session_of
from archive.robots import read_robots, robots_of
from crawler.http.gate import Deferred
from crawler.request_meta import PREREQUISITE, Path, meta_of
from crawler.scrapy_internals import slow_down

# seconds; a longer Crawl-delay counts as this
_LONGEST_DELAY = 60.0


class Forbidden(IgnoreRequest):
    """robots.txt disallows the address."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt could not be fetched, so the host is disallowed (RFC 9309, 2.3.1.4); the next run tries again."""

    def __init__(self, host: str, reason: str) -> None:
        self.host, self.reason = host, reason
        super().__init__(f"robots.txt of {host} cannot be fetched: {reason}")


class Robots:
    """A downloader middleware: a host's robots.txt is fetched once a day, and its requests wait for it.

    Its Crawl-delay is obeyed, up to a minute.

    It replaces Scrapy's middleware, which lets requests pass while robots.txt is being fetched.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._seconds = crawler.settings.getfloat("BAOTINH_ROBOTS_SECONDS")
        self._rules: dict[str, asyncio.Future[Protego]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass.

        Raises:
            Forbidden: robots.txt disallows it.
            RobotsUnreachable: robots.txt could not be fetched.
            Deferred: robots.txt is not requested now.
        """
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc}")
        if not rules.can_fetch(request.url, self._agent):
            raise Forbidden(f"robots.txt forbids {request.url}")
        if delay := rules.crawl_delay(self._agent):
            slow_down(self._crawler, request, min(float(delay), _LONGEST_DELAY))
            # AutoThrottle would reduce it for a fast server
            request.meta["autothrottle_dont_adjust_delay"] = True

    async def _rules_of(self, origin: str) -> Protego:
        if origin in self._rules:
            return await asyncio.shield(self._rules[origin])
        promise: asyncio.Future[Protego] = asyncio.get_running_loop().create_future()
        self._rules[origin] = promise
        try:
            rules = await self._fetch(origin)
        except BaseException as error:
            # whatever it is, as of a catalog that is not there any more: those who wait must not wait for ever
            promise.set_exception(error)
            promise.exception()  # perhaps no other request waits
            raise
        promise.set_result(rules)
        return rules

    def _held(self, origin: str) -> Protego | None:
        """The rules that an earlier run fetched, if recently enough."""
        session = session_of(self._crawler)
        with session.collection.catalog() as catalog:
            latest = catalog.latest_capture(f"{origin}/robots.txt")
            if latest is None or not 0 <= (now() - latest.captured_at).total_seconds() < self._seconds:
                return None
            return robots_of(session.collection, catalog, latest, self._agent)

    async def _fetch(self, origin: str) -> Protego:
        if (held := self._held(origin)) is not None:
            return held
        assert self._crawler.engine is not None
        meta = {
            "dont_obey_robotstxt": True,
            "handle_httpstatus_list": list(range(400, 500)),
            **meta_of("robots", Path(None, PREREQUISITE)),
        }
        request = Request(f"{origin}/robots.txt", callback=NO_CALLBACK, priority=1000, meta=meta)
        try:
            response = await self._crawler.engine.download_async(request)
        except Deferred:
            raise
        except Exception as error:
            raise RobotsUnreachable(urlsplit(origin).netloc, str(error) or type(error).__name__) from error
        if response.status >= 500:
            raise RobotsUnreachable(urlsplit(origin).netloc, f"HTTP {response.status}")
        return read_robots(response.status, response.body, self._agent)
