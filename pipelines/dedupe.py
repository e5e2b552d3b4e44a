"""Hands articles to the catalog, which decides whether one is new, changed or a duplicate; decides nothing itself."""

from __future__ import annotations

import asyncio
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from archive.article import Article
from archive.release import Decision
from archive.session import Session, session_of


class Dedupe:
    """Releases articles; a duplicate goes no further."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making it."""
        return cls(session_of(crawler))

    async def process_item(self, item: Article) -> Article:
        """The article, once it is in the catalog.

        Raises:
            DropItem: the catalog holds this version of it.
        """
        released = await asyncio.wrap_future(self._session.release(item))
        if released.decision is Decision.DUPLICATE:
            raise DropItem(f"{item.id} is unchanged")
        return item
