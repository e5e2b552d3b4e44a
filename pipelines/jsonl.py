"""Updates the run's JSON lines from the catalog during the crawl and at its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from archive.article import Article
from archive.ingest.session import Session
from archive.projections.json_lines import RunLines
from pipelines import SessionPipeline


class Projection:
    """Calls a function after releases, in a thread, at least `seconds` apart and never twice at the same time."""

    def __init__(self, follow: Callable[[], int], seconds: float) -> None:
        self._follow, self._seconds = follow, seconds
        self._due_at = time.monotonic() + seconds
        self._running: asyncio.Future[int] | None = None

    def released(self) -> None:
        """Called when an article was released."""
        if time.monotonic() >= self._due_at and (self._running is None or self._running.done()):
            self._due_at = time.monotonic() + self._seconds
            self._running = asyncio.ensure_future(asyncio.to_thread(self._follow))

    async def settle(self) -> None:
        """Wait for the call in progress."""
        if self._running is not None:
            await self._running


class JsonLines(SessionPipeline):
    """Writes the articles of a run to one file."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._lines = RunLines(session.collection, session.run_id, session.run_name)
        self._projection = Projection(self._lines.follow, seconds=2)

    def process_item(self, item: Article) -> Article:
        """The article; its line is written some seconds later."""
        self._projection.released()
        return item

    async def close_spider(self) -> None:
        """Write what is left and finish the file."""
        await self._projection.settle()
        await asyncio.to_thread(self._lines.finish)
