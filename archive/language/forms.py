"""Dates, times, numbers and sizes in the form of the reader's language."""

from __future__ import annotations

import functools
from datetime import date, datetime, timedelta

from babel.dates import format_datetime

from archive.language.catalogue import N_, Language, current, gettext, ngettext
from archive.zones import VIETNAM

WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
# Patterns of Unicode's CLDR
_DAY = {"vi": "dd/MM/yyyy", "en": "d MMMM y"}
_MONTH = {"vi": "'Tháng' M/y", "en": "MMMM y"}
_BRIEF = {
    "vi": {"day": "dd/MM/yyyy", "month": "MM/yyyy", "year": "yyyy"},
    "en": {"day": "d MMM y", "month": "MMM y", "year": "y"},
}
_POINT = {"vi": ",", "en": "."}
_BETWEEN_THOUSANDS = {"vi": ".", "en": ","}


@functools.lru_cache(maxsize=4096)
def _written(value: date, pattern: str, language: Language) -> str:
    return format_datetime(datetime(value.year, value.month, value.day), pattern, locale=language)


def calendar_day(value: date) -> str:
    """A day of the calendar: 01/10/2026, 1 October 2026."""
    return _written(value, _DAY[current.get()], current.get())


def typed_day(value: date) -> str:
    """A day as readers of both languages type it in a search: 01/10/2026."""
    return _written(value, _DAY["vi"], "vi")


def month(value: date) -> str:
    """The month of a day: Tháng 10/2026, October 2026."""
    return _written(value, _MONTH[current.get()], current.get())


def brief(value: date, grain: str) -> str:
    """A day, month or year as a chart's label: 10/2026, Oct 2026."""
    return _written(value, _BRIEF[current.get()][grain], current.get())


def weekday(value: date) -> str:
    """A day with its weekday: Thứ Năm, 01/10/2026; Thursday, 1 October 2026."""
    return f"{gettext(WEEKDAYS[value.weekday()])}, {calendar_day(value)}"


def day(instant: datetime) -> str:
    """The day of an instant in Vietnam."""
    return calendar_day(instant.astimezone(VIETNAM).date())


def moment(instant: datetime) -> str:
    """An instant in Vietnam: Thứ Năm, 01/10/2026, 08:15."""
    local = instant.astimezone(VIETNAM)
    return f"{weekday(local.date())}, {local:%H:%M}"


def second(instant: datetime) -> str:
    """An instant to the second, with its offset: 08:15:07 ngày 01/10/2026 (UTC+7)."""
    local = instant.astimezone(VIETNAM)
    return gettext("%(day)s, %(time)s (UTC+7)", time=f"{local:%H:%M:%S}", day=calendar_day(local.date()))


def clock(instant: datetime) -> str:
    """An instant to the minute: 08:15 ngày 02/10/2026; 08:15 on 2 October 2026."""
    local = instant.astimezone(VIETNAM)
    return gettext("%(time)s on %(day)s", time=f"{local:%H:%M}", day=calendar_day(local.date()))


def lasted(span: timedelta) -> str:
    """How long something took: 7 giây, 12 phút, 3 giờ 20 phút; 7 seconds, 12 minutes, 3 h 20 min."""
    seconds = max(0, round(span.total_seconds()))
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds, n=seconds)
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes, n=minutes)
    if minutes:
        return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    return hours_or_days(timedelta(hours=hours), days_from=None)


def hours_or_days(span: timedelta, days_from: int | None = 72) -> str:
    """A span in hours, or in days from so many hours on; one of less than half an hour in minutes."""
    hours = round(span / timedelta(hours=1))
    if not hours:
        return lasted(span)
    if days_from is None or span < timedelta(hours=days_from):
        return ngettext("%(n)s hour", "%(n)s hours", hours, n=number(hours))
    days = round(span / timedelta(days=1))
    return ngettext("%(n)s day", "%(n)s days", days, n=number(days))


def number(value: int) -> str:
    """A whole number with thousands apart: 12.345; 12,345."""
    return f"{value:,}".replace(",", _BETWEEN_THOUSANDS[current.get()])


def decimal(value: float, digits: int) -> str:
    """A number with decimals: 0,75; 0.75."""
    return f"{value:.{digits}f}".replace(".", _POINT[current.get()])


def percent(share: float | None) -> str:
    """A share of 0 to 1: 12,3 %, in English 12.3%; a dash where there is none."""
    if share is None:
        return "–"
    return decimal(share * 100, 1) + (" %" if current.get() == "vi" else "%")


def volume(size: int) -> str:
    """A number of bytes: 1,2 GB; 1.2 GB."""
    if size < 1000:
        return ngettext("%(n)s byte", "%(n)s bytes", size, n=size)
    amount, unit = float(size), ""
    for larger in ("KB", "MB", "GB", "TB"):
        amount, unit = amount / 1000, larger
        if amount < 1000:
            break
    return f"{decimal(amount, 1 if amount < 100 else 0)} {unit}"
