"""The routes of Memento: TimeGate, TimeMaps, and the stored bytes of captures."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Literal, TypeAlias

import attrs
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from archive.catalog import Capture, Catalog
from archive.catalog.mementos import CaptureRange, nearest
from archive.clock import now, timestamp14
from archive.collection import Collection
from archive.errors import BadAcceptDatetime, RecordMissing
from archive.replay.addresses import captures_of, refuse_withheld, typed_address
from archive.replay.memento.dates import accepted_instant, http_date
from archive.replay.memento.links import MEDIA_TYPES, WEB_PATH, Addresses, instant_of
from archive.replay.memento.stored import StoredAnswer, stored_answer
from archive.replay.memento.timemaps import in_blocks, timemap
from archive.urls import led_to

OriginOf: TypeAlias = Callable[[Request], str]
"""The origin on which the stored bytes are, in the addresses of an answer to that request."""
Absent: TypeAlias = Callable[[Request, str], Response]
"""The answer for an address that was never captured."""
# Captured pages are shown without their scripts and without anything of the live web, as documents of no origin
STORED_POLICY = (
    "sandbox; default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_SHOWN_AS = {"", "document", "empty", "image"}
"""What a browser may want stored bytes for (Sec-Fetch-Dest): never as a script, a worker or part of a page."""
_KEPT_LENGTH = 1 << 20
_MOST_FIELDS, _LONGEST_FIELDS = 100, 16 * 1024
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_WITHOUT_BODY = {204, 205, 304}
_TIMEGATE = re.compile(r"(?:timegate/)?(?P<url>.*)", re.DOTALL)
_TIMEMAP = re.compile(r"timemap/[a-z]+/(?:(?P<page>[0-9]{1,6})/)?(?P<url>.*)", re.DOTALL)
_STORED = re.compile(r"[0-9]+id_/(?P<url>.*)", re.DOTALL)


@attrs.frozen(kw_only=True)
class MementoRoutes:
    """Memento's resources on one origin; `holds_bytes`: stored bytes are on it, else it leads to where they are."""

    app: FastAPI
    collection: Collection
    origin_of: OriginOf
    absent: Absent
    holds_bytes: bool

    def add(self) -> None:
        """Add the routes."""
        for scheme in ("http", "https"):
            self.app.get(f"{WEB_PATH}{scheme}:/{{url:path}}")(self._timegate)
        self.app.get(WEB_PATH + "timegate/{url:path}")(self._timegate)
        self.app.get(WEB_PATH + "timemap/{form}/{url:path}")(self._timemap)
        self.app.get(WEB_PATH + "{timestamp}id_/{url:path}")(self._stored)

    def _timegate(self, request: Request) -> Response:
        vary = {"Vary": "accept-datetime"}
        url, _ = _asked(request, _TIMEGATE)
        try:
            wanted = accepted_instant(request.headers.get("accept-datetime"))
        except BadAcceptDatetime as error:
            return PlainTextResponse(f"{error}\n", 400, headers=vary)
        addresses = Addresses(self.origin_of(request))
        with closing(self.collection.catalog()) as catalog:
            memento = nearest_memento(catalog, url, wanted or now())
            if memento is None:
                return self._absent(request, url, vary)
            span, found = memento
            links = addresses.link_field(catalog, url, span, found)
        # who names no time may be a person, and is shown the page and not its bytes
        location = addresses.memento(found) if wanted else addresses.replay(found)
        return Response(status_code=302, headers=vary | {"Location": location, "Link": links})

    def _timemap(self, request: Request, form: Literal["link", "json"]) -> Response:
        url, page = _asked(request, _TIMEMAP)
        with closing(self.collection.catalog()) as catalog:
            span, addresses = captures_of(catalog, url), Addresses(self.origin_of(request))
            found = timemap(catalog.connection, addresses, url, span, int(page or 1)) if span else None
        if span is None:
            return self._absent(request, url, {})
        if found is None:
            raise HTTPException(404)

        def text() -> Iterator[str]:
            with closing(self.collection.catalog()) as catalog:
                yield from in_blocks(found.text(catalog.connection, form))

        return StreamingResponse(text(), media_type=MEDIA_TYPES[form])

    def _stored(self, request: Request, timestamp: str) -> Response:
        (url, _), wanted = _asked(request, _STORED), instant_of(timestamp)
        addresses = Addresses(self.origin_of(request))
        if wanted is None:
            raise HTTPException(404)
        if not self.holds_bytes:
            return Response(status_code=302, headers={"Location": addresses.stored(timestamp, url)})
        _refuse_parts(request)
        with closing(self.collection.catalog()) as catalog:
            memento = nearest_memento(catalog, url, wanted)
            if memento is None:
                return self._absent(request, url, {})
            span, found = memento
            if timestamp14(found.captured_at) != timestamp:
                return Response(status_code=302, headers={"Location": addresses.memento(found)})
            try:
                answer = stored_answer(self.collection, catalog, found)
            except RecordMissing as error:
                raise HTTPException(404) from error
            fields = memento_fields(catalog, addresses, url, span, found)
        return _response(answer, fields | _fields_of(answer, found, addresses))

    def _absent(self, request: Request, url: str, fields: dict[str, str]) -> Response:
        with closing(self.collection.catalog()) as catalog:
            refuse_withheld(catalog, url)
        answer = self.absent(request, url)
        answer.headers.update(fields | {"Link": Addresses(self.origin_of(request)).original_link(url)})
        return answer


def nearest_memento(catalog: Catalog, url: str, wanted: datetime) -> tuple[CaptureRange, Capture] | None:
    """All captures of an address, and the one that is nearest in time; None where it was never captured."""
    span = captures_of(catalog, url)
    found = nearest(catalog.connection, span, wanted) if span else None
    return (span, found) if span and found else None


def memento_fields(
    catalog: Catalog, addresses: Addresses, url: str, span: CaptureRange, found: Capture
) -> dict[str, str]:
    """The fields of an answer that is, or shows, a memento."""
    links = addresses.link_field(catalog, url, span, found)
    return {"Memento-Datetime": http_date(found.captured_at), "Link": links}


def asked_address(request: Request) -> str:
    """What stands behind /web/ in a request, as it was sent: with its query, nothing decoded."""
    path = request.scope.get("raw_path") or request.url.path.encode()
    query = request.scope["query_string"].decode("latin-1")
    return path.partition(b"?")[0].decode("latin-1").removeprefix(WEB_PATH) + (f"?{query}" if query else "")


def _asked(request: Request, form: re.Pattern[str]) -> tuple[str, str | None]:
    """The captured address in a request of that form, and the number of the page.

    Raises:
        HTTPException: there is no address of the web in it.
    """
    match = form.match(asked_address(request))
    url = typed_address(match["url"]) if match else None
    if match is None or url is None:
        raise HTTPException(404)
    return url, match.groupdict().get("page")


def _refuse_parts(request: Request) -> None:
    """Refuse what would make a script of this origin of a captured one.

    Raises:
        HTTPException: the browser wants a script, a worker or a part of a page.
    """
    if "service-worker" in request.headers or request.headers.get("sec-fetch-dest", "") not in _SHOWN_AS:
        raise HTTPException(403)


def _fields_of(answer: StoredAnswer, found: Capture, addresses: Addresses) -> dict[str, str]:
    """The fields under which stored bytes are sent: those that say how to read them, and all under other names."""
    fields = {"Content-Security-Policy": STORED_POLICY, "Cross-Origin-Resource-Policy": "same-origin"}
    fields |= {"Content-Encoding": answer.coding} if answer.coding else {}
    location = answer.field("location")
    target = led_to(found.url, location) if location else None
    if target:
        fields["Location"] = addresses.stored(timestamp14(found.captured_at), target)
    if language := answer.field("content-language"):
        fields["Content-Language"] = language
    room = _LONGEST_FIELDS
    kept: dict[str, str] = {}
    for name, value in answer.fields[:_MOST_FIELDS]:
        room -= len(name) + len(value)
        if room >= 0 and _NAME.fullmatch(name):
            shown = f"X-Archive-Orig-{name.title()}"
            kept[shown] = f"{kept[shown]}, {value}" if shown in kept else value
    if answer.mime:
        fields["Content-Type"] = answer.mime
    return {name: _CONTROLS.sub(" ", value) for name, value in (fields | kept).items()}


def _response(answer: StoredAnswer, fields: dict[str, str]) -> Response:
    """The answer: at once and with its length where it is short, else piece by piece."""
    status = answer.status if 200 <= answer.status < 600 else 200
    if status in _WITHOUT_BODY:
        return Response(status_code=status, headers=fields)
    held = bytearray()
    for piece in answer.payload:
        held += piece
        if len(held) > _KEPT_LENGTH:
            whole = itertools.chain((bytes(held),), answer.payload)
            return StreamingResponse(whole, status_code=status, headers=fields)
    return Response(bytes(held), status, headers=fields)
