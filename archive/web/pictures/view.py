"""What a gallery shows: the pictures found, its pages, and what else the words would find."""

from __future__ import annotations

import math

import attrs

from archive.collection import Collection
from archive.search.filters import NO_FILTERS
from archive.search.query import Results, search
from archive.web.pictures.captions import FoundPicture, find_pictures
from archive.web.queries.search import LAST_PAGE, SearchQuery
from archive.web.search.view import REFUSALS, SearchView, refused

PATH = "/pictures"
PAGE_SIZE = 24
"""Articles whose pictures a page shows."""


@attrs.frozen(kw_only=True)
class GalleryView:
    """What a gallery shows.

    `search` has the query, what is wrong with it, and counts of articles. If nothing was found, `unfiltered` counts the
    articles whose captions match without the filters, and `anywhere` those that have the words anywhere.
    """

    search: SearchView
    pictures: tuple[FoundPicture, ...] = ()
    unfiltered: int = 0
    anywhere: int = 0

    @property
    def articles(self) -> int:
        """How many articles the pictures of this page stand in."""
        return len({one.article_id for one in self.pictures})

    @property
    def pages(self) -> int:
        """How many pages the articles fill."""
        return min(LAST_PAGE, math.ceil(self.search.results.total / PAGE_SIZE))


def view_gallery(collection: Collection, query: SearchQuery) -> GalleryView:
    """Find pictures; faults of the query give messages instead of errors."""
    query = attrs.evolve(query, within="text", pictures="")  # a gallery is of captions and pictures anyway
    if query.wrong:
        return GalleryView(search=SearchView(query=query, results=Results(), wrong=query.wrong))
    try:
        found = find_pictures(
            collection, query.selection(), order=query.chosen_order, limit=PAGE_SIZE,
            offset=(query.page - 1) * PAGE_SIZE, once=bool(query.once),
        )  # fmt: skip
        view = SearchView(query=query, results=found.results)
        if found.results.total:
            return GalleryView(search=view, pictures=found.pictures)
        return GalleryView(
            search=view, unfiltered=_unfiltered(collection, query), anywhere=_anywhere(collection, query)
        )
    except REFUSALS as error:
        return GalleryView(search=refused(query, error))


def _unfiltered(collection: Collection, query: SearchQuery) -> int:
    if not query.filters:
        return 0
    return search(collection, query.selection(filters=NO_FILTERS, within="captions"), limit=0, facets=False).total


def _anywhere(collection: Collection, query: SearchQuery) -> int:
    if not query.q:
        return 0
    return search(collection, query.selection(), limit=0, facets=False).total
