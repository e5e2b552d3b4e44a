"""The replay's application: the viewer, the collection as a WACZ, and captured pictures.

It is a separate origin because the scripts of captured pages run here: they can reach this origin only, which serves
nothing but captures. No cookies are set or read: links from the site name the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit, urlunsplit

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment, FileSystemLoader
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from archive.catalog import Catalog
from archive.collection import Collection
from archive.errors import BaotinhError
from archive.language import forms
from archive.language.catalogue import add_messages
from archive.language.choice import ReaderLanguage, declare_language
from archive.originals import picture
from archive.replay.responses import DefaultHeaders, answer_head, answer_range
from archive.replay.viewer import VIEWER_FILES, has_viewer
from archive.replay.viewer_editions import ViewerEditions
from archive.replay.wacz import Editions
from archive.warc.cdxj import urlkey

STATIC = Path(__file__).parent / "static"
OWN_FILES = {"page.css": "text/css", "page.js": "text/javascript"}
LONGEST_ADDRESS = 4096
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


def replay_app(collection: Collection, viewer: Path, site_origin: str, shared: Path | None = None) -> FastAPI:
    """The application for the replay origin.

    Args:
        viewer: folder that holds the viewer's ui.js and sw.js. While they are missing, pages say how to get them.
        site_origin: origin of the researchers' site, the only one that may frame the replay; pages link back to it.
        shared: a folder for what several processes of one service share.
    """
    app = FastAPI(redirect_slashes=False, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(DefaultHeaders, headers=HEADERS)
    app.add_middleware(ReaderLanguage, keeps_choice=False)
    templates = Environment(loader=FileSystemLoader(STATIC), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    add_messages(templates)
    viewer_editions = ViewerEditions(collection)
    _serve_pages(app, templates, site_origin, viewer_editions, viewer)
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


def _serve_pages(
    app: FastAPI, templates: Environment, site_origin: str, viewer_editions: ViewerEditions, viewer: Path
) -> None:
    policy = _page_policy(site_origin)

    @app.get("/")
    def page(
        url: Annotated[str, Query(max_length=LONGEST_ADDRESS)] = "",
        ts: str = "",
        article: Annotated[str, Query(max_length=500)] = "",
    ) -> Response:
        shown = url if urlsplit_scheme(url) in {"http", "https"} else ""
        ts = ts if _TIMESTAMP.fullmatch(ts) else ""
        with closing(viewer_editions.collection.catalog()) as catalog:
            captured = captured_address(catalog, shown) if shown else None
            others = similar_addresses(catalog, shown) if shown and not captured else []
        is_replayed = has_viewer(viewer)
        html = templates.get_template("page.html").render(
            url=captured or shown,
            ts=ts,
            instant=vietnamese_time(ts),
            is_missing=bool(shown and not captured),
            has_viewer=is_replayed,
            others=others,
            source=f"/viewer-{viewer_editions.current().etag}.wacz" if captured else "",
            back=f"{site_origin}/article/{quote(article, safe=':~')}" if article else f"{site_origin}/",
        )
        status = 404 if shown and not captured else 503 if captured and not is_replayed else 200
        return HTMLResponse(html, status, headers={"Content-Security-Policy": policy})


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

    def error_page(status: int, more: Mapping[str, str] | None = None) -> HTMLResponse:
        html = templates.get_template("error.html").render(status=status, back=f"{site_origin}/")
        return HTMLResponse(html, status, headers={**(more or {}), **headers})

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return error_page(error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        return error_page(400)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        # This handler runs outside the middleware; Starlette raises the error again for the log
        answer = error_page(500)
        declare_language(answer.headers, "Accept-Language")
        return answer


def urlsplit_scheme(url: str) -> str:
    """The scheme of an address in lower case; empty where it is no address."""
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""


def vietnamese_time(timestamp: str) -> str:
    """A 14-digit timestamp by Vietnam's clock, in words: 08:15 ngày 02/10/2026; empty where it is none."""
    try:
        return forms.clock(datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return ""


_MOST_SIMILAR = 5
# Not escaped when an address is written in ASCII: percent signs and reserved characters.
_KEPT = "%!\"#$&'()*+,/:;<=>?@[\\]^_`{|}~"


def captured_address(catalog: Catalog, url: str) -> str | None:
    """The address as typed, or in ASCII if only that was captured; None if neither was."""
    for spelled in dict.fromkeys((url, _ascii(url))):
        if catalog.connection.execute("SELECT 1 FROM captures WHERE urlkey = ? LIMIT 1", (urlkey(spelled),)).fetchone():
            return spelled
    return None


def similar_addresses(catalog: Catalog, url: str) -> list[str]:
    """Captured addresses of the same path, whatever their query."""
    path = urlkey(_ascii(url)).partition("?")[0]
    rows = catalog.connection.execute(
        """SELECT url FROM captures WHERE urlkey = :path OR urlkey >= :path || '?' AND urlkey < :path || '@'
        GROUP BY urlkey ORDER BY max(captured_at) DESC LIMIT :most""",
        {"path": path, "most": _MOST_SIMILAR},
    )
    return [found for (found,) in rows]


def _ascii(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    except (ValueError, UnicodeError):
        return url
    return urlunsplit((parts.scheme, host, quote(parts.path, _KEPT), quote(parts.query, _KEPT), ""))
