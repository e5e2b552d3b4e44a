"""The hook that the download handler calls before it sends a request and when a response came."""

from __future__ import annotations

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class Deferred(IgnoreRequest):
    """The request was not sent, for a reason that lies not in its address, which stays due."""


class CrawlEnds(Deferred):
    """The crawl is ending."""


class Gate:
    """The hook; this one lets all requests pass. A downloader middleware that is a subclass takes its place."""

    async def wait(self, request: Request) -> None:
        """Wait until the request may be sent.

        Raises:
            Deferred: it is not sent in this run.
        """

    def answered(self, request: Request, response: Response) -> None:
        """Called with a response, before the next request to its host is sent."""

    def unanswered(self, request: Request) -> None:
        """Called with a request that failed without one byte of a response."""
