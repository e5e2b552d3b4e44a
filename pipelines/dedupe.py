"""Hands articles to the catalog, which decides whether one is new, changed or a duplicate; decides nothing itself."""

from __future__ import annotations

import asyncio

from scrapy.exceptions import DropItem

from archive.article import Article
from archive.ingest.release import Decision
from pipelines import SessionPipeline


class Dedupe(SessionPipeline):
    """Releases articles; a duplicate goes no further."""

    async def process_item(self, item: Article) -> Article:
        """The article, once it is in the catalog.

        Raises:
            DropItem: the catalog holds this version of it.
        """
        released = await asyncio.wrap_future(self.session.release(item))
        if released.decision is Decision.DUPLICATE:
            raise DropItem(f"{item.id} is unchanged")
        return item
