"""Drops articles that lack a required field; their pages stay archived and are listed in the run's report."""

from __future__ import annotations

import asyncio

from scrapy.exceptions import DropItem

from archive.article import Article
from archive.errors import NotAnArticle
from archive.projections.schema import validate
from pipelines import SessionPipeline


class Validate(SessionPipeline):
    """Drops articles that do not fit the schema."""

    async def process_item(self, item: Article) -> Article:
        """The article.

        Raises:
            DropItem: it does not fit the schema; it is listed in the report.
        """
        try:
            validate(item)
        except NotAnArticle as error:
            record_id = item.capture.record_id if item.capture else None
            await asyncio.wrap_future(self.session.reject(item.url, record_id, error.missing))
            raise DropItem(str(error)) from error
        return item
