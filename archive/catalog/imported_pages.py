"""Which pages of imported archives were read, and what each became: an import that was cut off goes on behind them."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Sequence

from archive.catalog.captures import Capture, from_number

STEP = """
    CREATE TABLE imported_pages (          -- pages of imported archives that were read
        capture_id INTEGER PRIMARY KEY REFERENCES captures,
        outcome TEXT NOT NULL              -- new, changed, duplicate, no_article
    ) STRICT;
    CREATE TABLE converted_files (         -- WARC files that are converted copies of foreign files
        file_id INTEGER PRIMARY KEY REFERENCES warc_files,
        source_sha256 TEXT NOT NULL        -- of the foreign file
    ) STRICT;
    CREATE INDEX converted_files_by_source ON converted_files (source_sha256);
    """
# Answers that may be pages, and files such as those of FTP that are. A revisit may bear no status and no type.
_MAY_BE_PAGE = """(c.type = 'revisit' AND (c.status IS NULL OR c.status IN (200, 304)) AND (c.mime IS NULL
        OR c.mime LIKE '%html%' OR c.mime LIKE 'application/http%'))
    OR (c.type = 'response' AND c.url LIKE 'http%' AND (c.mime LIKE '%html%' OR (c.mime IS NULL AND c.status = 200)))
    OR (c.type = 'resource' AND c.url LIKE 'http%' AND c.mime LIKE '%html%')"""


def page_numbers(connection: sqlite3.Connection, files: Sequence[int]) -> array[int]:
    """The numbers of the captures in these files that may be pages, by the time of their capture."""
    numbers: list[tuple[str, int]] = []
    for file_id in files:
        rows = connection.execute(
            f"SELECT c.captured_at, c.id FROM captures c WHERE c.file_id = ? AND ({_MAY_BE_PAGE})", (file_id,)
        )
        numbers += rows
    return array("q", (number for _, number in sorted(numbers)))


def count_others(connection: sqlite3.Connection, files: Sequence[int]) -> int:
    """How many captures in these files are no pages: pictures, styles, scripts."""
    return sum(
        connection.execute(
            f"SELECT count(*) FROM captures c WHERE c.file_id = ? AND ({_MAY_BE_PAGE}) IS NOT TRUE", (file_id,)
        ).fetchone()[0]
        for file_id in files
    )


def page_numbered(connection: sqlite3.Connection, number: int) -> tuple[Capture, str | None]:
    """The capture of that number, and what it became when it was read; None where it was not."""
    row = connection.execute("SELECT outcome FROM imported_pages WHERE capture_id = ?", (number,)).fetchone()
    return from_number(connection, number), row[0] if row else None


def note_page(connection: sqlite3.Connection, number: int, outcome: str) -> None:
    """Enter what a page became."""
    connection.execute("INSERT OR REPLACE INTO imported_pages VALUES (?, ?)", (number, outcome))


def note_converted(connection: sqlite3.Connection, file_id: int, source_sha256: str) -> None:
    """Enter of which foreign file a WARC file is a converted copy."""
    connection.execute("INSERT INTO converted_files VALUES (?, ?)", (file_id, source_sha256))


def file_of(connection: sqlite3.Connection, sha256: str) -> tuple[int, str] | None:
    """Id and name of the WARC file that is a foreign file of that SHA-256, or a converted copy of it; else None."""
    row = connection.execute(
        """SELECT id, name FROM warc_files WHERE sha256 = :sha256 UNION ALL
        SELECT f.id, f.name FROM converted_files c JOIN warc_files f ON f.id = c.file_id
        WHERE c.source_sha256 = :sha256 LIMIT 1""",
        {"sha256": sha256},
    ).fetchone()
    return (row[0], row[1]) if row else None
