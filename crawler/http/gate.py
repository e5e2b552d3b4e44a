"""What the download handler asks before it sends a request, and tells of what came back."""

from __future__ import annotations

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class Deferred(IgnoreRequest):
    """The request was not sent, by no fault of its address, which stays due as it was."""


class CrawlEnds(Deferred):
    """The crawl is ending, and its time for that is over."""


class Gate:
    """What the handler asks right before it sends a request; this one lets all pass.

    A downloader middleware that is a subclass takes its place.
    """

    async def wait(self, request: Request) -> None:
        """Wait until the request may be sent.

        Raises:
            Deferred: it is not to be sent in this run.
        """

    def answered(self, request: Request, response: Response) -> None:
        """Take note of an answer, before the next request to its host is sent."""

    def unanswered(self, request: Request) -> None:
        """Take note of a request that failed without one byte of an answer."""
