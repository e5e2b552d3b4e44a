"""Days, months and years as people type them: 31/01/2026, 31-1-2026, 2026-01-31, 01/2026, 2026, 31 tháng 1 năm 2026."""

from __future__ import annotations

import calendar
import re
from datetime import date

from archive.errors import DayFault, NoSuchDay
from archive.search.terms.vietnamese import folded

FIRST_YEAR, LAST_YEAR = 1700, 2259
"""The years that the search index can hold."""
_FORMS = (
    re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<month>\d{1,2})[/.-](?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})"),
)
WRITTEN = re.compile(
    r"(?:(?:(?:ngay\s+)?(?P<day>\d{1,2})\s+)?thang\s+(?P<month>\d{1,2})(?:\s*/\s*|(?:\s+nam)?\s+)|nam\s+)(?P<year>\d{4})(?!\d)"
)
"""A day, month or year in words, folded: ngày 31 tháng 1 năm 2026, tháng 1/2026, năm 2026."""


def read_days(text: str) -> tuple[date, date]:
    """The first and the last day of what was typed: a day, a month or a year.

    Raises:
        NoSuchDay: it has none of the forms, or names a day that the calendar does not have.
    """
    text = text.strip()
    bare = folded(text)
    if not bare.isascii():
        raise NoSuchDay(text, DayFault.NO_FORM)
    found = next((match.groupdict() for form in (*_FORMS, WRITTEN) if (match := form.fullmatch(bare))), None)
    if found is None:
        raise NoSuchDay(text, DayFault.NO_FORM)
    year, month, day = (int(found[part]) if found.get(part) else None for part in ("year", "month", "day"))
    assert year is not None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoSuchDay(text, DayFault.NO_SUCH_YEAR, first=FIRST_YEAR, last=LAST_YEAR)
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= 12:
        raise NoSuchDay(text, DayFault.NO_SUCH_MONTH, month=month)
    last = calendar.monthrange(year, month)[1]
    if day is None:
        return date(year, month, 1), date(year, month, last)
    if not 1 <= day <= last:
        raise NoSuchDay(text, DayFault.NO_SUCH_DAY, month=month, year=year, last=last)
    return date(year, month, day), date(year, month, day)
