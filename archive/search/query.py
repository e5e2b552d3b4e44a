"""Search: finds, counts and ranks the articles for a query in one scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Literal

import attrs
import tantivy
from tantivy import Query

from archive.catalog import Version
from archive.catalog.versions import versions_with
from archive.collection import Collection
from archive.search.facets import Facets, count_everything, count_facets
from archive.search.indexing.opened import Searching, searching
from archive.search.parsing.tree import Parsed, Scope
from archive.search.selection import Selection, selection_of
from archive.search.snippet import MarkedText, Marks
from archive.search.terms.document import schema
from archive.search.terms.passages import passages_of
from archive.search.terms.vietnamese import composed

DEEPEST = 10_000
FEW = 200
"""So many hits are counted by their numbers, not by finding them again."""

_Found = tuple[Any, tantivy.DocAddress]
Order = Literal["relevance", "newest", "oldest"]


@attrs.frozen(kw_only=True)
class Hit:
    """An article that was found. Title and snippet are pieces of the original text, with the found words marked."""

    id: str
    version: str
    """The content hash of the version that was found."""
    newspaper: str
    section: str | None
    language: str
    title: str
    title_pieces: tuple[MarkedText, ...]
    lead: str | None
    authors: tuple[str, ...]
    source: str | None
    published_at: datetime
    url: str
    score: float
    snippet: tuple[MarkedText, ...]
    found: Version = attrs.field(repr=False)
    """The version itself, which need not be the latest by now."""
    picture: Picture | None = None

    def values(self) -> dict[str, Any]:
        """The hit as JSON values, its snippet as plain text."""
        return {
            "id": self.id,
            "version": self.version,
            "newspaper": self.newspaper,
            "section": self.section,
            "language": self.language,
            "title": self.title,
            "lead": self.lead,
            "authors": list(self.authors),
            "source": self.source,
            "published_at": self.published_at.isoformat(),
            "url": self.url,
            "score": self.score,
            "snippet": "".join(piece.text for piece in self.snippet),
        }


@attrs.frozen(kw_only=True)
class Picture:
    """A hit's picture: the one whose caption was found, else the article's first that is held."""

    record_id: str
    caption: tuple[MarkedText, ...]
    is_found: bool
    """Whether the caption is what was found."""


@attrs.frozen(kw_only=True)
class Results:
    """The answer to a query in a scope: `total` articles and their facets, and one page of hits.

    `typed` and `folded` count the articles of either scope; they are equal where the query has no words. `behind`
    versions are not indexed yet.
    """

    scope: Scope = "folded"
    typed: int = 0
    folded: int = 0
    hits: tuple[Hit, ...] = ()
    facets: Facets = attrs.field(factory=Facets)
    behind: int = 0

    @property
    def total(self) -> int:
        """How many articles match in the scope."""
        return self.typed if self.scope == "typed" else self.folded


def search(
    collection: Collection,
    wanted: Selection | str,
    *,
    limit: int = 20,
    offset: int = 0,
    order: Order = "relevance",
    facets: bool = True,
) -> Results:
    """Find the articles of a selection, or of a query alone; no count, facet or hit is of another scope.

    Args:
        facets: count them too; else they are empty.

    Raises:
        BadQuery: the query is malformed.
        UnknownNewspaper: the collection holds no such newspaper.
        CollectionInconsistent: the index is damaged; `follow` rebuilds it.
    """
    with searching(collection) as opened:
        return search_in(opened, wanted, limit=limit, offset=offset, order=order, facets=facets)


def search_in(
    opened: Searching,
    wanted: Selection | str,
    *,
    limit: int = 20,
    offset: int = 0,
    order: Order = "relevance",
    facets: bool = True,
) -> Results:
    """Search in an opened index; see `search`."""
    wanted = selection_of(wanted)
    if opened.searcher is None:
        return Results(behind=opened.behind)
    made = _Search(opened, wanted, wanted.parsed, order)
    return made.results(max(limit, 0), max(offset, 0), with_facets=facets)


@attrs.frozen
class _Search:
    """One search of an opened index."""

    opened: Searching
    wanted: Selection
    parsed: Parsed
    order: Order

    @property
    def scope(self) -> Scope:
        return self.wanted.scope

    def results(self, limit: int, offset: int, *, with_facets: bool) -> Results:
        if self._is_everything and not limit:
            held = self._searcher.num_docs
            facets = self._facets_of_everything() if with_facets else Facets()
            return Results(scope=self.scope, typed=held, folded=held, facets=facets, behind=self.opened.behind)
        other: Scope = "folded" if self.scope == "typed" else "typed"
        with ThreadPoolExecutor(1) as thread:
            # tantivy releases the interpreter's lock
            in_other = thread.submit(self._count, self._query(other)) if self.parsed.has_words else None
            query = self._query(self.scope)
            # each pass over the index finds the phrases anew: one gives the hits and their number
            found = self._page(query, max(FEW, min(limit, DEEPEST)) if limit else 1, offset)
            hits = tuple(self._hits(found.hits[:limit]))
            facets = self._facets(query, found) if with_facets else Facets()
        totals = {self.scope: _count(found), other: in_other.result() if in_other else _count(found)}
        return Results(
            scope=self.scope,
            typed=totals["typed"],
            folded=totals["folded"],
            hits=hits,
            facets=facets,
            behind=self.opened.behind,
        )

    def _count(self, query: Query) -> int:
        # a search would rank what it counts
        counted = self._searcher.aggregate(query, {"all": {"value_count": {"field": "seq"}}})
        return int(counted["all"]["value"])

    @property
    def _is_everything(self) -> bool:
        return self.parsed.tree is None and not self.wanted.filters

    def _facets_of_everything(self) -> Facets:
        return count_everything(self._searcher, self.opened.profiles, self.opened.state)

    def _facets(self, query: Query, found: tantivy.SearchResult) -> Facets:
        if self._is_everything:
            return self._facets_of_everything()
        if _count(found) == len(found.hits):
            query = Query.term_set_query(schema(), "seq", self._seqs(found.hits))
        return count_facets(self._searcher, query, self.opened.profiles)

    @property
    def _searcher(self) -> tantivy.Searcher:
        assert self.opened.searcher is not None
        return self.opened.searcher

    def _query(self, scope: Scope) -> Query:
        return attrs.evolve(self.wanted, scope=scope).index_query(self.opened)

    def _page(self, query: Query, limit: int, offset: int) -> tantivy.SearchResult:
        offset = min(offset, self._searcher.num_docs)  # tantivy makes room for all that it passes over
        if self._is_ranked:
            return self._searcher.search(query, limit=limit, offset=offset)
        direction = tantivy.Order.Asc if self.order == "oldest" else tantivy.Order.Desc
        return self._searcher.search(query, limit=limit, offset=offset, order_by_field="published", order=direction)

    @property
    def _is_ranked(self) -> bool:
        return self.order == "relevance" and self.parsed.has_words

    def _seqs(self, found: Sequence[_Found]) -> list[int]:
        return [int(seq or 0) for seq in self._searcher.fast_field_values("seq", [address for _, address in found])]

    def _hits(self, found: Sequence[_Found]) -> Iterable[Hit]:
        marks = Marks.of(self.parsed, self.scope)
        seqs = self._seqs(found)
        held = {version.seq: version for version in versions_with(self.opened.catalog.connection, seqs)}
        for (score, _), seq in zip(found, seqs, strict=True):
            if seq in held:
                yield hit_of(held[seq], float(score) if self._is_ranked else 0.0, marks)


def _count(found: tantivy.SearchResult) -> int:
    return int(found.count)  # type: ignore[attr-defined]  # missing from the stubs


def hit_of(version: Version, score: float, marks: Marks) -> Hit:
    """A version as a hit; `score`: 0 where the order is not by relevance."""
    values = version.values()
    read = passages_of(values)
    marks = marks.in_texts(passage.text for passage in read)
    return Hit(
        id=version.article_id,
        version=version.content_hash,
        newspaper=values["newspaper"],
        section=values.get("section"),
        language=values.get("language") or "vi",
        title=values["title"],
        title_pieces=marks.highlight(composed(values["title"])),
        lead=values.get("lead"),
        authors=tuple(values.get("authors") or ()),
        source=values.get("source"),
        published_at=datetime.fromisoformat(values["published_at"]),
        url=values["url"],
        score=score,
        snippet=marks.snippet(read),
        found=version,
        picture=_picture(values.get("images") or (), marks),
    )


def _picture(images: Iterable[Mapping[str, Any]], marks: Marks) -> Picture | None:
    captures = [(one.get("capture"), one.get("caption") or "") for one in images]
    held = [(capture["record_id"], composed(caption)) for capture, caption in captures if capture]
    captions = [(record_id, marks.highlight(caption)) for record_id, caption in held]
    found = next((one for one in captions if any(piece.is_hit for piece in one[1])), None)
    if found is None and not captions:
        return None
    record_id, caption = found or captions[0]
    return Picture(record_id=record_id, caption=caption, is_found=found is not None)
