"""The routes of the calendar: the captures of an address."""

from __future__ import annotations

from contextlib import closing

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from archive.language.catalogue import N_, gettext
from archive.language.forms import WEEKDAYS
from archive.replay.addresses import captures_of, refuse_withheld, typed_address
from archive.replay.memento.routes import asked_address
from archive.web.calendar.view import MOST_LISTED, CaptureKind, Day, calendar_address, read_period, view_calendar
from archive.web.site import Site

# A sign for each kind, which tells them apart without colour
SIGNS = {
    CaptureKind.PAGE: "●",
    CaptureKind.REVISIT: "○",
    CaptureKind.NOT_MODIFIED: "=",
    CaptureKind.REDIRECT: "→",
    CaptureKind.MISSING: "×",
    CaptureKind.FAILED: "!",
    CaptureKind.OTHER: "·",
}
_KINDS = {
    CaptureKind.PAGE: N_("page"),
    CaptureKind.REVISIT: N_("same bytes as before"),
    CaptureKind.NOT_MODIFIED: N_("unchanged, the server said (304)"),
    CaptureKind.REDIRECT: N_("redirect"),
    CaptureKind.MISSING: N_("not there or refused (4xx)"),
    CaptureKind.FAILED: N_("server failed (5xx)"),
    CaptureKind.OTHER: N_("other"),
}


def serve_calendar(site: Site) -> None:
    """Add calendars to the site."""
    site.templates.filters.update(
        sign=lambda kind: SIGNS[kind], kind_name=lambda kind: gettext(_KINDS[kind]), calendar_address=calendar_address
    )
    site.templates.globals.update(day_words=_day_words, weekdays=WEEKDAYS)

    @site.app.get("/web/{period}*/{url:path}")
    def calendar(request: Request, period: str) -> Response:
        return _calendar(site, request, period)

    @site.app.get("/web/*/{url:path}")
    def whole_calendar(request: Request) -> Response:
        return _calendar(site, request, "")

    @site.app.get("/captures")
    def typed(url: str = "") -> Response:
        address = typed_address(url) if len(url) <= 4096 else None
        if address:
            return RedirectResponse(calendar_address(address), 303)
        return site.page("calendar.html", 400 if url else 200, view=None, wrong=url[:4096])


def _day_words(day: Day) -> str:
    """The captures of a day in words."""
    return ", ".join(f"{gettext(_KINDS[kind])} {count}" for kind, count in day.kinds)


def _calendar(site: Site, request: Request, digits: str) -> Response:
    url = typed_address(asked_address(request).partition("/")[2])
    period = read_period(digits) if digits else None
    if url is None or (digits and period is None):
        raise HTTPException(404)
    with closing(site.collection.catalog()) as catalog:
        span = captures_of(catalog, url)
        if span is None:
            refuse_withheld(catalog, url)
        view = view_calendar(catalog, url, span, period) if span else None
    if view is None:
        return site.page("calendar.html", 404, view=None, asked=url)
    return site.page("calendar.html", view=view, kinds=list(CaptureKind), most=MOST_LISTED)
