"""Places articles among their reprints and updates the search index during the crawl, in a process of its own."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import suppress

from archive.errors import IndexBusy, ReprintsBusy
from archive.reprints.placing import follow as place
from archive.search.indexing.index import follow
from pipelines.following import LONGEST_WAIT, FollowingPipeline

logger = logging.getLogger(__name__)


class Index(FollowingPipeline):
    """Updates the index; it has an article some seconds after it was released."""

    MODULE, SECONDS = "archive.reprints.follower", 3.0

    def follow(self) -> None:
        """Index what is left."""
        # a collection that was never compared is not compared as a whole here: a run must end
        with suppress(ReprintsBusy, OSError, sqlite3.OperationalError):
            place(self.session.collection, wait=LONGEST_WAIT)
        try:
            follow(self.session.collection, wait=LONGEST_WAIT)
        except IndexBusy as error:
            # the process that holds the lock reads the same catalog; the next start indexes what it leaves
            logger.info("%s", error)
