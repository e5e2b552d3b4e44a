"""robots.txt, obeyed by every request, archived like any page; waits for it, and takes silence for a no."""

from __future__ import annotations

import asyncio
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http.request import NO_CALLBACK

from crawler.capture import CrawlEnds
from crawler.path import KIND, PATH, PREREQUISITE, Path

# RFC 9309, 2.5: at least 500 KiB must be read
_LONGEST = 512 * 1024


class Forbidden(IgnoreRequest):
    """robots.txt forbids the address."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt could not be fetched, so nothing of the host may be (RFC 9309, 2.3.1.4); the next run asks again."""

    def __init__(self, host: str, reason: str) -> None:
        self.host, self.reason = host, reason
        super().__init__(f"robots.txt of {host} cannot be fetched: {reason}")


class Robots:
    """A downloader middleware: a host's robots.txt is fetched once a run, and its requests wait for it.

    It stands in the place of Scrapy's, which lets requests pass that came while robots.txt was awaited.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[str, asyncio.Future[Protego]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass.

        Raises:
            Forbidden: robots.txt says no.
            RobotsUnreachable: it says nothing.
            CrawlEnds: the crawl was told to end before it said anything.
        """
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc}")
        if not rules.can_fetch(request.url, self._agent):
            raise Forbidden(f"robots.txt forbids {request.url}")

    async def _rules_of(self, origin: str) -> Protego:
        if origin in self._rules:
            return await asyncio.shield(self._rules[origin])
        promise: asyncio.Future[Protego] = asyncio.get_running_loop().create_future()
        self._rules[origin] = promise
        try:
            rules = await self._fetch(origin)
        except (RobotsUnreachable, CrawlEnds) as error:
            promise.set_exception(error)
            promise.exception()  # nobody else need have waited
            raise
        promise.set_result(rules)
        return rules

    async def _fetch(self, origin: str) -> Protego:
        assert self._crawler.engine is not None
        meta = {
            "dont_obey_robotstxt": True,
            "handle_httpstatus_list": list(range(400, 500)),
            KIND: "robots",
            PATH: Path(None, PREREQUISITE),
        }
        request = Request(f"{origin}/robots.txt", callback=NO_CALLBACK, priority=1000, meta=meta)
        try:
            response = await self._crawler.engine.download_async(request)
        except CrawlEnds:
            raise
        except Exception as error:
            raise RobotsUnreachable(urlsplit(origin).netloc, str(error) or type(error).__name__) from error
        if response.status >= 500:
            raise RobotsUnreachable(urlsplit(origin).netloc, f"HTTP {response.status}")
        if response.status >= 400:
            return Protego.parse("")
        return Protego.parse(response.body[:_LONGEST].decode("utf-8", "replace"))
