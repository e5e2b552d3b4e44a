"""Counts of the captures of an address by day of Vietnam, and the versions of articles that were read of them."""

from __future__ import annotations

import sqlite3
from datetime import date

import attrs

from archive.catalog.mementos import CaptureRange

_DAYS = """SELECT date(captured_at, '+7 hours'), type, status, count(*) FROM captures c
    WHERE {} GROUP BY 1, 2, 3 ORDER BY 1"""
_YEARS = """SELECT CAST(substr(date(captured_at, '+7 hours'), 1, 4) AS INTEGER), count(*) FROM captures c
    WHERE {} GROUP BY 1 ORDER BY 1"""
_VERSIONS = """SELECT v.article_id, v.content_hash, v.record_id FROM captures c
    JOIN versions v ON v.record_id = c.record_id WHERE {} ORDER BY v.captured_at, v.seq"""


@attrs.frozen
class DayCount:
    """How many captures of one type and status an address has on a day."""

    day: date
    type: str
    status: int | None
    count: int


@attrs.frozen
class VersionOfCapture:
    """A version of an article, and the capture that it was read from."""

    article_id: str
    content_hash: str
    record_id: str


def day_counts(connection: sqlite3.Connection, span: CaptureRange) -> list[DayCount]:
    """The counts of the days on which an address was captured, read from an index and the captures in between."""
    rows = connection.execute(_DAYS.format(span.condition()), span.values())
    return [DayCount(date.fromisoformat(day), kind, status, count) for day, kind, status, count in rows]


def year_counts(connection: sqlite3.Connection, span: CaptureRange) -> list[tuple[int, int]]:
    """The years in which an address was captured, and how often."""
    rows = connection.execute(_YEARS.format(span.condition()), span.values())
    return [(year, count) for year, count in rows if year]


def versions_of(connection: sqlite3.Connection, span: CaptureRange) -> list[VersionOfCapture]:
    """The versions that were read of the captures of an address, oldest first."""
    rows = connection.execute(_VERSIONS.format(span.condition()), span.values())
    return [VersionOfCapture(*row) for row in rows]
