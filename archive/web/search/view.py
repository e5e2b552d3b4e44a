"""What a results page shows: hits, pages, the timeline, and why nothing was found."""

from __future__ import annotations

import math
from typing import Any, cast

import attrs

from archive.collection import Collection
from archive.errors import BadQuery, CollectionInconsistent, UnknownNewspaper
from archive.export.spreadsheet import csv_table
from archive.language.catalogue import gettext
from archive.search.former_search import FormerResults, former_in
from archive.search.indexing.opened import Searching, searching
from archive.search.parsing.parse import parse
from archive.search.parsing.tree import TEXTS, Scope
from archive.search.query import Hit, Order, Results, search, search_in
from archive.search.selection import Selection
from archive.search.timeline import Grain, Timeline, read_timeline, timeline_in
from archive.web.filters.in_force import is_narrowed
from archive.web.queries.parameters import NO_INDEX, no_newspaper
from archive.web.queries.search import LAST_PAGE, PAGE_SIZE, SearchQuery
from archive.web.search.wording import why_no_query

SHOWN_TERMS = 8
MOST_FORMER_SHOWN = 50
"""Articles found in a former version alone that a page lists."""
MOST_BARS = 800
"""Bars of a timeline that a page draws and lists; the API and the command give more."""


@attrs.frozen(kw_only=True)
class SearchView:
    """What a results page shows. If nothing was found, `apart` has the results of each word alone.

    `wrong` has messages about the query; of a malformed one `fault` has the part at fault between what stands before
    and behind it, and `literal` is the query as plain words.
    """

    query: SearchQuery
    results: Results
    timeline: Timeline | None = None
    wrong: tuple[str, ...] = ()
    fault: tuple[str, str, str] | None = None
    literal: str | None = None
    apart: tuple[tuple[str, Results], ...] = ()
    unfiltered: int = 0
    former: FormerResults | None = None
    """Where former versions are searched as well."""

    @property
    def pages(self) -> int:
        """How many pages the results fill."""
        return min(LAST_PAGE, math.ceil(self.results.total / PAGE_SIZE))

    @property
    def first(self) -> int:
        """Number of the page's first hit among all."""
        return (self.query.page - 1) * PAGE_SIZE + 1

    @property
    def grains(self) -> tuple[Grain, ...]:
        """The grains by which the timeline has not too many bars to be read."""
        months = list(self.results.facets.months) or [0]
        first, last = min(months), max(months)
        span = (last // 100 - first // 100) * 12 + last % 100 - first % 100 + 1
        bars: tuple[tuple[Grain, int], ...] = (("day", span * 31), ("month", span), ("year", 1))
        return tuple(grain for grain, most in bars if most <= MOST_BARS)

    @property
    def has_scopes(self) -> bool:
        """Whether the two scopes can differ: the query has words."""
        return not self.wrong and bool(self.query.q)


def view_search(collection: Collection, query: SearchQuery) -> SearchView:
    """Search; faults of the query give messages in `wrong` instead of errors."""
    if query.wrong:
        return SearchView(query=query, results=Results(), wrong=query.wrong)
    try:
        with searching(collection) as opened:
            wanted = query.selection()
            results = search_in(
                opened, wanted, order=query.chosen_order, limit=PAGE_SIZE, offset=(query.page - 1) * PAGE_SIZE
            )
            timeline = _timeline(opened, query, wanted, results) if results.total else None
            is_asked = query.all_versions and query.page == 1
            former = former_in(opened, wanted, limit=MOST_FORMER_SHOWN) if is_asked else None
    except REFUSALS as error:
        return refused(query, error)
    if results.total:
        return SearchView(query=query, results=results, timeline=timeline, former=former)
    return SearchView(query=query, results=results, former=former, **_explained(collection, query, results.scope))


def _timeline(opened: Searching, query: SearchQuery, wanted: Selection, results: Results) -> Timeline:
    grains = SearchView(query=query, results=results).grains
    grain = next((grain for grain in grains if grain == query.grain), None)
    return timeline_in(opened, wanted, months=results.facets.months, grain=grain)


REFUSALS = (BadQuery, UnknownNewspaper, CollectionInconsistent)
"""What a search raises where it cannot be made."""


def refused(query: SearchQuery, error: BadQuery | UnknownNewspaper | CollectionInconsistent) -> SearchView:
    """What is shown of a query that a search refused."""
    if isinstance(error, BadQuery):
        text, start, end = error.query, error.start, error.end
        fault = (text[:start], text[start:end], text[end:]) if error.part else None
        return SearchView(
            query=query, results=Results(), wrong=(why_no_query(error),), fault=fault, literal=error.literal
        )
    if isinstance(error, UnknownNewspaper):
        reason = no_newspaper(error.name, error.known)
    else:
        reason = gettext(NO_INDEX)
    return SearchView(query=query, results=Results(), wrong=(reason,))


def timeline_of(collection: Collection, query: SearchQuery) -> Timeline:
    """The timeline of a search.

    Raises:
        BadQuery, UnknownNewspaper, CollectionInconsistent: see `REFUSALS`.
    """
    grain = cast(Grain | None, query.grain or None)
    return read_timeline(collection, query.selection(), grain=grain)


def list_articles(collection: Collection, order: Order, limit: int, *, facets: bool = True) -> Results:
    """The newest or oldest articles, with the facets of all; empty while the index is damaged."""
    try:
        return search(collection, "", order=order, limit=limit, facets=facets)
    except CollectionInconsistent:
        return Results()


def _explained(collection: Collection, query: SearchQuery, scope: Scope) -> dict[str, Any]:
    """How many articles there are in the search's scope without the filters, and with each of the words alone."""

    def count(words: str) -> Results:
        return search(collection, Selection.of(words, scope=scope), limit=0, facets=False)

    unfiltered = count(query.q).total if is_narrowed(query) else 0
    terms = list(dict.fromkeys(" ".join(one.exact) for one in parse(query.q).wanted if one.field in TEXTS))
    apart = [(term, count(f'"{term}"')) for term in terms[:SHOWN_TERMS]]
    return {"unfiltered": unfiltered, "apart": tuple(apart) if len(terms) > 1 else ()}


def as_json(found: SearchView) -> dict[str, Any]:
    """The search as plain JSON values. A hit's texts come as [text, is_hit] pieces, never as HTML."""
    results, facets = found.results, found.results.facets
    return {
        "total": results.total,
        "scope": results.scope,
        "typed": results.typed,
        "folded": results.folded,
        "page": found.query.page,
        "pages": found.pages,
        "behind": results.behind,
        "facets": attrs.asdict(facets) | {"years": facets.years},
        "timeline": timeline_values(found.timeline),
        "hits": [_hit(hit) for hit in results.hits],
    }


def timeline_values(timeline: Timeline | None) -> dict[str, Any] | None:
    """A timeline as plain JSON values; None where nothing was found."""
    if timeline is None:
        return None
    return {"grain": timeline.grain, "points": _points(timeline)}


def timeline_csv(timeline: Timeline) -> str:
    """A timeline as CSV: the first day of each period, the articles found and held, the share, and the share read."""
    return csv_table(_points(timeline), ("first", "found", "held", "share", "read"))


def _points(timeline: Timeline) -> list[dict[str, Any]]:
    return [
        {"first": one.first.isoformat(), "found": one.found, "held": one.held, "share": one.share, "read": one.read}
        for one in timeline.points
    ]


def _hit(hit: Hit) -> dict[str, Any]:
    pieces = {"title_pieces": hit.title_pieces, "snippet": hit.snippet}
    return hit.values() | {name: [list(piece) for piece in text] for name, text in pieces.items()}
