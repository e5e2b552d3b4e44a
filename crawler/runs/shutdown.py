"""Ending a crawl that was told to end within a bound: what is under way is finished or cut."""

from __future__ import annotations

import time

from scrapy.crawler import Crawler
from twisted.internet.task import LoopingCall

from crawler.http.download_handler import CaptureDownloadHandler
from crawler.scrapy_internals import download_handlers, is_ending, is_over, release_waiting

_OFTEN = 0.25


def end_in_time(crawler: Crawler) -> None:
    """From the moment the crawl is told to end, let what is under way take BAOTINH_STOP_SECONDS at most.

    What is cut is archived as far as it came; its addresses stay due.
    """
    watch = _Watch(crawler, crawler.settings.getfloat("BAOTINH_STOP_SECONDS"))
    watch.loop.start(_OFTEN, now=False)


class _Watch:
    def __init__(self, crawler: Crawler, bound: float) -> None:
        self._crawler, self._bound = crawler, bound
        self._ends_at: float | None = None
        self.loop = LoopingCall(self._look)

    def _look(self) -> None:
        if is_over(self._crawler):
            self.loop.stop()
            return
        if not is_ending(self._crawler):
            return
        if self._ends_at is None:
            self._ends_at = time.monotonic() + self._bound
        if time.monotonic() >= self._ends_at:
            self._cut()

    def _cut(self) -> None:
        for handler in download_handlers(self._crawler):
            if isinstance(handler, CaptureDownloadHandler):
                handler.end()
        release_waiting(self._crawler)  # to be refused at once
