"""Coverage: how many articles of a newspaper are held for each day, and on which days nothing was published.

A day without articles may not have been crawled. Nothing was published on it only where the section's list was read
without a gap (`archive/catalog/coverage.py`).
"""

from __future__ import annotations

import functools
import itertools
import json
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from archive.catalog.coverage import Covered, covered
from archive.clock import parse_warc_date
from archive.printable import without_ignorable

State = Literal["held", "empty", "partly", "never"]
Grain = Literal["day", "month"]
TIME_ZONE = "Asia/Ho_Chi_Minh"  # of newspapers whose profile names none

# Articles between two instants; the index that begins with newspaper and time is searched once for each pair
_BETWEEN = """SELECT a.section, json_extract(p.value, '$[0]'), count(*) FROM json_each(?) AS p CROSS JOIN articles AS a
    ON a.newspaper = ? AND a.published_at >= json_extract(p.value, '$[1]')
    AND a.published_at < json_extract(p.value, '$[2]') GROUP BY 1, 2"""
# The zone by whose days and months the catalog keeps counts, since it has the offset that these are made by
_COUNTED_BY, _COUNTED_SINCE = ZoneInfo(TIME_ZONE), datetime(1976, 1, 1, tzinfo=UTC)
_KEPT = {
    "day": "SELECT section, day, count FROM published_days WHERE newspaper = ? AND day BETWEEN ? AND ?",
    "month": "SELECT section, month, count FROM published_months WHERE newspaper = ? AND month BETWEEN ? AND ?",
}
_EDGE = "SELECT published_at FROM articles WHERE newspaper = ? AND published_at <= ? ORDER BY published_at {} LIMIT 1"


@attrs.frozen
class Period:
    """A day or a month of a newspaper's calendar, and the instants at which it begins and the next one does."""

    first: date
    last: date
    begins: datetime
    ends: datetime


@attrs.frozen
class Cell:
    """The articles of a section and a period, and the share of the period (0 to 1) that was read without a gap."""

    articles: int
    covered: float

    @property
    def state(self) -> State:
        """Whether articles are `held`; without any, whether the period was read: `empty`, `partly` or `never`."""
        if self.articles:
            return "held"
        return "empty" if self.covered >= 1 else "partly" if self.covered > 0 else "never"

    @property
    def is_open(self) -> bool:
        """Whether there may be more articles: not all of the period was read."""
        return self.covered < 1 and self.state != "never"


@attrs.frozen(kw_only=True)
class Row:
    """A section of a newspaper, or its articles without a section, with a cell for each period."""

    newspaper: str
    section: str | None
    cells: tuple[Cell, ...]

    @property
    def articles(self) -> int:
        """How many articles all cells hold."""
        return sum(cell.articles for cell in self.cells)


def read_percent(share: float) -> str:
    """A share of time that was read, 0 to 1, in per cent; rounded to 0 or 100 only if it is exactly that."""
    return f"{min(99, max(1, int(share * 100)))}%" if 0 < share < 1 else f"{share:.0%}"


def calendar(profile: Mapping[str, Any]) -> ZoneInfo:
    """The time zone of a newspaper's days."""
    try:
        return ZoneInfo(str(profile.get("time_zone") or TIME_ZONE))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(TIME_ZONE)


def periods(since: date, until: date, grain: Grain, zone: ZoneInfo) -> tuple[Period, ...]:
    """The days from `since` to `until`, or the whole months in which these lie."""
    if grain == "month":
        count = (until.year - since.year) * 12 + until.month - since.month + 1
        firsts = [month_after(since, number) for number in range(count + 1)]
    else:
        firsts = [since + timedelta(days=number) for number in range((until - since).days + 2)]
    return tuple(
        Period(first, after - timedelta(days=1), _midnight(first, zone), _midnight(after, zone))
        for first, after in itertools.pairwise(firsts)
    )


def month_after(day: date, count: int = 1) -> date:
    """The first of the month that is so many months after that of a day."""
    months = day.year * 12 + day.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def known_span(
    connection: sqlite3.Connection, newspaper: str, profile: Mapping[str, Any], instant: datetime
) -> tuple[date, date] | None:
    """The first and the last day with an article or coverage; None where there is none.

    Days after `instant` are left out, such as those of articles with a future date.
    """
    latest = _text(instant)
    edges = [
        row[0] for order in ("ASC", "DESC") for row in connection.execute(_EDGE.format(order), (newspaper, latest))
    ]
    looked = connection.execute(
        "SELECT min(since), max(until) FROM coverage WHERE newspaper = ?", (newspaper,)
    ).fetchone()
    found = [min(parse_warc_date(text), instant) for text in (*edges, looked[0]) if text]
    if looked[1]:
        # a span that ends at midnight does not cover the day that begins then
        found.append(min(parse_warc_date(looked[1]) - timedelta(microseconds=1), instant))
    if not found:
        return None
    zone = calendar(profile)
    return min(found).astimezone(zone).date(), max(found).astimezone(zone).date()


def sections(
    connection: sqlite3.Connection, newspaper: str, profile: Mapping[str, Any], spans: Sequence[Period]
) -> list[Row]:
    """A row for each section that has an article in these periods or was ever covered.

    Rows are in the order of the newspaper's profile, then by name. The last row has the articles without a section; it
    is covered where all sections are.
    """
    declared = declared_names(profile)
    looked: defaultdict[str, list[Covered]] = defaultdict(list)
    for span in covered(connection, newspaper):
        looked[_name(span.section, declared)].append(span)
    counted: defaultdict[str | None, list[int]] = defaultdict(lambda: [0] * len(spans))
    composed: dict[str | None, str | None] = {None: None, "": None}
    for section, number, count in _count(connection, newspaper, spans):
        if section and section not in composed:
            composed[section] = _name(section, declared)
        counted[composed[section]][number] += count
    order = {name: number for number, name in enumerate(declared.values())}
    names = {*looked, *(name for name in counted if name is not None)}
    rows = [
        Row(newspaper=newspaper, section=name, cells=_cells(counted[name], _shares(looked[name], spans)))
        for name in sorted(names, key=lambda name: (order.get(name, len(order)), name))
    ]
    if None in counted:
        shares = [cell.covered for cell in whole(rows, len(spans))]
        rows.append(Row(newspaper=newspaper, section=None, cells=_cells(counted[None], shares)))
    return rows


def _count(
    connection: sqlite3.Connection, newspaper: str, spans: Sequence[Period]
) -> Iterator[tuple[str | None, int, int]]:
    """Section, number of the period, and how many articles were published in it."""
    kept = {one.first: number for number, one in enumerate(spans) if _is_kept(one)}
    for grain, letters in (("day", 10), ("month", 7)):
        firsts = [day for day in kept if (spans[kept[day]].last > day) == (grain == "month")]
        if firsts:
            bounds = min(firsts).isoformat()[:letters], max(firsts).isoformat()[:letters]
            numbers = {day.isoformat()[:letters]: kept[day] for day in firsts}
            for section, period, count in connection.execute(_KEPT[grain], (newspaper, *bounds)):
                if period in numbers:
                    yield section, numbers[period], count
    others = [[number, _text(one.begins), _text(one.ends)] for number, one in enumerate(spans) if one.first not in kept]
    if others:
        yield from connection.execute(_BETWEEN, (json.dumps(others), newspaper))


@functools.lru_cache(10_000)
def _is_kept(period: Period) -> bool:
    """Whether it is a day or a month of the calendar by which counts are kept."""
    return period.begins >= _COUNTED_SINCE and period == Period(
        period.first,
        period.last,
        _midnight(period.first, _COUNTED_BY),
        _midnight(period.last + timedelta(days=1), _COUNTED_BY),
    )


def whole(rows: Sequence[Row], count: int) -> tuple[Cell, ...]:
    """The cells of all rows together, one for each of `count` periods; covered where all sections are."""
    named = [row for row in rows if row.section is not None] or rows
    shares = [sum(row.cells[number].covered for row in named) / len(named) if named else 0.0 for number in range(count)]
    return _cells([sum(row.cells[number].articles for row in rows) for number in range(count)], shares)


def declared_names(profile: Mapping[str, Any]) -> dict[str, str]:
    """The sections that a newspaper's profile declares: their names by slug, in its order."""
    return {str(one["path"]).strip("/"): _composed(str(one["name"])) for one in profile.get("sections", ())}


def _name(section: str, declared: Mapping[str, str]) -> str:
    """The name of a section that may be entered by name or by slug."""
    return declared.get(section.strip("/")) or _composed(section)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", without_ignorable(text))


def _cells(counts: Iterable[int], shares: Iterable[float]) -> tuple[Cell, ...]:
    return tuple(map(_cell, counts, shares))


# Thousands of cells of a chart are alike.
_cell = functools.lru_cache(10_000)(Cell)


def _shares(looked: list[Covered], spans: Sequence[Period]) -> list[float]:
    """The share of each period that the spans cover; both are in order, so one pass is enough."""
    # a section may be entered by name and by slug: overlapping spans count once
    read = joined(sorted((span.since, span.until) for span in looked))
    shares, at = [], 0
    for period in spans:
        while at < len(read) and read[at][1] <= period.begins:
            at += 1
        within = timedelta()
        for since, until in itertools.islice(read, at, None):
            if since >= period.ends:
                break
            if since <= period.begins and until >= period.ends:
                within = period.ends - period.begins
                break
            within += min(until, period.ends) - max(since, period.begins)
        shares.append(within / (period.ends - period.begins))
    return shares


def joined(looked: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans in the order of their beginnings, those that touch as one."""
    read: list[tuple[datetime, datetime]] = []
    for since, until in looked:
        if read and since <= read[-1][1]:
            read[-1] = (read[-1][0], max(until, read[-1][1]))
        else:
            read.append((since, until))
    return read


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _text(instant: datetime) -> str:
    """The instant as articles have it: to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
