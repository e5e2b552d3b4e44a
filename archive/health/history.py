"""The alarm history: when alarms were raised and cleared, and the notifications that are not sent yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import attrs

from archive.clock import parse_warc_date, warc_date
from archive.health.alarm import Alarm


@attrs.frozen(kw_only=True)
class AlarmRecord:
    """An alarm in the history: when it was raised, and when it was cleared if it was."""

    alarm: Alarm
    raised_at: datetime
    cleared_at: datetime | None = None


@attrs.frozen(kw_only=True)
class AlarmChange:
    """Alarms that were raised or cleared since the last check, or whose notification is not sent yet."""

    raised: tuple[Alarm, ...]
    cleared: tuple[AlarmRecord, ...]

    def __bool__(self) -> bool:
        return bool(self.raised or self.cleared)


_RECORDS = "SELECT kind, newspaper, subject, detail, raised_at, cleared_at FROM alarms "


def active_alarms(connection: sqlite3.Connection) -> list[AlarmRecord]:
    """The alarms that are not cleared, the oldest first."""
    rows = connection.execute(_RECORDS + "WHERE cleared_at IS NULL ORDER BY id")
    return [_record(row) for row in rows]


def alarm_history(connection: sqlite3.Connection, limit: int = 1000) -> list[AlarmRecord]:
    """All alarms of the history, the newest first."""
    return [_record(row) for row in connection.execute(_RECORDS + "ORDER BY id DESC LIMIT ?", (limit,))]


def record_alarms(
    connection: sqlite3.Connection, found: Sequence[Alarm], instant: datetime, notifiers: Sequence[str] = ()
) -> AlarmChange:
    """Enter the alarms that were found, with changes as unsent by these notifiers; within a transaction."""
    unsent = " ".join(notifiers)
    before = {one.alarm.key: one for one in active_alarms(connection)}
    now = {alarm.key: alarm for alarm in found}
    raised = [alarm for key, alarm in now.items() if key not in before]
    cleared = [one for key, one in before.items() if key not in now]
    for alarm in raised:
        connection.execute(
            "INSERT INTO alarms (kind, newspaper, subject, detail, raised_at, unsent) VALUES (?, ?, ?, ?, ?, ?)",
            (alarm.kind, alarm.newspaper, alarm.subject, alarm.to_row(), warc_date(instant), unsent),
        )
    for key, alarm in now.items():
        if key in before:
            connection.execute(
                "UPDATE alarms SET detail = ? WHERE kind = ? AND newspaper IS ? AND subject = ? AND cleared_at IS NULL",
                (alarm.to_row(), *key),
            )
    for one in cleared:
        connection.execute(
            """UPDATE alarms SET cleared_at = ?, unsent = ?
            WHERE kind = ? AND newspaper IS ? AND subject = ? AND cleared_at IS NULL""",
            (warc_date(instant), unsent, *one.alarm.key),
        )
    return AlarmChange(raised=tuple(raised), cleared=tuple(cleared))


_IS_UNSENT = "instr(' ' || unsent || ' ', ' ' || :notifier || ' ')"


def unsent(connection: sqlite3.Connection, notifier: str) -> AlarmChange:
    """The changes that a notifier has not sent yet: active alarms and cleared ones, the oldest first."""
    rows = [
        _record(row) for row in connection.execute(f"{_RECORDS} WHERE {_IS_UNSENT} ORDER BY id", {"notifier": notifier})
    ]
    return AlarmChange(
        raised=tuple(one.alarm for one in rows if one.cleared_at is None),
        cleared=tuple(one for one in rows if one.cleared_at is not None),
    )


def mark_sent(connection: sqlite3.Connection, notifier: str, change: AlarmChange) -> None:
    """Enter that a notifier has sent a change; to be called within a transaction."""
    going_on = [(alarm, None) for alarm in change.raised]
    over = [(one.alarm, one.cleared_at) for one in change.cleared]
    for alarm, cleared_at in [*going_on, *over]:
        connection.execute(
            f"""UPDATE alarms SET unsent = trim(replace(' ' || unsent || ' ', ' ' || :notifier || ' ', ' '))
            WHERE kind = :kind AND newspaper IS :newspaper AND subject = :subject AND cleared_at IS :at
            AND {_IS_UNSENT}""",
            {
                "notifier": notifier, "kind": alarm.kind, "newspaper": alarm.newspaper, "subject": alarm.subject,
                "at": warc_date(cleared_at) if cleared_at else None,
            },
        )  # fmt: skip


def _record(row: tuple[str, str | None, str, str, str, str | None]) -> AlarmRecord:
    kind, newspaper, subject, detail, raised_at, cleared_at = row
    return AlarmRecord(
        alarm=Alarm.from_row(kind, newspaper, subject, detail),
        raised_at=parse_warc_date(raised_at),
        cleared_at=parse_warc_date(cleared_at) if cleared_at else None,
    )
