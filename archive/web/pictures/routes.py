"""The route of the gallery."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from archive.web.pictures.view import PATH, view_gallery
from archive.web.queries.coverage import CoverageQuery
from archive.web.queries.search import ORDERS, SearchQuery
from archive.web.site import Site


def serve_pictures(site: Site) -> None:
    """Add the gallery to the site."""

    @site.app.get(PATH)
    def pictures(request: Request) -> Response:
        gallery = view_gallery(site.collection, SearchQuery.read(request.query_params))
        query = gallery.search.query
        return site.page(
            "pictures.html", 400 if gallery.search.wrong else 200, gallery=gallery, found=gallery.search, query=query,
            orders=ORDERS, coverage=CoverageQuery.of_search(query), path=PATH,
        )  # fmt: skip
