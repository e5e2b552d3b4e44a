"""Times as Vietnamese newspapers print them, by regular expression and zoneinfo; knows no clock, so no 'hôm qua'.

Read are ISO 8601 with its common misprints, day-month-year with any separators, with or without a weekday, `ngày`,
`tháng`, `năm`, a clock before or after the day (16:26, 16h26, 16 giờ 26 phút), SA, CH, AM, PM, and an offset such as
GMT+7, which is seven hours ahead of Greenwich here, whatever POSIX says of it. The month never comes first.
"""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import attrs

_ISO = re.compile(
    r"""(?<!\d)(?P<year>(?:19|20)\d\d)(?P<joint>[-/])(?P<month>\d\d)(?P=joint)(?P<day>\d\d)(?!\d)
    (?:(?:T|\s+)(?P<hour>\d\d):(?P<minute>\d\d)
       (?: :(?P<second>\d\d)(?:[.,]\d+)? | (?<=00)0 )?          # T11:000 stands for T11:00:00
       \s*(?P<offset>Z|[+-]\d\d:?\d\d|[+-]\d\d(?!\d))?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_DAY = re.compile(
    r"(?<![\d/.-])(?P<day>\d{1,2})(?:\s*[/.-]\s*|\s+tháng\s+)(?P<month>\d{1,2})(?:\s*[/.-]\s*|\s*,?\s+năm\s+|(?<=\d),\s+)"
    r"(?P<year>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?<![\d:/])(?P<hour>\d{1,2})\s*(?::|h|g|giờ)\s*(?P<minute>\d\d)(?!\d)(?::(?P<second>\d\d)(?!\d))?"
    r"(?:\s*(?:phút|'|’))?(?:\s*(?P<half>AM|PM|SA|CH)\b)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:GMT|UTC)\s*(?P<sign>[+-])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?", re.IGNORECASE)
# Papers abroad and mail headers name the month: "24 Oct 2024", "October 24, 2024".
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan ene gen", "feb", "mar mär maa mrt", "apr abr avr", "may mai maj mag mei", "jun giu", "jul lug",
         "aug ago aoû", "sep set", "oct okt ott out", "nov", "dec dez dic des déc"), 1
    )
    for name in names.split()
}  # fmt: skip
_NAMED_MONTH = r"(?P<month>(?:" + "|".join(_MONTHS) + r")[^\W\d_]{0,8})"
_DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?[\s-]+(?:de\s+)?{_NAMED_MONTH}\.?,?[\s-]+(?:de\s+|del\s+)?(?P<year>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"(?<!\w){_NAMED_MONTH}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)(?!\d)", re.IGNORECASE
)
_LONGEST_TEXT = 120
_UPDATED = re.compile(r"cập\s+nhật|sửa\s+(?:lần\s+cuối|đổi)|updated?|modified", re.IGNORECASE)


@attrs.frozen
class Instant:
    """A time read from a page; where only the day was printed, `at` is its first moment."""

    at: datetime
    day_only: bool = False
    text: str = attrs.field(default="", eq=False)
    """As it was printed."""
    has_offset: bool = attrs.field(default=True, eq=False)
    """The page gave the offset; without one the newspaper's own was taken."""


def read_time(text: str, time_zone: str, *, updated: bool = False, keep_offset: bool = False) -> Instant | None:
    """The time that a folded text states, in the newspaper's zone; None where it states none.

    Where a text holds both the time of appearance and, after "Cập nhật", that of the last change, `updated` chooses.
    With `keep_offset` a printed offset stays, for papers whose own zone nobody declared.
    """
    parted = _UPDATED.search(text)
    if parted:
        before, after = text[: parted.start()], text[parted.end() :]
        first, second = (after, before) if updated else (before, after)
        found = _read(first, time_zone, keep_offset) or _read(second, time_zone, keep_offset)
        return attrs.evolve(found, text=text[:_LONGEST_TEXT]) if found is not None else None
    return _read(text, time_zone, keep_offset)


@functools.lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)


def _read(text: str, time_zone: str, keep_offset: bool) -> Instant | None:
    found = _stated(text, _zone(time_zone))
    if found is None:
        return None
    at, day_only = found
    has_offset = at.tzinfo is not _zone(time_zone)
    return Instant(at if keep_offset else at.astimezone(_zone(time_zone)), day_only, text[:_LONGEST_TEXT], has_offset)


def _stated(text: str, local: tzinfo) -> tuple[datetime, bool] | None:
    if iso := _ISO.search(text):
        named = _named_offset(text[iso.end() :])
        return _instant(iso, iso if iso["hour"] else None, _iso_offset(iso["offset"]) or named, local)
    day = _DAY.search(text) or _worded_day(text)
    if day is None:
        return None
    rest = text[: day.start()] + " " * (day.end() - day.start()) + text[day.end() :]
    clock = _CLOCK.search(rest, day.end()) or _CLOCK.search(rest)
    return _instant(day, clock, _named_offset(rest), local)


def _worded_day(text: str) -> re.Match[str] | None:
    return _DAY_MONTH.search(text) or _MONTH_DAY.search(text)


def _month(printed: str) -> int:
    return int(printed) if printed.isdigit() else _MONTHS[printed[:3].casefold()]


def _instant(
    day: re.Match[str], clock: re.Match[str] | None, offset: tzinfo | None, local: tzinfo
) -> tuple[datetime, bool] | None:
    hour = minute = second = 0
    if clock is not None:
        groups = clock.groupdict()
        minute, second = int(groups["minute"]), int(groups["second"] or 0)
        hour = _of_day(int(groups["hour"]), (groups.get("half") or "").upper())
    try:
        printed = datetime(
            int(day["year"]), _month(day["month"]), int(day["day"]), hour, minute, second, tzinfo=offset or local
        )
    except ValueError:
        return None
    return printed, clock is None


def _of_day(hour: int, half: str) -> int:
    """The hour of 24. "00:01 AM" and "13:05 PM" are printed too, and mean what the 24-hour clock says."""
    if half in ("PM", "CH") and hour < 12:
        return hour + 12
    return 0 if half in ("AM", "SA") and hour == 12 else hour


def _iso_offset(printed: str | None) -> tzinfo | None:
    if not printed:
        return None
    if printed in "Zz":
        return UTC
    return _shift(printed[0], printed[1:3], printed[3:].lstrip(":"))


def _named_offset(text: str) -> tzinfo | None:
    found = _OFFSET.search(text)
    return _shift(found["sign"], found["hours"], found["minutes"]) if found else None


def _shift(sign: str, hours: str, minutes: str | None) -> tzinfo | None:
    shift = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if shift >= timedelta(hours=24):
        return None
    return timezone(-shift if sign == "-" else shift)
