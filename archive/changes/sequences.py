"""The longest runs that two sequences share, found in bounded time: patience diff, and Myers' algorithm between."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence

import attrs

MOST_STEPS = 3_000_000
"""Steps of a comparison, some tenths of a microsecond each: what is not compared by then counts as replaced."""
_MOST_EDITS = 600
"""Edits that are sought between two anchors."""

Pair = tuple[int, int]


@attrs.define
class Budget:
    """The steps that a comparison may still take."""

    steps: int = MOST_STEPS

    def take(self, steps: int) -> bool:
        """Take some; whether they were left."""
        if self.steps <= 0:
            return False
        self.steps -= steps
        return self.steps >= 0


def matched(former: Sequence[Hashable], later: Sequence[Hashable], budget: Budget) -> list[Pair]:
    """The places of what both sequences share, ascending in both: one pair of indices for each element."""
    found: list[Pair] = []
    waiting = [(0, len(former), 0, len(later))]
    while waiting:
        start, end, begin, stop = waiting.pop()
        while start < end and begin < stop and former[start] == later[begin]:
            found.append((start, begin))
            start, begin = start + 1, begin + 1
        while start < end and begin < stop and former[end - 1] == later[stop - 1]:
            end, stop = end - 1, stop - 1
            found.append((end, stop))
        if start == end or begin == stop or not budget.take(end - start + stop - begin):
            continue
        anchors = _anchors(former[start:end], later[begin:stop])
        if not anchors:
            inside = _shortest(former[start:end], later[begin:stop], budget)
            found += [(start + one, begin + other) for one, other in inside]
            continue
        for one, other in anchors:
            found.append((start + one, begin + other))
        edges = [(-1, -1), *anchors, (end - start, stop - begin)]
        for (one, other), (next_one, next_other) in itertools.pairwise(edges):
            waiting.append((start + one + 1, start + next_one, begin + other + 1, begin + next_other))
    return sorted(found)


def _anchors(former: Sequence[Hashable], later: Sequence[Hashable]) -> list[Pair]:
    """What stands once in both, as the longest series that ascends in both."""
    once = {one for one, count in Counter(former).items() if count == 1}
    once &= {one for one, count in Counter(later).items() if count == 1}
    if not once:
        return []
    places = {one: nth for nth, one in enumerate(later) if one in once}
    pairs = [(nth, places[one]) for nth, one in enumerate(former) if one in once]
    ends: list[int] = []  # the least place at which a series of each length ends
    last: list[int] = []  # which pair that is
    before: list[int] = []
    for nth, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(place)
            last.append(nth)
        else:
            ends[length], last[length] = place, nth
    series, at = [], last[-1]
    while at >= 0:
        series.append(pairs[at])
        at = before[at]
    return series[::-1]


def _shortest(former: Sequence[Hashable], later: Sequence[Hashable], budget: Budget) -> list[Pair]:
    """What stays in the shortest series of edits (Myers 1986); nothing where it is too long to be sought."""
    reached = {1: 0}
    traces: list[dict[int, int]] = []
    for edits in range(min(len(former) + len(later), _MOST_EDITS) + 1):
        if not budget.take(2 * edits + 1):
            return []
        traces.append({})
        for diagonal in range(-edits, edits + 1, 2):
            is_down = diagonal == -edits or (diagonal != edits and reached[diagonal - 1] < reached[diagonal + 1])
            place = begun = reached[diagonal + 1] if is_down else reached[diagonal - 1] + 1
            while place < len(former) and place - diagonal < len(later) and former[place] == later[place - diagonal]:
                place += 1
            reached[diagonal] = traces[-1][diagonal] = place
            budget.steps -= place - begun
            if place >= len(former) and place - diagonal >= len(later):
                return _traced(traces, len(former), len(later))
    return []


def _traced(traces: Sequence[dict[int, int]], end: int, stop: int) -> list[Pair]:
    """The pairs on the way that the traces of each number of edits show, from its end."""
    found: list[Pair] = []
    for edits in range(len(traces) - 1, 0, -1):
        before, diagonal = traces[edits - 1], end - stop
        is_down = diagonal == -edits or (
            diagonal != edits and before.get(diagonal - 1, -1) < before.get(diagonal + 1, -1)
        )
        diagonal += 1 if is_down else -1
        place = before[diagonal]
        begun = place if is_down else place + 1
        while end > begun:
            end, stop = end - 1, stop - 1
            found.append((end, stop))
        end, stop = place, place - diagonal
    while end and stop:
        end, stop = end - 1, stop - 1
        found.append((end, stop))
    return found[::-1]
