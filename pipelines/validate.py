"""Refuses what is no whole article; the page stays archived and is listed in the run's report."""

from __future__ import annotations

import asyncio

from scrapy.exceptions import DropItem

from archive.article import Article
from archive.errors import NotAnArticle
from archive.projections.schema import validate
from pipelines import SessionPipeline


class Validate(SessionPipeline):
    """Passes articles that fit the schema."""

    async def process_item(self, item: Article) -> Article:
        """The article.

        Raises:
            DropItem: it is not whole; it stands in the report.
        """
        try:
            validate(item)
        except NotAnArticle as error:
            record_id = item.capture.record_id if item.capture else None
            await asyncio.wrap_future(self.session.reject(item.url, record_id, error.missing))
            raise DropItem(str(error)) from error
        return item
