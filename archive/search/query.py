"""Search: finds and ranks the articles for a query."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import date, datetime
from typing import Any, Literal

import attrs
import tantivy
from tantivy import Query

from archive.article import Article
from archive.catalog import Catalog
from archive.collection import Collection
from archive.errors import BadQuery, CollectionInconsistent
from archive.search.index import position, readable
from archive.search.index_query import Within, of_author, of_newspaper, of_period, of_section, tiers_of
from archive.search.parse import Parsed, parse
from archive.search.snippet import Piece, highlight, snippet
from archive.search.vietnamese import composed

MOST_SECTIONS = 200
DEEPEST = 10_000

Order = Literal["relevance", "newest", "oldest"]


@attrs.frozen(kw_only=True)
class Hit:
    """An article that was found. Title and snippet are pieces of the original text, with the found words marked."""

    id: str
    seq: int
    newspaper: str
    section: str | None
    title: str
    title_pieces: tuple[Piece, ...]
    lead: str | None
    authors: tuple[str, ...]
    published_at: datetime
    url: str
    score: float
    exact: bool = attrs.field(metadata={"doc": "false where it was found only after the marks were taken off"})
    snippet: tuple[Piece, ...]

    def values(self) -> dict[str, Any]:
        """The hit as JSON values, its snippet as plain text."""
        return {
            "id": self.id,
            "newspaper": self.newspaper,
            "section": self.section,
            "title": self.title,
            "lead": self.lead,
            "authors": list(self.authors),
            "published_at": self.published_at.isoformat(),
            "url": self.url,
            "score": self.score,
            "exact": self.exact,
            "snippet": "".join(piece.text for piece in self.snippet),
        }


@attrs.frozen(kw_only=True)
class Results:
    """The answer to a query: `total` articles, of which `exact` match with their marks; one page of hits.

    `newspapers` and `sections` count per name the articles that match with their marks, or, where none does, those
    that match without. `behind` versions are not indexed yet.
    """

    total: int = 0
    exact: int = 0
    hits: tuple[Hit, ...] = ()
    newspapers: dict[str, int] = attrs.field(factory=dict)
    sections: dict[str, int] = attrs.field(factory=dict)
    behind: int = 0

    @property
    def loose(self) -> int:
        """How many articles match only after the marks are taken off."""
        return self.total - self.exact


def search(
    collection: Collection,
    query: str,
    *,
    section: str | None = None,
    author: str | None = None,
    newspaper: str | None = None,
    since: date | None = None,
    until: date | None = None,
    within: Within = "text",
    exact_only: bool = False,
    limit: int = 20,
    offset: int = 0,
    order: Order = "relevance",
) -> Results:
    """Find the articles that match all words of the query and all filters.

    A "quoted phrase" is found as it stands, -word and -"phrase" exclude articles; other signs are plain text. An
    empty query finds everything. A query without marks finds marked words too. For a query with marks, exact matches
    come first, whatever the order; then, unless `exact_only`, articles that match without marks.

    Args:
        since, until: first and last day of publication, in Vietnam.
        section: name or slug of a section; author: words of a writer's name. Both with or without marks.
        within: search all text, the titles or the captions only.

    Raises:
        BadQuery: the query holds no word, is too long, or the period ends before it begins.
        UnknownNewspaper: the collection holds no such newspaper.
        CollectionInconsistent: the index is damaged; `follow` rebuilds it.
    """
    parsed = parse(query)
    if since and until and until < since:
        raise BadQuery(query, f"the period ends ({until}) before it begins ({since})")
    with closing(collection.catalog()) as catalog:
        profiles = catalog.newspapers()
        of_article = (*of_newspaper(newspaper, profiles), *of_section(section, profiles), *of_author(author))
        tiers = tiers_of(parsed, [*of_article, *of_period(since, until)], within, exact_only)
        return _results(collection, catalog, parsed, tiers, order, max(limit, 0), max(offset, 0))


def _results(
    collection: Collection,
    catalog: Catalog,
    parsed: Parsed,
    tiers: list[tuple[bool, Query]],
    order: Order,
    limit: int,
    offset: int,
) -> Results:
    """One page of the results of the index queries, with how many versions the index lacks."""
    reached = position(collection)
    if reached is None:
        return Results(behind=catalog.last_seq())
    try:
        index = tantivy.Index.open(str(readable(collection.index / reached.folder)))
        results = _Reading(index.searcher(), catalog, parsed, order).results(tiers, limit, offset)
    except (ValueError, OSError) as error:
        raise CollectionInconsistent(collection.index, f"search index: {error}") from error
    return attrs.evolve(results, behind=max(0, catalog.last_seq() - reached.seq))


@attrs.frozen
class _Reading:
    """One search of an index and its catalog."""

    searcher: tantivy.Searcher
    catalog: Catalog
    parsed: Parsed
    order: Order

    def results(self, tiers: list[tuple[bool, Query]], limit: int, offset: int) -> Results:
        hits: list[Hit] = []
        totals = []
        for exact, query in tiers:
            counted = int(self._page(query, 1, 0).count)  # type: ignore[attr-defined]  # missing from tantivy's stubs
            totals.append(counted)
            wanted = min(limit - len(hits), DEEPEST)
            if wanted > 0 and offset < counted:
                hits.extend(self._hits(query, exact, wanted, offset))
            offset = max(0, offset - counted)
        counted_by = tiers[0][1] if totals[0] else tiers[-1][1]
        return Results(
            total=sum(totals),
            exact=totals[0],
            hits=tuple(hits),
            newspapers=self._counts(counted_by, "newspaper"),
            sections=self._counts(counted_by, "section"),
        )

    def _page(self, query: Query, limit: int, offset: int) -> tantivy.SearchResult:
        if self.order == "relevance" and self.parsed.wanted:
            return self.searcher.search(query, limit=limit, offset=offset)
        direction = tantivy.Order.Asc if self.order == "oldest" else tantivy.Order.Desc
        return self.searcher.search(query, limit=limit, offset=offset, order_by_field="published", order=direction)

    def _hits(self, query: Query, exact: bool, limit: int, offset: int) -> Iterable[Hit]:
        marked = exact and self.parsed.marked
        for score, address in self._page(query, limit, offset).hits:
            document = self.searcher.doc(address)
            article = self._article(document["seq"][0])
            if article is not None:
                scored = float(score) if self.order == "relevance" and self.parsed.wanted else 0.0
                yield _hit(article, document["seq"][0], scored, exact, self.parsed.sequences(marked), marked)

    def _article(self, seq: int) -> Article | None:
        found = self.catalog.versions_after(seq - 1, limit=1)
        return found[0].article() if found and found[0].seq == seq else None

    def _counts(self, query: Query, field: str) -> dict[str, int]:
        counted = self.searcher.aggregate(query, {"by": {"terms": {"field": field, "size": MOST_SECTIONS}}})
        return {bucket["key"]: int(bucket["doc_count"]) for bucket in counted["by"]["buckets"]}


def _hit(
    article: Article, seq: int, score: float, exact: bool, sequences: frozenset[tuple[str, ...]], marked: bool
) -> Hit:
    form = "exact" if marked else "folded"
    return Hit(
        id=article.id,
        seq=seq,
        newspaper=article.newspaper,
        section=article.section,
        title=article.title,
        title_pieces=highlight(composed(article.title), sequences, form),
        lead=article.lead,
        authors=article.authors,
        published_at=article.published_at,
        url=article.url,
        score=score,
        exact=exact,
        snippet=snippet(article, sequences, form),
    )
