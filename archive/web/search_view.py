"""A search for the site: its results, its pages, and why nothing was found; words for readers are in the templates."""

from __future__ import annotations

import math
from typing import Any

import attrs

from archive.collection import Collection
from archive.errors import BadQuery, CollectionInconsistent, UnknownNewspaper
from archive.search.parse import parse
from archive.search.query import Hit, Order, Results, search
from archive.web.query import LAST_PAGE, PAGE_SIZE, Asked

SHOWN_TERMS = 8


@attrs.frozen(kw_only=True)
class Found:
    """What a search page shows. `apart` holds, where nothing was found, what each word alone finds."""

    asked: Asked
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
        return (self.asked.page - 1) * PAGE_SIZE + 1


def find(collection: Collection, asked: Asked) -> Found:
    """Search; what is wrong with the question is told, not raised."""
    if asked.wrong:
        return Found(asked=asked, results=Results(), wrong=asked.wrong)
    try:
        results = search(collection, asked.q, limit=PAGE_SIZE, offset=(asked.page - 1) * PAGE_SIZE, **asked.arguments())
    except BadQuery:
        return Found(asked=asked, results=Results(), wrong=("Câu tìm không có từ nào, hoặc quá dài.",))
    except UnknownNewspaper as error:
        said = f"Kho không có báo “{error.name[:60]}”; hãy chọn: {', '.join(error.known)}."
        return Found(asked=asked, results=Results(), wrong=(said,))
    except CollectionInconsistent:
        said = "Chỉ mục tìm kiếm đang được lập lại; xin thử lại sau ít phút."
        return Found(asked=asked, results=Results(), wrong=(said,))
    if results.total:
        return Found(asked=asked, results=results)
    return Found(asked=asked, results=results, **_explained(collection, asked))


def listed(collection: Collection, order: Order, limit: int) -> Results:
    """The newest or oldest articles of all; nothing while the index is damaged."""
    try:
        return search(collection, "", order=order, limit=limit)
    except CollectionInconsistent:
        return Results()


def _explained(collection: Collection, asked: Asked) -> dict[str, Any]:
    unfiltered = search(collection, asked.q, limit=0).total if asked.narrowed else 0
    terms = [" ".join(term.exact) for term in parse(asked.q).wanted]
    apart = [(term, search(collection, f'"{term}"', limit=0)) for term in terms[:SHOWN_TERMS]]
    return {"unfiltered": unfiltered, "apart": tuple(apart) if len(terms) > 1 else ()}


def as_json(found: Found) -> dict[str, Any]:
    """The search as plain JSON values. A hit's texts come as [text, is_hit] pieces, never as HTML."""
    results = found.results
    return {
        "total": results.total,
        "exact": results.exact,
        "loose": results.loose,
        "page": found.asked.page,
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
