"""The routes of frozen sets: the list, and a set with its articles and its check."""

from __future__ import annotations

import functools
from collections import Counter
from contextlib import closing

import attrs
from fastapi import Request
from starlette.responses import Response

from archive.catalog import Version
from archive.catalog.versions import versions_named
from archive.collection import Collection
from archive.errors import SetDamaged
from archive.sets import files as sets
from archive.sets.check import SetFinding, check
from archive.web.export.routes import stored_set
from archive.web.queries.export import EXPORT_PATH, FREEZE_PATH, ExportQuery
from archive.web.queries.parameters import parse_page
from archive.web.queries.search import PLACES
from archive.web.sets.wording import filters_said
from archive.web.site import Site

SETS_PATH = "/sets"
PER_PAGE = 50
MOST_SHOWN = 200
"""Differences that a page lists; the command lists all."""
_LAST_PAGE = 1_000_000


@attrs.frozen(kw_only=True)
class SetView:
    """A page of a set: its articles in the frozen version, None for those that the archive does not hold so.

    `differences`: what the check found, at most `MOST_SHOWN` of each fault; None where it was not asked for.
    """

    frozen: sets.FrozenSet
    page: int
    articles: tuple[tuple[str, Version | None], ...]
    differences: tuple[SetFinding, ...] | None = None
    counts: Counter[str] = attrs.field(factory=Counter)

    @property
    def pages(self) -> int:
        """How many pages the articles fill."""
        return max(1, -(-self.frozen.count // PER_PAGE))

    @property
    def query(self) -> ExportQuery:
        """The export of the set."""
        return ExportQuery(set_name=self.frozen.name)


def serve_sets(site: Site) -> None:
    """Add the sets to the site."""
    app, collection = site.app, site.collection

    @app.get(SETS_PATH)
    def list_of_sets() -> Response:
        found = [(name, None if isinstance(one, SetDamaged) else one) for name, one in sets.listed(collection)]
        return site.page("sets.html", found=found, path=SETS_PATH, export=EXPORT_PATH)

    @app.get(SETS_PATH + "/{name}")
    def one_set(request: Request, name: str) -> Response:
        frozen = stored_set(collection, name)
        wrong: list[str] = []
        number = parse_page(request.query_params, _LAST_PAGE, wrong)
        view = view_set(collection, frozen, number, is_checked=request.query_params.get("check") == "1")
        return site.page(
            "set.html", 400 if wrong else 200, view=view, frozen=frozen, wrong=wrong, path=SETS_PATH,
            freeze=FREEZE_PATH, most=MOST_SHOWN, filters=functools.partial(filters_said, frozen.filters), places=PLACES,
        )  # fmt: skip


def view_set(collection: Collection, frozen: sets.FrozenSet, page: int, *, is_checked: bool) -> SetView:
    """A page of a set, and its differences to the collection of now."""
    shown = frozen.articles[(page - 1) * PER_PAGE : page * PER_PAGE]
    with closing(collection.catalog()) as catalog:
        held = {(one.article_id, one.content_hash): one for one in versions_named(catalog.connection, shown)}
    articles = tuple((id, held.get((id, version))) for id, version in shown)
    if not is_checked:
        return SetView(frozen=frozen, page=page, articles=articles)
    counts: Counter[str] = Counter()
    listed = []
    for finding in check(collection, frozen):
        counts[finding.fault.value] += 1
        if counts[finding.fault.value] <= MOST_SHOWN:
            listed.append(finding)
    return SetView(frozen=frozen, page=page, articles=articles, differences=tuple(listed), counts=counts)
