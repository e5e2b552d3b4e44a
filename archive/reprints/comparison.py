"""Compares two texts: which share of each is in the other, and whether more than a formula is common to them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import get_args

import attrs
import numpy as np

from archive.reprints.text import ComparedText, Hashes, Place, Slot, SlotKind

FEWEST_SHARED = 20
"""Distinct shingles that are common to two texts at least, unless the texts are equal."""
FEWEST_WORDS = 12
"""Words of equal texts."""
LEAST_SHARE, USUAL_SHARE = 0.5, 0.6
"""The share of the shorter text that is in the other: at least, and where much of it is not."""
_MUCH = 100
"""Shingles of a text beside those in common: more than a new lead and a byline have."""
_FEWEST_SLOTS = 3
_LEAST_AGREEING, _MOST_AGREEING = 0.65, 0.8
_HANDFUL, _LEAST_OF_HANDFUL = 10, 0.55
_HALF, _LEAST_ON_OTHER_DAYS = 0.5, 0.92


@attrs.frozen
class Agreement:
    """Of the figures, days or names that stand in the same words in both texts, how many are the same."""

    same: int = 0
    compared: int = 0

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(self.same + other.same, self.compared + other.compared)

    @property
    def share(self) -> float:
        """The share that is the same; 1 where there are none."""
        return self.same / self.compared if self.compared else 1.0

    @property
    def differs(self) -> bool:
        """Whether so few are the same as in two notices; of a handful an edit of one text may change two or three."""
        least = _LEAST_OF_HANDFUL if self.compared < _HANDFUL else _LEAST_AGREEING
        return self.compared >= _FEWEST_SLOTS and self.share < least


@attrs.frozen(kw_only=True)
class Comparison:
    """What is common to a first and a second text.

    `shared`: distinct shingles of both. `kept_of_first`, `kept_of_second`: their shares of each text's. Figures, days
    and names are compared only where the texts may print the same.
    """

    is_equal: bool
    shared: int
    kept_of_first: float
    kept_of_second: float
    numbered_titles: bool = False
    """Whether the titles are the same but for their figures."""
    only_slots_differ: bool = False
    """Whether all plain words of the text that is in the other are there: what differs are figures, days and names."""
    figures: Agreement = attrs.field(factory=Agreement)
    days: Agreement = attrs.field(factory=Agreement)
    names: Agreement = attrs.field(factory=Agreement)

    @property
    def is_reprint(self) -> bool:
        """Whether one prints the text of the other, or both a third one's."""
        if self.is_equal:
            return True
        return self.has_much_in_common and not self.is_formula

    @property
    def has_much_in_common(self) -> bool:
        """Whether so many words are common to both that one may print the text of the other."""
        kept = max(self.kept_of_first, self.kept_of_second)
        if self.shared < FEWEST_SHARED or kept < LEAST_SHARE:
            return False
        return kept >= USUAL_SHARE or self.shared / kept - self.shared <= _MUCH

    @property
    def is_formula(self) -> bool:
        """Whether the texts are alike as notices of two days are: the words are, but not what they tell."""
        if self.numbered_titles and (self.figures + self.days).share < 1:
            return True
        every = self.figures + self.days + self.names
        # of names some may be other words that an editor put in; where figures agree, these say more
        if self.figures.differs or every.differs or (self.names.differs and every.share < _MOST_AGREEING):
            return True
        if not self.days.compared or self.days.share >= _HALF:
            return False
        return self.only_slots_differ or (self.figures + self.names).share < _LEAST_ON_OTHER_DAYS


def compare(first: ComparedText, second: ComparedText) -> Comparison:
    """Compare two texts."""
    if first.count >= FEWEST_WORDS and first.hashes == second.hashes:
        return Comparison(is_equal=True, shared=len(first.shingles), kept_of_first=1.0, kept_of_second=1.0)
    shared = _common(first.shingles, second.shingles)
    shares = (shared / max(1, len(first.shingles)), shared / max(1, len(second.shingles)))
    found = Comparison(is_equal=False, shared=shared, kept_of_first=shares[0], kept_of_second=shares[1])
    if not found.has_much_in_common or shared == min(len(first.shingles), len(second.shingles)):
        return found  # what is wholly within the other differs in no figure
    # the slots of the text that is in the other: of the longer text's many stand elsewhere
    within, around = (first, second) if shares[0] >= shares[1] else (second, first)
    agreements = compare_slots(within.slots, around.slots)
    (masked, words), (other_masked, other_words) = first.title_words, second.title_words
    return attrs.evolve(
        found, figures=agreements["figure"], days=agreements["date"], names=agreements["name"],
        only_slots_differ=not within.plain_words - around.plain_words,
        numbered_titles=masked == other_masked and words != other_words,
    )  # fmt: skip


def compare_slots(first: Iterable[Slot], second: Iterable[Slot]) -> Mapping[SlotKind, Agreement]:
    """How many of the first text's slots stand in the same words in the second, and are the same there."""
    known: defaultdict[Place, set[str]] = defaultdict(set)
    for slot in second:
        for place in slot.places:
            known[place].add(slot.value)
    same: Counter[SlotKind] = Counter()
    compared: Counter[SlotKind] = Counter()
    for slot in first:
        values = [known[place] for place in slot.places if place in known]
        if values:
            compared[slot.kind] += 1
            same[slot.kind] += any(slot.value in one for one in values)
    return {kind: Agreement(same[kind], compared[kind]) for kind in get_args(SlotKind)}


def _common(first: Hashes, second: Hashes) -> int:
    """How many values two ascending arrays of distinct ones have in common."""
    if not len(first) or not len(second):
        return 0
    if len(first) > len(second):
        first, second = second, first
    places = np.searchsorted(second, first)
    places[places == len(second)] = 0
    return int(np.count_nonzero(second[places] == first))
