"""What was read from the captures of a WARC file: versions of articles, and pages that gave none."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import attrs

from archive.catalog.versions import Version
from archive.clock import parse_warc_date


@attrs.frozen
class Rejection:
    """A captured page that gave no article, and the newspaper of the run that captured it."""

    newspaper: str
    url: str
    record_id: str
    captured_at: datetime


def last_rejection(connection: sqlite3.Connection) -> int:
    """The number of the rejection that was entered last; 0 where there is none."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM rejections").fetchone()[0])


def versions_in(connection: sqlite3.Connection, file: str, until: int) -> list[Version]:
    """The versions that were read from captures in a WARC file, up to a `seq`: in the order of the file."""
    rows = connection.execute(
        """SELECT v.seq, v.article_id, v.content_hash, v.run_id, v.record_id, v.captured_at, v.line
        FROM warc_files f JOIN captures c ON c.file_id = f.id JOIN versions v ON v.record_id = c.record_id
        WHERE f.name = ? AND v.seq <= ? ORDER BY c.offset, v.seq""",
        (file, until),
    )
    return [Version.from_row(row) for row in rows]


def rejections_in(connection: sqlite3.Connection, file: str, until: int) -> list[Rejection]:
    """The pages in a WARC file from which no version was read, up to the number of a rejection: each once."""
    rows = connection.execute(
        """SELECT r.newspaper, j.url, j.record_id, c.captured_at FROM rejections j JOIN runs r ON r.id = j.run_id
        JOIN captures c ON c.record_id = j.record_id JOIN warc_files f ON f.id = c.file_id
        WHERE f.name = ? AND j.id <= ? AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.record_id = j.record_id)
        GROUP BY j.record_id ORDER BY c.offset""",
        (file, until),
    )
    return [Rejection(newspaper, url, record, parse_warc_date(at)) for newspaper, url, record, at in rows]


def section_of(connection: sqlite3.Connection, newspaper: str, url: str) -> str | None:
    """The section in whose list an address was found; None where it was found in none."""
    row = connection.execute(
        "SELECT section FROM addresses WHERE newspaper = ? AND url = ?", (newspaper, url)
    ).fetchone()
    return row[0] if row else None
