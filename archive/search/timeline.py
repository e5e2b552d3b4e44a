"""How many articles of a search were published in each day, month or year, and how many the archive holds of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Literal

import attrs
import tantivy

from archive.collection import Collection
from archive.search.facets import count_everything
from archive.search.filters import of_period
from archive.search.indexing.opened import Searching, searching
from archive.search.read_shares import read_shares
from archive.search.selection import Selection, selection_of
from archive.search.terms.document import day_of

Grain = Literal["day", "month", "year"]
MOST_POINTS = 10_000
_MOST_DAYS, _MOST_MONTHS = 120, 120
_LAST_MONTH = 9999_12  # as the index numbers months; days have two digits more


@attrs.frozen
class Point:
    """The articles of one day, month or year: those found, and all that the archive holds under the same filters.

    `read` is the share of the period, 0 to 1, of which the lists of the newspapers and the section that the filters
    name were read without a gap: where it is 0, nothing was crawled.
    """

    first: date
    found: int
    held: int
    read: float

    @property
    def share(self) -> float | None:
        """Those found as a share of those held; None where none is held."""
        return self.found / self.held if self.held else None


@attrs.frozen(kw_only=True)
class Timeline:
    """The points from the first to the last period in which something was found, none left out between them."""

    grain: Grain
    points: tuple[Point, ...] = ()

    @property
    def found(self) -> int:
        """The articles found in all of it."""
        return sum(point.found for point in self.points)


def read_timeline(collection: Collection, wanted: Selection | str, *, grain: Grain | None = None) -> Timeline:
    """Count a search's articles by the day, month or year of their publication, as `search` finds them.

    Args:
        grain: by default the finest with at most 120 points.

    Raises:
        BadQuery, UnknownNewspaper, CollectionInconsistent: as `search`.
    """
    with searching(collection) as opened:
        return timeline_in(opened, wanted, grain=grain)


def timeline_in(
    opened: Searching, wanted: Selection | str, *, grain: Grain | None = None, months: Mapping[int, int] | None = None
) -> Timeline:
    """The timeline of a search in an opened index; see `read_timeline`.

    Args:
        months: the months that `search_in` counted for the same query, if it did: where no days are asked for, they
            are not counted again.
    """
    wanted = selection_of(wanted)
    if opened.searcher is None:
        return Timeline(grain=grain or "day")
    narrowed, builder, has_query = wanted.narrowed(opened), wanted.builder(opened), wanted.parsed.tree is not None
    asked = wanted.index_query(opened)
    chosen, found = _found(opened.searcher, asked, grain, months)
    if not found:
        return Timeline(grain=chosen)
    held = found
    if has_query and chosen == "day":
        during = builder.build(None, [*narrowed, *of_period(min(found), max(found))])
        held = _counts(_by(opened.searcher, during, "day"), chosen)
    elif has_query and wanted.filters:
        held = _counts(_by(opened.searcher, builder.build(None, narrowed), "month"), chosen)
    elif has_query:
        held = _counts(count_everything(opened.searcher, opened.profiles, opened.state).months, chosen)
    firsts = list(_periods(min(found), max(found), chosen))[-MOST_POINTS:]
    shares = read_shares(opened, wanted.filters, [*firsts, period_after(firsts[-1], chosen)])
    points = (Point(first, found[first], held[first], read) for first, read in zip(firsts, shares, strict=True))
    return Timeline(grain=chosen, points=tuple(points))


def _found(
    searcher: tantivy.Searcher, query: tantivy.Query, grain: Grain | None, months: Mapping[int, int] | None
) -> tuple[Grain, Counter[date]]:
    """The grain, and what a query finds; by month it need not be counted if it was."""
    if grain != "day":
        months = months or _by(searcher, query, "month")  # far fewer values than days
        if not months:
            return grain or "day", Counter()
        first, last = (day_of(end(months) * 100 + 1) for end in (min, max))
        # the days of the first and of the last month are not known yet
        if grain or (last - first).days >= _MOST_DAYS + 31:
            grain = grain or _finest(first, last)
            return grain, _counts(months, grain)
    by_day = _by(searcher, query, "day")
    if not by_day:
        return "day", Counter()
    grain = grain or _finest(day_of(min(by_day)), day_of(max(by_day)))
    return grain, _counts(by_day, grain)


def _by(searcher: tantivy.Searcher, query: tantivy.Query, field: Literal["day", "month"]) -> dict[int, int]:
    """How many articles there are of each day or month, by its number in the index."""
    counted = searcher.aggregate(query, {"by": {"terms": {"field": field, "size": 65_000}}})
    return {int(float(bucket["key"])): int(bucket["doc_count"]) for bucket in counted["by"]["buckets"]}


def _counts(numbers: Mapping[int, int], grain: Grain) -> Counter[date]:
    """How many articles there are of each day, month or year, by its first day; of numbers of days or of months."""
    counts: Counter[date] = Counter()
    for number, count in numbers.items():
        day = day_of(number if number > _LAST_MONTH else number * 100 + 1)
        counts[period_of(day, grain)] += count
    return counts


def period_of(day: date, grain: Grain) -> date:
    """The first day of the day, month or year that a day is in."""
    return day if grain == "day" else day.replace(day=1) if grain == "month" else day.replace(month=1, day=1)


def _finest(first: date, last: date) -> Grain:
    if (last - first).days < _MOST_DAYS:
        return "day"
    return "month" if (last.year - first.year) * 12 + last.month - first.month < _MOST_MONTHS else "year"


def period_after(first: date, grain: Grain) -> date:
    """The first day of the next day, month or year."""
    if grain == "day":
        return first + timedelta(days=1)
    if grain == "year":
        return first.replace(year=first.year + 1)
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def period_end(first: date, grain: Grain) -> date:
    """The last day of a day, month or year."""
    return first if grain == "day" else period_after(first, grain) - timedelta(days=1)


def _periods(first: date, last: date, grain: Grain) -> Iterator[date]:
    while first <= last:
        yield first
        first = period_after(first, grain)
