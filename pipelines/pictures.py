"""Hashes and compares the crawl's pictures, in a process of its own, and what is left at its end."""

from __future__ import annotations

import logging
import sqlite3
import time
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from archive.errors import PicturesBusy, WorkerLost
from pipelines.following import LONGEST_WAIT, FollowingPipeline

logger = logging.getLogger(__name__)
_LONGEST_FINISH = 120.0
"""Seconds, with the waiting: a collection of an earlier version may have many pictures that were never compared."""


class Pictures(FollowingPipeline):
    """Compares pictures, within some minutes."""

    MODULE, SECONDS = "archive.pictures.follower", 60.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor.

        Raises:
            NotConfigured: pictures are not compared by crawls.
        """
        if not crawler.settings.getbool("BAOTINH_COMPARE_PICTURES"):
            raise NotConfigured
        return super().from_crawler(crawler)

    def follow(self) -> None:
        """Compare what is left."""
        # loads Pillow and NumPy, which the crawl itself does not need
        from archive.pictures.following import follow

        until = time.monotonic() + _LONGEST_FINISH
        try:
            follow(self.session.collection, wait=LONGEST_WAIT, processes=1, is_ended=lambda: time.monotonic() > until)
        except (PicturesBusy, WorkerLost, OSError, sqlite3.OperationalError) as error:
            # what is left is compared after the next crawl: no article depends on it
            logger.warning("%s", error)
