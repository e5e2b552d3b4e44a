"""What the pages of changes show: a list, and two versions of an article beside each other."""

from __future__ import annotations

from contextlib import closing
from typing import Literal
from urllib.parse import quote, urlencode

import attrs

from archive.article import Article, Image
from archive.catalog import Catalog, Version
from archive.catalog.change_lists import ChangePage, Cursor, TitledChange, page_of_changes
from archive.changes.comparison import Part, changes
from archive.changes.kinds import ChangeKind, Step, step_of
from archive.collection import Collection
from archive.errors import CollectionInconsistent, UnknownVersion
from archive.language.catalogue import gettext
from archive.search.changed_search import search_changes
from archive.search.indexing.papers import Profiles
from archive.web.queries.changes import ChangesQuery
from archive.web.queries.parameters import NO_INDEX, no_newspaper

PAGE_SIZE = 20
_BESIDE = frozenset({"authors", "source", "tags"})
Layout = Literal["inline", "sides"]


def changes_address(article_id: str, former: str, later: str, layout: Layout = "inline") -> str:
    """The address of the changes between two versions, by their content hashes."""
    values = {"from": former, "to": later} | ({"view": layout} if layout != "inline" else {})
    return f"/changes/{quote(article_id, safe=':~')}?{urlencode(values, safe=':')}"


@attrs.frozen(kw_only=True)
class ChangesView:
    """A page of changes, and the newspapers' profiles; `next`: where the page behind it begins."""

    query: ChangesQuery
    profiles: Profiles
    changes: tuple[TitledChange, ...] = ()
    next: Cursor | None = None
    wrong: tuple[str, ...] = ()


def view_changes(collection: Collection, query: ChangesQuery, size: int = PAGE_SIZE) -> ChangesView:
    """The changes for a query; names that are not known, and an index that cannot be searched, give messages."""
    wrong = list(query.wrong)
    with closing(collection.catalog()) as catalog, catalog.snapshot():
        known = catalog.newspapers()
        if query.newspaper and query.newspaper not in known:
            wrong.append(no_newspaper(query.newspaper, sorted(known)))
        page = ChangePage()
        if not wrong and not query.text:
            page = page_of_changes(catalog.connection, query.filters, size, query.before)
    if not wrong and query.text:
        try:
            page = search_changes(collection, query.text, query.filters, size, query.before)
        except CollectionInconsistent:
            wrong.append(gettext(NO_INDEX))
    return ChangesView(query=query, profiles=known, changes=page.changes, next=page.next, wrong=tuple(wrong))


@attrs.frozen(kw_only=True)
class ComparedTexts:
    """Two texts compared, and how that is shown."""

    parts: tuple[Part, ...]
    step: Step
    layout: Layout

    @property
    def kinds(self) -> tuple[ChangeKind, ...]:
        """The kinds of change, in the order of display."""
        return tuple(kind for kind in ChangeKind if kind in self.step.kinds)

    @property
    def shown(self) -> tuple[Part, ...]:
        """The parts, without unchanged ones that the page does not print by themselves or prints in the byline."""
        return tuple(part for part in self.parts if part.is_changed or part.field not in _BESIDE)

    @property
    def first_changed(self) -> int | None:
        """Which of the parts that are shown is the first that changed, from 0; None where none did."""
        return next((nth for nth, part in enumerate(self.shown) if part.is_changed), None)

    @property
    def is_changed(self) -> bool:
        """Whether anything that is compared differs."""
        return any(part.is_changed for part in self.parts)


@attrs.frozen(kw_only=True)
class ComparedView(ComparedTexts):
    """Two versions of an article compared; `number`: which of the versions the later one is, from 1."""

    former: Version
    later: Version
    article: Article
    versions: tuple[Version, ...]
    number: int

    @property
    def is_step(self) -> bool:
        """Whether the later version follows the former one."""
        return self.number > 1 and self.versions[self.number - 2].seq == self.former.seq

    @property
    def earlier_step(self) -> str | None:
        """The address of the change before this one."""
        return self._step(self.number - 1) if self.is_step else None

    @property
    def later_step(self) -> str | None:
        """The address of the change behind this one."""
        return self._step(self.number + 1) if self.is_step else None

    def address(self, layout: Layout) -> str:
        """The address of this page in a layout."""
        return changes_address(self.article.id, self.former.content_hash, self.later.content_hash, layout)

    def _step(self, number: int) -> str | None:
        if not 2 <= number <= len(self.versions):
            return None
        former, later = self.versions[number - 2], self.versions[number - 1]
        return changes_address(self.article.id, former.content_hash, later.content_hash, self.layout)


def view_compared(catalog: Catalog, article_id: str, former: str, later: str, layout: Layout) -> ComparedView:
    """Two versions of an article, by their content hashes.

    Raises:
        UnknownArticle: no article has that id.
        UnknownVersion: it has no such version.
    """
    catalog.article(article_id)
    versions = tuple(catalog.versions(article_id))
    # of versions with one text those that follow each other
    at = _places(versions, later)
    pairs = [(one, other) for other in at for one in _places(versions, former) if one < other]
    if not pairs:
        pairs = [(one, other) for other in at for one in _places(versions, former)]
    if not pairs:
        raise UnknownVersion(article_id, f"{former} {later}"[:80], len(versions))
    one, other = min(pairs, key=lambda pair: abs(pair[1] - pair[0]))
    articles = versions[one].article(), versions[other].article()
    parts = tuple(changes(*articles))
    return ComparedView(
        former=versions[one], later=versions[other], article=articles[1], parts=parts,
        step=step_of(parts, *articles), versions=versions, number=other + 1, layout=layout,
    )  # fmt: skip


def _places(versions: tuple[Version, ...], content_hash: str) -> list[int]:
    return [nth for nth, one in enumerate(versions) if one.content_hash == content_hash]


def picture_address(image: Image | None, replay_origin: str) -> str | None:
    """Where a picture is on the replay's origin; None where it was not captured."""
    if image is None or image.capture is None:
        return None
    return f"{replay_origin}/picture/{quote(image.capture.record_id, safe=':')}"
