"""Captures of a file that is being imported, in a temporary table until the file is entered as a whole.

So memory is bounded, and other writers wait for one statement and not for the reading of the file.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator

import attrs

from archive.catalog.captures import RowValues
from archive.catalog.marked_keys import enter_marked_of
from archive.catalog.withholdings import has_purged, purge_of_address
from archive.reasons import WithholdingReason

_COLUMNS = "record_id, offset, length, type, url, urlkey, captured_at, status, mime, payload_digest, refers_to"
_TABLE = f"CREATE TEMP TABLE staged ({_COLUMNS})"
_INSERT = f"INSERT INTO temp.staged ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_CACHE_KB = 32 * 1024
# Two captures are the same where id, type, address, time and payload digest are.
_COMPARED = """SELECT count(*), count(c.id),
    count(*) FILTER (WHERE c.type = s.type AND c.url = s.url AND c.captured_at = s.captured_at
        AND c.payload_digest IS s.payload_digest)
    FROM temp.staged s LEFT JOIN captures c ON c.record_id = s.record_id"""
_LACKED = """SELECT urlkey, count(*) FROM temp.staged s
    WHERE NOT EXISTS (SELECT 1 FROM captures c WHERE c.record_id = s.record_id) GROUP BY urlkey"""
_DISTINCT = """SELECT count(DISTINCT record_id), count(*) FROM (
    SELECT DISTINCT record_id, type, url, captured_at, payload_digest FROM temp.staged)"""
_HOLDERS = """SELECT DISTINCT c.file_id FROM temp.staged s JOIN captures c ON c.record_id = s.record_id
    WHERE c.type = s.type AND c.url = s.url AND c.captured_at = s.captured_at
    AND c.payload_digest IS s.payload_digest"""


@attrs.frozen
class Overlap:
    """How many captures were staged, how many of them the catalog has, and how many have the id of another there."""

    staged: int
    held: int
    strangers: int

    @property
    def is_whole(self) -> bool:
        """Whether the catalog has all of them."""
        return 0 < self.staged == self.held


@attrs.frozen
class RemovedBefore:
    """Captures of an address or a host whose records were removed by order, for that reason."""

    subject: str
    reason: WithholdingReason
    captures: int


class StagedCaptures:
    """The staged captures of one connection to the catalog, for one file at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("DROP TABLE IF EXISTS temp.staged")
        connection.execute(_TABLE)
        # record ids and digests fall anywhere in their indexes: with SQLite's 2 MB of pages entering takes 3/2 as long
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")

    def add(self, rows: Iterable[RowValues]) -> None:
        """Stage captures."""
        self._connection.executemany(_INSERT, rows)

    def clear(self) -> None:
        """Forget them."""
        self._connection.execute("DELETE FROM temp.staged")

    def overlap(self) -> Overlap:
        """What the catalog has of them. Of those with one id within the file the first alone counts as staged, and
        others as strangers, unless they are the same capture again."""
        staged, known, same = self._connection.execute(_COMPARED).fetchone()
        ids, captures = self._connection.execute(_DISTINCT).fetchone()
        return Overlap(staged, same, known - same + captures - ids)

    def removed(self) -> tuple[RemovedBefore, ...]:
        """Those that the catalog does not have because their records were removed by order."""
        if not has_purged(self._connection):
            return ()
        found: Counter[tuple[str, WithholdingReason]] = Counter()
        for key, count in self._connection.execute(_LACKED).fetchall():
            if (one := purge_of_address(self._connection, key)) is not None:
                found[one.subject, one.reason] += count
        return tuple(RemovedBefore(*subject, count) for subject, count in found.items())

    def holders(self) -> list[int]:
        """The ids of the files that hold them already."""
        return [file_id for (file_id,) in self._connection.execute(_HOLDERS)]

    def addresses(self) -> Iterator[str]:
        """Their addresses, each once."""
        yield from (url for (url,) in self._connection.execute("SELECT DISTINCT url FROM temp.staged"))

    def enter(self, file_id: int, run_id: int) -> int:
        """Enter those whose record ids the catalog does not have, within the caller's transaction; how many."""
        count = self._connection.execute(
            f"""INSERT INTO captures (file_id, run_id, {_COLUMNS})
            SELECT ?, ?, {_COLUMNS} FROM temp.staged ORDER BY rowid ON CONFLICT DO NOTHING""",
            (file_id, run_id),
        ).rowcount
        enter_marked_of(self._connection, "temp.staged")
        return count
