"""What pipelines share that bring a comparison or an index up to date beside the crawl."""

from __future__ import annotations

import asyncio
import time

from archive.article import Article
from archive.followers import Follower
from archive.ingest.session import Session
from pipelines import SessionPipeline

LONGEST_WAIT = 60.0
"""Seconds to wait at the crawl's end for another crawl that does the same."""


class FollowingPipeline(SessionPipeline):
    """Requests updates of a process beside the crawl while articles come, and does at the end what is left.

    Of several crawls the one that holds the lock does it for all.
    """

    MODULE: str
    """What the process runs."""
    SECONDS: float
    """How long after a request the next one is made at the earliest."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._follower = Follower(self.MODULE, session.collection.root)
        self._due_at = time.monotonic() + self.SECONDS

    def process_item(self, item: Article) -> Article:
        """The article; the process gets to it later."""
        if time.monotonic() >= self._due_at:
            self._due_at = time.monotonic() + self.SECONDS
            self._follower.request_update()
        return item

    async def close_spider(self) -> None:
        """Do what is left; waits while another crawl does it."""
        await asyncio.to_thread(self._finish)

    def _finish(self) -> None:
        self._follower.close()
        self.follow()

    def follow(self) -> None:
        """Bring everything up to date."""
        raise NotImplementedError
