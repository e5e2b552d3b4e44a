"""What a results page shows: hits, pages, and why nothing was found."""

from __future__ import annotations

import math
from typing import Any

import attrs

from archive.collection import Collection
from archive.errors import BadQuery, CollectionInconsistent, UnknownNewspaper
from archive.search.parse import parse
from archive.search.query import Hit, Order, Results, search
from archive.web.query import LAST_PAGE, PAGE_SIZE, SearchQuery

SHOWN_TERMS = 8


@attrs.frozen(kw_only=True)
class SearchView:
    """What a results page shows. If nothing was found, `apart` has the results of each word alone."""

    query: SearchQuery
    results: Results
    wrong: tuple[str, ...] = ()
    apart: tuple[tuple[str, Results], ...] = ()
    unfiltered: int = 0

    @property
    def pages(self) -> int:
        """How many pages the results fill."""
        return min(LAST_PAGE, math.ceil(self.results.total / PAGE_SIZE))

    @property
    def first(self) -> int:
        """Number of the page's first hit among all."""
        return (self.query.page - 1) * PAGE_SIZE + 1


def view_search(collection: Collection, query: SearchQuery) -> SearchView:
    """Search; faults of the query give messages in `wrong` instead of errors."""
    if query.wrong:
        return SearchView(query=query, results=Results(), wrong=query.wrong)
    try:
        results = search(collection, query.q, limit=PAGE_SIZE, offset=(query.page - 1) * PAGE_SIZE, **query.arguments())
    except BadQuery:
        return SearchView(query=query, results=Results(), wrong=("Câu tìm không có từ nào, hoặc quá dài.",))
    except UnknownNewspaper as error:
        reason = f"Kho không có báo “{error.name[:60]}”; hãy chọn: {', '.join(error.known)}."
        return SearchView(query=query, results=Results(), wrong=(reason,))
    except CollectionInconsistent:
        reason = "Chỉ mục tìm kiếm đang được lập lại; xin thử lại sau ít phút."
        return SearchView(query=query, results=Results(), wrong=(reason,))
    if results.total:
        return SearchView(query=query, results=results)
    return SearchView(query=query, results=results, **_explained(collection, query))


def list_articles(collection: Collection, order: Order, limit: int) -> Results:
    """The newest or oldest articles; empty while the index is damaged."""
    try:
        return search(collection, "", order=order, limit=limit)
    except CollectionInconsistent:
        return Results()


def _explained(collection: Collection, query: SearchQuery) -> dict[str, Any]:
    unfiltered = search(collection, query.q, limit=0).total if query.narrowed else 0
    terms = [" ".join(term.exact) for term in parse(query.q).wanted]
    apart = [(term, search(collection, f'"{term}"', limit=0)) for term in terms[:SHOWN_TERMS]]
    return {"unfiltered": unfiltered, "apart": tuple(apart) if len(terms) > 1 else ()}


def as_json(found: SearchView) -> dict[str, Any]:
    """The search as plain JSON values. A hit's texts come as [text, is_hit] pieces, never as HTML."""
    results = found.results
    return {
        "total": results.total,
        "exact": results.exact,
        "loose": results.loose,
        "page": found.query.page,
        "pages": found.pages,
        "behind": results.behind,
        "newspapers": results.newspapers,
        "sections": results.sections,
        "hits": [_hit(hit) for hit in results.hits],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    pieces = {"title_pieces": hit.title_pieces, "snippet": hit.snippet}
    return (
        hit.values() | {"version": hit.seq} | {name: [list(piece) for piece in text] for name, text in pieces.items()}
    )
