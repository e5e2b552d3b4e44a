"""How often terms occur in each day, month or year: occurrences, and the articles and syllables held of that time."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import tantivy
from tantivy import Occur, Query

from archive.batch.catalogs import catalog_of, closing_catalogs
from archive.batch.pool import open_pool
from archive.collection import Collection
from archive.count.hits import Found, Place, found_places, read_places
from archive.count.terms import Term, joined_prose
from archive.errors import UnknownNewspaper
from archive.search.filters import NO_FILTERS, Filters, filters_of
from archive.search.index_query import QueryBuilder
from archive.search.indexing.opened import Searching, searching
from archive.search.parsing.tree import Scope
from archive.search.selection import check_period
from archive.search.terms.document import day_of, schema
from archive.search.timeline import Grain, period_of

_MILLION = 1_000_000
_Key = tuple[int, str | None, date]
_Counts = defaultdict[_Key, list[int]]
Counted = tuple[_Key, int, int]
"""Of a term's number, a newspaper or None and a period: in how many articles it was found, and how often it occurs."""


@attrs.frozen(kw_only=True)
class Frequency:
    """A term in one period, and what the archive holds of the period under the same filters.

    `term` is None where no term was asked for, `newspaper` where all newspapers are counted together.
    """

    term: str | None
    scope: Scope | None
    newspaper: str | None
    first: date
    """The first day of the period."""
    found: int
    """Articles that a search for the term finds."""
    occurrences: int
    """Occurrences of the term in titles, kickers, leads, bodies and captions of these articles."""
    articles: int
    """Articles held."""
    syllables: int
    """Syllables of these articles in what the occurrences are counted in."""
    pictures: int
    """Pictures of these articles."""

    @property
    def per_million(self) -> float | None:
        """Occurrences in a million syllables held; None where none is held."""
        return self.occurrences * _MILLION / self.syllables if self.syllables else None

    @property
    def per_article(self) -> float | None:
        """Occurrences in an article held; None where none is held."""
        return self.occurrences / self.articles if self.articles else None

    @property
    def pictures_per_article(self) -> float | None:
        """Pictures in an article held; None where none is held."""
        return self.pictures / self.articles if self.articles else None

    def values(self) -> dict[str, Any]:
        """The row as JSON values."""
        return attrs.asdict(self) | {
            "first": self.first.isoformat(),
            "per_million": self.per_million,
            "per_article": self.per_article,
            "pictures_per_article": self.pictures_per_article,
        }


COLUMNS = (
    *(field.name for field in attrs.fields(Frequency)), "per_million", "per_article", "pictures_per_article",
)  # fmt: skip
"""The names of a row's values, in their order."""


@attrs.frozen
class _Held:
    """What the archive holds of a period."""

    articles: int = 0
    syllables: int = 0
    pictures: int = 0

    def __add__(self, other: _Held) -> _Held:
        return _Held(self.articles + other.articles, self.syllables + other.syllables, self.pictures + other.pictures)


def count_terms(
    collection: Collection,
    queries: Sequence[str],
    filters: Filters = NO_FILTERS,
    *,
    newspapers: Sequence[str] = (),
    by_newspaper: bool = False,
    scope: Scope | None = None,
    grain: Grain = "month",
    processes: int = 1,
    scheduler: str | None = None,
) -> tuple[Frequency, ...]:
    """A row for each term, newspaper and period of which something is held: term by term, in the order of time.

    The texts are read once, one article at a time. Without terms the rows say what is held.

    Args:
        newspapers, by_newspaper: only these, all by default; count each by itself, else all together.
        scope: as in `search`, for every term; by default of each term as it is typed.
        processes: how many read the texts. The rows are the same.
        scheduler: the address of a Dask scheduler whose workers read them instead.

    Raises:
        BadQuery: a term is malformed or has no word of the text.
        UnknownNewspaper: the collection holds no such newspaper.
        CollectionInconsistent: the index is damaged; `follow` rebuilds it.
        WorkerLost, DaskMissing, SchedulerUnreachable, WorkerUnfit, ClusterLost: as `open_pool` and its pool.
    """
    terms = [Term.read(query, scope) for query in dict.fromkeys(queries)]
    check_period("", filters)
    with searching(collection) as opened:
        if opened.searcher is None:
            return ()
        narrowed = narrowed_by(opened, filters, newspapers)
        groups = _newspapers(opened.searcher, narrowed, newspapers) if by_newspaper else [None]
        held = {group: _held(opened.searcher, _of(group, narrowed), grain) for group in groups}
        calls = _calls(collection.root, opened, terms, narrowed, by_newspaper, grain)
        with open_pool(collection.root, processes, scheduler) as pool, closing_catalogs():
            counted = _summed(pool.each(count_in, calls))
    return tuple(_rows(terms, held, counted))


def _calls(
    root: Path, opened: Searching, terms: Sequence[Term], narrowed: list[Query], by_newspaper: bool, grain: Grain
) -> Iterator[tuple[Any, ...]]:
    """The arguments of `count_in`, which together are all articles that one of the terms finds."""
    asked = [QueryBuilder(opened.profiles, term.scope).build(term.tree, narrowed) for term in terms]
    named = tuple((term.query, term.scope) for term in terms)
    for places in found_places(opened, asked):
        yield root, places, named, by_newspaper, grain


def count_in(
    root: Path, places: Sequence[Place], named: tuple[tuple[str, Scope], ...], by_newspaper: bool, grain: Grain
) -> Iterator[Counted]:
    """Count terms, given as query and scope, in articles of the collection at `root`.

    For each term, by its number, newspaper and period: in how many of the articles it was found, and how often.
    """
    terms = _terms(named)
    counted = _Counts(lambda: [0, 0])
    for found in read_places(catalog_of(root), places):
        for number, group, occurrences in _occurrences(found, terms, by_newspaper):
            row = counted[number, group, period_of(found.day, grain)]
            row[0] += 1
            row[1] += occurrences
    yield from ((key, found, occurrences) for key, (found, occurrences) in counted.items())


def _summed(parts: Iterable[Iterable[Counted]]) -> _Counts:
    counts = _Counts(lambda: [0, 0])
    for part in parts:
        for key, found, occurrences in part:
            counts[key][0] += found
            counts[key][1] += occurrences
    return counts


@functools.lru_cache(maxsize=8)
def _terms(named: tuple[tuple[str, Scope], ...]) -> tuple[Term, ...]:
    return tuple(Term.read(query, scope) for query, scope in named)


def narrowed_by(opened: Searching, filters: Filters, newspapers: Sequence[str]) -> list[Query]:
    """The index queries of the filters and the newspapers."""
    for name in newspapers:
        if name not in opened.profiles:
            raise UnknownNewspaper(name, sorted(opened.profiles))
    narrowed = filters_of(filters, opened.profiles)
    if newspapers:
        one_of = Query.term_set_query(schema(), "newspaper", list(newspapers))
        narrowed.append(Query.const_score_query(one_of, 0))
    return narrowed


def _of(newspaper: str | None, narrowed: Sequence[Query]) -> Query:
    parts = list(narrowed) if narrowed else [Query.all_query()]
    if newspaper is not None:
        parts.append(Query.term_query(schema(), "newspaper", newspaper, "basic"))
    return Query.boolean_query([(Occur.Must, part) for part in parts])


def _newspapers(searcher: tantivy.Searcher, narrowed: Sequence[Query], newspapers: Sequence[str]) -> list[str | None]:
    """The newspapers that are counted, in the order in which they were named, else of their names."""
    asked: dict[str, Any] = {"by": {"terms": {"field": "newspaper", "size": 10_000}}}
    there = {str(bucket["key"]) for bucket in searcher.aggregate(_of(None, narrowed), asked)["by"]["buckets"]}
    named: list[str | None] = [name for name in dict.fromkeys(newspapers) if name in there]
    return named or [*sorted(there)]


def _held(searcher: tantivy.Searcher, query: Query, grain: Grain) -> dict[date, _Held]:
    """What is held of each period, in the order of time."""
    field = "day" if grain == "day" else "month"
    summed = {name: {"sum": {"field": name}} for name in ("syllables", "pictures")}
    asked: dict[str, Any] = {"by": {"terms": {"field": field, "size": 65_000}, "aggs": summed}}
    held: defaultdict[date, _Held] = defaultdict(_Held)
    for bucket in searcher.aggregate(query, asked)["by"]["buckets"]:
        number = int(float(bucket["key"]))
        day = day_of(number if grain == "day" else number * 100 + 1)
        syllables, pictures = (int(bucket[name]["value"]) for name in ("syllables", "pictures"))
        held[period_of(day, grain)] += _Held(int(bucket["doc_count"]), syllables, pictures)
    return dict(sorted(held.items()))


def _occurrences(found: Found, terms: Sequence[Term], by_newspaper: bool) -> Iterator[tuple[int, str | None, int]]:
    """The terms by which an article was found, by number: what it counts for, and how often each occurs in it."""
    values = found.values
    counts = dict.fromkeys(found.queries, 0)
    for kind, exact, folded in joined_prose(values):
        for number in counts:
            term = terms[number]
            counts[number] += term.count(exact if term.scope == "typed" else folded, kind)
    for number, count in counts.items():
        yield number, values["newspaper"] if by_newspaper else None, count


def _rows(
    terms: Sequence[Term],
    held: dict[str | None, dict[date, _Held]],
    counted: _Counts,
) -> Iterator[Frequency]:
    for number, term in enumerate(terms or [None]):
        for newspaper, periods in held.items():
            for first, one in periods.items():
                found, occurrences = counted.get((number, newspaper, first), (0, 0))
                yield Frequency(
                    term=term.query if term else None, scope=term.scope if term else None, newspaper=newspaper,
                    first=first, found=found, occurrences=occurrences,
                    articles=one.articles, syllables=one.syllables, pictures=one.pictures,
                )  # fmt: skip
