"""The alarm history: when alarms were raised and cleared, and the notifications that are not sent yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs

from archive.clock import parse_warc_date, warc_date
from archive.health.alarm import OUTSIDE, Alarm
from archive.health.mutes import Mute, all_mutes, mute_of

# How long after the last notification of an active alarm it is sent again, as a reminder; the last one for ever.
PAUSES = (timedelta(days=1), timedelta(days=2), timedelta(days=4), timedelta(days=7))
# In front of a notifier that has still to send a reminder.
_AGAIN = "again:"


@attrs.frozen(kw_only=True)
class AlarmRecord:
    """An alarm in the history: when it was raised, and when it was cleared if it was.

    Args:
        reminders: how often it was sent again, the last time at `reminded_at`.
        acknowledged_at: since when nobody is reminded of it, because of `acknowledgement`.
    """

    alarm: Alarm
    raised_at: datetime
    cleared_at: datetime | None = None
    id: int = 0
    reminders: int = 0
    reminded_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledgement: str | None = None


@attrs.frozen(kw_only=True)
class AlarmChange:
    """Alarms that were raised or cleared since the last check."""

    raised: tuple[Alarm, ...]
    cleared: tuple[AlarmRecord, ...]

    def __bool__(self) -> bool:
        return bool(self.raised or self.cleared)


@attrs.frozen(kw_only=True)
class Unsent:
    """What a notifier has still to send: new alarms, reminders of active ones, and cleared ones; the oldest first."""

    raised: tuple[AlarmRecord, ...] = ()
    reminded: tuple[AlarmRecord, ...] = ()
    cleared: tuple[AlarmRecord, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.raised or self.reminded or self.cleared)

    @property
    def records(self) -> tuple[AlarmRecord, ...]:
        """All of them: new ones first, cleared ones last."""
        return (*self.raised, *self.reminded, *self.cleared)


_COLUMNS = """SELECT id, kind, newspaper, subject, detail, raised_at, cleared_at, reminders, reminded_at,
    acknowledged_at, acknowledgement, unsent FROM alarms """


def active_alarms(connection: sqlite3.Connection) -> list[AlarmRecord]:
    """The alarms that are not cleared, the oldest first."""
    return [record for record, _ in _read(connection, "WHERE cleared_at IS NULL ORDER BY id")]


def alarm_history(connection: sqlite3.Connection, limit: int = 1000) -> list[AlarmRecord]:
    """All alarms of the history, the newest first."""
    return [record for record, _ in _read(connection, "ORDER BY id DESC LIMIT ?", limit)]


def record_alarms(
    connection: sqlite3.Connection,
    found: Sequence[Alarm],
    instant: datetime,
    notifiers: Sequence[str] = (),
    *,
    consequences: Sequence[Alarm] = (),
    unexamined: Collection[str] = OUTSIDE,
) -> AlarmChange:
    """Enter the alarms that were found, with changes as unsent by these notifiers; within a transaction.

    Args:
        consequences: alarms that only follow from others: they are not raised, and not cleared if they were.
        unexamined: kinds that were not looked for: their alarms stay.
    """
    before = {record.alarm.key: (record, unsent) for record, unsent in _read(connection, "WHERE cleared_at IS NULL")}
    raised = [alarm for alarm in found if alarm.key not in before]
    now = {alarm.key: alarm for alarm in (*found, *consequences)}
    cleared = [
        (record, unsent)
        for key, (record, unsent) in before.items()
        if key not in now and record.alarm.kind not in unexamined
    ]
    for alarm in raised:
        enter_alarm(connection, alarm, instant, notifiers)
    for key, alarm in now.items():
        if key in before:
            connection.execute("UPDATE alarms SET detail = ? WHERE id = ?", (alarm.to_row(), before[key][0].id))
    if cleared:
        mutes = [one for one in all_mutes(connection) if one.is_in_force(instant)]
        for record, unsent in cleared:
            # of an alarm that was muted from beginning to end nobody is told
            never = unsent if mute_of(record.alarm, mutes) else ()
            still = " ".join(name for name in notifiers if name not in never)
            connection.execute(
                "UPDATE alarms SET cleared_at = ?, unsent = ? WHERE id = ?", (warc_date(instant), still, record.id)
            )
    return AlarmChange(raised=tuple(raised), cleared=tuple(record for record, _ in cleared))


def enter_alarm(connection: sqlite3.Connection, alarm: Alarm, instant: datetime, notifiers: Sequence[str] = ()) -> None:
    """Enter an alarm as raised, and as unsent by these notifiers; within a transaction."""
    connection.execute(
        "INSERT INTO alarms (kind, newspaper, subject, detail, raised_at, unsent) VALUES (?, ?, ?, ?, ?, ?)",
        (alarm.kind, alarm.newspaper, alarm.subject, alarm.to_row(), warc_date(instant), " ".join(notifiers)),
    )


def remind(
    connection: sqlite3.Connection, instant: datetime, notifiers: Sequence[str], except_of: Sequence[Alarm] = ()
) -> None:
    """Enter the reminders that are due as unsent by these notifiers; within a transaction.

    Nobody is reminded of an alarm that is acknowledged or muted, or that only follows from another (`except_of`); of
    one whose mute has ended, at once.
    """
    if not notifiers:
        return
    left = {alarm.key for alarm in except_of}
    mutes = all_mutes(connection)
    for record, unsent in _read(connection, "WHERE cleared_at IS NULL AND acknowledged_at IS NULL"):
        own = [one for one in mutes if one.selector.fits(record.alarm)]
        if (
            record.alarm.key in left
            or any(one.is_in_force(instant) for one in own)
            or not _is_due(record, own, instant)
        ):
            continue
        tokens = [*unsent, *(_AGAIN + name for name in notifiers if {name, _AGAIN + name}.isdisjoint(unsent))]
        connection.execute(
            "UPDATE alarms SET reminders = reminders + 1, reminded_at = ?, unsent = ? WHERE id = ?",
            (warc_date(instant), " ".join(tokens), record.id),
        )


def _is_due(record: AlarmRecord, mutes: Iterable[Mute], instant: datetime) -> bool:
    """Whether an active alarm is to be sent again, by the mutes of it that have ended."""
    told_at = record.reminded_at or record.raised_at
    # one that was raised while it was muted was first sent at the end of that
    told_at = max([told_at, *(one.ends_at for one in mutes if one.applied(record.raised_at))])
    if any(told_at < one.ends_at <= instant and one.muted_at >= record.raised_at for one in mutes):
        return True
    return instant - told_at >= PAUSES[min(record.reminders, len(PAUSES) - 1)]


def acknowledge(connection: sqlite3.Connection, number: int, instant: datetime, reason: str) -> None:
    """Enter that nobody is to be reminded of an active alarm, and why; within a transaction."""
    connection.execute(
        "UPDATE alarms SET acknowledged_at = ?, acknowledgement = ? WHERE id = ? AND cleared_at IS NULL",
        (warc_date(instant), reason, number),
    )


_IS_UNSENT = "(instr(' ' || unsent || ' ', ' ' || :notifier || ' ') OR instr(unsent, :again))"


def unsent(connection: sqlite3.Connection, notifier: str, instant: datetime) -> Unsent:
    """What a notifier has not sent yet, without what is muted at that instant."""
    named = {"notifier": notifier, "again": _AGAIN + notifier}
    mutes = [one for one in all_mutes(connection) if one.is_in_force(instant)]
    rows = [
        (record, tokens)
        for record, tokens in _read(connection, f"WHERE {_IS_UNSENT} ORDER BY id", **named)
        if not mute_of(record.alarm, mutes)
    ]
    going_on = [(record, notifier in tokens) for record, tokens in rows if record.cleared_at is None]
    return Unsent(
        raised=tuple(record for record, is_new in going_on if is_new),
        reminded=tuple(record for record, is_new in going_on if not is_new),
        cleared=tuple(record for record, _ in rows if record.cleared_at is not None),
    )


def mark_sent(connection: sqlite3.Connection, notifier: str, sent: Unsent) -> None:
    """Enter that a notifier has sent something, where it did not change since; within a transaction."""
    for record in sent.records:
        at = warc_date(record.cleared_at) if record.cleared_at else None
        for _, tokens in _read(connection, "WHERE id = ? AND cleared_at IS ?", record.id, at):
            still = " ".join(token for token in tokens if token not in (notifier, _AGAIN + notifier))
            connection.execute("UPDATE alarms SET unsent = ? WHERE id = ?", (still, record.id))


def _read(
    connection: sqlite3.Connection, where: str, *values: object, **named: object
) -> list[tuple[AlarmRecord, list[str]]]:
    """Records, each with its notifiers that have something to send."""
    rows = connection.execute(_COLUMNS + where, named or values).fetchall()
    return [(_record(row[:-1]), row[-1].split()) for row in rows]


def _record(row: Sequence[Any]) -> AlarmRecord:
    number, kind, newspaper, subject, detail, raised_at, cleared_at, reminders, reminded_at, acknowledged_at, said = row
    return AlarmRecord(
        id=number,
        alarm=Alarm.from_row(kind, newspaper, subject, detail),
        raised_at=parse_warc_date(raised_at),
        cleared_at=parse_warc_date(cleared_at) if cleared_at else None,
        reminders=reminders,
        reminded_at=parse_warc_date(reminded_at) if reminded_at else None,
        acknowledged_at=parse_warc_date(acknowledged_at) if acknowledged_at else None,
        acknowledgement=said,
    )
