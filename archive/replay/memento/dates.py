"""Dates of HTTP, as Memento writes them: Thu, 08 Jan 2026 12:00:00 GMT."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from archive.errors import BadAcceptDatetime

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(
    rf"(?:{'|'.join(_DAYS)}), ([0-9]{{1,2}}) ({'|'.join(_MONTHS)}) ([0-9]{{4}})"
    r" ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)


def http_date(instant: datetime) -> str:
    """An instant as Memento-Datetime has it; fractions of a second are cut."""
    at = instant.astimezone(UTC)
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at:%Y %H:%M:%S} GMT"


def accepted_instant(field: str | None) -> datetime | None:
    """The instant of an Accept-Datetime field; None where there is no field.

    Raises:
        BadAcceptDatetime: it is no date.
    """
    if field is None:
        return None
    match = _DATE.fullmatch(field.strip())
    try:
        if match is None:
            raise BadAcceptDatetime(field)
        day, year, hour, minute, second = (int(match[number]) for number in (1, 3, 4, 5, 6))
        return datetime(year, _MONTHS.index(match[2]) + 1, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise BadAcceptDatetime(field) from error
