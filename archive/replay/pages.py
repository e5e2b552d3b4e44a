"""The replay's pages: a capture in the viewer, and what is said where an address was never captured."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import attrs
from fastapi import FastAPI, Query, Request
from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response

from archive.catalog import Capture, Catalog
from archive.catalog.mementos import CaptureRange, ends_of, nearest
from archive.clock import timestamp14
from archive.collection import Collection
from archive.language import forms
from archive.replay.addresses import (
    LONGEST_ADDRESS,
    NearCapture,
    captures_of,
    near_captures,
    refuse_withheld,
    typed_address,
)
from archive.replay.memento.links import WEB_PATH, Addresses, instant_of
from archive.replay.memento.routes import asked_address, memento_fields
from archive.replay.viewer import has_viewer
from archive.replay.viewer_editions import ViewerEditions


@attrs.frozen(kw_only=True)
class ReplayPages:
    """The pages of the replay's origin.

    Args:
        site_origin: origin of the researchers' site, to which pages lead back.
        policy: the pages' Content-Security-Policy.
    """

    collection: Collection
    templates: Environment
    viewer: Path
    viewer_editions: ViewerEditions
    site_origin: str
    policy: str
    origin_of: Callable[[Request], str]

    def add(self, app: FastAPI) -> None:
        """Add the routes."""
        app.get("/")(self._chosen)
        app.get("/near.json")(self._near)
        app.get(WEB_PATH + "{timestamp}/{url:path}")(self._at)

    def absent(self, request: Request, url: str) -> Response:
        """The page for an address that was never captured."""
        return self._page(request, url, None, "")

    def _chosen(
        self,
        request: Request,
        url: Annotated[str, Query(max_length=LONGEST_ADDRESS)] = "",
        ts: str = "",
        article: Annotated[str, Query(max_length=500)] = "",
    ) -> Response:
        address = typed_address(url) if ":" in url else None
        if address is None:
            return self._rendered(url="", article=article)
        return self._page(request, address, instant_of(ts) if len(ts) == 14 else None, article)

    def _at(self, request: Request, timestamp: str) -> Response:
        url = typed_address(asked_address(request).partition("/")[2])
        wanted = instant_of(timestamp)
        if url is None or wanted is None:
            raise HTTPException(404)
        return self._page(request, url, wanted, "")

    def _near(self, url: Annotated[str, Query(max_length=LONGEST_ADDRESS)]) -> Response:
        address = typed_address(url)
        with closing(self.collection.catalog()) as catalog:
            found = near_captures(catalog, address) if address else []
        return JSONResponse([_shown(one) for one in found])

    def _page(self, request: Request, url: str, wanted: datetime | None, article: str) -> Response:
        with closing(self.collection.catalog()) as catalog:
            span = captures_of(catalog, url)
            found = _capture_at(catalog, span, wanted) if span else None
            if span is None or found is None:
                refuse_withheld(catalog, url)
                near = [_shown(one) for one in near_captures(catalog, url)]
                return self._rendered(404, url=url, article=article, is_missing=True, near=near)
            fields = memento_fields(catalog, Addresses(self.origin_of(request)), url, span, found)
        if not has_viewer(self.viewer):
            return self._rendered(503, url=found.url, article=article, found=found)
        page = self._rendered(200, url=found.url, article=article, found=found)
        page.headers.update(fields)
        return page

    def _rendered(
        self,
        status: int = 200,
        *,
        url: str,
        article: str,
        found: Capture | None = None,
        is_missing: bool = False,
        near: list[dict[str, str]] | None = None,
    ) -> Response:
        html = self.templates.get_template("page.html").render(
            url=url,
            ts=timestamp14(found.captured_at) if found else "",
            instant=forms.clock(found.captured_at.replace(microsecond=0)) if found else "",
            is_missing=is_missing,
            has_viewer=has_viewer(self.viewer),
            near=near or [],
            source=f"/viewer-{self.viewer_editions.current().etag}.wacz" if found else "",
            back=f"{self.site_origin}/article/{quote(article, safe=':~')}" if article else f"{self.site_origin}/",
        )
        return HTMLResponse(html, status, headers={"Content-Security-Policy": self.policy})


def _capture_at(catalog: Catalog, span: CaptureRange, wanted: datetime | None) -> Capture | None:
    """The capture that is nearest to an instant, or the latest."""
    if wanted is not None:
        return nearest(catalog.connection, span, wanted)
    ends = ends_of(catalog.connection, span)
    return ends[1] if ends else None


def _shown(one: NearCapture) -> dict[str, str]:
    return {"url": one.url, "ts": timestamp14(one.captured_at), "time": forms.clock(one.captured_at)}
