"""The routes of changes: the list, its feed, and two versions of an article compared."""

from __future__ import annotations

from contextlib import closing

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive.catalog.changes import SILENT
from archive.changes.kinds import ChangeKind
from archive.errors import ArticleWithheld, UnknownArticle, UnknownVersion
from archive.web.changes.feed import MEDIA_TYPE, atom_feed
from archive.web.changes.view import Layout, changes_address, picture_address, view_changes, view_compared
from archive.web.changes.wording import change_name, kind_of_change, meaning_of_change, picture_change
from archive.web.queries.changes import CHANGES_PATH, FEED_PATH, ChangesQuery
from archive.web.refusal import Refusal
from archive.web.site import Site


def serve_changes(site: Site) -> None:
    """Add the pages of changes to the site."""
    site.templates.filters.update(
        kind_of_change=kind_of_change, meaning_of_change=meaning_of_change, change_name=change_name,
        picture_change=picture_change,
    )  # fmt: skip
    named = [*(kind.value for kind in ChangeKind), SILENT]
    site.templates.globals.update(changes_address=changes_address, changes_feed=FEED_PATH, change_kinds=named)

    @site.app.get(CHANGES_PATH)
    def changes(request: Request) -> Response:
        query = ChangesQuery.read(request.query_params)
        view = view_changes(site.collection, query)
        return site.page(
            "changes.html", 400 if view.wrong else 200, view=view, changes_query=query, kinds=list(ChangeKind)
        )

    @site.app.get(FEED_PATH)
    def feed(request: Request) -> Response:
        query = ChangesQuery.read(request.query_params)
        view = view_changes(site.collection, query)
        if view.wrong:
            raise Refusal(view.wrong)
        text = atom_feed(view, site.origin(request), site.clock())
        return Response(text, media_type=MEDIA_TYPE)

    @site.app.get(CHANGES_PATH + "/{article_id:path}")
    def compared(request: Request, article_id: str) -> Response:
        values = request.query_params
        layout: Layout = "sides" if values.get("view") == "sides" else "inline"
        with closing(site.collection.catalog()) as catalog:
            try:
                view = view_compared(catalog, article_id, values.get("from", ""), values.get("to", ""), layout)
            except ArticleWithheld:
                raise
            except (UnknownArticle, UnknownVersion) as error:
                raise HTTPException(404) from error
        return site.page(
            "compared.html", view=view, article=view.article,
            picture_address=lambda image: picture_address(image, site.replay_origin),
        )  # fmt: skip
