"""List coverage: the spans of time of which a section's list was read without a gap."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Self

import attrs

from archive.catalog.addresses import lists_left, published
from archive.clock import parse_warc_date, warc_date


@attrs.frozen(kw_only=True)
class Covered:
    """A span of a section: all articles published from `since` to `until` that its list named were requested."""

    section: str
    since: datetime
    until: datetime

    def as_said(self) -> dict[str, str]:
        """The span as a run's report stores it."""
        return {"section": self.section, "since": warc_date(self.since), "until": warc_date(self.until)}

    @classmethod
    def from_said(cls, said: Mapping[str, str]) -> Self:
        """The span that `as_said` stored in a report.

        Raises:
            LookupError, TypeError, ValueError: the report was changed.
        """
        since, until = parse_warc_date(said["since"]), parse_warc_date(said["until"])
        return cls(section=str(said["section"]), since=since, until=until)


@attrs.frozen(kw_only=True)
class SectionRead:
    """How far a run read a section's list without a gap, from its first page on.

    Args:
        read_at: when the first page was captured.
        meets_known: it reached the articles of the last such reading.
        pages: addresses of the articles of each page that it read, in the list's order.
    """

    section: str
    read_at: datetime
    meets_known: bool
    pages: tuple[tuple[str, ...], ...] = ()


def last_covered(connection: sqlite3.Connection, newspaper: str, section: str) -> str | None:
    """When the section's list was last read without a gap, as a WARC-Date."""
    row = connection.execute(
        "SELECT max(until) FROM coverage WHERE newspaper = ? AND section = ?", (newspaper, section)
    ).fetchone()
    return str(row[0]) if row[0] else None


def cover_read(connection: sqlite3.Connection, newspaper: str, reads: list[SectionRead]) -> list[Covered]:
    """Enter the spans that a run read, of sections with no list page and no article left for the next run.

    A list that was read up to known articles continues the span before; otherwise a new span begins. Returns the spans
    of this run alone.
    """
    spans: list[Covered] = []
    left = lists_left(connection, newspaper)
    for one in reads:
        waiting = connection.execute(
            """SELECT 1 FROM addresses INDEXED BY addresses_waiting WHERE newspaper = ? AND next_due_at <= ?
            AND kind = 'article' AND section = ? AND fetched_at IS NULL AND failures = 0 LIMIT 1""",
            (newspaper, warc_date(one.read_at), one.section),
        ).fetchone()
        if one.section in left or waiting is not None:
            continue
        before = last_covered(connection, newspaper, one.section)
        reached = [_reached(published(connection, newspaper, page), page) for page in one.pages]
        since = min(filter(None, (before if one.meets_known else None, *reached)), default=None)
        if since is not None and since < warc_date(one.read_at):
            span = Covered(section=one.section, since=parse_warc_date(since), until=one.read_at)
            cover(connection, newspaper, span)
            spans.append(span)
    return spans


def _reached(published_at: Mapping[str, str], page: Sequence[str]) -> str | None:
    """How far back a list page reaches: to its oldest article, apart from those that are out of order."""
    times = [parse_warc_date(published_at[url]) for url in page if url in published_at]
    if not times:
        return None
    middle = sorted(times)[len(times) // 2 - (len(times) % 2 == 0)]
    spread = max(max(times) - middle, timedelta(days=1))
    return warc_date([at for at in times if middle - 3 * spread <= at <= middle][-1])


def cover(connection: sqlite3.Connection, newspaper: str, span: Covered) -> None:
    """Enter a span, joined with all spans that it touches; to be called within a transaction."""
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


def is_covered(connection: sqlite3.Connection, newspaper: str) -> bool:
    """Whether any section of a newspaper was ever read without a gap; of any newspaper where the name is empty."""
    where, values = ("WHERE newspaper = ?", (newspaper,)) if newspaper else ("", ())
    return connection.execute(f"SELECT 1 FROM coverage {where} LIMIT 1", values).fetchone() is not None
