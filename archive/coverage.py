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


@attrs.frozen(kw_only=True)
class Reading:
    """How a run read a section: when its first page was captured, and how far back the list was followed.

    Args:
        meets_known: it came to articles that the list had named in an earlier run.
        is_at_end: it came to the list's end.
    """

    section: str
    read_at: datetime
    meets_known: bool
    is_at_end: bool


def cover_read(connection: sqlite3.Connection, newspaper: str, readings: list[Reading]) -> None:
    """Enter what a run read, where nothing of a section's list was left for the next one.

    A list that was followed to what was known joins the span before; another one begins a span of its own, at the
    oldest article that it named.
    """
    for one in readings:
        left = connection.execute(
            """SELECT 1 FROM addresses WHERE newspaper = ? AND kind = 'section' AND section = ? AND pace IS NULL
            AND next_due_at <= ? LIMIT 1""",
            (newspaper, one.section, warc_date(one.read_at)),
        ).fetchone()
        if left is not None:
            continue
        (before,) = connection.execute(
            "SELECT max(until) FROM coverage WHERE newspaper = ? AND section = ?", (newspaper, one.section)
        ).fetchone()
        since = parse_warc_date(before) if before and one.meets_known else None
        if since is None or one.is_at_end:
            since = _oldest(connection, newspaper, one) or since or one.read_at
        cover(connection, newspaper, Covered(section=one.section, since=since, until=one.read_at))


def _oldest(connection: sqlite3.Connection, newspaper: str, one: Reading) -> datetime | None:
    """When the oldest article was published that the section's list named since this reading began, or ever."""
    (oldest,) = connection.execute(
        """SELECT min(r.published_at) FROM ways w
        JOIN addresses a ON a.newspaper = w.newspaper AND a.url = w.url JOIN articles r ON r.id = a.article_id
        WHERE w.newspaper = ? AND w.way = 'section' AND w.source = ? AND (? OR w.found_at >= ?)""",
        (newspaper, one.section, one.meets_known, warc_date(one.read_at)),
    ).fetchone()
    return parse_warc_date(oldest) if oldest else None


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
