"""What the pages of counts show: the numbers, their chart, and why they could not be counted."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import attrs

from archive.collection import Collection
from archive.count.collocations import COLUMNS as COLLOCATE_COLUMNS
from archive.count.collocations import Collocations, collocations
from archive.count.frequencies import COLUMNS as FREQUENCY_COLUMNS
from archive.count.frequencies import Frequency, count_terms
from archive.errors import BadQuery, CollectionInconsistent, UnknownNewspaper
from archive.export.spreadsheet import csv_table
from archive.language.catalogue import gettext
from archive.language.forms import number
from archive.search.filters import Filters
from archive.search.parsing.tree import Scope
from archive.search.query import search
from archive.search.selection import Selection
from archive.web.counts.chart import Chart, draw
from archive.web.queries.counts import CountsQuery
from archive.web.queries.search import SearchQuery
from archive.web.search.view import REFUSALS, refused

MOST_READ = 20_000
"""Texts that a page of counts reads at most; the command has no bound."""


@attrs.frozen(kw_only=True)
class CountsView:
    """Terms over time. `too_many`: how many texts would have to be read, where they are more than `MOST_READ`.

    Of a malformed term `fault` and `literal` are as in `SearchView`; `offered` are the counts of its plain words.
    """

    query: CountsQuery
    rows: tuple[Frequency, ...] = ()
    chart: Chart | None = None
    too_many: int = 0
    wrong: tuple[str, ...] = ()
    fault: tuple[str, str, str] | None = None
    literal: str | None = None
    offered: CountsQuery | None = None

    @property
    def sums(self) -> Iterator[tuple[str | None, str | None, int, int, float | None]]:
        """For each term and newspaper: articles found, occurrences, and occurrences in a million syllables."""
        for term, newspaper in dict.fromkeys((row.term, row.newspaper) for row in self.rows):
            rows = [row for row in self.rows if (row.term, row.newspaper) == (term, newspaper)]
            occurrences, syllables = (sum(getattr(row, name) for row in rows) for name in ("occurrences", "syllables"))
            rate = occurrences * 1_000_000 / syllables if syllables else None
            yield term, newspaper, sum(row.found for row in rows), occurrences, rate

    @property
    def held(self) -> tuple[int, int, int]:
        """Articles, syllables and pictures held under the filters."""
        term = self.rows[0].term if self.rows else None
        rows = [row for row in self.rows if row.term == term]
        articles, syllables, pictures = (
            sum(getattr(row, name) for row in rows) for name in ("articles", "syllables", "pictures")
        )
        return articles, syllables, pictures


def view_counts(collection: Collection, query: CountsQuery) -> CountsView:
    """Count; faults of the query give messages in `wrong` instead of errors."""
    if query.wrong:
        return CountsView(query=query, wrong=query.wrong)
    try:
        wanted = sum(_found(collection, query, term) for term in query.terms)
        if wanted > MOST_READ:
            return CountsView(query=query, too_many=wanted)
        rows = count_terms(
            collection, query.terms, query.filters, newspapers=query.newspapers, by_newspaper=query.by_newspaper,
            scope=query.scope, grain=query.by,
        )  # fmt: skip
    except REFUSALS as error:
        return CountsView(query=query, **_refused(query, error))
    return CountsView(query=query, rows=rows, chart=draw(rows, query) if query.terms and rows else None)


@attrs.frozen(kw_only=True)
class NearView:
    """The words near a term; see `CountsView`."""

    query: CountsQuery
    found: Collocations | None = None
    too_many: int = 0
    wrong: tuple[str, ...] = ()
    fault: tuple[str, str, str] | None = None
    literal: str | None = None
    offered: CountsQuery | None = None


def view_near(collection: Collection, query: CountsQuery) -> NearView:
    """Compare what stands near the first term with what stands elsewhere; faults give messages in `wrong`."""
    if query.wrong or not query.terms:
        return NearView(query=query, wrong=query.wrong)
    term = query.terms[0]
    try:
        # the texts of all articles are compared, and those of the term are read once more
        wanted = _found(collection, query, "") + _found(collection, query, term)
        if wanted > MOST_READ:
            return NearView(query=query, too_many=wanted)
        found = collocations(
            collection, term, query.filters, newspapers=query.newspapers, scope=query.scope, window=query.window,
            pairs=query.pairs, min_count=3,
        )  # fmt: skip
    except REFUSALS as error:
        return NearView(query=query, **_refused(query, error))
    return NearView(query=query, found=found)


def texts_with(
    collection: Collection, term: str, filters: Filters, newspapers: Sequence[str], scope: Scope | None
) -> int:
    """How many articles a term has under filters, in any of the newspapers.

    Raises:
        BadQuery, UnknownNewspaper, CollectionInconsistent: as `search`.
    """
    each = [attrs.evolve(filters, newspaper=one) for one in newspapers] or [filters]
    wanted = (Selection.of(term, one, scope=scope) for one in each)
    return sum(search(collection, one, limit=0, facets=False).total for one in wanted)


def _found(collection: Collection, query: CountsQuery, term: str) -> int:
    return texts_with(collection, term, query.filters, query.newspapers, query.scope)


def _refused(query: CountsQuery, error: BadQuery | UnknownNewspaper | CollectionInconsistent) -> dict[str, Any]:
    """What is wrong, and of a malformed term the counts of its plain words."""
    malformed = error.query if isinstance(error, BadQuery) else ""
    found = refused(SearchQuery(q=malformed), error)
    offered = None
    if found.literal:
        terms = tuple(found.literal if term == malformed else term for term in query.terms)
        offered = attrs.evolve(query, terms=terms)
    return {"wrong": found.wrong, "fault": found.fault, "literal": found.literal, "offered": offered}


def counts_csv(view: CountsView) -> str:
    """The rows as CSV."""
    return csv_table((row.values() for row in view.rows), FREQUENCY_COLUMNS)


def near_csv(found: Collocations) -> str:
    """The collocates as CSV."""
    return csv_table(map(attrs.asdict, found.collocates), COLLOCATE_COLUMNS)


def why_too_many(count: int) -> str:
    """That a page of counts does not read so many texts."""
    return gettext(
        "That would read %(count)s texts; the site reads at most %(most)s at once. Choose a newspaper, a section or "
        "fewer months, or count with the command, which has no such limit:",
        count=number(count),
        most=number(MOST_READ),
    )


def command(query: CountsQuery, *, near: bool = False) -> str:
    """The command that counts the same."""
    parts = ["baotinh stats", *(["collocations"] if near else [])]
    parts += [shlex.quote(one) for one in query.terms[: 1 if near else None]]
    parts += [f"--newspaper {shlex.quote(one)}" for one in query.newspapers]
    options = {
        "section": query.section, "province": query.province, "author": query.author, "source": query.source,
        "language": query.language, "kind": query.kind,
        "from": _iso(query.since), "to": _iso(query.until),
        "scope": query.scope or "", "by": query.by if query.by != "month" and not near else "",
        "window": str(query.window) if near and query.window != 5 else "",
    }  # fmt: skip
    parts += [f"--{name} {shlex.quote(value)}" for name, value in options.items() if value]
    parts += {"1": ["--pictures"], "0": ["--no-pictures"]}.get(query.pictures, [])
    parts += ["--changed"] if query.changed else []
    parts += ["--by-newspaper"] if query.by_newspaper and not near else []
    parts += ["--pairs"] if query.pairs and near else []
    return " ".join(parts)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
