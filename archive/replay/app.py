"""The replay's application: the viewer, the collection as a WACZ, and captured pictures.

It is a separate origin because the scripts of captured pages run here: they can reach this origin only, which serves
nothing but captures. No cookies are set or read: links from the site name the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment, FileSystemLoader
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from archive.collection import Collection
from archive.errors import AddressWithheld, BaotinhError
from archive.language.catalogue import add_messages
from archive.language.choice import ReaderLanguage, declare_language
from archive.originals import picture
from archive.reasons import WithholdingReason
from archive.replay.cdx.routes import serve_cdx
from archive.replay.memento.routes import MementoRoutes
from archive.replay.pages import ReplayPages
from archive.replay.responses import DefaultHeaders, answer_head, answer_range
from archive.replay.viewer import VIEWER_FILES
from archive.replay.viewer_editions import ViewerEditions
from archive.replay.wacz import Editions
from archive.wording import why_withheld

STATIC = Path(__file__).parent / "static"
OWN_FILES = {"page.css": "text/css", "page.js": "text/javascript"}
FRAME = "<!doctype html><title>Replay</title><script src=ui.js></script><replay-app-main></replay-app-main>"

_TIMESTAMP = re.compile(r"[0-9]{14}")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
# The viewer's worker may only fetch from this origin: no replay can reach the live web
_WORKER = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"


def replay_app(
    collection: Collection,
    viewer: Path,
    site_origin: str,
    shared: Path | None = None,
    public_origin: str | None = None,
) -> FastAPI:
    """The application for the replay origin.

    Args:
        viewer: folder that holds the viewer's ui.js and sw.js. While they are missing, pages say how to get them.
        site_origin: origin of the researchers' site, the only one that may frame the replay; pages link back to it.
        shared: a folder for what several processes of one service share.
        public_origin: how readers reach this origin, where that is not the address that they ask.
    """
    app = FastAPI(redirect_slashes=False, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(DefaultHeaders, headers=HEADERS)
    app.add_middleware(ReaderLanguage, keeps_choice=False)
    templates = Environment(loader=FileSystemLoader(STATIC), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    add_messages(templates)
    viewer_editions = ViewerEditions(collection)

    def origin_of(request: Request) -> str:
        return (public_origin or str(request.base_url)).rstrip("/")

    serve_cdx(app, collection)
    pages = ReplayPages(
        collection=collection, templates=templates, viewer=viewer, viewer_editions=viewer_editions,
        site_origin=site_origin, policy=_page_policy(site_origin), origin_of=origin_of,
    )  # fmt: skip
    MementoRoutes(app=app, collection=collection, origin_of=origin_of, absent=pages.absent, holds_bytes=True).add()
    pages.add(app)
    _serve_wacz(app, viewer_editions, Editions(collection, shared))
    _serve_viewer_files(app, viewer, _page_policy("'self'"))
    _serve_pictures(app, collection)
    answer_head(app)
    _add_error_pages(app, templates, site_origin)
    return app


def _page_policy(frame_ancestors: str) -> str:
    # Captured pages are shown by the viewer in a frame of this origin, hence 'self'
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
        "worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {frame_ancestors}"
    )


def _serve_wacz(app: FastAPI, viewer_editions: ViewerEditions, editions: Editions) -> None:
    @app.api_route("/viewer-{etag}.wacz", methods=["GET", "HEAD"])
    def viewer_wacz(request: Request, etag: str) -> Response:
        edition = viewer_editions.edition(etag)
        if edition is None:
            raise HTTPException(404)
        if "range" not in request.headers:
            return RedirectResponse(f"/collection-{editions.current().etag}.wacz", 307)
        return answer_range(request, edition, "application/wacz")

    @app.api_route("/collection-{etag}.wacz", methods=["GET", "HEAD"])
    def whole_wacz(request: Request, etag: str) -> Response:
        with closing(editions.collection.catalog()) as catalog:
            if catalog.withholds:  # whole files hold what is withheld
                raise HTTPException(403)
        edition = editions.edition(etag)
        if edition is None:
            raise HTTPException(404)
        return answer_range(request, edition, "application/wacz")


def _serve_viewer_files(app: FastAPI, viewer: Path, policy: str) -> None:
    @app.get("/replay/{name:path}")
    def viewer_file(name: str) -> Response:
        if name == "":  # normally answered by the viewer's service worker; needed if the browser has dropped it
            return HTMLResponse(FRAME, headers={"Content-Security-Policy": policy})
        if name not in VIEWER_FILES or not (viewer / name).is_file():
            raise HTTPException(404)
        return FileResponse(viewer / name, media_type=VIEWER_FILES[name], headers={"Content-Security-Policy": _WORKER})

    @app.get("/static/{name}")
    def own_file(name: str) -> Response:
        if name not in OWN_FILES:
            raise HTTPException(404)
        return FileResponse(STATIC / name, media_type=OWN_FILES[name])


def _serve_pictures(app: FastAPI, collection: Collection) -> None:
    @app.get("/picture/{record_id}")
    def shown(record_id: str) -> Response:
        try:
            with closing(collection.catalog()) as catalog:
                found = picture(collection, catalog, record_id)
        except BaotinhError:
            found = None
        if found is None:
            raise HTTPException(404)
        headers = {
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": "max-age=86400, immutable",
        }
        return Response(found.content, media_type=found.mime, headers=headers)


def _add_error_pages(app: FastAPI, templates: Environment, site_origin: str) -> None:
    headers = {**HEADERS, "Content-Security-Policy": _page_policy(site_origin)}

    def error_page(
        status: int, more: Mapping[str, str] | None = None, withheld: str = "", *, is_removed: bool = False
    ) -> HTMLResponse:
        page = templates.get_template("error.html")
        html = page.render(status=status, back=f"{site_origin}/", withheld=withheld, is_removed=is_removed)
        return HTMLResponse(html, status, headers={**(more or {}), **headers})

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return error_page(error.status_code, error.headers)

    @app.exception_handler(AddressWithheld)
    async def withheld(request: Request, error: AddressWithheld) -> Response:
        reason = WithholdingReason(error.reason)
        return error_page(reason.http_status, withheld=why_withheld(reason), is_removed=error.is_removed)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        return error_page(400)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        # This handler runs outside the middleware; Starlette raises the error again for the log
        answer = error_page(500)
        declare_language(answer.headers, "Accept-Language")
        return answer
