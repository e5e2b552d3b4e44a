"""Keeps the run's JSON lines up with the catalog; writes no line of its own making."""

from __future__ import annotations

import asyncio

from archive.article import Article
from archive.ingest.session import Session
from archive.projections.json_lines import RunLines
from pipelines.projection import Projection
from pipelines.session import SessionPipeline


class JsonLines(SessionPipeline):
    """One file a run."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._lines = RunLines(session.collection, session.run_id, session.run_name)
        self._projection = Projection(self._lines.follow, seconds=2)

    def process_item(self, item: Article) -> Article:
        """The article; its line follows soon."""
        self._projection.released()
        return item

    async def close_spider(self) -> None:
        """Write what is left and finish the file."""
        await self._projection.settle()
        await asyncio.to_thread(self._lines.finish)
