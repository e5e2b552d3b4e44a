"""The routes of the home page and of the results: page, timeline as CSV, JSON."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from fastapi import Request
from starlette.responses import Response

from archive.catalog import Catalog
from archive.web.pages import PlainJSON, csv_response
from archive.web.queries.counts import CountsQuery
from archive.web.queries.coverage import CoverageQuery
from archive.web.queries.export import ExportQuery
from archive.web.queries.search import GRAINS, ORDERS, PLACES, SearchQuery
from archive.web.refusal import Refusal
from archive.web.search.chart import draw
from archive.web.search.view import REFUSALS, as_json, list_articles, refused, timeline_csv, timeline_of, view_search
from archive.web.site import Site

LATEST_SHOWN = 8


def serve_search(site: Site) -> None:
    """Add the home page and the results to the site."""
    app, collection = site.app, site.collection

    @app.get("/")
    def home() -> Response:
        with closing(collection.catalog()) as catalog:
            figures = _figures(catalog)
        newest = list_articles(collection, "newest", LATEST_SHOWN)
        oldest = list_articles(collection, "oldest", 1, facets=False)
        return site.page("home.html", figures=figures, newest=newest, oldest=oldest)

    @app.get("/search")
    def results(request: Request) -> Response:
        found = view_search(collection, SearchQuery.read(request.query_params))
        everything = list_articles(collection, "newest", 0)
        chart = draw(found.timeline, is_share=found.query.chart == "share") if found.timeline else None
        return site.page(
            "results.html", 400 if found.wrong else 200, found=found, query=found.query,
            everything=everything, orders=ORDERS, places=PLACES, coverage=CoverageQuery.of_search(found.query),
            chart=chart, grains=GRAINS, export=ExportQuery(search=found.query),
            counts=CountsQuery.of_search(found.query),
        )  # fmt: skip

    @app.get("/search/timeline.csv")
    def timeline_as_csv(request: Request) -> Response:
        query = SearchQuery.read(request.query_params)
        if query.wrong:
            raise Refusal(query.wrong)
        try:
            timeline = timeline_of(collection, query)
        except REFUSALS as error:
            raise Refusal(refused(query, error).wrong) from error
        return csv_response(timeline_csv(timeline), "timeline.csv")

    @app.get("/api/search")
    def results_as_json(request: Request) -> Response:
        found = view_search(collection, SearchQuery.read(request.query_params))
        # until the next version; /api/v1/search is documented
        if found.wrong:
            return PlainJSON({"wrong": list(found.wrong), "literal": found.literal}, status_code=400)
        return PlainJSON(as_json(found))


def _figures(catalog: Catalog) -> dict[str, Any]:
    return {
        "articles": catalog.count_articles(),
        "captures": catalog.count_captures(),
        "volume": catalog.count_bytes(),
        "run": next(iter(catalog.runs(limit=1)), None),
    }
