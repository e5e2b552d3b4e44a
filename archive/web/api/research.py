"""The API's counts, frozen sets and exports."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Annotated, Any

import attrs
from fastapi import FastAPI, Query, Request
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive.collection import Collection
from archive.count.collocations import MOST_WINDOW, collocations
from archive.count.frequencies import count_terms
from archive.export.formats import MEDIA_TYPES, SUFFIXES, Format
from archive.export.taking import Wanted, export
from archive.search.query import search
from archive.search.selection import Selection
from archive.search.timeline import Grain
from archive.sets import files as sets
from archive.sets.check import check
from archive.web.api import research_values
from archive.web.api.parameters import AnyScope, Counted, Cursor, Limit, Selected, cursor_of, offset_of
from archive.web.concurrency import ConcurrencyLimit
from archive.web.counts.view import MOST_READ, texts_with
from archive.web.export.download import Downloads
from archive.web.queries.counts import MOST_TERMS
from archive.web.site import Site

_Term = Annotated[str, Query(max_length=1000)]
Terms = Annotated[list[_Term], Query(max_length=MOST_TERMS, description="each a query", examples=[["lúa", "gạo"]])]
Newspapers = Annotated[
    list[str], Query(max_length=100, description="names of newspapers; all by default", examples=[["baocantho"]])
]
SetName = Annotated[
    str, PathParameter(max_length=60, description="the name of a frozen set", examples=["hoc-bong-2025"])
]
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, as it is written.",
        "content": {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values()},
    }
}


def serve_counts(app: FastAPI, collection: Collection, count_limit: ConcurrencyLimit) -> None:
    """Add terms over time, and the words near a term."""

    @app.get("/counts", summary="Count terms over time")
    def counts(
        filters: Counted,
        term: Terms = [],  # noqa: B006 - FastAPI copies it
        newspaper: Newspapers = [],  # noqa: B006
        each: Annotated[bool, Query(description="count each newspaper by itself", examples=[True])] = False,
        by: Annotated[Grain, Query(description="the periods", examples=["year"])] = "month",
        scope: AnyScope = None,
    ) -> list[research_values.FrequencyAnswer]:
        with count_limit.held():
            _check_bound([texts_with(collection, one, filters, newspaper, scope) for one in term])
            rows = count_terms(
                collection, term, filters, newspapers=newspaper, by_newspaper=each, scope=scope, grain=by
            )
        return [research_values.FrequencyAnswer(**row.values()) for row in rows]

    @app.get("/collocations", summary="The words that stand near a term more often than elsewhere")
    def near(
        filters: Counted,
        term: Annotated[str, Query(max_length=1000, description="a query", examples=["học bổng"])],
        newspaper: Newspapers = [],  # noqa: B006
        scope: AnyScope = None,
        window: Annotated[
            int, Query(ge=1, le=MOST_WINDOW, description="syllables before and behind the term", examples=[5])
        ] = 5,
        pairs: Annotated[bool, Query(description="pairs of adjacent syllables", examples=[True])] = False,
        limit: Limit = 50,
    ) -> research_values.CollocationsAnswer:
        with count_limit.held():
            _check_bound([texts_with(collection, one, filters, newspaper, scope) for one in (term, "")])
            found = collocations(
                collection, term, filters, newspapers=newspaper, scope=scope, window=window, pairs=pairs, limit=limit,
                min_count=3,
            )  # fmt: skip
        return research_values.CollocationsAnswer(**attrs.asdict(found))


def _check_bound(texts: Sequence[int]) -> None:
    if sum(texts) > MOST_READ:
        raise HTTPException(
            400, f"{sum(texts)} texts would be read, of {MOST_READ} at most: narrow it, or use `baotinh stats`"
        )


def serve_sets(app: FastAPI, collection: Collection) -> None:
    """Add the frozen sets and their check."""

    @app.get("/sets", summary="The frozen sets of the archive")
    def list_of_sets() -> list[research_values.SetAnswer]:
        found = [one for _, one in sets.listed(collection)]
        return [research_values.SetAnswer.of(one) for one in found if isinstance(one, sets.ListedSet)]

    @app.get("/sets/{name}", summary="A frozen set: the articles by id and content hash")
    def one_set(name: SetName, limit: Limit = 100, cursor: Cursor = None) -> research_values.SetArticlesAnswer:
        frozen, offset = sets.stored(collection, name), offset_of(cursor)
        end = offset + limit
        return research_values.SetArticlesAnswer(
            set=research_values.SetAnswer.of(frozen),
            articles=[
                research_values.SetArticle(id=id, version=version) for id, version in frozen.articles[offset:end]
            ],
            next=cursor_of(end) if end < frozen.count else None,
        )

    @app.get("/sets/{name}/differences", summary="What differs between a frozen set and the archive of now")
    def differences(name: SetName, limit: Limit = 100, cursor: Cursor = None) -> research_values.SetDifferencesAnswer:
        offset = offset_of(cursor)
        found = list(islice(check(collection, sets.stored(collection, name)), offset, offset + limit + 1))
        return research_values.SetDifferencesAnswer(
            differences=[research_values.SetDifference.of(one) for one in found[:limit]],
            next=cursor_of(offset + limit) if len(found) > limit else None,
        )


def serve_export(app: FastAPI, site: Site, downloads: Downloads) -> None:
    """Add the export of a search, or of a frozen set, as a file without a README."""
    collection = site.collection

    @app.get("/export", summary="Articles as a file", response_class=Response, responses=_FILE)
    def articles(
        request: Request,
        selection: Selected,
        set_name: Annotated[
            str | None,
            Query(
                alias="set", max_length=60, description="a frozen set instead of a search", examples=["hoc-bong-2025"]
            ),
        ] = None,
        form: Annotated[Format, Query(alias="format", description="the form of the file", examples=["csv"])] = "jsonl",
        text: Annotated[bool, Query(description="with the full text", examples=[False])] = True,
        versions: Annotated[bool, Query(description="a row for every version", examples=[True])] = False,
    ) -> Response:
        if set_name is None:
            search(collection, selection, limit=0, facets=False)
            frozen = None
        else:
            selection, frozen = Selection(), sets.stored(collection, set_name)
        wanted = Wanted(
            form=form, selection=selection, frozen=frozen, with_text=text, every_version=versions,
            site=site.origin(request),
        )  # fmt: skip
        write = partial(export, collection, wanted)
        return downloads.answer(request, write, f"articles{SUFFIXES[form]}", MEDIA_TYPES[form])
