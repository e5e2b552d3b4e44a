"""Later readings of versions, and what was read from the captures of a WARC file: versions, and pages that gave none.

A version's first reading is its line in `versions`; here stand those that were made by other rules since, and those of
other captures that show the same version in another form. A reading changes neither the version's content hash nor how
many versions an article has.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Self

import attrs

from archive.article import Article, LaterReading, from_json, to_json
from archive.catalog.changes import enter_change
from archive.catalog.lines import packed_line, unpacked_line
from archive.catalog.versions import Version, newest_line
from archive.clock import parse_warc_date, warc_date

STEP = """
    CREATE TABLE readings (                -- later readings of versions; the first is the line of the version
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        version_seq INTEGER NOT NULL REFERENCES versions (seq),
        article_id TEXT NOT NULL REFERENCES articles,
        run_id INTEGER NOT NULL REFERENCES runs,
        content_hash TEXT NOT NULL,        -- of its own text
        read_at TEXT NOT NULL,
        extractor TEXT NOT NULL,           -- the program, with its version
        rules TEXT,                        -- sha256 of the newspaper's rules
        line BLOB NOT NULL                 -- the article as one line of JSON, packed
    ) STRICT;
    CREATE INDEX readings_by_version ON readings (version_seq, id);
    CREATE INDEX readings_by_run ON readings (run_id, id);
    """
OTHER_CAPTURES_STEP = """
    ALTER TABLE readings ADD COLUMN cause TEXT NOT NULL DEFAULT 'rules';  -- rules, layout, address, beside
    ALTER TABLE readings ADD COLUMN record_id TEXT REFERENCES captures (record_id);  -- if not that of the version
    CREATE INDEX readings_by_record ON readings (record_id) WHERE record_id IS NOT NULL;
    """
_READING = """SELECT id, version_seq, article_id, run_id, content_hash, read_at, extractor, rules, line, cause,
    record_id FROM readings """


@attrs.frozen
class StoredReading:
    """A later reading of a version. `id` grows with every one."""

    id: int
    version_seq: int
    article_id: str
    run_id: int
    content_hash: str
    read_at: datetime
    extractor: str
    rules: str | None
    raw: bytes
    """The article's line of JSON in UTF-8; empty where it is damaged."""
    cause: str = "rules"
    record_id: str | None = None
    """Of the capture that was read, where that is not the version's."""

    def article(self) -> Article:
        """The article as it was read."""
        return from_json(self.raw)

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """The reading of a row."""
        values = list(row)
        values[5], values[8] = parse_warc_date(values[5]), _line(values[8])
        return cls(*values)


def enter_reading(connection: sqlite3.Connection, run_id: int, article: Article, line: str | None = None) -> int | None:
    """Enter a later reading, within a transaction; its id, or None where its version or its capture is not held.

    Section and time of publication of an article are those of the newest reading of its latest version's capture.
    """
    assert article.reading is not None
    assert article.capture is not None
    said, own = article.reading, article.capture.record_id
    row = connection.execute(
        "SELECT max(seq) FROM versions WHERE article_id = ? AND content_hash = ? AND record_id = ?",
        (article.id, said.version, said.record or own),
    ).fetchone()
    if row[0] is None:
        return None
    entered = insert_reading(connection, run_id, int(row[0]), article.id, said, line or to_json(article), own)
    if said.record is None:
        connection.execute(
            "UPDATE articles SET section = ?, published_at = ? WHERE latest = ? AND id = ?",
            (article.section, article.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), row[0], article.id),
        )
        if entered is not None:
            enter_change(connection, int(row[0]))
    return entered


def insert_reading(
    connection: sqlite3.Connection,
    run_id: int,
    version_seq: int,
    article_id: str,
    said: LaterReading,
    line: str,
    record_id: str,
) -> int | None:
    """Insert the row of a reading alone; its id, or None where the same line is there already, or its capture is not.

    Args:
        record_id: of the capture that was read.
    """
    packed = packed_line(line)
    found = connection.execute(
        """SELECT EXISTS (SELECT 1 FROM readings WHERE version_seq = :seq AND line = :line)
        OR NOT EXISTS (SELECT 1 FROM captures WHERE record_id = :record)""",
        {"seq": version_seq, "line": packed, "record": record_id},
    ).fetchone()
    if found[0]:
        return None
    return connection.execute(
        """INSERT INTO readings (version_seq, article_id, run_id, content_hash, read_at, extractor, rules, line, cause,
        record_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            version_seq, article_id, run_id, said.content_hash, warc_date(said.read_at), said.extractor, said.rules,
            packed, said.cause, record_id if said.record else None,
        ),
    ).lastrowid  # fmt: skip


def last_reading(connection: sqlite3.Connection) -> int:
    """The id of the reading that was entered last; 0 where there is none."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM readings").fetchone()[0])


def readings_after(
    connection: sqlite3.Connection, id: int, *, run_id: int | None = None, limit: int = 500
) -> list[StoredReading]:
    """Up to `limit` readings entered after the one with that id, of one run where given, in that order."""
    where, values = ("id > ?", [id]) if run_id is None else ("id > ? AND run_id = ?", [id, run_id])
    rows = connection.execute(_READING + f"WHERE {where} ORDER BY id LIMIT {limit}", values)
    return [StoredReading.from_row(row) for row in rows]


def readings_of(connection: sqlite3.Connection, version_seq: int) -> list[StoredReading]:
    """The later readings of a version, the oldest first."""
    rows = connection.execute(_READING + "WHERE version_seq = ? ORDER BY id", (version_seq,))
    return [StoredReading.from_row(row) for row in rows]


@attrs.frozen(kw_only=True)
class NumberedReading:
    """A reading of a version, the first one or a later one; `number` from 1.

    Of the first `read_at` is when the run began that released it, and by which rules it was made is not known. `cause`
    says why a later one differs; `record_id` is that of its capture where that is not the version's.
    """

    number: int
    read_at: datetime
    extractor: str
    rules: str | None
    content_hash: str
    raw: bytes
    cause: str | None = None
    record_id: str | None = None


def shown_of(readings: Sequence[NumberedReading]) -> NumberedReading:
    """The reading that is shown: the newest of the version's own capture."""
    return next(one for one in reversed(readings) if one.record_id is None)


def reading_of_record(connection: sqlite3.Connection, record_id: str) -> Article | None:
    """The newest reading of a capture: a later one, or that of the version which was read from it; None where there is
    none, or a damaged one."""
    row = connection.execute(
        f"""SELECT line FROM (SELECT line, id FROM readings WHERE record_id = :record
        UNION ALL SELECT {newest_line("v")}, 0 FROM versions v WHERE v.record_id = :record) ORDER BY id DESC LIMIT 1""",
        {"record": record_id},
    ).fetchone()
    if row is None:
        return None
    try:
        return from_json(unpacked_line(row[0]))
    except Exception:  # cattrs raises groups of any kind of error
        return None


def all_readings(connection: sqlite3.Connection, version: Version) -> list[NumberedReading]:
    """All readings of a version, the oldest first."""
    row = connection.execute(
        "SELECT v.line, r.software, r.started_at FROM versions v JOIN runs r ON r.id = v.run_id WHERE v.seq = ?",
        (version.seq,),
    ).fetchone()
    if row is None:
        return []
    first = NumberedReading(
        number=1, read_at=parse_warc_date(row[2]), extractor=row[1].partition(" ")[0], rules=None,
        content_hash=version.content_hash, raw=_line(row[0]),
    )  # fmt: skip
    later = (
        NumberedReading(
            number=number, read_at=one.read_at, extractor=one.extractor, rules=one.rules,
            content_hash=one.content_hash, raw=one.raw, cause=one.cause, record_id=one.record_id,
        )
        for number, one in enumerate(readings_of(connection, version.seq), 2)
    )  # fmt: skip
    return [first, *later]


def _line(kept: bytes) -> bytes:
    """A packed line; empty where it is damaged."""
    with contextlib.suppress(ValueError):
        return unpacked_line(kept)
    return b""


def version_read_so(connection: sqlite3.Connection, seqs: Sequence[int], content_hash: str) -> int | None:
    """`seq` of the first of some versions that a later reading gave a text with this hash."""
    marks = ", ".join("?" * len(seqs))
    row = connection.execute(
        f"SELECT version_seq FROM readings WHERE version_seq IN ({marks}) AND content_hash = ? LIMIT 1",
        (*seqs, content_hash),
    ).fetchone()
    return row[0] if row else None


def read_again_between(connection: sqlite3.Connection, after: int, until: int) -> list[int]:
    """`seq` of the latest versions of articles whose own capture has a reading of `after` < id <= `until`."""
    rows = connection.execute(
        """SELECT DISTINCT a.latest FROM readings r JOIN articles a ON a.id = r.article_id
        WHERE r.id > ? AND r.id <= ? AND a.latest = r.version_seq AND r.record_id IS NULL ORDER BY 1""",
        (after, until),
    )
    return [seq for (seq,) in rows]


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


def versions_in(connection: sqlite3.Connection, file: str, places: range, until: int) -> list[Version]:
    """The versions that were read from captures at these bytes of a WARC file, up to a `seq`: in the file's order.

    Each as its newest reading.
    """
    rows = connection.execute(
        f"""SELECT v.seq, v.article_id, v.content_hash, v.run_id, v.record_id, v.captured_at, {newest_line("v")}
        FROM warc_files f JOIN captures c ON c.file_id = f.id JOIN versions v ON v.record_id = c.record_id
        WHERE f.name = ? AND c.offset >= ? AND c.offset < ? AND v.seq <= ? ORDER BY c.offset, v.seq""",
        (file, places.start, places.stop, until),
    )
    return [Version.from_row(row) for row in rows]


def rejections_in(connection: sqlite3.Connection, file: str, places: range, until: int) -> list[Rejection]:
    """The pages at these bytes of a WARC file that gave no version, up to the number of a rejection: each once."""
    rows = connection.execute(
        """SELECT r.newspaper, j.url, j.record_id, c.captured_at FROM rejections j JOIN runs r ON r.id = j.run_id
        JOIN captures c ON c.record_id = j.record_id JOIN warc_files f ON f.id = c.file_id
        WHERE f.name = ? AND c.offset >= ? AND c.offset < ? AND j.id <= ?
        AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.record_id = j.record_id)
        GROUP BY j.record_id ORDER BY c.offset""",
        (file, places.start, places.stop, until),
    )
    return [Rejection(newspaper, url, record, parse_warc_date(at)) for newspaper, url, record, at in rows]


def section_of(connection: sqlite3.Connection, newspaper: str, url: str) -> str | None:
    """The section in whose list an address was found; None where it was found in none."""
    row = connection.execute(
        "SELECT section FROM addresses WHERE newspaper = ? AND url = ?", (newspaper, url)
    ).fetchone()
    return row[0] if row else None
