"""Marks the found words in an article's text, as pieces of plain text."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import attrs

from archive.search.parsing.tree import TEXTS, Parsed, Scope
from archive.search.terms.passages import Passage
from archive.search.terms.vietnamese import Word, joined_form, words

WINDOW = 45  # words shown of a passage
LEAD_IN = 10  # of these, at most so many before the first found word
_REACH = WINDOW - LEAD_IN
SHOWN = frozenset({"lead", "body", "caption", "credit", "tag", "kicker", "source"})


@attrs.frozen
class Pattern:
    """Words that are marked where they stand side by side; two of them, with a `slop`, also where at most so many words
    stand between them, in either order. The last may go on where `is_open`."""

    words: tuple[str, ...]
    slop: int = 0
    is_open: bool = False

    def may_stand_in(self, joined: str) -> bool:
        """Whether words that begin with each of its words are in a joined form of a text."""
        return all(f" {word}" in joined for word in self.words)

    def places(self, forms: Sequence[str], at: int) -> range | list[int]:
        """The places of the words in a text where the first that stands there is at `at`; empty where they do not."""
        if not self.slop:
            found = forms[at : at + len(self.words)]
            is_found = len(found) == len(self.words) and all(map(self._is, found, range(len(found))))
            return range(at, at + len(self.words)) if is_found else []
        first, last = (0, 1) if self._is(forms[at], 0) else (1, 0)
        if not self._is(forms[at], first):
            return []
        window = range(at + 1, min(len(forms), at + 2 + self.slop))
        return [place for one in window if self._is(forms[one], last) for place in (at, one)]

    def _is(self, form: str, nth: int) -> bool:
        word = self.words[nth]
        return form.startswith(word) if self.is_open and nth == len(self.words) - 1 else form == word


def patterns_of(parsed: Parsed, scope: Scope) -> tuple[Pattern, ...]:
    """What of a query is marked in a text: the words of the text that it asks for."""
    found: list[Pattern] = []
    for one in parsed.wanted:
        if one.field not in TEXTS:
            continue
        words = one.form(scope)
        if one.slop and len(words) > 1:
            pairs = enumerate(itertools.pairwise(words), 2)
            found += [Pattern(pair, one.slop, one.is_open and end == len(words)) for end, pair in pairs]
        else:
            found.append(Pattern(words, 0, one.is_open))
    return tuple(found)


class MarkedText(NamedTuple):
    """A stretch of text, and whether it is what was searched for."""

    text: str
    is_hit: bool


@attrs.frozen
class Marks:
    """What is marked in texts, compared in a scope; `adjacent` are pairs of words that were typed side by side."""

    scope: Scope
    patterns: tuple[Pattern, ...] = ()
    adjacent: tuple[tuple[Pattern, Pattern], ...] = ()
    _joined_forms: Mapping[str, str] = attrs.field(factory=dict, eq=False, repr=False)
    """Of texts that were read before."""

    @classmethod
    def of(cls, parsed: Parsed, scope: Scope) -> Marks:
        """What a query asks for of the text."""
        adjacent = tuple((Pattern(one.form(scope)), Pattern(other.form(scope))) for one, other in parsed.adjacent)
        return cls(scope, patterns_of(parsed, scope), adjacent)

    def in_texts(self, texts: Iterable[str]) -> Marks:
        """The marks of texts that belong together, such as an article's: words that stand side by side in any of them,
        as they were typed, are marked in none of them alone."""
        if not self.adjacent:
            return self
        joined = {text: self._joined(text) for text in texts}
        whole = " ".join((*joined.values(), ""))
        pairs = [(pair, Pattern((*pair[0].words, *pair[1].words))) for pair in self.adjacent]
        found = [(pair, both) for pair, both in pairs if f" {' '.join(both.words)} " in whole]
        alone = [one for one in self.patterns if not any(one in pair for pair, _ in found)]
        return Marks(self.scope, tuple(dict.fromkeys((*(both for _, both in found), *alone))), (), joined)

    def highlight(self, text: str) -> tuple[MarkedText, ...]:
        """The whole of a composed text in pieces; joined together they are the text."""
        found = self._found(text)
        return _pieces(text, 0, len(text), list(words(text)), _places(found)) if found else _whole(text)

    def snippet(self, read: Iterable[Passage]) -> tuple[MarkedText, ...]:
        """The stretch of an article's passages that shows most of what was searched for; their beginning where nothing
        is shown."""
        best: tuple[tuple[int, int], int, str, list[_Occurrence]] | None = None
        opening = ""
        for passage in read:
            if passage.kind not in SHOWN:
                continue
            opening = opening or passage.text
            if not self.patterns:
                break
            if found := self._found(passage.text):
                start, score = _best_window(found)
                if best is None or score > best[0]:
                    best = (score, start, passage.text, found)
        if best is None:
            return _cut(opening, list(words(opening)), set(), 0)
        _, start, text, found = best
        return _cut(text, list(words(text)), _places(found), start)

    def _joined(self, text: str) -> str:
        return self._joined_forms.get(text) or joined_form(text, "exact" if self.scope == "typed" else "folded")

    def _found(self, text: str) -> list[_Occurrence]:
        """What is found among a composed text's words."""
        joined = self._joined(text)
        # a text is cut into words only if it can hold what is sought
        sought = [(nth, pattern) for nth, pattern in enumerate(self.patterns) if pattern.may_stand_in(joined)]
        return list(_occurrences(joined.split(" ")[1:], sought)) if sought else []


class _Occurrence(NamedTuple):
    """The places of the words in a text, ascending, at which a pattern was found, and the pattern's number."""

    places: Sequence[int]
    nth: int


def _whole(text: str) -> tuple[MarkedText, ...]:
    return (MarkedText(text, False),) if text else ()


def _occurrences(forms: Sequence[str], patterns: Sequence[tuple[int, Pattern]]) -> Iterator[_Occurrence]:
    """Where patterns are found, in the order of their first words."""
    closed: dict[str, list[tuple[int, Pattern]]] = {}
    others = []
    for nth, pattern in patterns:
        if pattern.slop or pattern.is_open:
            others.append((nth, pattern))
        else:
            closed.setdefault(pattern.words[0], []).append((nth, pattern))
    for index, word in enumerate(forms):
        if others or word in closed:
            for nth, pattern in (*closed.get(word, ()), *others):
                if places := pattern.places(forms, index):
                    yield _Occurrence(places, nth)


def _places(found: Iterable[_Occurrence]) -> set[int]:
    return {place for one in found for place in one.places}


def _best_window(found: Sequence[_Occurrence]) -> tuple[int, tuple[int, int]]:
    """Where the first window starts that holds the most different patterns (then the most of them), and how many."""
    # what is longer than a window counts by its beginning
    ends = sorted((min(one.places[-1], one.places[0] + _REACH - 1), one.nth) for one in found)
    inside: Counter[int] = Counter()
    best, ended, begun = (0, (0, 0)), 0, 0
    for one in found:
        first = one.places[0]
        while ended < len(ends) and ends[ended][0] < first + _REACH:
            inside[ends[ended][1]] += 1
            ended += 1
        while found[begun].places[0] < first:
            inside -= Counter((found[begun].nth,))
            begun += 1
        score = (len(inside), inside.total())
        if score > best[1]:
            best = (max(0, first - LEAD_IN), score)
    return best


def _cut(text: str, found: Sequence[Word], places: set[int], start: int) -> tuple[MarkedText, ...]:
    if not found:
        return ()
    start = max(0, min(start, len(found) - WINDOW))
    end = min(start + WINDOW, len(found))
    first = found[start].start if start else 0
    last = found[end - 1].end if end < len(found) else len(text)
    pieces = list(_pieces(text, first, last, found, {place for place in places if start <= place < end}))
    if start:
        pieces.insert(0, MarkedText("… ", False))
    if end < len(found):
        pieces.append(MarkedText(" …", False))
    return tuple(pieces)


def _pieces(text: str, first: int, last: int, found: Sequence[Word], places: set[int]) -> tuple[MarkedText, ...]:
    pieces: list[MarkedText] = []
    at = first
    for place in sorted(places):
        start, end = found[place].start, found[place].end
        if place - 1 in places and pieces and pieces[-1].is_hit:
            pieces[-1] = MarkedText(text[at - len(pieces[-1].text) : end], True)
        else:
            if start > at:
                pieces.append(MarkedText(text[at:start], False))
            pieces.append(MarkedText(text[start:end], True))
        at = end
    if at < last:
        pieces.append(MarkedText(text[at:last], False))
    return tuple(pieces)
