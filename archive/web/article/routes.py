"""The routes of an article: its page, and its citation as a file."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from archive.article import Article
from archive.catalog import Catalog
from archive.collection import Collection
from archive.errors import ArticleWithheld, CollectionInconsistent, UnknownArticle
from archive.reprints.story import Story, stories_of
from archive.search.similar import Similar, similar
from archive.web.article.citation import FILES, Citations
from archive.web.article.metadata import coins, json_ld, meta_elements
from archive.web.article.view import ArticleView, view_article
from archive.web.site import Site
from archive.web.wording import version_address

SIMILAR_SHOWN = 5
_MOST_LISTED = 10
_LONGEST_NUMBER = 7


def serve_articles(site: Site) -> None:
    """Add the articles to the site."""

    @site.app.get("/article/{article_id:path}/citation.{suffix}")
    def citation(request: Request, article_id: str, suffix: str, version: str = "") -> Response:
        file = next((one for one in FILES if one.suffix == suffix), None)
        if file is None:
            raise HTTPException(404)
        with closing(site.collection.catalog()) as catalog:
            view = _view(catalog, article_id, version, site)
            found = Citations.of(catalog, view.version, site.origin(request))
        named = {"Content-Disposition": f'attachment; filename="{found.reference.key}.{file.suffix}"'}
        return Response(found.text(file.form), media_type=file.media_type, headers=named)

    @site.app.get("/article/{article_id:path}")
    def article(request: Request, article_id: str, version: str = "", reading: str = "") -> Response:
        if reading and not (reading.isascii() and reading.isdigit() and len(reading) < _LONGEST_NUMBER):
            raise HTTPException(404)
        with closing(site.collection.catalog()) as catalog:
            view = _view(catalog, article_id, version, site, int(reading) if reading else None)
            if version and version != view.version.content_hash:  # an address of before, by the number of the row
                return RedirectResponse(version_address(article_id, view.version.content_hash), 308)
            citations = Citations.of(catalog, view.version, site.origin(request))
            stories = stories_of(catalog, article_id)
        ref = citations.reference
        return site.page(
            "article.html", view=view, article=view.article, citations=citations, files=FILES,
            alike=_alike(site.collection, view.article, stories), meta=meta_elements(ref), coins=coins(ref),
            json_ld=json_ld(ref, view.article), stories=stories,
        )  # fmt: skip


def _view(catalog: Catalog, article_id: str, version: str, site: Site, reading: int | None = None) -> ArticleView:
    try:
        return view_article(catalog, article_id, version or None, site.replay_origin, reading)
    except ArticleWithheld:
        raise
    except UnknownArticle as error:
        raise HTTPException(404) from error


def _alike(collection: Collection, article: Article, stories: Sequence[Story]) -> tuple[Similar, ...]:
    """The articles most like one, without those that are listed as printings; none while the index is damaged."""
    listed = {printing.article_id for one in stories for printing in one.printings}
    try:
        found = similar(collection, article, SIMILAR_SHOWN + min(len(listed), _MOST_LISTED))
    except CollectionInconsistent:
        return ()
    return tuple(one for one in found if one.id not in listed)[:SIMILAR_SHOWN]
