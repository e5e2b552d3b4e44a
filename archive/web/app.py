"""The researchers' site as an application: its rooms, its headers, static files, metrics, error pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from archive.clock import Clock, now
from archive.collection import Collection
from archive.errors import AddressWithheld, ArticleWithheld, SetDamaged
from archive.health.metrics import CONTENT_TYPE, exposition
from archive.language.catalogue import current
from archive.language.choice import ReaderLanguage, declare_language
from archive.reasons import WithholdingReason
from archive.replay.cdx.routes import serve_cdx
from archive.replay.memento.routes import MementoRoutes
from archive.replay.responses import DefaultHeaders, answer_head
from archive.web.api import app as api
from archive.web.article.routes import serve_articles
from archive.web.calendar.routes import serve_calendar
from archive.web.capture_page import serve_capture_page
from archive.web.captures import serve_captures
from archive.web.changes.routes import serve_changes
from archive.web.concurrency import ConcurrencyLimit
from archive.web.counts.routes import serve_counts
from archive.web.coverage.routes import serve_coverage
from archive.web.entities.routes import serve_entities
from archive.web.export.download import MOST_AT_ONCE, Downloads
from archive.web.export.routes import serve_exports
from archive.web.fonts import CHINESE_STYLE, chinese_font, serve_font
from archive.web.pages import ROOM, PlainJSON, load_templates
from archive.web.pictures.routes import serve_pictures
from archive.web.refusal import Refusal
from archive.web.reprints.routes import serve_reprints
from archive.web.runs.routes import serve_runs
from archive.web.search.routes import serve_search
from archive.web.sets.routes import serve_sets
from archive.web.site import Site
from archive.wording import why_withheld

COUNTS_AT_ONCE, COUNTS_WAIT = 2, 20.0
"""Counts that one service makes at once, and how many seconds others wait."""
_ROOMS = (
    serve_search, serve_articles, serve_pictures, serve_calendar, serve_changes, serve_reprints, serve_captures,
    serve_entities,
    serve_sets, serve_coverage, serve_runs, serve_capture_page,
)  # fmt: skip
STATIC_FILES = {
    "site.css": "text/css",
    "site.js": "text/javascript",
    "icon.svg": "image/svg+xml",
    "noto-sans-khmer-400.woff2": "font/woff2",
    "noto-sans-khmer-700.woff2": "font/woff2",
    "noto-sans-khmer-OFL.txt": "text/plain",
}


def site_app(
    collection: Collection,
    replay_origin: str,
    *,
    public_origin: str | None = None,
    viewer: Path | None = None,
    clock: Clock = now,
    shared: Path | None = None,
) -> FastAPI:
    """The application for the site's origin. Pictures and replays are on `replay_origin`, such as http://host:8001.

    Args:
        public_origin: how readers reach the site, where that is not the address that they ask.
        viewer: the viewer's folder, beside which a font for Chinese may be.
        shared: a folder for what several processes of one service share.
    """
    app = FastAPI(redirect_slashes=False, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(DefaultHeaders, headers=_headers(replay_origin))
    app.add_middleware(ReaderLanguage, keeps_choice=True)
    font = chinese_font(viewer) if viewer is not None else None
    site = Site(
        app=app, collection=collection, templates=load_templates(), replay_origin=replay_origin, clock=clock,
        public_origin=public_origin, chinese_style=CHINESE_STYLE if font else "",
    )  # fmt: skip
    downloads = Downloads(MOST_AT_ONCE, shared and shared / "downloads")
    count_limit = ConcurrencyLimit(COUNTS_AT_ONCE, COUNTS_WAIT, shared and shared / "counts")
    _serve_mementos(site)
    for serve_room in _ROOMS:
        serve_room(site)
    serve_counts(site, count_limit)
    serve_exports(site, downloads)
    serve_cdx(app, collection)
    _serve_static(app)
    if font is not None:
        serve_font(app, font)
    _serve_metrics(app, collection)
    app.mount(api.PATH, api.api_app(site, downloads, count_limit))
    answer_head(app)
    _add_error_pages(site, _headers(replay_origin))
    return app


def _headers(replay_origin: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
            f"img-src 'self' {replay_origin}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-cache",
    }


def _serve_static(app: FastAPI) -> None:
    @app.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in STATIC_FILES:
            raise HTTPException(404)
        return FileResponse(ROOM / "static" / name, media_type=STATIC_FILES[name])


def _serve_mementos(site: Site) -> None:
    """TimeGate and TimeMaps; captured bytes are on the replay's origin, for they may be a hostile page's."""

    def absent(request: Request, url: str) -> Response:
        shown = urlencode({"url": url, "lang": current.get()})
        return site.bare_page(
            "error.html", 404, code=404, retry_after=None, reasons=(), is_set=False, absent=shown, withheld=None
        )

    MementoRoutes(
        app=site.app, collection=site.collection, origin_of=lambda request: site.replay_origin, absent=absent,
        holds_bytes=False,
    ).add()  # fmt: skip


def _serve_metrics(app: FastAPI, collection: Collection) -> None:
    @app.get("/metrics")
    def metrics() -> Response:
        return Response(exposition(collection), media_type=CONTENT_TYPE)


def _add_error_pages(site: Site, headers: dict[str, str]) -> None:
    app = site.app

    def error_page(
        request: Request,
        status: int,
        fields: Mapping[str, str] | None = None,
        *,
        reasons: tuple[str, ...] = (),
        is_set: bool = False,
        withheld: WithholdingReason | None = None,
        is_removed: bool = False,
    ) -> Response:
        fields = fields or {}
        if request.url.path.startswith(api.PATH):
            answer = api.problem(status, api.code_of(status), f"HTTP {status}")
        elif request.url.path.startswith("/api/"):
            answer = PlainJSON({"wrong": [f"HTTP {status}"]}, status_code=status)
        else:
            retry_after = fields.get("Retry-After")
            answer = site.bare_page(
                "error.html", status, code=status, retry_after=retry_after, reasons=reasons, is_set=is_set,
                withheld=why_withheld(withheld) if withheld else None, is_removed=is_removed,
            )  # fmt: skip
        answer.headers.update(fields)
        return answer

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        reasons = error.reasons if isinstance(error, Refusal) else ()
        return error_page(request, error.status_code, error.headers, reasons=reasons)

    @app.exception_handler(SetDamaged)
    async def damaged_set(request: Request, error: SetDamaged) -> Response:
        return error_page(request, 500, is_set=True)

    @app.exception_handler(ArticleWithheld)
    @app.exception_handler(AddressWithheld)
    async def withheld(request: Request, error: ArticleWithheld | AddressWithheld) -> Response:
        reason = WithholdingReason(error.reason)
        return error_page(request, reason.http_status, withheld=reason, is_removed=error.is_removed)

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
