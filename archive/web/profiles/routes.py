"""The routes of newspapers, authors and sections: a list, and a page of each."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any
from urllib.parse import quote

import attrs
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive.collection import Collection
from archive.search.query import Results, search
from archive.search.timeline import Timeline, read_timeline
from archive.web.queries.coverage import CoverageQuery
from archive.web.queries.export import ExportQuery
from archive.web.queries.search import SearchQuery
from archive.web.search.chart import draw
from archive.web.search.view import REFUSALS, list_articles
from archive.web.site import Site

NEWEST_SHOWN = 10
NEWSPAPERS_PATH = "/newspapers"


@attrs.frozen(kw_only=True)
class ProfileView:
    """All that is shown of a newspaper, an author or a section: what a search for it alone finds."""

    kind: str
    name: str
    title: str
    query: SearchQuery
    results: Results
    timeline: Timeline

    @property
    def address(self) -> str:
        """The address of this page."""
        if self.kind == "section":
            return section_address(self.name, self.query.newspaper)
        return author_address(self.name) if self.kind == "author" else newspaper_address(self.name)

    @property
    def export(self) -> ExportQuery:
        """The export of its articles."""
        return ExportQuery(search=self.query)

    @property
    def coverage(self) -> CoverageQuery:
        """The chart of its coverage."""
        return CoverageQuery.of_search(self.query)


def author_address(name: str) -> str:
    """The address of an author's page."""
    return f"/author/{quote(name, safe='')}"


def section_address(name: str, newspaper: str = "") -> str:
    """The address of a section's page, of all newspapers or of one."""
    return f"/section/{quote(name, safe='')}" + (f"?newspaper={quote(newspaper)}" if newspaper else "")


def newspaper_address(name: str) -> str:
    """The address of a newspaper's page."""
    return f"/newspaper/{quote(name, safe='')}"


def serve_profiles(site: Site) -> None:
    """Add these pages to the site, and the filters for their addresses."""
    app, collection = site.app, site.collection
    site.templates.filters.update(
        author_address=author_address, section_address=section_address, newspaper_address=newspaper_address
    )

    @app.get(NEWSPAPERS_PATH)
    def newspapers() -> Response:
        with closing(collection.catalog()) as catalog:
            profiles = catalog.newspapers()
        held = list_articles(collection, "newest", 0).facets.newspapers
        return site.page("newspapers.html", profiles=profiles, held=held)

    @app.get("/newspaper/{name}")
    def newspaper(name: str, request: Request) -> Response:
        profiles = _profiles(collection)
        if name not in profiles:
            raise HTTPException(404)
        title = str(profiles[name].get("title") or name)
        return _page(site, request, "newspaper", name, title, SearchQuery(newspaper=name), profiles)

    @app.get("/author/{name:path}")
    def author(name: str, request: Request) -> Response:
        return _page(site, request, "author", name, name, SearchQuery(author=f'"{name}"'), _profiles(collection))

    @app.get("/section/{name:path}")
    def section(name: str, request: Request, newspaper: str = "") -> Response:
        query = SearchQuery(section=name, newspaper=newspaper)
        return _page(site, request, "section", name, name, query, _profiles(collection))


def _profiles(collection: Collection) -> Mapping[str, Mapping[str, Any]]:
    with closing(collection.catalog()) as catalog:
        return catalog.newspapers()


def _page(
    site: Site, request: Request, kind: str, name: str, title: str, query: SearchQuery,
    profiles: Mapping[str, Mapping[str, Any]],
) -> Response:  # fmt: skip
    try:
        results = search(site.collection, "", query.filters, order="newest", limit=NEWEST_SHOWN)
        timeline = read_timeline(site.collection, "", query.filters)
    except REFUSALS as error:
        raise HTTPException(404) from error
    if not results.total and kind != "newspaper":
        raise HTTPException(404)
    view = ProfileView(kind=kind, name=name, title=title, query=query, results=results, timeline=timeline)
    is_share = request.query_params.get("chart") == "share"
    return site.page(
        "profile.html", view=view, results=results, profiles=profiles, profile=profiles.get(name, {}),
        chart=draw(timeline, is_share=is_share) if results.total else None, coverage=view.coverage, listed=query,
    )  # fmt: skip
