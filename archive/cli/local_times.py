"""Times as the commands show people: by a clock of one zone, which is named once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

from archive.zones import VIETNAM

_MOMENT, _DAY = "%d/%m/%Y %H:%M", "%d/%m/%Y"


def local(instant: datetime, zone: tzinfo = VIETNAM) -> str:
    """A time to the minute, without its zone, which a heading or the line of `zone_line` says."""
    return instant.astimezone(zone).strftime(_MOMENT)


def local_day(instant: datetime, zone: tzinfo = VIETNAM) -> str:
    """The day of a time."""
    return instant.astimezone(zone).strftime(_DAY)


def zoned(instant: datetime, zone: tzinfo = VIETNAM, form: str = _MOMENT) -> str:
    """A time that stands alone, with its zone: 30/11/2026 21:44 UTC+7."""
    return f"{instant.astimezone(zone).strftime(form)} {offset_name([instant], zone)}"


def zone_name(zone: tzinfo = VIETNAM, instants: Iterable[datetime] = ()) -> str:
    """A zone, and how far it was from UTC at some times: Asia/Ho_Chi_Minh, UTC+7; see `offset_name`."""
    return ", ".join(filter(None, (str(zone), offset_name(instants, zone))))


def zone_line(zone: tzinfo = VIETNAM, instants: Iterable[datetime] = ()) -> str:
    """The line above a list that says in which zone its times are: Times: Asia/Ho_Chi_Minh, UTC+7."""
    return f"Times: {zone_name(zone, instants)}"


def offset_name(instants: Iterable[datetime], zone: tzinfo = VIETNAM) -> str:
    """How far a zone was from UTC at some times: UTC+7; empty where it was not always as far.

    Without times it is Vietnam's of today, or nothing.
    """
    names = {_offset(instant.astimezone(zone).utcoffset()) for instant in instants}
    if not names and zone is VIETNAM:
        return "UTC+7"
    return names.pop() if len(names) == 1 else ""


def _offset(offset: timedelta | None) -> str:
    minutes = round((offset or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
