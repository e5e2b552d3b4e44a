"""Hashes and compares the crawl's pictures, in a process of its own, and what is left at its end."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from archive.article import Article
from archive.errors import PicturesBusy, WorkerLost
from archive.followers import Follower
from archive.ingest.session import Session
from pipelines import SessionPipeline

logger = logging.getLogger(__name__)
_SECONDS = 60.0
_LONGEST_WAIT = 60.0
_LONGEST_FINISH = 120.0
"""Seconds, with the waiting: a collection of an earlier version may have many pictures that were never compared."""


class Pictures(SessionPipeline):
    """Requests that pictures are followed. Of several crawls the one that holds the lock does it for all."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor.

        Raises:
            NotConfigured: pictures are not compared by crawls.
        """
        if not crawler.settings.getbool("BAOTINH_COMPARE_PICTURES"):
            raise NotConfigured
        return super().from_crawler(crawler)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._follower = Follower("archive.pictures.follower", session.collection.root)
        self._due_at = time.monotonic() + _SECONDS

    def process_item(self, item: Article) -> Article:
        """The article; its pictures are compared within some minutes."""
        if time.monotonic() >= self._due_at:
            self._due_at = time.monotonic() + _SECONDS
            self._follower.request_update()
        return item

    async def close_spider(self) -> None:
        """Compare what is left; waits while another crawl does it."""
        await asyncio.to_thread(self._finish)

    def _finish(self) -> None:
        # loads Pillow and NumPy, which the crawl itself does not need
        from archive.pictures.following import follow

        self._follower.close()
        until = time.monotonic() + _LONGEST_FINISH
        try:
            follow(self.session.collection, wait=_LONGEST_WAIT, processes=1, is_ended=lambda: time.monotonic() > until)
        except (PicturesBusy, WorkerLost, OSError, sqlite3.OperationalError) as error:
            # what is left is compared after the next crawl: no article depends on it
            logger.warning("%s", error)
