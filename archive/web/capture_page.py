"""The page of one capture, /capture/RECORD-ID: what finds, checks and cites it."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlencode

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive.clock import timestamp14
from archive.errors import RecordMissing
from archive.export.citations.capture import CaptureReference
from archive.language.catalogue import current
from archive.web.site import Site


def serve_capture_page(site: Site) -> None:
    """Add the pages of captures to the site."""

    @site.app.get("/capture/{record_id:path}")
    def capture(request: Request, record_id: str) -> Response:
        with closing(site.collection.catalog()) as catalog:
            try:
                found = CaptureReference.of(site.collection, catalog, record_id, site.origin(request))
            except RecordMissing as error:
                raise HTTPException(404) from error
        shown = {"url": found.url, "ts": timestamp14(found.captured_at), "lang": current.get()}
        return site.page("capture.html", capture=found, replay=f"{site.replay_origin}/?{urlencode(shown)}")
