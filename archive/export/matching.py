"""All articles that match a search, however many: their version numbers, in pages."""

from __future__ import annotations

from collections.abc import Iterator

import tantivy
from tantivy import Occur, Query

from archive.collection import Collection
from archive.search.indexing.opened import searching
from archive.search.selection import Selection
from archive.search.terms.document import schema

PAGE = 10_000


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
        query = selection.index_query(opened)
        reached = 0
        while found := _page(opened.searcher, query, reached):
            yield found
            reached = found[-1]


def _page(searcher: tantivy.Searcher, query: Query, after: int) -> list[int]:
    beyond = Query.range_query(schema(), "seq", tantivy.FieldType.Unsigned, after, None, include_lower=False)
    both = Query.boolean_query([(Occur.Must, query), (Occur.Must, beyond)])
    found = searcher.search(both, limit=PAGE, order_by_field="seq", order=tantivy.Order.Asc)
    return [int(seq) for seq, _ in found.hits]
