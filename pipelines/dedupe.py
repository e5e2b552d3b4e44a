"""Releases articles: the catalog decides whether one is new, changed or a duplicate."""

from __future__ import annotations

import asyncio

from scrapy.exceptions import DropItem

from archive.article import Article
from archive.ingest.release import Decision
from pipelines import SessionPipeline


class Dedupe(SessionPipeline):
    """Releases articles, and drops duplicates."""

    async def process_item(self, item: Article) -> Article:
        """The article, once it is in the catalog.

        Raises:
            DropItem: the catalog has this version of it already.
        """
        released = await asyncio.wrap_future(self.session.release(item))
        if released.decision is Decision.DUPLICATE:
            raise DropItem(f"{item.id} is unchanged")
        return item
