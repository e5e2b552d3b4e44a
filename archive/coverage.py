"""Which spans of time of a section were read without a gap, so that "nothing printed" and "never crawled" differ."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import attrs

from archive.clock import parse_warc_date, warc_date


@attrs.frozen(kw_only=True)
class Covered:
    """A span of a section: all that its list named of what was printed from `since` to `until` was asked for."""

    section: str
    since: datetime
    until: datetime


def cover(connection: sqlite3.Connection, newspaper: str, span: Covered) -> None:
    """Enter a span, joined with all that it touches; to be called within a transaction."""
    since, until = warc_date(span.since), warc_date(max(span.since, span.until))
    touching = connection.execute(
        "SELECT since, until FROM coverage WHERE newspaper = ? AND section = ? AND since <= ? AND until >= ?",
        (newspaper, span.section, until, since),
    ).fetchall()
    connection.executemany(
        "DELETE FROM coverage WHERE newspaper = ? AND section = ? AND since = ?",
        [(newspaper, span.section, one) for one, _ in touching],
    )
    first, last = min([since, *(one for one, _ in touching)]), max([until, *(one for _, one in touching)])
    connection.execute(
        "INSERT INTO coverage (newspaper, section, since, until) VALUES (?, ?, ?, ?)",
        (newspaper, span.section, first, last),
    )


def covered(connection: sqlite3.Connection, newspaper: str) -> list[Covered]:
    """The spans of a newspaper, section by section, the oldest first."""
    rows = connection.execute(
        "SELECT section, since, until FROM coverage WHERE newspaper = ? ORDER BY section, since", (newspaper,)
    )
    return [
        Covered(section=section, since=parse_warc_date(since), until=parse_warc_date(until))
        for section, since, until in rows
    ]
