"""Parses times as newspapers, feeds and meta elements print them; relative times ("hôm qua") are not read.

Read are ISO 8601 (calendar, week and ordinal dates, extended and basic) and RFC 3339 with their common misprints,
RFC 822, 2822, 850 and asctime, seconds since 1970, day-month-year with any separators, months by name, a clock before
or after the day (16:26, 16h26, 16 giờ 26 phút), SA, CH, AM, PM, and zones by offset or name. GMT+7 is seven hours ahead
of Greenwich, whatever POSIX says of it. In figures the day comes first, but in the form that American systems print for
machines ("1/8/2026 10:02:01 AM").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo

import attrs

from crawler.extract.dates.clocks import CLOCK, clock_of
from crawler.extract.dates.months import day_by_month_name, full_year
from crawler.extract.dates.timezones import zone, zone_behind, zone_within

_CALENDAR = re.compile(
    r"(?<![\d/.-])(?P<year>(?:19|20)\d\d)(?P<joint>[-/.])(?P<month>\d\d?)(?P=joint)(?P<day>\d\d?)(?!\d)"
)
_EASTERN = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s?[年년.]\s?(?P<month>\d\d?)\s?[月월.]\s?(?P<day>\d\d?)(?:\s?[日일.]|(?!\d))"
)
_WEEK = re.compile(r"(?<![\w-])(?P<year>(?:19|20)\d\d)-?W(?P<week>\d\d)-?(?P<day>[1-7])(?=T|\b)")
_ORDINAL = re.compile(r"^(?P<year>(?:19|20)\d\d)(?:-(?P<nth>\d{3})(?=T|\s|$)|(?P<nth2>\d{3})(?=T))")
_BASIC = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:[T ]?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d))?(?:[.,]\d{1,9})?)?"
    r"(?P<zone>\s?(?:Z|[+-]\d\d:?(?:\d\d)?))?"
)
# In seconds, with a fraction, or in milliseconds; also as .NET writes it in JSON.
_SINCE_1970 = re.compile(
    r"(?P<bracket>\\?/Date\()?(?P<seconds>[12]\d{9})(?:\d{3}|\.\d{1,9})?(?(bracket)(?:[+-]\d{4})?\)\\?/)"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(rf"\b(?P<name>{'|'.join(_WEEKDAYS)})(?:s|rs|day|nesday|sday|rsday|urday)?\b", re.IGNORECASE)
_DAY = re.compile(
    r"(?<![\d/.])(?<!\d-)(?P<day>\d{1,2})(?:\s*[/.-]\s*|\s+tháng\s+)(?P<month>\d{1,2})(?:\s*[/.-]\s*|\s*,?\s+năm\s+|(?<=\d),\s+)"
    r"(?P<year>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
# As .NET prints a time in American English. Where day and month both have two figures the order is not to be told.
_AMERICAN = re.compile(r"(?:[1-9]/[1-9]\d?|1[0-2]/[1-9])/\d{4}\s+(?:[1-9]|1[0-2]):\d\d:\d\d\s*[AP]M\b", re.IGNORECASE)
_TWELVE_HOURS = re.compile(r"(?:[1-9]|1[0-2]):\d\d(?::\d\d)?\s*[AP]M\b", re.IGNORECASE)
_SHORT_DAY = re.compile(
    r"(?<![\d/.-])(?P<day>\d{1,2})(?P<joint>[/.-])(?P<month>\d{1,2})(?P=joint)(?P<year>\d\d)(?![\d/.-])"
)
_CLOCK_NEXT = re.compile(r"\W{1,5}\d{1,2}[:h]\d\d(?!\d)")
# What may stand beside a day whose year has two figures; elsewhere such figures mean many things.
_BESIDE_A_DAY = re.compile(
    r"thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s+nhật|\bCN\b|\bT[2-7]\b|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|"
    r"sun)(?:day)?\b|ngày|lúc|đăng|cập\s+nhật|\bgiờ\b|\bphút\b|\b(?:GMT|UTC)\b|\+0?7\b|[\W_]",
    re.IGNORECASE,
)
_LONGEST_TEXT = 120
_UPDATED = re.compile(
    r"cập\s+nhật|sửa\s+(?:lần\s+cuối|đổi)|updated?|modified|更新|修改|ធ្វើបច្ចុប្បន្នភាព|កែប្រែ", re.IGNORECASE
)
# Those of Khmer, Lao and Thai, and those that are as wide as an ideograph
_FIGURES = str.maketrans({chr(zero + n): str(n) for zero in (0x17E0, 0xED0, 0xE50, 0xFF10) for n in range(10)})


@attrs.frozen
class Instant:
    """A time read from a page; where only the day was printed, `at` is its first moment."""

    at: datetime
    day_only: bool = False
    text: str = attrs.field(default="", eq=False)
    """As it was printed."""
    has_offset: bool = attrs.field(default=True, eq=False)
    """The page gave the offset; without one the newspaper's own was taken."""
    other: datetime | None = attrs.field(default=None, eq=False)
    """The instant with day and month the other way round, where the figures allow it."""


@attrs.frozen
class _Day:
    """A day as a text states it, from character `start` to `end`; with the clock where both are one figure."""

    on: date
    start: int
    end: int
    other: date | None = None


def read_time(text: str, time_zone: str, *, updated: bool = False, keep_offset: bool = False) -> Instant | None:
    """The time that a folded text states, in the newspaper's zone; None where it states none.

    Where a text holds both the time of appearance and, after "Cập nhật", that of the last change, `updated` chooses.
    With `keep_offset` a printed offset stays, for papers whose own zone nobody declared.
    """
    if not text.isascii():
        text = text.translate(_FIGURES)
    parted = _UPDATED.search(text)
    if parted:
        before, after = text[: parted.start()], text[parted.end() :]
        first, second = (after, before) if updated else (before, after)
        found = _read(first, time_zone, keep_offset) or _read(second, time_zone, keep_offset)
        return attrs.evolve(found, text=text[:_LONGEST_TEXT]) if found is not None else None
    return _read(text, time_zone, keep_offset)


def _read(text: str, time_zone: str, keep_offset: bool) -> Instant | None:
    local = zone(time_zone)
    try:
        return _without_punctuation(text, local, keep_offset) or _stated(text, local, keep_offset)
    except (ValueError, OverflowError):  # the 31st of February, the year 9999 beyond its end
        return None


def _without_punctuation(text: str, local: tzinfo, keep_offset: bool) -> Instant | None:
    """A whole text of figures: ISO 8601's basic format, or seconds or milliseconds since 1970."""
    if since := _SINCE_1970.fullmatch(text):
        return _instant(datetime.fromtimestamp(int(since["seconds"]), UTC), False, text, local, keep_offset)
    found = _BASIC.fullmatch(text)
    if found is None:
        return None
    stated = zone_behind(found["zone"], 0) if found["zone"] else None
    clock = int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0)
    at = datetime(int(found["year"]), int(found["month"]), int(found["day"]), *clock, tzinfo=stated or local)
    return _instant(at, found["hour"] is None, text, local, keep_offset)


def _stated(text: str, local: tzinfo, keep_offset: bool) -> Instant | None:
    day = next((found for reader in _READERS if (found := reader(text))), None)
    if day is None:
        return None
    rest = text[: day.start] + " " * (day.end - day.start) + text[day.end :]
    clock = CLOCK.search(rest, day.end) or CLOCK.search(rest)
    stated = (zone_behind(rest, clock.end()) if clock else None) or zone_behind(text, day.end) or zone_within(rest)
    hour, minute, second = clock_of(clock)
    past = timedelta(days=1) if hour == 24 and not minute else timedelta()  # ISO 8601: 24:00 ends the day
    at, other = (
        datetime(on.year, on.month, on.day, 0 if past else hour, minute, second, tzinfo=stated or local) + past
        if on
        else None
        for on in (day.on, day.other)
    )
    assert at is not None
    return _instant(at, clock is None, text, local, keep_offset, other)


def _instant(
    at: datetime, day_only: bool, text: str, local: tzinfo, keep_offset: bool, other: datetime | None = None
) -> Instant:
    has_offset = at.tzinfo is not local
    if has_offset and not keep_offset and not day_only:
        at, other = at.astimezone(local), other and other.astimezone(local)
    elif has_offset and day_only and not keep_offset:
        at, other = at.replace(tzinfo=local), other and other.replace(tzinfo=local)  # a day is the paper's own
    return Instant(at, day_only, text[:_LONGEST_TEXT], has_offset, other)


def _by_figures(pattern: re.Pattern[str]) -> Callable[[str], _Day | None]:
    def read(text: str) -> _Day | None:
        found = pattern.search(text)
        if found is None:
            return None
        year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
        return _Day(date(year, month, day), found.start(), found.end())

    return read


def _by_week(text: str) -> _Day | None:
    found = _WEEK.search(text)
    if found is None:
        return None
    on = date.fromisocalendar(int(found["year"]), int(found["week"]), int(found["day"]))
    return _Day(on, found.start(), found.end())


def _by_ordinal(text: str) -> _Day | None:
    found = _ORDINAL.match(text)
    if found is None:
        return None
    first, nth = date(int(found["year"]), 1, 1), int(found["nth"] or found["nth2"])
    on = first + timedelta(days=nth - 1)
    return _Day(on, found.start(), found.end()) if nth and on.year == first.year else None


def _day_first(text: str) -> _Day | None:
    """Day, month and year in figures. American systems print the month first, without noughts, with seconds and AM; an
    English weekday settles what the figures leave open."""
    found = _DAY.search(text) or _alone(text)
    if found is None:
        return None
    day, month, year = int(found["day"]), int(found["month"]), full_year(found["year"])
    if _AMERICAN.match(text, found.start()) or (month > 12 and _TWELVE_HOURS.search(text, found.end())):
        day, month = month, day
    if day > 12 or month > 12 or day == month:
        return _Day(date(year, month, day), found.start(), found.end())
    on, other = date(year, month, day), date(year, day, month)
    if _weekday(text) == other.weekday() != on.weekday():
        on, other = other, on
    return _Day(on, found.start(), found.end(), other)


def _weekday(text: str) -> int | None:
    """The day of the week that a text names in English, from Monday as 0; other languages put the day first."""
    found = _WEEKDAY.search(text)
    return _WEEKDAYS.index(found["name"].lower()) if found else None


def _alone(text: str) -> re.Match[str] | None:
    """A day whose year has two figures, where a clock follows at once, or nothing but its weekday stands beside it."""
    found = _SHORT_DAY.search(text)
    if found is None or _CLOCK_NEXT.match(text, found.end()):
        return found
    rest = CLOCK.sub(" ", text[: found.start()] + " " + text[found.end() :])
    return None if _BESIDE_A_DAY.sub("", rest) else found


def _by_month_name(text: str) -> _Day | None:
    found = day_by_month_name(text)
    return _Day(*found) if found is not None else None


_READERS: tuple[Callable[[str], _Day | None], ...] = (
    _by_figures(_CALENDAR),
    _by_week,
    _by_ordinal,
    _day_first,
    _by_month_name,
    _by_figures(_EASTERN),
)
