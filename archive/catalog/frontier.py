"""The frontier: the addresses of newspapers with their due times, and the state of backfills."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Self

import attrs

from archive.clock import parse_warc_date, warc_date

ADDRESS_COLUMNS = """newspaper, url, kind, section, first_seen_at, fetched_at, status, etag, last_modified, record_id,
    failures, next_due_at, changed_at, revisit_interval, gone_at, changes, payload_digest, article_id, content_hash,
    moved_to"""
_ADDRESS = f"SELECT {ADDRESS_COLUMNS} FROM addresses "


@attrs.frozen
class Address:
    """A row of the frontier: an address of a newspaper and when it is due again."""

    newspaper: str
    url: str
    kind: str
    section: str | None
    first_seen_at: datetime
    fetched_at: datetime | None
    status: int | None
    etag: str | None
    last_modified: str | None
    record_id: str | None
    failures: int
    next_due_at: datetime
    changed_at: datetime | None = None
    interval: timedelta | None = None
    gone_at: datetime | None = None
    changes: int = 0  # of a list: how often it named something new; of an article: how often it was edited
    payload_digest: str | None = None  # of the last answer with a digest
    article_id: str | None = None  # of the article that was last read there
    content_hash: str | None = None
    moved_to: str | None = None  # where it redirects to now

    @property
    def shows_article(self) -> bool:
        """Whether an article was there when it was fetched last."""
        return self.article_id is not None and self.gone_at is None and not self.failures

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """The row of addresses."""
        values = list(row)
        values[4], values[5] = parse_warc_date(values[4]), _instant(values[5])
        values[11], values[12] = parse_warc_date(values[11]), _instant(values[12])
        values[13] = timedelta(seconds=values[13]) if values[13] is not None else None
        values[14] = _instant(values[14])
        return cls(*values)

    def as_row(self) -> tuple[Any, ...]:
        """The values of the row, as `from_row` reads them."""
        return (
            self.newspaper,
            self.url,
            self.kind,
            self.section,
            warc_date(self.first_seen_at),
            _written(self.fetched_at),
            self.status,
            self.etag,
            self.last_modified,
            self.record_id,
            self.failures,
            warc_date(self.next_due_at),
            _written(self.changed_at),
            round(self.interval.total_seconds()) if self.interval is not None else None,
            _written(self.gone_at),
            self.changes,
            self.payload_digest,
            self.article_id,
            self.content_hash,
            self.moved_to,
        )


def _instant(text: str | None) -> datetime | None:
    return parse_warc_date(text) if text else None


def _written(instant: datetime | None) -> str | None:
    return warc_date(instant) if instant is not None else None


class AddressQueries:
    """Queries of the addresses."""

    connection: sqlite3.Connection

    def addresses(self, newspaper: str, urls: Iterable[str]) -> dict[str, Address]:
        """The known ones of these addresses, by address."""
        rows = self.connection.execute(
            _ADDRESS + "WHERE newspaper = ? AND url IN (SELECT value FROM json_each(?))",
            (newspaper, json.dumps(list(urls))),
        )
        return {row[1]: Address.from_row(row) for row in rows}

    def due(
        self, newspaper: str, kind: str, instant: str, *, after: Address | None = None, limit: int = 500
    ) -> list[Address]:
        """Up to `limit` of a newspaper's addresses of a kind that are due at `instant`, a WARC-Date; longest due first.

        Args:
            after: the last address of the part before.
        """
        # in the order of the index: a sitemap makes fifty thousand due at one instant, and no part must sort them again
        behind = (warc_date(after.next_due_at), after.url) if after else ("", "")
        rows = self.connection.execute(
            _ADDRESS
            + """WHERE newspaper = ? AND kind = ? AND next_due_at <= ? AND (next_due_at, url) > (?, ?)
            ORDER BY next_due_at, url LIMIT ?""",
            (newspaper, kind, instant, *behind, limit),
        )
        return [Address.from_row(row) for row in rows]


@attrs.frozen(kw_only=True)
class Backfill:
    """How far the backfill of a section has come.

    Args:
        next_url: the list page that is fetched next; None where the backfill has ended.
        since, until: the days that bound it, if any.
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
    """Enter how far the backfill of a section has come, or that it has ended."""
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
