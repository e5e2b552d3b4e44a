"""The routes of health, the list of runs, and a single run."""

from __future__ import annotations

from contextlib import closing

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive.health import wording as alarm_wording
from archive.web.queries.runs import OUTCOMES, RunsQuery
from archive.web.runs import wording
from archive.web.runs.health import health
from archive.web.runs.view import deferred_requests, lasted, view_run, view_runs
from archive.web.site import Site

_FILTERS = {
    "trouble_kind": wording.trouble_kind,
    "why_ended": wording.why_ended,
    "why_unread": wording.why_unread,
    "count_name": wording.name,
    "outcome": wording.outcome,
    "what_outcome_means": wording.what_outcome_means,
    "daemon_words": wording.daemon,
    "disk_words": wording.disk,
    "task_words": wording.task,
}


def serve_runs(site: Site) -> None:
    """Add health, the list of runs and their pages to the site."""
    app, collection, clock = site.app, site.collection, site.clock
    site.templates.filters.update(_FILTERS)

    @app.get("/runs")
    def runs(request: Request) -> Response:
        query = RunsQuery.read(request.query_params)
        with closing(collection.catalog()) as catalog, catalog.snapshot():
            found, state = view_runs(collection, catalog, query), health(collection, catalog, clock())
        return site.page(
            "runs.html", 400 if found.wrong else 200, found=found, runs_query=query, health=state,
            outcomes=OUTCOMES, words=alarm_wording, lasted=lasted,
            deferred_requests=deferred_requests,
        )  # fmt: skip

    @app.get("/runs/{name:path}")
    def run(name: str) -> Response:
        with closing(collection.catalog()) as catalog, catalog.snapshot():
            view = view_run(collection, catalog, name)
        if view is None:
            raise HTTPException(404)
        return site.page(
            "run.html", view=view, run=view.run, outcomes=OUTCOMES,
            lasted=lasted,
        )  # fmt: skip
