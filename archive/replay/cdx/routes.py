"""The route of the CDX server."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing

import attrs
from fastapi import FastAPI, Request
from starlette.responses import Response, StreamingResponse

from archive.catalog.mementos import count_in
from archive.collection import Collection
from archive.errors import BadCdxQuery
from archive.printable import json_text
from archive.replay.addresses import captures_of
from archive.replay.cdx.fields import line_of
from archive.replay.cdx.query import CdxQuery, read_query
from archive.replay.cdx.rows import rows

CDX_PATH = "/cdx"
_LOOKED_AT = 20
"""Blocks that are looked at for a capture before the answer begins."""
_MEDIA_TYPES = {"cdxj": "text/x-cdxj", "json": "application/x-ndjson", "text": "text/plain"}


def serve_cdx(app: FastAPI, collection: Collection) -> None:
    """Add the CDX server to an application."""

    @app.get(CDX_PATH)
    def cdx(request: Request) -> Response:
        try:
            query = _as_captured(collection, read_query(request.query_params.multi_items()))
            if query.counts_pages or query.page is not None:
                pages = _pages(collection, query)
        except BadCdxQuery as error:
            return _json({"message": str(error), "parameter": error.parameter}, 400)
        if query.counts_pages:
            return _json({"pages": pages, "pageSize": query.page_size, "blocks": pages * query.page_size})
        lines = _lines(collection, query)
        beginning = list(itertools.islice(lines, _LOOKED_AT))
        if len(beginning) < _LOOKED_AT and not any(beginning):
            # as Common Crawl's server says it, from which clients know
            return _json({"message": f"No Captures found for: {query.url}"}, 404)
        return StreamingResponse(itertools.chain(beginning, lines), media_type=_MEDIA_TYPES[query.output])


def _as_captured(collection: Collection, query: CdxQuery) -> CdxQuery:
    """A query for one address by the spelling in which it was captured: in ASCII or with letters; with the captures of
    the address with session ids."""
    if query.match != "exact":
        return query
    with closing(collection.catalog()) as catalog:
        found = captures_of(catalog, query.url)
    return attrs.evolve(query, span=attrs.evolve(query.span, first=found.first, plain=found.plain)) if found else query


def _pages(collection: Collection, query: CdxQuery) -> int:
    """How many pages a query has.

    Raises:
        BadCdxQuery: it asks for one behind the last.
    """
    with closing(collection.catalog()) as catalog:
        pages = -(-count_in(catalog.connection, query.span) // query.page_lines)
    if query.page and query.page >= pages and not query.counts_pages:
        raise BadCdxQuery("page", str(query.page), f"the first page is 0, the last one {max(0, pages - 1)}")
    return pages


def _lines(collection: Collection, query: CdxQuery) -> Iterator[str]:
    """The lines of each block; an empty text for an empty one, so that a reader who has gone is noticed."""
    with closing(collection.catalog()) as catalog:
        for block in rows(catalog.connection, query):
            yield "".join(line_of(row, query.output, query.fields) for row in block)


def _json(value: object, status: int = 200) -> Response:
    return Response(json_text(value), status, media_type="application/json")
