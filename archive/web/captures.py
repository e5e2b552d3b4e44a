"""The lasting address of a capture, /web/TIMESTAMP/URL: it leads to the replay of that capture."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlencode

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from archive.catalog import Capture
from archive.clock import timestamp14
from archive.language.catalogue import current
from archive.replay.addresses import refuse_withheld, typed_address
from archive.replay.memento.links import WEB_PATH, instant_of
from archive.replay.memento.routes import asked_address, nearest_memento
from archive.web.site import Site


def capture_address(capture: Capture) -> str:
    """The lasting address of a capture on the site."""
    return f"{WEB_PATH}{timestamp14(capture.captured_at)}/{capture.url}"


def serve_captures(site: Site) -> None:
    """Add the addresses of captures to the site."""

    @site.app.get(WEB_PATH + "{timestamp}/{url:path}")
    def capture(request: Request, timestamp: str) -> Response:
        url, wanted = typed_address(asked_address(request).partition("/")[2]), instant_of(timestamp)
        if url is None or wanted is None:
            raise HTTPException(404)
        with closing(site.collection.catalog()) as catalog:
            memento = nearest_memento(catalog, url, wanted)
            if memento is None:
                refuse_withheld(catalog, url)
        found = memento[1] if memento else None
        if found is not None and timestamp14(found.captured_at) != timestamp:
            return RedirectResponse(capture_address(found), 302)
        shown = {"url": found.url if found else url, "lang": current.get()}
        shown |= {"ts": timestamp} if found else {}
        # where nothing was captured, the replay says so and names what was
        return RedirectResponse(f"{site.replay_origin}/?{urlencode(shown)}", 302)
