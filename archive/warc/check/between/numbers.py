"""Maps of numbers to numbers that leave memory for a temporary file when they grow."""

from __future__ import annotations

import sqlite3

_IN_MEMORY = 50_000
_CACHE_KB = 8_000


class Numbers:
    """A map of 64-bit numbers, such as hashes, to others. Older entries are in a file that ends with the object."""

    def __init__(self) -> None:
        self._recent: dict[int, int] = {}
        self._older: sqlite3.Connection | None = None

    def get(self, key: int) -> int | None:
        """The number of a key, or None."""
        found = self._recent.get(key)
        if found is None and self._older is not None:
            row = self._older.execute("SELECT value FROM numbers WHERE key = ?", (key,)).fetchone()
            return row[0] if row else None
        return found

    def __contains__(self, key: int) -> bool:
        return self.get(key) is not None

    def __setitem__(self, key: int, value: int) -> None:
        self._recent[key] = value
        if len(self._recent) >= _IN_MEMORY:
            self._move()

    def setdefault(self, key: int, value: int) -> int:
        """The number of a key, which is first set where there is none."""
        found = self.get(key)
        if found is None:
            self[key] = found = value
        return found

    def _move(self) -> None:
        if self._older is None:
            # a database without a name is a file that SQLite deletes; what fits in the cache is not written
            self._older = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KB}"):
                self._older.execute(f"PRAGMA {pragma}")
            self._older.execute("CREATE TABLE numbers (key INTEGER PRIMARY KEY, value INTEGER NOT NULL)")
        self._older.execute("BEGIN")
        # in the order of the keys: neighbours are in one page
        self._older.executemany("INSERT OR REPLACE INTO numbers VALUES (?, ?)", sorted(self._recent.items()))
        self._older.execute("COMMIT")
        self._recent.clear()
