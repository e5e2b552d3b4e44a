"""The route of two printings compared, and what the article's page says of printings."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import quote, urlencode

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive.catalog import Catalog, Version
from archive.catalog.reprints import Direction
from archive.changes.comparison import changes
from archive.errors import ArticleWithheld, UnknownArticle
from archive.language.catalogue import N_, gettext
from archive.reprints.story import Relation
from archive.web.site import Site

_LONGEST_ID = 300
_RELATIONS: dict[Relation, str] = {
    "origin": N_("printed first"),
    "same": N_("the same text"),
    "edited": N_("with edits"),
    "abridged": N_("abridged"),
    "expanded": N_("with additions"),
    "embedded": N_("within a longer piece"),
}
_BASES: dict[Direction, str] = {
    "credit": N_("as a credit says"),
    "time": N_("by the times of publication"),
    "capture": N_("by the times of capture"),
    "doubtful": N_("doubtful: the times cannot tell"),
}


def comparison_address(source: str, copy: str) -> str:
    """The address of two articles compared, by their ids."""
    return f"/printings/{quote(source, safe=':~')}?{urlencode({'with': copy}, safe=':~')}"


def serve_reprints(site: Site) -> None:
    """Add the comparison of two printings to the site."""
    site.templates.globals.update(comparison_address=comparison_address)
    site.templates.filters.update(
        relation_name=lambda relation: gettext(_RELATIONS[relation]), basis_name=lambda basis: gettext(_BASES[basis])
    )

    @site.app.get("/printings/{article_id:path}")
    def compared(request: Request, article_id: str) -> Response:
        other = request.query_params.get("with", "")[:_LONGEST_ID]
        with closing(site.collection.catalog()) as catalog:
            former, later = _latest(catalog, article_id), _latest(catalog, other)
        parts = changes(former.article(), later.article())
        return site.page("printings.html", former=former.article(), later=later.article(), parts=parts)


def _latest(catalog: Catalog, article_id: str) -> Version:
    try:
        return catalog.article(article_id)
    except ArticleWithheld:
        raise
    except UnknownArticle as error:
        raise HTTPException(404) from error
