"""Searching: what a typed query means and which articles it finds, best first; never changes the index."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import attrs
import tantivy
from tantivy import Occur, Query

from archive.article import Article
from archive.catalog import Catalog
from archive.collection import Collection
from archive.errors import BadQuery, CollectionInconsistent, UnknownNewspaper
from archive.search.index import EARLIEST, LATEST, key, keys, position, readable, schema
from archive.search.parse import Parsed, Term, parse
from archive.search.snippet import Piece, highlight, snippet
from archive.search.vietnamese import composed, has_marks

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
TITLE_WEIGHT = 2.0
ADJACENT_WEIGHT = 16.0
MOST_SECTIONS = 200
DEEPEST = 10_000

Order = Literal["relevance", "newest", "oldest"]
Within = Literal["text", "title", "captions"]


@attrs.frozen(kw_only=True)
class Hit:
    """An article that was found. Title and snippet come as pieces of the original text, the found words marked."""

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
    """The articles that hold all words of the query, and what narrows it further.

    A "quoted phrase" is found as it stands, -word and -"phrase" are left out; other signs are plain text. An empty
    query finds everything. Words typed without marks find their marked forms too. Of a query with marks, articles
    with exactly these marks come first, whatever the order; then, unless `exact_only`, those alike but for marks.

    Args:
        since, until: first and last day of publication, in Vietnam.
        section: name or slug of a section; author: words of a writer's name. Both with or without marks.
        within: search all text, the titles or the captions only.

    Raises:
        BadQuery: the query holds no word, is too long, or the period ends before it begins.
        UnknownNewspaper: the collection holds no such newspaper.
        CollectionInconsistent: the index is damaged; `follow` makes it anew.
    """
    parsed = parse(query)
    if since and until and until < since:
        raise BadQuery(query, f"the period ends ({until}) before it begins ({since})")
    with closing(collection.catalog()) as catalog:
        cards = catalog.newspapers()
        if newspaper and newspaper not in cards:
            raise UnknownNewspaper(newspaper, sorted(cards))
        reached = position(collection)
        if reached is None:
            return Results(behind=catalog.last_seq())
        filters = [
            *_newspaper(newspaper), *_section(section, cards), *_author(author), *_period(since, until),
        ]  # fmt: skip
        tiers = _tiers(parsed, filters, within, exact_only)
        try:
            index = tantivy.Index.open(str(readable(collection.index / reached.folder)))
            results = _Reading(index.searcher(), catalog, parsed, order).results(tiers, max(limit, 0), max(offset, 0))
        except (ValueError, OSError) as error:
            raise CollectionInconsistent(collection.index, f"search index: {error}") from error
        return attrs.evolve(results, behind=max(0, catalog.last_seq() - reached.seq))


def _tiers(parsed: Parsed, filters: list[Query], within: Within, exact_only: bool) -> list[tuple[bool, Query]]:
    """The queries whose hits follow one another, each with whether its hits match with their marks."""
    strictly = parsed.marked or exact_only
    barred = _unwanted(parsed, within, "exact" if strictly else "folded")
    if not parsed.wanted or not strictly:
        liked = _adjacent(parsed, within, "folded")
        return [(True, _all_of([*_wanted(parsed, within, "folded"), *filters], barred, liked))]
    strict_words = _wanted(parsed, within, "exact")
    strict = _all_of([*strict_words, *filters], barred, _adjacent(parsed, within, "exact"))
    if exact_only:
        return [(True, strict)]
    wanted, liked = _wanted(parsed, within, "folded"), _adjacent(parsed, within, "folded")
    rest = _all_of([*wanted, *filters], [*barred, _all_of(strict_words, [])], liked)
    return [(True, strict), (False, rest)]


def _all_of(wanted: Sequence[Query], unwanted: Sequence[Query], liked: Sequence[Query] = ()) -> Query:
    parts = [(Occur.Must, part) for part in wanted] or [(Occur.Must, Query.all_query())]
    parts += [(Occur.MustNot, part) for part in unwanted]
    return Query.boolean_query([*parts, *((Occur.Should, part) for part in liked)])


def _adjacent(parsed: Parsed, within: Within, form: str) -> list[Query]:
    """Words typed side by side, found side by side: most Vietnamese words are written as two syllables."""
    pairs = itertools.pairwise(term.exact if form == "exact" else term.folded for term in parsed.wanted)
    return [
        Query.boost_query(_phrase(f"{within}_{form}", [*first, *second]), ADJACENT_WEIGHT) for first, second in pairs
    ]


def _wanted(parsed: Parsed, within: Within, form: str) -> list[Query]:
    wanted = []
    for term in parsed.wanted:
        found = _term(f"{within}_{form}", term, form)
        if within == "text":
            titled = Query.boost_query(_term(f"title_{form}", term, form), TITLE_WEIGHT)
            found = Query.boolean_query([(Occur.Must, found), (Occur.Should, titled)])
        wanted.append(found)
    return wanted


def _unwanted(parsed: Parsed, within: Within, form: str) -> list[Query]:
    return [_term(f"{within}_{form}", term, form) for term in parsed.unwanted]


def _term(field: str, term: Term, form: str) -> Query:
    return _phrase(field, list(term.exact if form == "exact" else term.folded))


def _phrase(field: str, sequence: list[str]) -> Query:
    if len(sequence) == 1:
        return Query.term_query(schema(), field, sequence[0])
    return Query.phrase_query(schema(), field, list(sequence))


def _newspaper(name: str | None) -> Iterable[Query]:
    if name:
        yield Query.const_score_query(Query.term_query(schema(), "newspaper", name, "basic"), 0)


def _section(name: str | None, cards: dict[str, dict[str, Any]]) -> Iterable[Query]:
    if not name or not name.strip():
        return
    slug = name.strip("/")
    names = {name} | {title for card in cards.values() for path, title in declared_sections(card) if path == slug}
    either = []
    for candidate in names:
        form = "exact" if has_marks(candidate) else "folded"
        either.append(Query.term_query(schema(), f"section_{form}", key(candidate, form), "basic"))
    yield Query.const_score_query(Query.boolean_query([(Occur.Should, one) for one in either]), 0)


def declared_sections(card: dict[str, Any]) -> list[tuple[str, str]]:
    """Slug (its path without the outer slashes) and name of each section that a newspaper's card declares."""
    return [(str(one["path"]).strip("/"), str(one["name"])) for one in card.get("sections", ())]


def _author(name: str | None) -> Iterable[Query]:
    if not name or not name.strip():
        return
    form = "exact" if has_marks(name) else "folded"
    sequence = keys(composed(name), form)
    found = _phrase(f"author_{form}", sequence) if sequence else Query.empty_query()
    yield Query.const_score_query(found, 0)


def _period(since: date | None, until: date | None) -> Iterable[Query]:
    if not since and not until:
        return
    first = _midnight(since) if since else EARLIEST
    last = _midnight(until, days=1) if until else LATEST
    found = Query.range_query(schema(), "published", tantivy.FieldType.Date, first, last, include_upper=until is None)
    yield Query.const_score_query(found, 0)


def _midnight(day: date, days: int = 0) -> datetime:
    """The instant at which a day begins in Vietnam, within what the index can hold."""
    day = min(max(day, EARLIEST.date()), LATEST.date()) + timedelta(days=days)
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


@attrs.frozen
class _Reading:
    """One query's reading of an index and its catalog."""

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
