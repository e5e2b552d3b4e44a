"""Ending a crawl that was told to end within a bound: what is under way is finished or cut; stops no crawl itself."""

from __future__ import annotations

import time
from typing import Any

from scrapy.crawler import Crawler
from twisted.internet.task import LoopingCall

from crawler.http.download_handler import CaptureDownloadHandler

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
        engine: Any = self._crawler.engine
        if engine is None or engine.spider is None:
            self.loop.stop()
            return
        if engine.running and engine._slot.closing is None:
            return
        if self._ends_at is None:
            self._ends_at = time.monotonic() + self._bound
        if time.monotonic() >= self._ends_at:
            _cut(engine.downloader)


def _cut(downloader: Any) -> None:
    for made in downloader.handlers._handlers.values():
        if isinstance(made, CaptureDownloadHandler):
            made.end()
    for slot in downloader.slots.values():
        # what waits for its turn is let through to be refused at once
        slot.delay = slot.jitter = 0
        if slot.latercall:
            slot.latercall.cancel()
            slot.latercall = None
        downloader._process_queue(slot)
