"""Keeps the search index up with the catalog; indexes nothing itself."""

from __future__ import annotations

import asyncio
import logging
import time

from archive.article import Article
from archive.errors import IndexBusy
from archive.ingest.session import Session
from archive.search.follower import Follower
from archive.search.index import follow
from pipelines import SessionPipeline

logger = logging.getLogger(__name__)
_EVERY = 3.0
_PATIENCE = 60.0


class Index(SessionPipeline):
    """Has the index brought up to date beside the crawl; whoever holds its lock does it for all, the others pass."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._follower = Follower(session.collection)
        self._due_at = time.monotonic() + _EVERY

    def process_item(self, item: Article) -> Article:
        """The article; it can be found soon."""
        if time.monotonic() >= self._due_at:
            self._due_at = time.monotonic() + _EVERY
            self._follower.request_update()
        return item

    async def close_spider(self) -> None:
        """Index what is left, waiting for another crawl's turn to end."""
        await asyncio.to_thread(self._finish)

    def _finish(self) -> None:
        self._follower.close()
        try:
            follow(self.session.collection, wait=_PATIENCE)
        except IndexBusy as error:
            # whoever writes it reads the same catalog, and the next start catches up with what is left
            logger.info("%s", error)
