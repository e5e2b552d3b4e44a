"""Places articles among their reprints and updates the search index during the crawl, in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from contextlib import suppress

from archive.article import Article
from archive.errors import IndexBusy, ReprintsBusy
from archive.followers import Follower
from archive.ingest.session import Session
from archive.reprints.placing import follow as place
from archive.search.index import follow
from pipelines import SessionPipeline

logger = logging.getLogger(__name__)
_SECONDS = 3.0
_LONGEST_WAIT = 60.0


class Index(SessionPipeline):
    """Requests updates of the index. Of several crawls the one that holds the index's lock updates it for all."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._follower = Follower("archive.reprints.follower", session.collection.root)
        self._due_at = time.monotonic() + _SECONDS

    def process_item(self, item: Article) -> Article:
        """The article; the index has it some seconds later."""
        if time.monotonic() >= self._due_at:
            self._due_at = time.monotonic() + _SECONDS
            self._follower.request_update()
        return item

    async def close_spider(self) -> None:
        """Index what is left; waits while another crawl updates the index."""
        await asyncio.to_thread(self._finish)

    def _finish(self) -> None:
        self._follower.close()
        # a collection that was never compared is not compared as a whole here: a run must end
        with suppress(ReprintsBusy, OSError, sqlite3.OperationalError):
            place(self.session.collection, wait=_LONGEST_WAIT)
        try:
            follow(self.session.collection, wait=_LONGEST_WAIT)
        except IndexBusy as error:
            # the process that holds the lock reads the same catalog; the next start indexes what it leaves
            logger.info("%s", error)
