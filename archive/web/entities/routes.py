"""The routes of newspapers, authors and sections: a list, and a page of each."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import attrs
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive.web.queries.coverage import CoverageQuery
from archive.web.queries.export import ExportQuery
from archive.web.queries.search import GRAINS, SearchQuery
from archive.web.search.chart import draw
from archive.web.search.view import SearchView, list_articles, view_search
from archive.web.site import Site

NEWEST_SHOWN = 10
NEWSPAPERS_PATH = "/newspapers"


@attrs.frozen(kw_only=True)
class EntityView:
    """All that is shown of a newspaper, an author or a section: what a search for it alone finds."""

    kind: str
    name: str
    found: SearchView

    @property
    def query(self) -> SearchQuery:
        """The search for it."""
        return self.found.query

    @property
    def address(self) -> str:
        """The address of this page."""
        if self.kind == "section":
            return section_address(self.name, self.query.newspaper)
        return author_address(self.name) if self.kind == "author" else newspaper_address(self.name)

    def charted(self, *, grain: str, chart: str) -> str:
        """The address of this page with its chart drawn otherwise."""
        asked = urlencode({name: one for name, one in (("grain", grain), ("chart", chart)) if one})
        return self.address + (("&" if "?" in self.address else "?") + asked if asked else "")

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


def serve_entities(site: Site) -> None:
    """Add these pages to the site, and the filters for their addresses."""
    app = site.app
    site.templates.filters.update(
        author_address=author_address, section_address=section_address, newspaper_address=newspaper_address
    )

    @app.get(NEWSPAPERS_PATH)
    def newspapers() -> Response:
        held = list_articles(site.collection, "newest", 0).facets.newspapers
        return site.page("newspapers.html", held=held)

    @app.get("/newspaper/{name}")
    def newspaper(name: str, request: Request) -> Response:
        return _page(site, request, "newspaper", name, SearchQuery(newspaper=name))

    @app.get("/author/{name:path}")
    def author(name: str, request: Request) -> Response:
        return _page(site, request, "author", name, SearchQuery(author=f'"{name}"'))

    @app.get("/section/{name:path}")
    def section(name: str, request: Request, newspaper: str = "") -> Response:
        return _page(site, request, "section", name, SearchQuery(section=name, newspaper=newspaper))


def _page(site: Site, request: Request, kind: str, name: str, query: SearchQuery) -> Response:
    shown = SearchQuery.read(request.query_params)
    found = view_search(site.collection, attrs.evolve(query, grain=shown.grain, chart=shown.chart))
    if found.wrong or (not found.results.total and kind != "newspaper"):
        raise HTTPException(404)
    view = EntityView(kind=kind, name=name, found=found)
    return site.page(
        "entity.html", view=view, results=found.results, newest=found.results.hits[:NEWEST_SHOWN],
        chart=draw(found.timeline, is_share=shown.chart == "share") if found.timeline else None, coverage=view.coverage,
        listed=query, grains=GRAINS,
    )  # fmt: skip
