"""The routes of coverage: the chart, its table, its values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import attrs
from fastapi import Request
from starlette.responses import Response, StreamingResponse

from archive.catalog.discovery_sources import found_by
from archive.clock import Clock
from archive.collection import Collection
from archive.coverage import Row
from archive.export.spreadsheet import MARK, csv_lines
from archive.web.coverage import wording as coverage_wording
from archive.web.coverage.view import MOST_COLUMNS, MOST_COLUMNS_OF_TABLE, Chart, resolve, rows_of, with_rows
from archive.web.pages import PlainJSON
from archive.web.queries.coverage import GRAINS, CoverageQuery
from archive.web.site import Site
from archive.zones import utc_text

TABLE, VALUES = "/coverage.csv", "/api/coverage"


def serve_coverage(site: Site) -> None:
    """Add the chart, its table and its values to the site."""
    app, collection, clock = site.app, site.collection, site.clock

    @app.get("/coverage")
    def coverage(request: Request) -> Response:
        with closing(collection.catalog()) as catalog, catalog.snapshot():
            query = CoverageQuery.read(request.query_params)
            chart = with_rows(catalog, resolve(catalog, query, clock(), MOST_COLUMNS))
            sources = found_by(catalog.connection, chart.query.newspaper) if chart.query.newspaper else []
        return site.page(
            "coverage.html", 400 if chart.wrong else 200, chart=chart, chart_query=chart.query,
            profiles=chart.profiles, grains=GRAINS, words=coverage_wording, table=TABLE, values=VALUES,
            sources=sources,
        )  # fmt: skip

    @app.get(TABLE)
    def table(request: Request) -> Response:
        chart = _resolved(collection, request, clock)
        if chart.wrong:
            return Response("\n".join(chart.wrong), 400, media_type="text/plain; charset=utf-8")
        return StreamingResponse(
            _table(collection, chart),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="coverage.csv"'},
        )

    @app.get(VALUES)
    def values(request: Request) -> Response:
        chart = _resolved(collection, request, clock)
        if chart.wrong:
            return PlainJSON({"wrong": list(chart.wrong)}, status_code=400)
        return PlainJSON(_as_json(collection, chart))


def _resolved(collection: Collection, request: Request, clock: Clock) -> Chart:
    query = CoverageQuery.read(request.query_params)
    # a table of all newspapers has many rows, so it may have fewer columns
    most = MOST_COLUMNS_OF_TABLE if query.newspaper else MOST_COLUMNS
    with closing(collection.catalog()) as catalog:
        return resolve(catalog, query, clock(), most)


def _rows(collection: Collection, chart: Chart) -> Iterator[Row]:
    """The rows of sections, paper by paper."""
    with closing(collection.catalog()) as catalog, catalog.snapshot():
        for newspaper in [chart.query.newspaper] if chart.query.newspaper else sorted(chart.profiles):
            if chart.columns:
                yield from rows_of(catalog, chart, newspaper)


def _table(collection: Collection, chart: Chart) -> Iterator[str]:
    """The table as CSV, one piece for each section: one for each line would be slow."""
    by = chart.query.by
    yield MARK + csv_lines([("newspaper", "section", by, "articles", "state", "covered")])
    named = [coverage_wording.iso(column, by) for column in chart.columns]
    for row in _rows(collection, chart):
        yield csv_lines(
            (row.newspaper, row.section or "", name, cell.articles, cell.state, coverage_wording.share(cell))
            for name, cell in zip(named, row.cells, strict=True)
        )


def _as_json(collection: Collection, chart: Chart) -> dict[str, Any]:
    query = chart.query
    with closing(collection.catalog()) as catalog:
        sources = found_by(catalog.connection, query.newspaper) if query.newspaper else []
    return {
        "found_by": [
            # `way` is the former name of `kind`, until the next version
            attrs.asdict(one) | {"last_at": utc_text(one.last_at), "way": one.kind}
            for one in sources
        ],
        "by": query.by,
        "from": query.since.isoformat() if query.since else None,
        "to": query.until.isoformat() if query.until else None,
        "sections": [
            {
                "newspaper": row.newspaper,
                "section": row.section,
                "articles": row.articles,
                "cells": [
                    {
                        query.by: coverage_wording.iso(column, query.by),
                        "articles": cell.articles,
                        "state": cell.state,
                        "covered": coverage_wording.share(cell),
                    }
                    for column, cell in zip(chart.columns, row.cells, strict=True)
                ],
            }
            for row in _rows(collection, chart)
        ],
    }
