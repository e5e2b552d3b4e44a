"""The words that stand near a term more often than elsewhere, by their log-likelihood ratio.

Each occurrence of a word is counted in one of two places: near the term, which is within `window` words before or
behind one of its occurrences in the same passage, or elsewhere in the articles held under the filters. The words of the
term's own occurrences count in neither. Where windows overlap, a word counts once. For each word:

                       this word    other words
    near the term      near         all near - near
    elsewhere          elsewhere    all elsewhere - elsewhere

The ratio is G2 = 2 * sum(O * ln(O / E)) over the four cells, O being the count and E what it would be if the word were
as frequent near the term as elsewhere (Ted Dunning, Accurate Methods for the Statistics of Surprise and Coincidence,
Computational Linguistics 19(1), 1993). With pairs, all of this is counted of two adjacent words instead of one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import attrs
from tantivy import Query

from archive.collection import Collection
from archive.count.frequencies import narrowed_by
from archive.count.hits import read_found
from archive.count.terms import Span, Term, prose
from archive.search.filters import NO_FILTERS, Filters
from archive.search.index_query import QueryBuilder
from archive.search.indexing.opened import Searching, searching
from archive.search.parsing.tree import Scope
from archive.search.selection import check_period
from archive.search.terms.scripts import PAUSED, spelled

MOST_WINDOW = 50
Unit = tuple[str, ...]
"""A word, or two adjacent words, in their exact form."""


@attrs.frozen(kw_only=True)
class Collocate:
    """A word, or a pair of words, that is more frequent near the term than elsewhere."""

    words: str
    near: int
    elsewhere: int
    expected: float
    """How often it would stand near the term if it were as frequent there as elsewhere."""
    log_likelihood: float


COLUMNS = tuple(field.name for field in attrs.fields(Collocate))
"""The names of a collocate's values, in their order."""


@attrs.frozen(kw_only=True)
class Collocations:
    """The collocates of a term, the strongest first; all counts are of words, or of pairs of words."""

    term: str
    scope: Scope
    window: int
    articles: int = 0
    """Articles that a search for the term finds."""
    occurrences: int = 0
    near: int = 0
    """All that stands near the term."""
    elsewhere: int = 0
    """All that stands elsewhere."""
    collocates: tuple[Collocate, ...] = ()


@attrs.define
class _Near:
    """What stands near the term's occurrences, and what is part of them."""

    articles: int = 0
    occurrences: int = 0
    near: Counter[Unit] = attrs.field(factory=Counter)
    own: Counter[Unit] = attrs.field(factory=Counter)


def collocations(
    collection: Collection,
    query: str,
    filters: Filters = NO_FILTERS,
    *,
    newspapers: Sequence[str] = (),
    scope: Scope | None = None,
    window: int = 5,
    min_count: int = 5,
    pairs: bool = False,
    limit: int = 50,
) -> Collocations:
    """The collocates of a term; they keep their marks in either scope.

    The articles of the term are read first, then all articles held under the filters, one at a time.

    Args:
        window: how many words before and behind an occurrence are near it, up to `MOST_WINDOW`.
        min_count: how often a collocate must stand near the term at least.
        pairs: pairs of adjacent words instead of words: most Vietnamese words are written as two.

    Raises:
        BadQuery, UnknownNewspaper, CollectionInconsistent: as `count_terms`.
    """
    term = Term.read(query, scope)
    check_period("", filters)
    size, window = 2 if pairs else 1, min(window, MOST_WINDOW)
    with searching(collection) as opened:
        if opened.searcher is None:
            return Collocations(term=query, scope=term.scope, window=window)
        narrowed = narrowed_by(opened, filters, newspapers)
        builder = QueryBuilder(opened.profiles, term.scope)
        counted = _near(opened, term, builder.build(term.tree, narrowed), window, size)
        sought = {unit for unit, count in counted.near.items() if count >= min_count and PAUSED not in unit}
        everywhere, total = _everywhere(opened, builder.build(None, narrowed), sought, size)
    all_near = counted.near.total()
    all_elsewhere = total - all_near - counted.own.total()
    found = []
    for unit in sought:
        near = counted.near[unit]
        elsewhere = everywhere[unit] - near - counted.own[unit]
        expected = (near + elsewhere) * all_near / (all_near + all_elsewhere)
        if near > expected:
            ratio = log_likelihood(near, all_near - near, elsewhere, all_elsewhere - elsewhere)
            found.append(
                Collocate(words=spelled(unit), near=near, elsewhere=elsewhere, expected=expected, log_likelihood=ratio)
            )
    found.sort(key=lambda one: (-one.log_likelihood, one.words))
    return Collocations(
        term=query, scope=term.scope, window=window, articles=counted.articles, occurrences=counted.occurrences,
        near=all_near, elsewhere=all_elsewhere, collocates=tuple(found[:limit]),
    )  # fmt: skip


def log_likelihood(a: int, b: int, c: int, d: int) -> float:
    """G2 of the contingency table with the rows (a, b) and (c, d)."""
    total = a + b + c + d
    cells = ((a, a + b, a + c), (b, a + b, b + d), (c, c + d, a + c), (d, c + d, b + d))
    return 2 * math.fsum(seen * math.log(seen * total / (row * column)) for seen, row, column in cells if seen)


def _near(opened: Searching, term: Term, query: Query, window: int, size: int) -> _Near:
    """What stands near the occurrences of a term."""
    counted = _Near()
    for found in read_found(opened, [query]):
        counted.articles += 1
        for kind, exact, folded in prose(found.values):
            spans = term.spans(exact if term.scope == "typed" else folded, kind)
            counted.occurrences += len(spans)
            if spans:
                places = _places(spans, window, len(exact))
                for at, unit in _units(exact, size):
                    kinds = places[at : at + size]
                    if _OWN in kinds:
                        counted.own[unit] += 1
                    elif _ELSEWHERE not in kinds:
                        counted.near[unit] += 1
    return counted


_ELSEWHERE, _BESIDE, _OWN = 0, 1, 2


def _places(spans: Sequence[Span], window: int, length: int) -> bytearray:
    """Of each word of a passage whether it is part of an occurrence, near one, or elsewhere."""
    places = bytearray(length)
    for start, end in spans:
        for at in range(max(0, start - window), min(length, end + window)):
            places[at] = _BESIDE
    for start, end in spans:
        places[start:end] = bytes([_OWN]) * (end - start)
    return places


def _units(words: Sequence[str], size: int) -> Iterator[tuple[int, Unit]]:
    return enumerate(zip(*(words[by:] for by in range(size)), strict=False))


def _everywhere(opened: Searching, query: Query, sought: set[Unit], size: int) -> tuple[Counter[Unit], int]:
    """How often what is sought stands in all articles, and how much stands in them."""
    counted: Counter[Unit] = Counter()
    total = 0
    for found in read_found(opened, [query]):
        for _, exact, _ in prose(found.values):
            total += max(0, len(exact) - size + 1)
            counted.update(unit for _, unit in _units(exact, size) if unit in sought)
    return counted, total
