"""The paragraphs of two texts side by side: the same, alike, moved, joined or split, or on one side alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import attrs

from archive.changes.sequences import Budget, Pair, matched
from archive.changes.words import composed, words

_ALIKE = 0.4
"""Share of words from which two paragraphs are one that was changed."""
_ALIKE_STEPS = 40
"""Steps of the budget that holding two paragraphs against each other takes, besides those for their words."""
_BETTER = 0.05
"""By how much a paragraph must make others more alike to count as a part that was split off or joined."""
_MOST_TOGETHER = 300
"""Paragraphs of a changed passage that are held against each other; a longer one is cut."""
_FEWEST_MOVED = 3
"""Words of a paragraph that can have moved; a shorter one may stand twice by chance."""


@attrs.frozen
class Row:
    """Paragraphs that belong together: of one side none, one, or several where a paragraph was split or joined."""

    former: tuple[str, ...]
    later: tuple[str, ...]
    is_moved: bool = False
    """It stands word for word elsewhere on the other side."""


def aligned(former: Sequence[str], later: Sequence[str], budget: Budget) -> list[Row]:
    """The rows of two texts; all paragraphs of both are in them, in their order."""
    before, after = [*map(composed, former)], [*map(composed, later)]
    rows: list[Row] = []
    start = begin = 0
    for one, other in [*matched(before, after, budget), (len(before), len(after))]:
        rows += _passage(before[start:one], after[begin:other], budget)
        if one < len(before):
            rows.append(Row((before[one],), (after[other],)))
        start, begin = one + 1, other + 1
    return _with_moves(rows)


@attrs.frozen
class _Bag:
    """How often each word stands in a text, and how many words that are."""

    counts: Counter[str]
    size: int

    @classmethod
    def of(cls, text: str) -> _Bag:
        found = words(text)
        return cls(Counter(found), len(found))

    def __add__(self, other: _Bag) -> _Bag:
        return _Bag(self.counts + other.counts, self.size + other.size)


@attrs.frozen
class _Side:
    """The paragraphs of one side of a changed passage, and the words of each."""

    texts: Sequence[str]
    bags: list[_Bag]

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Side:
        return cls(texts, [*map(_Bag.of, texts)])


def _passage(before: Sequence[str], after: Sequence[str], budget: Budget) -> Iterator[Row]:
    """The rows of a passage that has no paragraph in common."""
    parts = max(1, -(-max(len(before), len(after)) // _MOST_TOGETHER))
    edges = [(len(before) * nth // parts, len(after) * nth // parts) for nth in range(parts + 1)]
    for (start, begin), (end, stop) in pairwise(edges):
        yield from _rows(_Side.of(before[start:end]), _Side.of(after[begin:stop]), budget)


def _rows(one: _Side, other: _Side, budget: Budget) -> Iterator[Row]:
    pairs = _likest(one, other, budget)
    start = begin = 0
    for (nth, place), until in pairwise([*pairs, (len(one.texts), len(other.texts))]):
        left, right = _joined(one, other, range(start, until[0]), range(begin, until[1]), (nth, place), budget)
        yield from _alone(one.texts[start : left.start], other.texts[begin : right.start])
        yield Row(tuple(one.texts[left.start : left.stop]), tuple(other.texts[right.start : right.stop]))
        start, begin = left.stop, right.stop
    yield from _alone(one.texts[start:], other.texts[begin:])


def _alone(removed: Sequence[str], added: Sequence[str]) -> Iterator[Row]:
    yield from (Row((text,), ()) for text in removed)
    yield from (Row((), (text,)) for text in added)


def _likest(one: _Side, other: _Side, budget: Budget) -> list[Pair]:
    """The pairs of paragraphs that are most alike in all, ascending on both sides."""
    if budget.steps <= 0:
        return []
    alike = [[_alike(former, later, budget) for later in other.bags] for former in one.bags]
    best = [[0.0] * (len(other.texts) + 1)]
    for shares in alike:
        row, above = [0.0], best[-1]
        for place, share in enumerate(shares):
            row.append(max(row[-1], above[place + 1], above[place] + share if share >= _ALIKE else 0.0))
        best.append(row)
    found: list[Pair] = []
    nth, place = len(one.texts), len(other.texts)
    while nth and place:
        if best[nth][place] == best[nth - 1][place]:
            nth -= 1
        elif best[nth][place] == best[nth][place - 1]:
            place -= 1
        else:
            nth, place = nth - 1, place - 1
            found.append((nth, place))
    return found[::-1]


def _joined(one: _Side, other: _Side, left: range, right: range, pair: Pair, budget: Budget) -> tuple[range, range]:
    """Two alike paragraphs, with those beside them, within some bounds, of one side where a paragraph was split or
    joined: the two places grow while that makes them more alike."""
    (first, end), (begin, stop) = (pair[0], pair[0] + 1), (pair[1], pair[1] + 1)
    former, later = one.bags[first], other.bags[begin]
    found = _alike(former, later, budget)
    while stop < right.stop and (more := _alike(former, later + other.bags[stop], budget)) > found + _BETTER:
        later, found, stop = later + other.bags[stop], more, stop + 1
    while begin > right.start and (more := _alike(former, other.bags[begin - 1] + later, budget)) > found + _BETTER:
        later, found, begin = other.bags[begin - 1] + later, more, begin - 1
    if stop - begin > 1:
        return range(first, end), range(begin, stop)
    while end < left.stop and (more := _alike(former + one.bags[end], later, budget)) > found + _BETTER:
        former, found, end = former + one.bags[end], more, end + 1
    while first > left.start and (more := _alike(one.bags[first - 1] + former, later, budget)) > found + _BETTER:
        former, found, first = one.bags[first - 1] + former, more, first - 1
    return range(first, end), range(begin, stop)


def _alike(one: _Bag, other: _Bag, budget: Budget) -> float:
    """The share of words that two paragraphs have in common; 0 where no time is left."""
    size = one.size + other.size
    if not size:
        return 1.0
    if 2 * min(one.size, other.size) / size < _ALIKE:
        budget.take(1)
        return 0.0
    if not budget.take(_ALIKE_STEPS + 2 * min(len(one.counts), len(other.counts))):
        return 0.0
    return 2 * (one.counts & other.counts).total() / size


def _with_moves(rows: Sequence[Row]) -> list[Row]:
    """The rows; paragraphs that were removed here and added elsewhere, word for word, are marked."""
    removed = Counter(row.former[0] for row in rows if not row.later and len(words(row.former[0])) >= _FEWEST_MOVED)
    added = Counter(row.later[0] for row in rows if not row.former)
    both = removed & added
    left = {"removed": both, "added": both.copy()}
    found: list[Row] = []
    for row in rows:
        change = "removed" if not row.later else "added" if not row.former else ""
        text = (row.former or row.later)[0]
        if change and left[change][text] > 0:
            left[change][text] -= 1
            row = attrs.evolve(row, is_moved=True)
        found.append(row)
    return found
