"""How many articles of a search were published in each day, month or year, and how many the archive holds of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Literal

import attrs
import tantivy

from archive.collection import Collection
from archive.search.document import day_of
from archive.search.index_query import NO_FILTERS, Filters, QueryBuilder, filters_of, of_period
from archive.search.parse import parse
from archive.search.query import check_period, searching
from archive.search.tree import Field, Scope

Grain = Literal["day", "month", "year"]
MOST_POINTS = 10_000
_MOST_DAYS, _MOST_MONTHS = 120, 120


@attrs.frozen
class Point:
    """The articles of one day, month or year: those found, and all that the archive holds under the same filters."""

    first: date
    found: int
    held: int

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


def read_timeline(
    collection: Collection,
    query: str,
    filters: Filters = NO_FILTERS,
    *,
    scope: Scope | None = None,
    within: Field = "text",
    grain: Grain | None = None,
) -> Timeline:
    """Count a search's articles by the day, month or year of their publication, as `search` finds them.

    Args:
        grain: by default the finest with at most 120 points.

    Raises:
        BadQuery, UnknownNewspaper, CollectionInconsistent: as `search`.
    """
    parsed = parse(query)
    check_period(query, filters)
    with searching(collection) as opened:
        if opened.searcher is None:
            return Timeline(grain=grain or "day")
        narrowed = filters_of(filters, opened.profiles)
        builder = QueryBuilder(opened.profiles, scope or parsed.scope, within)
        wanted = builder.build(parsed.tree, narrowed)
        span = _span(opened.searcher, wanted)
        if span is None:
            return Timeline(grain=grain or "day")
        chosen = grain or _finest(*span)
        found = _counts(opened.searcher, wanted, chosen)
        held = found
        if parsed.tree is not None:
            during = [*narrowed, *of_period(*span)] if chosen == "day" else narrowed
            held = _counts(opened.searcher, builder.build(None, during), chosen)
    points = [Point(first, found[first], held[first]) for first in _periods(min(found), max(found), chosen)]
    return Timeline(grain=chosen, points=tuple(points[-MOST_POINTS:]))


def _span(searcher: tantivy.Searcher, query: tantivy.Query) -> tuple[date, date] | None:
    """The first and the last day of publication; None where nothing is found."""
    asked: dict[str, Any] = {"first": {"min": {"field": "day"}}, "last": {"max": {"field": "day"}}}
    counted = searcher.aggregate(query, asked)
    ends = [counted[end]["value"] for end in ("first", "last")]
    return (day_of(int(ends[0])), day_of(int(ends[1]))) if None not in ends else None


def _counts(searcher: tantivy.Searcher, query: tantivy.Query, grain: Grain) -> Counter[date]:
    """How many articles there are of each day, month or year, by its first day."""
    field = "day" if grain == "day" else "month"  # far fewer values than days
    counted = searcher.aggregate(query, {"by": {"terms": {"field": field, "size": 65_000}}})
    counts: Counter[date] = Counter()
    for bucket in counted["by"]["buckets"]:
        number = int(float(bucket["key"]))
        day = day_of(number if grain == "day" else number * 100 + 1)
        counts[period_of(day, grain)] += int(bucket["doc_count"])
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


def _periods(first: date, last: date, grain: Grain) -> Iterator[date]:
    while first <= last:
        yield first
        first = period_after(first, grain)
