"""Mutes: of which alarms nobody is told until an instant, and why; selectors of alarms."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Self

import attrs

from archive.clock import parse_warc_date, warc_date
from archive.health.alarm import Alarm
from archive.zones import utc_text

ANY = "*"


@attrs.frozen(kw_only=True)
class Selector:
    """Which alarms are meant: of a kind (`*`: of all), of a newspaper and a subject unless these are None."""

    kind: str
    newspaper: str | None = None
    subject: str | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `KIND`, `KIND/NEWSPAPER` or `KIND/NEWSPAPER/SUBJECT`; a newspaper that is empty or `*` is any."""
        kind, _, rest = text.partition("/")
        newspaper, slash, subject = rest.partition("/")
        return cls(
            kind=kind, newspaper=newspaper if newspaper not in ("", ANY) else None, subject=subject if slash else None
        )

    def __str__(self) -> str:
        parts = [self.kind, self.newspaper or ANY, self.subject or ""]
        return "/".join(parts if self.subject is not None else parts[: 2 if self.newspaper else 1])

    def fits(self, alarm: Alarm) -> bool:
        """Whether the alarm is meant."""
        return (
            self.kind in (ANY, alarm.kind)
            and self.newspaper in (None, alarm.newspaper)
            and self.subject in (None, alarm.subject)
        )


@attrs.frozen(kw_only=True)
class Mute:
    """Of which alarms nobody is told, why, since when and until when."""

    selector: Selector
    reason: str
    muted_at: datetime
    ends_at: datetime
    id: int = 0

    def applied(self, instant: datetime) -> bool:
        """Whether it was in force at an instant of the past."""
        return self.muted_at <= instant < self.ends_at

    def is_in_force(self, instant: datetime) -> bool:
        """Whether it is in force now: what was entered is, also where the clock was set back since."""
        return instant < self.ends_at

    def values(self) -> dict[str, str]:
        """The mute as plain JSON values."""
        return {
            "selector": str(self.selector),
            "reason": self.reason,
            "muted_at": utc_text(self.muted_at),
            "until": utc_text(self.ends_at),
        }


def all_mutes(connection: sqlite3.Connection) -> list[Mute]:
    """All mutes, those that ended included, the oldest first."""
    rows = connection.execute("SELECT id, kind, newspaper, subject, reason, muted_at, ends_at FROM mutes ORDER BY id")
    return [
        Mute(
            id=number,
            selector=Selector(kind=kind, newspaper=newspaper, subject=subject),
            reason=reason,
            muted_at=parse_warc_date(muted_at),
            ends_at=parse_warc_date(ends_at),
        )
        for number, kind, newspaper, subject, reason, muted_at, ends_at in rows
    ]


def mutes_at(connection: sqlite3.Connection, instant: datetime) -> list[Mute]:
    """The mutes that are in force, the oldest first."""
    return [one for one in all_mutes(connection) if one.is_in_force(instant)]


def mute_of(alarm: Alarm, mutes: Iterable[Mute]) -> Mute | None:
    """The mute of an alarm that lasts longest; None where it has none."""
    return max((one for one in mutes if one.selector.fits(alarm)), key=lambda one: one.ends_at, default=None)


def enter_mute(connection: sqlite3.Connection, mute: Mute) -> None:
    """Mute alarms; within a transaction. A mute of the same alarms that is in force ends."""
    end_mute(connection, mute.selector, mute.muted_at)
    connection.execute(
        "INSERT INTO mutes (kind, newspaper, subject, reason, muted_at, ends_at) VALUES (?, ?, ?, ?, ?, ?)",
        (*attrs.astuple(mute.selector), mute.reason, warc_date(mute.muted_at), warc_date(mute.ends_at)),
    )


def end_mute(connection: sqlite3.Connection, selector: Selector, instant: datetime) -> int:
    """End the mutes with exactly this selector that are in force, within a transaction; how many there were."""
    return connection.execute(
        """UPDATE mutes SET ends_at = :now WHERE kind = :kind AND newspaper IS :newspaper AND subject IS :subject
        AND ends_at > :now""",
        {**attrs.asdict(selector), "now": warc_date(instant)},
    ).rowcount
