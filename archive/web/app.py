"""The researchers' site as an application: search, articles with their provenance, metrics, error pages."""

from __future__ import annotations

from contextlib import closing
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, RedirectResponse, Response

from archive.catalog import Catalog
from archive.clock import Clock, now
from archive.collection import Collection
from archive.errors import UnknownArticle
from archive.health.metrics import CONTENT_TYPE, exposition
from archive.language.choice import ReaderLanguage, declare_language
from archive.replay.responses import DefaultHeaders, answer_head
from archive.web import api
from archive.web.article_view import view_article
from archive.web.overview import serve_coverage, serve_runs
from archive.web.pages import ROOM, PlainJSON, load_templates, page
from archive.web.query import ORDERS, PLACES, CoverageQuery, SearchQuery
from archive.web.search_view import REFUSALS, as_json, list_articles, timeline_csv, timeline_of, view_search
from archive.web.timeline_chart import draw
from archive.web.wording import article_address

STATIC_FILES = {"site.css": "text/css", "icon.svg": "image/svg+xml"}
LATEST_SHOWN = 8


def site_app(collection: Collection, replay_origin: str, *, clock: Clock = now) -> FastAPI:
    """The application for the site's origin. Pictures and replays are on `replay_origin`, such as http://host:8001."""
    app = FastAPI(redirect_slashes=False, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(DefaultHeaders, headers=_headers(replay_origin))
    app.add_middleware(ReaderLanguage, keeps_choice=True)
    templates = load_templates()
    _serve_search(app, templates, collection, replay_origin)
    _serve_articles(app, templates, collection, replay_origin)
    serve_coverage(app, templates, collection, clock)
    serve_runs(app, templates, collection, clock)
    _serve_static(app)
    _serve_metrics(app, collection)
    app.mount(api.PATH, api.api_app(collection, clock))
    answer_head(app)
    _add_error_pages(app, templates, _headers(replay_origin))
    return app


def _headers(replay_origin: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'self'; img-src 'self' {replay_origin}; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-cache",
    }


def _serve_search(app: FastAPI, templates: Environment, collection: Collection, replay_origin: str) -> None:
    @app.get("/")
    def home() -> Response:
        with closing(collection.catalog()) as catalog:
            profiles, figures = catalog.newspapers(), _figures(catalog)
        newest = list_articles(collection, "newest", LATEST_SHOWN)
        oldest = list_articles(collection, "oldest", 1, facets=False)
        return page(
            templates, "home.html", profiles=profiles, figures=figures, newest=newest, oldest=oldest,
            query=SearchQuery(), picture_origin=replay_origin,
        )  # fmt: skip

    @app.get("/search")
    def results(request: Request) -> Response:
        found = view_search(collection, SearchQuery.read(request.query_params))
        with closing(collection.catalog()) as catalog:
            profiles, demonstration = catalog.newspapers(), catalog.is_demonstration()
        everything = list_articles(collection, "newest", 1)
        chart = draw(found.timeline, is_share=request.query_params.get("chart") == "share") if found.timeline else None
        return page(
            templates, "results.html", 400 if found.wrong else 200, found=found, query=found.query, profiles=profiles,
            everything=everything, orders=ORDERS, places=PLACES, figures={"demonstration": demonstration},
            coverage=CoverageQuery.of_search(found.query), chart=chart, picture_origin=replay_origin,
        )  # fmt: skip

    @app.get("/search/timeline.csv")
    def timeline_as_csv(request: Request) -> Response:
        query = SearchQuery.read(request.query_params)
        if query.wrong:
            raise HTTPException(400)
        try:
            timeline = timeline_of(collection, query)
        except REFUSALS as error:
            raise HTTPException(400) from error
        return Response(timeline_csv(timeline), media_type="text/csv; charset=utf-8", headers=_AS_FILE)

    @app.get("/api/search")
    def results_as_json(request: Request) -> Response:
        found = view_search(collection, SearchQuery.read(request.query_params))
        # until the next version; /api/v1/search is documented
        if found.wrong:
            return PlainJSON({"wrong": list(found.wrong), "literal": found.literal}, status_code=400)
        return PlainJSON(as_json(found))


_AS_FILE = {"Content-Disposition": 'attachment; filename="timeline.csv"'}


def _figures(catalog: Catalog) -> dict[str, Any]:
    return {
        "articles": catalog.count_articles(),
        "captures": catalog.count_captures(),
        "volume": catalog.count_bytes(),
        "run": next(iter(catalog.runs(limit=1)), None),
        "demonstration": catalog.is_demonstration(),
    }


def _serve_articles(app: FastAPI, templates: Environment, collection: Collection, replay_origin: str) -> None:
    @app.get("/article/{article_id:path}")
    def article(article_id: str, version: str = "") -> Response:
        with closing(collection.catalog()) as catalog:
            try:
                view = view_article(catalog, article_id, version or None, replay_origin)
            except UnknownArticle as error:
                raise HTTPException(404) from error
            if version and version != view.version.content_hash:  # an address of before, by the number of the row
                lasting = f"{article_address(article_id)}?version={quote(view.version.content_hash, safe='')}"
                return RedirectResponse(lasting, 308)
            profile = catalog.newspapers().get(view.article.newspaper, {})
            demonstration = catalog.is_demonstration()
        return page(
            templates, "article.html", view=view, article=view.article, profile=profile, query=SearchQuery(),
            figures={"demonstration": demonstration},
        )  # fmt: skip


def _serve_static(app: FastAPI) -> None:
    @app.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in STATIC_FILES:
            raise HTTPException(404)
        return FileResponse(ROOM / "static" / name, media_type=STATIC_FILES[name])


def _serve_metrics(app: FastAPI, collection: Collection) -> None:
    @app.get("/metrics")
    def metrics() -> Response:
        return Response(exposition(collection), media_type=CONTENT_TYPE)


def _add_error_pages(app: FastAPI, templates: Environment, headers: dict[str, str]) -> None:
    def error_page(request: Request, status: int) -> Response:
        if request.url.path.startswith("/api/"):
            return PlainJSON({"wrong": [f"HTTP {status}"]}, status_code=status)
        return page(
            templates, "error.html", status, status=status, query=SearchQuery(), figures={"demonstration": False}
        )

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        answer = error_page(request, error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        return error_page(request, 400)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        # This handler runs outside the middleware, so it adds the headers; Starlette raises the error again for the log
        answer = error_page(request, 500)
        answer.headers.update(headers)
        declare_language(answer.headers, "Accept-Language, Cookie")
        return answer
