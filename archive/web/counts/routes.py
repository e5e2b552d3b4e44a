"""The routes of counts: terms over time and the words near a term, each as a page and as CSV."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from archive.web.concurrency import ConcurrencyLimit
from archive.web.counts.chart import printed
from archive.web.counts.view import (
    CountsView,
    NearView,
    command,
    counts_csv,
    near_csv,
    view_counts,
    view_near,
    why_too_many,
)
from archive.web.pages import csv_response
from archive.web.queries.counts import (
    COUNTS_CSV,
    COUNTS_PATH,
    MEASURES,
    MOST_TERMS,
    NEAR_CSV,
    NEAR_PATH,
    CountsQuery,
)
from archive.web.queries.search import GRAINS
from archive.web.refusal import Refusal
from archive.web.site import Site


def serve_counts(site: Site, limit: ConcurrencyLimit) -> None:
    """Add the counts to the site; `limit` is shared with the API."""
    app, collection = site.app, site.collection

    @app.get(COUNTS_PATH)
    def counts(request: Request) -> Response:
        query = CountsQuery.read(request.query_params)
        with limit.held():
            view = view_counts(collection, query)
        return site.page(
            "counts.html", 400 if view.wrong else 200, view=view, counts=query,
            grains=GRAINS, measures=MEASURES, blank=min(2, MOST_TERMS - len(query.terms)), printed=printed,
            why=why_too_many, command=command(query), csv=COUNTS_CSV, near=NEAR_PATH,
        )  # fmt: skip

    @app.get(COUNTS_CSV)
    def counts_as_csv(request: Request) -> Response:
        with limit.held():
            view = view_counts(collection, CountsQuery.read(request.query_params))
        if view.wrong or view.too_many:
            raise Refusal(_reasons(view))
        return csv_response(counts_csv(view), "counts.csv")

    @app.get(NEAR_PATH)
    def near(request: Request) -> Response:
        query = CountsQuery.read(request.query_params)
        with limit.held():
            view = view_near(collection, query)
        return site.page(
            "near.html", 400 if view.wrong else 200, view=view, counts=query,
            why=why_too_many, command=command(query, near=True), csv=NEAR_CSV, path=NEAR_PATH,
        )  # fmt: skip

    @app.get(NEAR_CSV)
    def near_as_csv(request: Request) -> Response:
        with limit.held():
            view = view_near(collection, CountsQuery.read(request.query_params))
        if view.found is None:
            raise Refusal(_reasons(view))
        return csv_response(near_csv(view.found), "collocations.csv")


def _reasons(view: CountsView | NearView) -> tuple[str, ...]:
    return view.wrong or ((why_too_many(view.too_many),) if view.too_many else ())
