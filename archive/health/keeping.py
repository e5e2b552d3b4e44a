"""Remembering alarms: which are new, which go on, which are over; judges nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import attrs

from archive.clock import parse_warc_date, warc_date
from archive.health.alarms import Alarm


@attrs.frozen(kw_only=True)
class Rung:
    """An alarm as it is remembered: since when, and until when where it is over."""

    alarm: Alarm
    raised_at: datetime
    cleared_at: datetime | None = None


@attrs.frozen(kw_only=True)
class Change:
    """What has changed since the alarms were looked at last."""

    raised: tuple[Alarm, ...]
    cleared: tuple[Rung, ...]


_RUNG = "SELECT kind, newspaper, subject, detail, raised_at, cleared_at FROM alarms "


def ringing(connection: sqlite3.Connection) -> list[Rung]:
    """The alarms that are not over, the oldest first."""
    rows = connection.execute(_RUNG + "WHERE cleared_at IS NULL ORDER BY id")
    return [_rung(row) for row in rows]


def rung(connection: sqlite3.Connection, limit: int = 1000) -> list[Rung]:
    """All alarms that were remembered, the newest first."""
    return [_rung(row) for row in connection.execute(_RUNG + "ORDER BY id DESC LIMIT ?", (limit,))]


def keep(connection: sqlite3.Connection, found: Sequence[Alarm], instant: datetime) -> Change:
    """Remember what rings now; to be called within a transaction."""
    before = {one.alarm.key: one for one in ringing(connection)}
    now = {alarm.key: alarm for alarm in found}
    raised = [alarm for key, alarm in now.items() if key not in before]
    cleared = [one for key, one in before.items() if key not in now]
    for alarm in raised:
        connection.execute(
            "INSERT INTO alarms (kind, newspaper, subject, detail, raised_at) VALUES (?, ?, ?, ?, ?)",
            (alarm.kind, alarm.newspaper, alarm.subject, alarm.detail, warc_date(instant)),
        )
    for key, alarm in now.items():
        if key in before:
            connection.execute(
                "UPDATE alarms SET detail = ? WHERE kind = ? AND newspaper IS ? AND subject = ? AND cleared_at IS NULL",
                (alarm.detail, *key),
            )
    for one in cleared:
        connection.execute(
            "UPDATE alarms SET cleared_at = ? WHERE kind = ? AND newspaper IS ? AND subject = ? AND cleared_at IS NULL",
            (warc_date(instant), *one.alarm.key),
        )
    return Change(raised=tuple(raised), cleared=tuple(cleared))


def _rung(row: tuple[str, str | None, str, str, str, str | None]) -> Rung:
    kind, newspaper, subject, detail, raised_at, cleared_at = row
    return Rung(
        alarm=Alarm(kind=kind, newspaper=newspaper, subject=subject, detail=detail),
        raised_at=parse_warc_date(raised_at),
        cleared_at=parse_warc_date(cleared_at) if cleared_at else None,
    )
