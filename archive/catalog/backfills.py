"""Backfills: how far the fetching of a section's older list pages has come."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime

import attrs

from archive.clock import warc_date


@attrs.frozen(kw_only=True)
class Backfill:
    """How far the backfill of a section has come.

    Args:
        next_url: the list page that is fetched next; None where it is at its end.
        since, until: its bounds, as far as there are any.
    """

    section: str
    next_url: str | None
    since: date | None = None
    until: date | None = None


def backfill_of(connection: sqlite3.Connection, newspaper: str, section: str) -> Backfill | None:
    """The last backfill of a section."""
    row = connection.execute(
        "SELECT next_url, since, until, ended_at FROM backfills WHERE newspaper = ? AND section = ?",
        (newspaper, section),
    ).fetchone()
    if row is None:
        return None
    next_url, since, until, ended_at = row
    return Backfill(section=section, next_url=None if ended_at else next_url, since=_day(since), until=_day(until))


def keep_backfill(connection: sqlite3.Connection, newspaper: str, backfill: Backfill, at: datetime) -> None:
    """Enter where the backfill of a section stands, or that it has come to its end."""
    since, until = (day.isoformat() if day else None for day in (backfill.since, backfill.until))
    connection.execute(
        """INSERT INTO backfills (newspaper, section, since, until, next_url, begun_at, ended_at)
        VALUES (:newspaper, :section, :since, :until, :next, :at, :ended) ON CONFLICT DO UPDATE SET
            since = :since, until = :until, next_url = :next, ended_at = :ended""",
        {
            "newspaper": newspaper, "section": backfill.section, "since": since, "until": until,
            "next": backfill.next_url or "", "at": warc_date(at), "ended": None if backfill.next_url else warc_date(at),
        },
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
