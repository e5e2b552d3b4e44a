"""What the calendar of an address shows: years, months with their days, and the captures of a period."""

from __future__ import annotations

import calendar
import enum
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import attrs

from archive.catalog import Capture, Catalog
from archive.catalog.capture_days import VersionOfCapture, day_counts, versions_of, year_counts
from archive.catalog.mementos import CaptureRange, captures_in, ends_of
from archive.clock import timestamp14, warc_date
from archive.zones import VIETNAM

MOST_LISTED = 250
_KEPT = "%!#$&'()*+,/:;=?@[]_~.-|"


class CaptureKind(enum.Enum):
    """What an address answered, as a calendar tells captures apart; in the order of the legend."""

    PAGE = "page"
    REVISIT = "revisit"
    NOT_MODIFIED = "not modified"
    REDIRECT = "redirect"
    MISSING = "missing"
    FAILED = "failed"
    OTHER = "other"


def kind_of(type_of_record: str, status: int | None) -> CaptureKind:
    """The kind of a capture by the type of its record and its status."""
    if status == 304:
        return CaptureKind.NOT_MODIFIED
    if type_of_record == "revisit":
        return CaptureKind.REVISIT
    if status is None:
        return CaptureKind.OTHER
    by_class = {2: CaptureKind.PAGE, 3: CaptureKind.REDIRECT, 4: CaptureKind.MISSING, 5: CaptureKind.FAILED}
    return by_class.get(status // 100, CaptureKind.OTHER)


@attrs.frozen
class Period:
    """A year, a month or a day of Vietnam, as in 2026, 202610 and 20261001."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def end(self) -> date:
        """The day after its last."""
        if self.day:
            return self.first + timedelta(days=1)
        if self.month:
            return date(self.year + self.month // 12, self.month % 12 + 1, 1)
        return date(self.year + 1, 1, 1)

    @property
    def bounds(self) -> tuple[str, str]:
        """Where it begins and ends, as WARC-Dates up to their second."""
        begins, ends = (datetime(one.year, one.month, one.day, tzinfo=VIETNAM) for one in (self.first, self.end))
        return warc_date(begins)[:19], warc_date(ends)[:19]


def read_period(digits: str) -> Period | None:
    """The period of 4, 6 or 8 digits; None where it is none."""
    if not (digits.isascii() and digits.isdigit() and len(digits) in (4, 6, 8)):
        return None
    found = Period(int(digits[:4]), int(digits[4:6] or 0), int(digits[6:8] or 0))
    try:
        is_one = found.year < 9999 and found.first == date(found.year, found.month or 1, found.day or 1)
    except ValueError:
        return None
    has_zero = (len(digits) > 4 and not found.month) or (len(digits) > 6 and not found.day)
    return found if is_one and not has_zero else None


@attrs.frozen
class Day:
    """A day of a month's sheet with its captures; `number` is 0 where the sheet has an empty place."""

    number: int
    kinds: tuple[tuple[CaptureKind, int], ...] = ()
    period: str = ""

    @property
    def count(self) -> int:
        """How many captures it has."""
        return sum(count for _, count in self.kinds)


@attrs.frozen
class Month:
    """A month with captures, as weeks that begin with Monday."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    count: int


@attrs.frozen(kw_only=True)
class Listed:
    """A capture in the list; `changes` leads from the version before to that which was read of it."""

    capture: Capture
    kind: CaptureKind
    timestamp: str
    version: VersionOfCapture | None
    former: VersionOfCapture | None


@attrs.frozen(kw_only=True)
class CalendarView:
    """All that the calendar of an address shows."""

    url: str
    first: Capture
    last: Capture
    years: Sequence[tuple[int, int]]
    period: Period
    months: tuple[Month, ...]
    kinds: tuple[tuple[CaptureKind, int], ...]
    listed: tuple[Listed, ...]
    count: int

    @property
    def total(self) -> int:
        """How many captures there are in all years."""
        return sum(count for _, count in self.years)

    def address(self, period: object) -> str:
        """Where the calendar of a period is; `period` as digits."""
        return calendar_address(self.url, str(period))

    def capture_address(self, listed: Listed) -> str:
        """Where the replay of a capture is."""
        return f"/web/{listed.timestamp}/{quote(listed.capture.url, _KEPT)}"


def calendar_address(url: str, period: str = "") -> str:
    """The address of a calendar on the site."""
    return f"/web/{period}*/{quote(url, _KEPT)}"


def view_calendar(catalog: Catalog, url: str, span: CaptureRange, period: Period | None) -> CalendarView | None:
    """The calendar of an address for a period, or for the year of its last capture; None where it has no captures."""
    ends = ends_of(catalog.connection, span)
    if ends is None:
        return None
    chosen = period or Period(ends[1].captured_at.astimezone(VIETNAM).year)
    whole = Period(chosen.year, chosen.month)
    days: dict[date, Counter[CaptureKind]] = {}
    for one in day_counts(catalog.connection, _within(span, whole)):
        days.setdefault(one.day, Counter())[kind_of(one.type, one.status)] += one.count
    in_period = [kinds for day, kinds in days.items() if chosen.first <= day < chosen.end]
    kinds = sum(in_period, Counter[CaptureKind]())
    return CalendarView(
        url=url, first=ends[0], last=ends[1], years=year_counts(catalog.connection, span), period=chosen,
        months=tuple(_months(days)), kinds=_ordered(kinds), listed=tuple(_listed(catalog, span, chosen)),
        count=kinds.total(),
    )  # fmt: skip


def _within(span: CaptureRange, period: Period) -> CaptureRange:
    """The captures of a period."""
    since, until = period.bounds
    return attrs.evolve(span, since=since, until=until)


def _ordered(kinds: Counter[CaptureKind]) -> tuple[tuple[CaptureKind, int], ...]:
    return tuple((kind, kinds[kind]) for kind in CaptureKind if kinds[kind])


def _months(days: dict[date, Counter[CaptureKind]]) -> Iterable[Month]:
    for first in sorted({day.replace(day=1) for day in days}):
        weeks = calendar.Calendar().monthdayscalendar(first.year, first.month)
        sheet = tuple(tuple(_day(first, number, days) for number in week) for week in weeks)
        yield Month(first, sheet, sum(day.count for week in sheet for day in week))


def _day(first: date, number: int, days: dict[date, Counter[CaptureKind]]) -> Day:
    if not number:
        return Day(0)
    day = first.replace(day=number)
    return Day(number, _ordered(days.get(day, Counter())), f"{day:%Y%m%d}")


def _listed(catalog: Catalog, span: CaptureRange, period: Period) -> Iterable[Listed]:
    """The first captures of a period, each with the version that was read of it and the one before that."""
    versions = versions_of(catalog.connection, span)
    before: dict[str, VersionOfCapture] = {}
    places: dict[str, tuple[VersionOfCapture, VersionOfCapture | None]] = {}
    for one in versions:
        places[one.record_id] = (one, before.get(one.article_id))
        before[one.article_id] = one
    captures = next(captures_in(catalog.connection, _within(span, period)), [])
    for capture in captures[:MOST_LISTED]:
        version, former = places.get(capture.record_id, (None, None))
        yield Listed(
            capture=capture, kind=kind_of(capture.type, capture.status),
            timestamp=timestamp14(capture.captured_at.astimezone(UTC)), version=version, former=former,
        )  # fmt: skip
