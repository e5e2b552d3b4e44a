"""The routes of the gallery and of single pictures."""

from __future__ import annotations

from contextlib import closing

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from archive.errors import UnknownPicture
from archive.web.pictures.history_view import view_picture
from archive.web.pictures.view import PATH, view_gallery
from archive.web.queries.coverage import CoverageQuery
from archive.web.queries.search import ORDERS, SearchQuery
from archive.web.site import Site


def serve_pictures(site: Site) -> None:
    """Add the gallery and the pages of pictures to the site."""

    @site.app.get("/picture/{name}")
    def picture(name: str) -> Response:
        with closing(site.collection.catalog()) as catalog:
            try:
                view = view_picture(catalog, name)
            except UnknownPicture as error:
                raise HTTPException(404) from error
        if name != view.history.name:  # that of another of its files
            return RedirectResponse(f"/picture/{view.history.name}", 308)
        return site.page("picture.html", view=view)

    @site.app.get(PATH)
    def pictures(request: Request) -> Response:
        gallery = view_gallery(site.collection, SearchQuery.read(request.query_params))
        query = gallery.search.query
        return site.page(
            "pictures.html", 400 if gallery.search.wrong else 200, gallery=gallery, found=gallery.search, query=query,
            orders=ORDERS, coverage=CoverageQuery.of_search(query), path=PATH,
        )  # fmt: skip
