"""What the coverage page shows: rows, columns, shades, and the addresses that it links to."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from archive.catalog import Catalog
from archive.catalog.coverage import is_covered
from archive.coverage import (
    Cell,
    Period,
    Row,
    calendar,
    declared_names,
    known_span,
    month_after,
    periods,
    sections,
    whole,
)
from archive.language.catalogue import gettext
from archive.search.terms.document import key
from archive.search.terms.vietnamese import has_marks
from archive.web.coverage.wording import SHADES
from archive.web.queries.coverage import CoverageQuery
from archive.web.queries.parameters import no_newspaper
from archive.web.queries.search import SearchQuery

DAYS_SHOWN = 60
MONTHS_SHOWN = 120
MOST_COLUMNS = 400
MOST_COLUMNS_OF_TABLE = 4000


@attrs.frozen(kw_only=True)
class Chart:
    """A chart of sections of one newspaper, or of all newspapers where none was chosen.

    `requested` is the query as given, `query` the same with its days filled in; `known` are the first and last day of
    which anything is known.
    """

    requested: CoverageQuery
    query: CoverageQuery
    profiles: Mapping[str, Mapping[str, Any]]
    known: tuple[date, date] | None = None
    columns: tuple[Period, ...] = ()
    rows: tuple[Row, ...] = ()
    unseen: tuple[str, ...] = ()  # declared sections of which nothing is known
    has_coverage: bool = True  # whether the catalog has any coverage of the newspaper
    wrong: tuple[str, ...] = ()

    @property
    def totals(self) -> tuple[Cell, ...]:
        """The cells of all rows together; of newspapers each counts once."""
        return whole(self.rows, len(self.columns))

    @property
    def steps(self) -> list[int]:
        """The least number of articles for each shade, the lightest first, in equal ratios up to the fullest cell."""
        most = max((cell.articles for row in self.rows for cell in row.cells), default=0)
        if most <= SHADES:
            return list(range(1, most + 1))
        return sorted({round(most ** (number / SHADES)) for number in range(SHADES)})

    def groups(self) -> Iterator[tuple[date, int]]:
        """The months over the days, or the years over the months: the first day of each and how many columns it has."""
        by_month = self.query.by == "day"
        for _, found in itertools.groupby(
            self.columns, lambda one: (one.first.year, one.first.month if by_month else 0)
        ):
            group = list(found)
            yield group[0].first, len(group)

    def addresses_in(self, row: Row) -> list[str]:
        """The addresses of the searches for the articles of a row's cells."""
        section = row.section or self.query.section
        return [_search(row.newspaper, section, column.first, column.last) for column in self.columns]

    def found_at(self, column: Period) -> str:
        """The address of the search for a column's articles."""
        return _search(self.query.newspaper, self.query.section, column.first, column.last)

    def found_of(self, row: Row) -> str:
        """The address of the search for a row's articles."""
        return _search(row.newspaper, row.section or "", self.columns[0].first, self.columns[-1].last)

    def month(self, day: date) -> str:
        """The address of the chart of a day's month, day by day."""
        first = day.replace(day=1)
        return self.query.address(by="day", since=first, until=month_after(first) - timedelta(days=1))

    def neighbour(self, direction: int) -> CoverageQuery | None:
        """The chart before (-1) or after (1) this one, of as many days or months; None where nothing is known there."""
        since, until = self.query.since, self.query.until
        if self.known is None or since is None or until is None:
            return None
        if (self.known[0] >= since) if direction < 0 else (self.known[1] <= until):
            return None
        if self.is_of_months:
            count = direction * _months(since, until)
            return attrs.evolve(
                self.query, since=month_after(since, count), until=month_after(until, count + 1) - timedelta(days=1)
            )
        by = direction * ((until - since) + timedelta(days=1))
        return attrs.evolve(self.query, since=since + by, until=until + by)

    @property
    def is_of_months(self) -> bool:
        """Whether it begins and ends with a month."""
        since, until = self.query.since, self.query.until
        return bool(since and until and since.day == 1 and (until + timedelta(days=1)).day == 1)


def _search(newspaper: str, section: str, since: date, until: date) -> str:
    address = _search_of(newspaper, section)
    return f"{address}{'&' if '?' in address else '?'}from={since.isoformat()}&to={until.isoformat()}"


@functools.lru_cache(1000)
def _search_of(newspaper: str, section: str) -> str:
    return SearchQuery(newspaper=newspaper, section=section).address()


def _months(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month + 1


def resolve(catalog: Catalog, query: CoverageQuery, instant: datetime, most: int) -> Chart:
    """The chart for a query, without its rows: missing days are filled in; faults are in `wrong`.

    Args:
        instant: now; later days are left out unless the query names them.
        most: how many columns it may have.
    """
    requested, profiles = query, catalog.newspapers()
    wrong = list(query.wrong)
    if query.newspaper and query.newspaper not in profiles:
        wrong.append(no_newspaper(query.newspaper, sorted(profiles)))
    if wrong:
        return Chart(requested=requested, query=query, profiles=profiles, wrong=tuple(wrong))
    if not query.newspaper and len(profiles) == 1:
        query = attrs.evolve(query, newspaper=next(iter(profiles)))
    chosen = [query.newspaper] if query.newspaper else sorted(profiles)
    spans = [span for name in chosen if (span := known_span(catalog.connection, name, profiles[name], instant))]
    if not spans:
        return Chart(requested=requested, query=query, profiles=profiles)
    known = min(first for first, _ in spans), max(last for _, last in spans)
    query = _filled(query, known)
    assert query.since and query.until
    columns = periods(query.since, query.until, query.by, calendar(profiles.get(query.newspaper, {})))
    if len(columns) > most:
        reason = gettext(
            "At most %(most)s columns can be shown at a time; choose a shorter period, or view it month by month.",
            most=most,
        )
        return Chart(requested=requested, query=query, profiles=profiles, known=known, wrong=(reason,))
    return Chart(requested=requested, query=query, profiles=profiles, known=known, columns=columns)


def _filled(query: CoverageQuery, known: tuple[date, date]) -> CoverageQuery:
    """The query with its missing days: the last known ones, or as many before or after the given day."""
    since, until = query.since, query.until
    if query.by == "day":
        span = timedelta(days=DAYS_SHOWN - 1)
        until = until or (since + span if since else known[1])
        return attrs.evolve(query, since=since or until - span, until=until)
    until = until or max(known[1], since or known[1])
    since = min(until, since or max(known[0], month_after(until, 1 - MONTHS_SHOWN)))
    return attrs.evolve(query, since=since.replace(day=1), until=month_after(until) - timedelta(days=1))


def rows_of(catalog: Catalog, chart: Chart, newspaper: str) -> list[Row]:
    """The rows of a newspaper's sections, or of the section that the query names."""
    profile, query = chart.profiles[newspaper], chart.query
    assert query.since and query.until
    spans = periods(query.since, query.until, query.by, calendar(profile))
    rows = sections(catalog.connection, newspaper, profile, spans)
    if not query.section:
        return rows
    form = "exact" if has_marks(query.section) else "folded"
    wanted = {key(declared_names(profile).get(query.section.strip("/"), query.section), form)}
    return [row for row in rows if row.section is not None and key(row.section, form) in wanted]


def with_rows(catalog: Catalog, chart: Chart) -> Chart:
    """The chart with its rows: a newspaper's sections, or where none was chosen the newspapers, each as a whole."""
    if chart.wrong or not chart.columns:
        return chart
    query = chart.query
    has_coverage = is_covered(catalog.connection, query.newspaper)
    if query.newspaper:
        rows = rows_of(catalog, chart, query.newspaper)
        declared = declared_names(chart.profiles[query.newspaper]).values()
        unseen = set(declared) - {row.section for row in rows} if not query.section else set()
        return attrs.evolve(
            chart,
            rows=tuple(rows),
            unseen=tuple(name for name in declared if name in unseen),
            has_coverage=has_coverage,
        )
    papers = [
        Row(newspaper=name, section=None, cells=whole(rows_of(catalog, chart, name), len(chart.columns)))
        for name in sorted(chart.profiles, key=lambda name: str(chart.profiles[name].get("title") or name))
    ]
    return attrs.evolve(chart, rows=tuple(papers), has_coverage=has_coverage)
