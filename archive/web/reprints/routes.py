"""The route of two printings compared, and what the article's page says of printings."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import quote, urlencode

import attrs
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive.article import Article
from archive.catalog import Catalog, Version
from archive.catalog.reprints import Direction
from archive.changes.comparison import changes
from archive.changes.kinds import step_of
from archive.errors import ArticleWithheld, UnknownArticle
from archive.language.catalogue import N_, gettext
from archive.reprints.story import Relation
from archive.web.changes.view import ComparedTexts, Layout, picture_address
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


def comparison_address(source: str, copy: str, layout: Layout = "inline") -> str:
    """The address of two articles compared, by their ids."""
    values = {"with": copy} | ({"view": layout} if layout != "inline" else {})
    return f"/printings/{quote(source, safe=':~')}?{urlencode(values, safe=':~')}"


@attrs.frozen(kw_only=True)
class ComparedPrintings(ComparedTexts):
    """Two articles compared, in their latest versions."""

    former: Article
    later: Article

    def address(self, layout: Layout) -> str:
        """The address of this page in a layout."""
        return comparison_address(self.former.id, self.later.id, layout)


def serve_reprints(site: Site) -> None:
    """Add the comparison of two printings to the site."""
    site.templates.globals.update(comparison_address=comparison_address)
    site.templates.filters.update(
        relation_name=lambda relation: gettext(_RELATIONS[relation]), basis_name=lambda basis: gettext(_BASES[basis])
    )

    @site.app.get("/printings/{article_id:path}")
    def compared(request: Request, article_id: str) -> Response:
        values = request.query_params
        layout: Layout = "sides" if values.get("view") == "sides" else "inline"
        with closing(site.collection.catalog()) as catalog:
            former = _latest(catalog, article_id).article()
            later = _latest(catalog, values.get("with", "")[:_LONGEST_ID]).article()
        parts = tuple(changes(former, later))
        view = ComparedPrintings(
            former=former, later=later, parts=parts, step=step_of(parts, former, later), layout=layout
        )
        return site.page(
            "printings.html", view=view, picture_address=lambda image: picture_address(image, site.replay_origin)
        )


def _latest(catalog: Catalog, article_id: str) -> Version:
    try:
        return catalog.article(article_id)
    except ArticleWithheld:
        raise
    except UnknownArticle as error:
        raise HTTPException(404) from error
