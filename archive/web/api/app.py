"""The API under /api/v1: all that the site shows, as JSON, described by /api/v1/openapi.json."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated, Any, Literal

import attrs
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive import VERSION
from archive.article import from_json, to_dict
from archive.catalog.other_addresses import addresses_of
from archive.catalog.readings import all_readings, shown_of
from archive.clock import Clock
from archive.collection import Collection
from archive.errors import (
    AddressWithheld,
    ArticleWithheld,
    BadQuery,
    BaotinhError,
    CollectionInconsistent,
    NoSuchDay,
    UnknownArticle,
    UnknownNewspaper,
    UnknownPicture,
    UnknownSet,
)
from archive.health.evaluation import stand
from archive.ingest.runs import outcome_of
from archive.reasons import WithholdingReason
from archive.replay.responses import answer_head
from archive.search.former_search import search_former
from archive.search.parsing.days import read_days
from archive.search.query import DEEPEST, search
from archive.search.similar import similar
from archive.search.timeline import read_timeline
from archive.status import status as status_of
from archive.web.api import collection_values, values
from archive.web.api.capture_values import serve_capture_values
from archive.web.api.change_values import serve_change_values
from archive.web.api.description import describe_when_asked
from archive.web.api.parameters import (
    AllVersions,
    AnyGrain,
    AnyOrder,
    ArticleId,
    Cursor,
    Limit,
    NewspaperName,
    SectionName,
    Selected,
    Since,
    Until,
    cursor_of,
    offset_of,
)
from archive.web.api.pictures import serve_pictures
from archive.web.api.reprint_values import serve_reprints
from archive.web.api.research import serve_counts, serve_export, serve_sets
from archive.web.api.status_values import StatusAnswer
from archive.web.concurrency import RETRY_AFTER, ConcurrencyLimit
from archive.web.coverage.view import MOST_COLUMNS, resolve, with_rows
from archive.web.export.download import Downloads
from archive.web.pages import PlainJSON
from archive.web.queries.coverage import CoverageQuery
from archive.web.site import Site

PATH = "/api/v1"
_REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": values.Problem, "description": "The request cannot be understood."},
    404: {"model": values.Problem, "description": "There is no such thing."},
    422: {"model": values.Problem, "description": "A parameter has a value that it cannot have."},
    503: {
        "model": values.Problem,
        "description": "The index is being built anew, or the server is busy.",
    },
}
_ABOUT = """Searches and reads the archive. Days are written 31/01/2026 or 2026-01-31, months 01/2026, years 2026.
A query and its two scopes are described in the documents, under Search and cite."""


def api_app(site: Site, downloads: Downloads, count_limit: ConcurrencyLimit) -> FastAPI:
    """The application that is mounted at `PATH`. The limits of exports and counts are shared with the site's pages."""
    collection, clock = site.collection, site.clock
    app = FastAPI(
        title="baotinh", version=VERSION, description=_ABOUT, docs_url=None, redoc_url=None,
        default_response_class=PlainJSON, responses=_REFUSED, servers=[{"url": PATH}], root_path_in_servers=False,
    )  # fmt: skip
    _serve_search(app, collection)
    serve_pictures(app, collection)
    serve_change_values(app, collection)
    _serve_articles(app, collection)
    _serve_collection(app, collection, clock)
    serve_counts(app, collection, count_limit)
    serve_sets(app, collection)
    serve_reprints(app, collection)
    serve_export(app, site, downloads)
    serve_capture_values(app, site)
    _refuse(app)
    describe_when_asked(app)
    answer_head(app)
    return app


def _serve_search(app: FastAPI, collection: Collection) -> None:
    @app.get("/search", summary="Search articles")
    def found(
        wanted: Selected,
        order: AnyOrder = None,
        all_versions: AllVersions = False,
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> values.SearchAnswer:
        offset = offset_of(cursor)
        results = search(
            collection, wanted, order=order or ("relevance" if wanted.query else "newest"), limit=limit, offset=offset
        )
        end, former = offset + limit, None
        if all_versions:
            gone = search_former(collection, wanted, limit=limit)
            former = [values.FoundArticle.of(hit) for hit in gone.hits]
        return values.SearchAnswer(
            former=former,
            scope=results.scope, total=results.total, typed=results.typed, folded=results.folded,
            articles=[values.FoundArticle.of(hit) for hit in results.hits], facets=values.FacetCounts.of(results),
            next=cursor_of(end) if end < min(results.total, DEEPEST) else None, behind=results.behind,
        )  # fmt: skip

    @app.get("/timeline", summary="Count a search's articles over time")
    def timeline(wanted: Selected, grain: AnyGrain = None) -> values.TimelineAnswer:
        return values.TimelineAnswer.of(read_timeline(collection, wanted, grain=grain))


def _serve_articles(app: FastAPI, collection: Collection) -> None:
    @app.get("/articles/{id:path}", summary="An article and its versions")
    def article(
        id: ArticleId,
        version: Annotated[
            str | None,
            Query(max_length=80, description="a content hash; default: the latest", examples=["sha256:3e5f6e…"]),
        ] = None,
        reading: Annotated[
            int | None,
            Query(
                ge=1,
                le=999_999,
                description="number of a reading; default: the newest of its own capture",
                examples=[1],
            ),
        ] = None,
    ) -> values.ArticleAnswer:
        with closing(collection.catalog()) as catalog:
            latest, versions = catalog.article(id), catalog.versions(id)
            chosen = latest if version is None else next((one for one in versions if one.content_hash == version), None)
            if chosen is None:
                raise UnknownArticle(f"{id} in version {version}")
            readings = all_readings(catalog.connection, chosen)
            addresses = addresses_of(catalog.connection, id)
        wanted = reading or shown_of(readings).number
        if wanted > len(readings):
            raise UnknownArticle(f"{id} in reading {wanted}")
        return values.ArticleAnswer(
            article=to_dict(from_json(readings[wanted - 1].raw)),
            reading=wanted,
            readings=[values.ReadingAnswer.of(one) for one in readings],
            version=values.VersionAnswer.of(chosen),
            versions=[values.VersionAnswer.of(one) for one in versions],
            addresses=[values.AddressAnswer.of(one) for one in addresses],
        )

    @app.get("/similar", summary="Articles that are like an article")
    def like(
        id: Annotated[str, Query(max_length=200, description="the article's id", examples=["baocantho:194306"])],
        limit: Annotated[int, Query(ge=1, le=20, description="the most in an answer", examples=[5])] = 5,
    ) -> list[values.SimilarArticle]:
        with closing(collection.catalog()) as catalog:
            one = catalog.article(id).article()
        return [values.SimilarArticle(**attrs.asdict(found)) for found in similar(collection, one, limit)]

    @app.get("/newspapers", summary="The newspapers of the archive")
    def newspapers() -> list[values.NewspaperAnswer]:
        with closing(collection.catalog()) as catalog:
            profiles = catalog.newspapers()
        return [
            values.NewspaperAnswer(
                name=name, title=profile.get("title"), province=profile.get("province"),
                provinces_before=list(profile.get("provinces_before") or ()), hosts=list(profile.get("hosts") or ()),
            )
            for name, profile in profiles.items()
        ]  # fmt: skip


def _serve_collection(app: FastAPI, collection: Collection, clock: Clock) -> None:
    @app.get("/coverage", summary="Which days of which sections are covered")
    def coverage(
        newspaper: NewspaperName = None,
        section: SectionName = None,
        since: Since = None,
        until: Until = None,
        by: Annotated[Literal["day", "month"], Query(description="what a column is", examples=["month"])] = "day",
    ) -> collection_values.CoverageAnswer:
        asked = {"newspaper": newspaper, "section": section, "from": since, "to": until, "by": by}
        for day in (since, until):
            if day:
                read_days(day)
        query = CoverageQuery.read({name: value for name, value in asked.items() if value})
        with closing(collection.catalog()) as catalog, catalog.snapshot():
            chart = with_rows(catalog, resolve(catalog, query, clock(), MOST_COLUMNS))
        if chart.wrong:
            raise HTTPException(400, "newspaper, from or to: no such newspaper, or the period ends before it begins")
        return collection_values.CoverageAnswer.of(chart)

    @app.get("/runs", summary="The crawls, newest first")
    def runs(newspaper: NewspaperName = None, limit: Limit = 30, cursor: Cursor = None) -> collection_values.RunsAnswer:
        offset = offset_of(cursor)
        with closing(collection.catalog()) as catalog:
            found = catalog.runs(limit + 1, newspaper=newspaper, offset=offset)
            said = [collection_values.RunAnswer.of(run, outcome_of(collection, run)) for run in found[:limit]]
        more = cursor_of(offset + limit) if len(found) > limit else None
        return collection_values.RunsAnswer(runs=said, next=more)

    @app.get("/health", summary="The alarms that apply now")
    def health() -> collection_values.HealthAnswer:
        with closing(collection.catalog()) as catalog:
            found = stand(collection, catalog, clock())
        return collection_values.HealthAnswer(alarms=[collection_values.AlarmAnswer.of(one) for one in found.alarms])

    @app.get("/status", summary="The state of the collection at a glance", response_model=StatusAnswer)
    def status() -> Response:
        with closing(collection.catalog()) as catalog, catalog.snapshot():
            return PlainJSON(status_of(collection, catalog, clock()).values())


def _refuse(app: FastAPI) -> None:
    @app.exception_handler(BadQuery)
    async def bad_query(request: Request, error: BadQuery) -> Response:
        fault = error.day.fault if error.day is not None else error.fault
        return problem(400, fault.name.lower(), error.reason, part=error.part or None, literal=error.literal)

    @app.exception_handler(NoSuchDay)
    async def no_day(request: Request, error: NoSuchDay) -> Response:
        return problem(400, error.fault.name.lower(), error.reason, part=error.text)

    @app.exception_handler(RequestValidationError)
    async def no_value(request: Request, error: RequestValidationError) -> Response:
        said = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
        return problem(422, "parameter", said)

    @app.exception_handler(BaotinhError)
    async def refused(request: Request, error: BaotinhError) -> Response:
        if isinstance(error, ArticleWithheld | AddressWithheld):
            return problem(WithholdingReason(error.reason).http_status, "withheld", error.reason)
        if isinstance(error, (UnknownArticle, UnknownNewspaper, UnknownPicture, UnknownSet)):
            return problem(404, "unknown", str(error))
        if isinstance(error, CollectionInconsistent):
            answer = problem(503, "index", "the search index is being rebuilt")
            answer.headers["Retry-After"] = RETRY_AFTER
            return answer
        return problem(500, "failed", str(error))

    @app.exception_handler(HTTPException)
    async def not_found(request: Request, error: HTTPException) -> Response:
        answer = problem(error.status_code, code_of(error.status_code), str(error.detail))
        answer.headers.update(error.headers or {})
        return answer


def code_of(status: int) -> str:
    """The code of a refusal that has no other: a limit is reached, or what HTTP says of it."""
    return "busy" if status == 503 else "http"


def problem(status: int, code: str, message: str, *, part: str | None = None, literal: str | None = None) -> Response:
    """The answer to a request that is refused."""
    told = values.Problem(code=code, message=message, part=part, literal=literal)
    return PlainJSON(told.model_dump(), status_code=status)
