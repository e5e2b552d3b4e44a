"""The route of an article's page."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from archive.errors import UnknownArticle
from archive.web.article.view import view_article
from archive.web.site import Site
from archive.web.wording import article_address


def serve_articles(site: Site) -> None:
    """Add the articles to the site."""

    @site.app.get("/article/{article_id:path}")
    def article(article_id: str, version: str = "") -> Response:
        with closing(site.collection.catalog()) as catalog:
            try:
                view = view_article(catalog, article_id, version or None, site.replay_origin)
            except UnknownArticle as error:
                raise HTTPException(404) from error
            if version and version != view.version.content_hash:  # an address of before, by the number of the row
                lasting = f"{article_address(article_id)}?version={quote(view.version.content_hash, safe='')}"
                return RedirectResponse(lasting, 308)
            profile = catalog.newspapers().get(view.article.newspaper, {})
        return site.page("article.html", view=view, article=view.article, profile=profile)
