"""All articles that match a search, however many: their version numbers, in pages."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import tantivy
from tantivy import Occur, Query

from archive.collection import Collection
from archive.search.document import schema
from archive.search.filters import NO_FILTERS, Filters, filters_of
from archive.search.index_query import QueryBuilder
from archive.search.once import of_each_once
from archive.search.opened import searching
from archive.search.parse import parse
from archive.search.query import check_period
from archive.search.tree import Field, Scope

PAGE = 10_000


@attrs.frozen(kw_only=True)
class Selection:
    """The articles of a search: a query, its filters, its scope, and the field of words that name none."""

    query: str = ""
    filters: Filters = NO_FILTERS
    scope: Scope = "folded"
    within: Field = "text"

    @classmethod
    def of(
        cls, query: str, filters: Filters = NO_FILTERS, *, scope: Scope | None = None, within: Field = "text"
    ) -> Selection:
        """The selection of a query, by default in the scope that `search` would choose.

        Raises:
            BadQuery: the query is malformed, or the period ends before it begins.
        """
        parsed = parse(query)
        check_period(query, filters)
        return cls(query=query, filters=filters, scope=scope or parsed.scope, within=within)

    @property
    def is_all(self) -> bool:
        """Whether it selects every article."""
        return parse(self.query).tree is None and not self.filters


def matches(collection: Collection, selection: Selection) -> Iterator[list[int]]:
    """`seq` of the latest version of each matching article, ascending, in lists of up to `PAGE`.

    Each page is asked for by the last `seq` of the one before it: a deep offset would rank all that it skips.

    Raises:
        UnknownNewspaper: the collection holds no such newspaper.
        CollectionInconsistent: the index is damaged; `follow` rebuilds it.
    """
    with searching(collection) as opened:
        if opened.searcher is None:
            return
        builder = QueryBuilder(opened.profiles, selection.scope, selection.within)
        query = builder.build(parse(selection.query).tree, filters_of(selection.filters, opened.profiles))
        query = of_each_once(opened.searcher, query, selection.filters)
        reached = 0
        while found := _page(opened.searcher, query, reached):
            yield found
            reached = found[-1]


def _page(searcher: tantivy.Searcher, query: Query, after: int) -> list[int]:
    beyond = Query.range_query(schema(), "seq", tantivy.FieldType.Unsigned, after, None, include_lower=False)
    both = Query.boolean_query([(Occur.Must, query), (Occur.Must, beyond)])
    found = searcher.search(both, limit=PAGE, order_by_field="seq", order=tantivy.Order.Asc)
    return [int(seq) for seq, _ in found.hits]
