"""The lasting address of a capture, /web/TIMESTAMP/URL: it leads to the replay of that capture."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlencode

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from archive.catalog import Capture, Catalog
from archive.clock import timestamp14
from archive.language.catalogue import current
from archive.warc.cdxj import urlkey
from archive.web.site import Site
from archive.web.wording import web_address

CAPTURES_PATH = "/web/"
LONGEST_ADDRESS = 4096
_TIMESTAMP = re.compile(r"[0-9]{4,14}")
# what a shorter timestamp lacks: the middle of the year, month, day, hour
_MIDDLE = "00000701120000"


def capture_address(capture: Capture) -> str:
    """The lasting address of a capture on the site."""
    return f"{CAPTURES_PATH}{timestamp14(capture.captured_at)}/{capture.url}"


def serve_captures(site: Site) -> None:
    """Add the addresses of captures to the site."""

    @site.app.get(CAPTURES_PATH + "{timestamp}/{url:path}")
    def capture(request: Request, timestamp: str) -> Response:
        url, wanted = _captured_url(request), instant_of(timestamp)
        if wanted is None or len(url) > LONGEST_ADDRESS or not web_address(url):
            raise HTTPException(404)
        with closing(site.collection.catalog()) as catalog:
            found = nearest(catalog, url, wanted)
            if found is None:
                catalog.refuse_withheld_address(url, urlkey(url))
        if found is not None and timestamp14(found.captured_at) != timestamp:
            return RedirectResponse(capture_address(found), 302)
        shown = {"url": found.url if found else url, "lang": current.get()}
        shown |= {"ts": timestamp} if found else {}
        # where nothing was captured, the replay says so and names what was
        return RedirectResponse(f"{site.replay_origin}/?{urlencode(shown)}", 302)


def _captured_url(request: Request) -> str:
    """The address behind the timestamp, as it was sent: with its own query, nothing decoded."""
    path = request.scope.get("raw_path") or request.url.path.encode()
    url = path.partition(b"?")[0].decode("latin-1").removeprefix(CAPTURES_PATH).partition("/")[2]
    query = request.scope["query_string"].decode("latin-1")
    return url + (f"?{query}" if query else "")


def instant_of(timestamp: str) -> datetime | None:
    """The instant of a timestamp of 4 to 14 digits, the middle of what it leaves open; None if it is none."""
    if not _TIMESTAMP.fullmatch(timestamp):
        return None
    try:
        return datetime.strptime(timestamp + _MIDDLE[len(timestamp) :], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def nearest(catalog: Catalog, url: str, wanted: datetime) -> Capture | None:
    """The capture of an address that is nearest in time; None if it was never captured."""
    return min(catalog.captures(urlkey(url)), key=lambda one: abs(one.captured_at - wanted), default=None)
