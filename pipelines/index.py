"""Keeps the search index up with the catalog; indexes nothing itself."""

from __future__ import annotations

import asyncio
import logging

from archive.article import Article
from archive.errors import IndexBusy
from archive.search.index import follow
from archive.session import Session
from pipelines.projection import Projection
from pipelines.session import SessionPipeline

logger = logging.getLogger(__name__)
_PATIENCE = 60.0


class Index(SessionPipeline):
    """Whoever holds the index's lock brings it up to date for all; the others pass."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._projection = Projection(self._index, seconds=20)

    def process_item(self, item: Article) -> Article:
        """The article; it can be found soon."""
        self._projection.released()
        return item

    async def close_spider(self) -> None:
        """Index what is left, waiting for another crawl's turn to end."""
        await self._projection.settle()
        await asyncio.to_thread(self._index, _PATIENCE)

    def _index(self, wait: float = 0) -> int:
        try:
            return follow(self.session.collection, wait=wait)
        except IndexBusy as error:
            # whoever writes it reads the same catalog, and the next start catches up with what is left
            logger.info("%s", error)
            return 0
