"""Counts the due addresses of newspapers, in a thread."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from archive.catalog.counts import count_due
from archive.clock import now, warc_date
from archive.collection import Collection

# Seconds between two counts.
_EVERY = 2.0


class DueCounts:
    """The counts of some newspapers, updated at most every two seconds, in a thread."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._thread = ThreadPoolExecutor(1, "due")
        self._reading: Future[None] | None = None
        self._asked_at = float("-inf")
        self.counts: dict[str, int] = {}

    def ask(self, newspapers: Iterable[str]) -> None:
        """Request an update, unless the last one is recent; does not wait."""
        if time.monotonic() < self._asked_at + _EVERY or not (self._reading is None or self._reading.done()):
            return
        self._asked_at = time.monotonic()
        self._reading = self._thread.submit(self._read, list(newspapers))

    def read(self, newspapers: Iterable[str]) -> None:
        """Update the counts now, and wait for that."""
        self._thread.submit(self._read, list(newspapers)).result()

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    def _read(self, newspapers: list[str]) -> None:
        instant = warc_date(now())
        try:
            with self._collection.catalog() as catalog:
                self.counts |= {name: count_due(catalog.connection, name, instant) for name in newspapers}
        except sqlite3.Error:  # the crawl reports errors of the catalog; the counts stay unchanged
            return
