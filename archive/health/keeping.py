"""The alarm history: which alarms are new, which go on, which are over."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import attrs

from archive.clock import parse_warc_date, warc_date
from archive.health.alarm import Alarm


@attrs.frozen(kw_only=True)
class Rung:
    """An alarm as it is remembered: since when, and until when where it is over."""

    alarm: Alarm
    raised_at: datetime
    cleared_at: datetime | None = None


@attrs.frozen(kw_only=True)
class Change:
    """What has changed since the alarms were looked at last, or is yet to be told."""

    raised: tuple[Alarm, ...]
    cleared: tuple[Rung, ...]

    def __bool__(self) -> bool:
        return bool(self.raised or self.cleared)


_RUNG = "SELECT kind, newspaper, subject, detail, raised_at, cleared_at FROM alarms "


def ringing(connection: sqlite3.Connection) -> list[Rung]:
    """The alarms that are not over, the oldest first."""
    rows = connection.execute(_RUNG + "WHERE cleared_at IS NULL ORDER BY id")
    return [_rung(row) for row in rows]


def rung(connection: sqlite3.Connection, limit: int = 1000) -> list[Rung]:
    """All alarms that were remembered, the newest first."""
    return [_rung(row) for row in connection.execute(_RUNG + "ORDER BY id DESC LIMIT ?", (limit,))]


def keep(connection: sqlite3.Connection, found: Sequence[Alarm], instant: datetime, ways: Sequence[str] = ()) -> Change:
    """Remember what rings now, and that what has changed is to be told by these ways; within a transaction."""
    untold = " ".join(ways)
    before = {one.alarm.key: one for one in ringing(connection)}
    now = {alarm.key: alarm for alarm in found}
    raised = [alarm for key, alarm in now.items() if key not in before]
    cleared = [one for key, one in before.items() if key not in now]
    for alarm in raised:
        connection.execute(
            "INSERT INTO alarms (kind, newspaper, subject, detail, raised_at, untold) VALUES (?, ?, ?, ?, ?, ?)",
            (alarm.kind, alarm.newspaper, alarm.subject, alarm.to_row(), warc_date(instant), untold),
        )
    for key, alarm in now.items():
        if key in before:
            connection.execute(
                "UPDATE alarms SET detail = ? WHERE kind = ? AND newspaper IS ? AND subject = ? AND cleared_at IS NULL",
                (alarm.to_row(), *key),
            )
    for one in cleared:
        connection.execute(
            """UPDATE alarms SET cleared_at = ?, untold = ?
            WHERE kind = ? AND newspaper IS ? AND subject = ? AND cleared_at IS NULL""",
            (warc_date(instant), untold, *one.alarm.key),
        )
    return Change(raised=tuple(raised), cleared=tuple(cleared))


_UNTOLD = "instr(' ' || untold || ' ', ' ' || :way || ' ')"


def untold(connection: sqlite3.Connection, way: str) -> Change:
    """What is yet to be told by a way: alarms that go on, and those that are over, the oldest first."""
    rows = [_rung(row) for row in connection.execute(f"{_RUNG} WHERE {_UNTOLD} ORDER BY id", {"way": way})]
    return Change(
        raised=tuple(one.alarm for one in rows if one.cleared_at is None),
        cleared=tuple(one for one in rows if one.cleared_at is not None),
    )


def told(connection: sqlite3.Connection, way: str, change: Change) -> None:
    """Remember that a change was told by a way; to be called within a transaction."""
    going_on = [(alarm, None) for alarm in change.raised]
    over = [(one.alarm, one.cleared_at) for one in change.cleared]
    for alarm, cleared_at in [*going_on, *over]:
        connection.execute(
            f"""UPDATE alarms SET untold = trim(replace(' ' || untold || ' ', ' ' || :way || ' ', ' '))
            WHERE kind = :kind AND newspaper IS :newspaper AND subject = :subject AND cleared_at IS :at
            AND {_UNTOLD}""",
            {
                "way": way, "kind": alarm.kind, "newspaper": alarm.newspaper, "subject": alarm.subject,
                "at": warc_date(cleared_at) if cleared_at else None,
            },
        )  # fmt: skip


def _rung(row: tuple[str, str | None, str, str, str, str | None]) -> Rung:
    kind, newspaper, subject, detail, raised_at, cleared_at = row
    return Rung(
        alarm=Alarm.from_row(kind, newspaper, subject, detail),
        raised_at=parse_warc_date(raised_at),
        cleared_at=parse_warc_date(cleared_at) if cleared_at else None,
    )
