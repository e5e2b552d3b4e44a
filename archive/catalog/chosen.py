"""Captures that are chosen for an export, in temporary tables of one connection: memory does not grow with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from archive.catalog.captures import Capture
from archive.clock import warc_date

_TABLES = """
    CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE chosen_versions (seq INTEGER PRIMARY KEY);
    CREATE TEMP TABLE placed (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, offset INTEGER NOT NULL,
        length INTEGER NOT NULL);
    CREATE TEMP TABLE redirects (target TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (target, id)) WITHOUT ROWID;
"""
_COLUMNS = """SELECT c.id, record_id, f.name, offset, length, type, url, urlkey, captured_at, status, mime,
    payload_digest, refers_to FROM captures c JOIN warc_files f ON f.id = c.file_id """
# A revisit of an unchanged page has the status 304
_IS_SOUND = "(status BETWEEN 200 AND 299 OR status = 304 OR status IS NULL)"
_IS_REDIRECT = "status BETWEEN 300 AND 399 AND status <> 304"


class IndexRow(NamedTuple):
    """What a line of an index says of a capture; `file` is the number of the file that it was copied to."""

    urlkey: str
    captured_at: str
    url: str
    file: int
    offset: int
    length: int
    status: int | None
    type: str
    mime: str | None
    payload_digest: str | None


class Neighbours(NamedTuple):
    """The captures beside one in its file: id of the record and end of that before, id and offset of that behind."""

    before: str | None
    before_end: int
    behind: str | None
    behind_offset: int


class ChosenCaptures:
    """The chosen captures, and where they were copied to. One for a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # a transaction may go on, which executescript() would end
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(statement)

    def add(self, capture: Capture) -> bool:
        """Choose a capture; whether it was not chosen yet."""
        return self._connection.execute("INSERT OR IGNORE INTO chosen VALUES (?)", (capture.id,)).rowcount > 0

    def add_all(self) -> None:
        """Choose all captures and all versions."""
        self._connection.execute("INSERT INTO chosen SELECT id FROM captures")
        self._connection.execute("INSERT INTO chosen_versions SELECT seq FROM versions")

    def add_versions(self, seqs: Iterable[int]) -> None:
        """Choose versions of articles for the list of pages."""
        self._connection.executemany("INSERT OR IGNORE INTO chosen_versions VALUES (?)", ((seq,) for seq in seqs))

    def span(self) -> tuple[int, str | None, str | None]:
        """How many captures are chosen, and the WARC-Dates of the first and the last of them."""
        count, first, last = self._connection.execute(
            "SELECT count(*), min(captured_at), max(captured_at) FROM chosen JOIN captures USING (id)"
        ).fetchone()
        return count, first, last

    def captures(self) -> Iterator[Capture]:
        """The chosen captures, file by file, in the order in which they stand there."""
        ids = self._connection.execute(
            "SELECT id FROM chosen JOIN captures c USING (id) ORDER BY c.file_id, c.offset, id"
        )
        for (id,) in ids:
            row = self._connection.execute(_COLUMNS + "WHERE c.id = ?", (id,)).fetchone()
            yield Capture.from_row(row)

    def versions(self, after: int, limit: int) -> list[int]:
        """`seq` of up to `limit` chosen versions above `after`, ascending."""
        rows = self._connection.execute(
            "SELECT seq FROM chosen_versions WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)
        )
        return [seq for (seq,) in rows]

    def count_versions(self) -> tuple[int, int]:
        """How many articles and versions are chosen."""
        row = self._connection.execute(
            "SELECT count(DISTINCT article_id), count(*) FROM chosen_versions JOIN versions USING (seq)"
        ).fetchone()
        return int(row[0]), int(row[1])

    def newspapers(self) -> list[tuple[str, int]]:
        """The newspapers of the chosen articles, by name, and how many articles each has."""
        return self._connection.execute(
            """SELECT newspaper, count(DISTINCT a.id) FROM chosen_versions JOIN versions v USING (seq)
            JOIN articles a ON a.id = v.article_id GROUP BY newspaper ORDER BY newspaper"""
        ).fetchall()

    def place(self, id: int, file: int, offset: int, length: int) -> None:
        """Note where a capture was copied to."""
        self._connection.execute("INSERT OR REPLACE INTO placed VALUES (?, ?, ?, ?)", (id, file, offset, length))

    def index(self) -> Iterator[IndexRow]:
        """The captures that were copied, in the order of an index."""
        rows = self._connection.execute(
            """SELECT c.urlkey, c.captured_at, c.url, p.file, p.offset, p.length, c.status, c.type, c.mime,
            c.payload_digest FROM placed p JOIN captures c USING (id) ORDER BY c.urlkey, c.captured_at, c.id"""
        )
        yield from (IndexRow(*row) for row in rows)

    # What belongs to a capture

    def nearest(self, urlkey: str, at: datetime) -> Capture | None:
        """The capture of an address that is nearest in time, one that succeeded before others; or None."""
        where = urlkey, warc_date(at)
        for condition in (_IS_SOUND, "1"):
            found = [
                Capture.from_row(row)
                for order in ("<= ? ORDER BY captured_at DESC", "> ? ORDER BY captured_at")
                if (row := self._first(f"{_COLUMNS} WHERE urlkey = ? AND {condition} AND captured_at {order}", *where))
            ]
            if found:
                return min(found, key=lambda one: abs(one.captured_at - at))
        return None

    def redirects_of(self, urlkey: str) -> list[Capture]:
        """The captures of an address that are redirects, the oldest first."""
        rows = self._connection.execute(
            _COLUMNS + f"WHERE urlkey = ? AND {_IS_REDIRECT} ORDER BY captured_at LIMIT 100", (urlkey,)
        )
        return [Capture.from_row(row) for row in rows]

    def imported_redirects(self) -> Iterator[Capture]:
        """All redirects in files that were imported: none of their records may say what led where."""
        rows = self._connection.execute(_COLUMNS + f"WHERE f.origin = 'imported' AND {_IS_REDIRECT} ORDER BY c.id")
        yield from map(Capture.from_row, rows)

    def note_redirect(self, target: str, capture: Capture) -> None:
        """Note the urlkey that a redirect leads to."""
        self._connection.execute("INSERT OR IGNORE INTO redirects VALUES (?, ?)", (target, capture.id))

    def noted_redirects(self, target: str) -> list[Capture]:
        """The redirects that were noted as leading to a urlkey."""
        rows = self._connection.execute(
            _COLUMNS + "JOIN redirects r ON r.id = c.id WHERE r.target = ? ORDER BY c.id", (target,)
        )
        return [Capture.from_row(row) for row in rows]

    def of_address(self, url: str) -> list[Capture]:
        """All captures of exactly an address."""
        rows = self._connection.execute(_COLUMNS + "WHERE url = ? ORDER BY captured_at", (url,))
        return [Capture.from_row(row) for row in rows]

    def of_run_between(self, capture: Capture, until: datetime) -> list[Capture]:
        """The captures that the run of one made from then until an instant; up to 5,000."""
        rows = self._connection.execute(
            _COLUMNS
            + """WHERE c.run_id = (SELECT run_id FROM captures WHERE id = ?) AND captured_at BETWEEN ? AND ?
            ORDER BY captured_at LIMIT 5000""",
            (capture.id, warc_date(capture.captured_at), warc_date(until)),
        )
        return [Capture.from_row(row) for row in rows]

    def neighbours(self, capture: Capture) -> Neighbours:
        """The captures beside one in its file."""
        before = self._first(
            """SELECT record_id, offset + length FROM captures
            WHERE file_id = (SELECT id FROM warc_files WHERE name = ?) AND offset < ? ORDER BY offset DESC""",
            capture.file,
            capture.offset,
        ) or (None, 0)
        behind = self._first(
            """SELECT record_id, offset FROM captures
            WHERE file_id = (SELECT id FROM warc_files WHERE name = ?) AND offset > ? ORDER BY offset""",
            capture.file,
            capture.offset,
        )
        if behind is None:
            behind = (None, *self._first("SELECT committed FROM warc_files WHERE name = ?", capture.file))
        return Neighbours(*before, *behind)

    def parts_of(self, file: str) -> list[tuple[int, int]]:
        """Where the parts of a file begin and end that were files of their own: of all others, where it begins."""
        rows = self._connection.execute(
            """SELECT o.offset, o.offset + o.length FROM former_files o JOIN warc_files f ON f.id = o.file_id
            WHERE f.name = ? ORDER BY o.offset, o.length DESC""",
            (file,),
        ).fetchall()
        return rows or [(0, 1 << 62)]

    def _first(self, query: str, *values: object) -> Any:
        return self._connection.execute(query + " LIMIT 1", values).fetchone()
