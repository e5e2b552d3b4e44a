"""Each story once: of the articles found that print one text the origin, or the first of them, is kept."""

from __future__ import annotations

import itertools

import tantivy
from tantivy import Occur, Query

from archive.search.filters import Filters
from archive.search.terms.document import schema

MOST_READ = 200_000
"""Articles found that print a text with others: beyond these, later printings are found as well."""
_FIELD = "story"
_LAST = (1 << 60) - 1
_CLUSTER_BITS = 16


def of_each_once(searcher: tantivy.Searcher, query: Query, filters: Filters) -> Query:
    """The query; where the filters say so, without the articles whose text another one that it finds printed before."""
    if not filters.once:
        return query
    printing = Query.range_query(schema(), _FIELD, tantivy.FieldType.Unsigned, 0, _LAST)
    found = searcher.search(
        Query.boolean_query([(Occur.Must, query), (Occur.Must, printing)]),
        limit=MOST_READ,
        order_by_field=_FIELD,
        order=tantivy.Order.Asc,
    )
    places = [int(place) for place, _ in found.hits]
    # of a text with more printings than there are places the last ones share one
    later = {
        place for before, place in itertools.pairwise(places)
        if before >> _CLUSTER_BITS == place >> _CLUSTER_BITS and before != place
    }  # fmt: skip
    if not later:
        return query
    return Query.boolean_query(
        [(Occur.Must, query), (Occur.MustNot, Query.term_set_query(schema(), _FIELD, sorted(later)))]
    )
