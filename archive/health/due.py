"""How many addresses are due, counted in a thread of its own."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from archive.clock import now, warc_date
from archive.collection import Collection

# Seconds between two readings: of a paper with a million addresses one takes a tenth of a second.
_EVERY = 2.0


def count_due(connection: sqlite3.Connection, newspaper: str, instant: str) -> int:
    """How many addresses of a newspaper are due at an instant, a WARC-Date."""
    row = connection.execute(
        "SELECT count(*) FROM addresses WHERE newspaper = ? AND next_due_at <= ?", (newspaper, instant)
    ).fetchone()
    return int(row[0])


class DueCounts:
    """The counts of some newspapers, read anew every two seconds at most, in a thread of their own."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._thread = ThreadPoolExecutor(1, "due")
        self._reading: Future[None] | None = None
        self._asked_at = float("-inf")
        self.counts: dict[str, int] = {}

    def ask(self, newspapers: Iterable[str]) -> None:
        """Have them read soon, unless they were a moment ago; does not wait."""
        if time.monotonic() < self._asked_at + _EVERY or not (self._reading is None or self._reading.done()):
            return
        self._asked_at = time.monotonic()
        self._reading = self._thread.submit(self._read, list(newspapers))

    def read(self, newspapers: Iterable[str]) -> None:
        """Read them now, and wait for it."""
        self._thread.submit(self._read, list(newspapers)).result()

    def close(self) -> None:
        """Read no more."""
        self._thread.shutdown()

    def _read(self, newspapers: list[str]) -> None:
        instant = warc_date(now())
        try:
            with self._collection.catalog() as catalog:
                self.counts |= {name: count_due(catalog.connection, name, instant) for name in newspapers}
        except sqlite3.Error:  # what is wrong with the catalog is told by the crawl; the counts stay as they were
            return
