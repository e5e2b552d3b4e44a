"""Marks the found words in an article's text, as pieces of plain text."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import attrs

from archive.search.passages import Passage
from archive.search.tree import TEXTS, Parsed, Scope
from archive.search.vietnamese import Word, joined_form, words

WINDOW = 45  # words shown of a passage
LEAD_IN = 10  # of these, at most so many before the first found word
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


class Piece(NamedTuple):
    """A stretch of text, and whether it is what was searched for."""

    text: str
    is_hit: bool


def highlight(text: str, patterns: Sequence[Pattern], scope: Scope) -> tuple[Piece, ...]:
    """The whole text in pieces; joined together they are the text."""
    _, places = _found(text, patterns, scope)
    return _pieces(text, 0, len(text), list(words(text)), places) if places else _whole(text)


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, False),) if text else ()


def snippet(read: Iterable[Passage], patterns: Sequence[Pattern], scope: Scope) -> tuple[Piece, ...]:
    """The stretch of an article's passages that shows most of what was searched for; their beginning where nothing is
    shown."""
    best: tuple[int, int, str, set[int]] | None = None
    opening = ""
    for passage in read:
        if passage.kind not in SHOWN:
            continue
        opening = opening or passage.text
        if not patterns:
            break
        forms, places = _found(passage.text, patterns, scope)
        if places:
            start, score = _best_window(forms, places)
            if best is None or score > best[0]:
                best = (score, start, passage.text, places)
    if best is None:
        return _cut(opening, list(words(opening)), set(), 0)
    _, start, text, places = best
    return _cut(text, list(words(text)), places, start)


def _found(text: str, patterns: Sequence[Pattern], scope: Scope) -> tuple[list[str], set[int]]:
    """The forms of a composed text's words, and the places of those that were found; nothing where none was."""
    joined = joined_form(text, "exact" if scope == "typed" else "folded")
    # a text is cut into words only if it can hold what is sought
    sought = [pattern for pattern in patterns if pattern.may_stand_in(joined)]
    forms = joined.split(" ")[1:] if sought else []
    return forms, _places(forms, sought)


def _places(forms: Sequence[str], patterns: Sequence[Pattern]) -> set[int]:
    """Indices of the words that belong to an occurrence of a pattern."""
    closed: dict[str, list[Pattern]] = {}
    others = []
    for pattern in patterns:
        if pattern.slop or pattern.is_open:
            others.append(pattern)
        else:
            closed.setdefault(pattern.words[0], []).append(pattern)
    places: set[int] = set()
    for index, word in enumerate(forms):
        if others or word in closed:
            for pattern in (*closed.get(word, ()), *others):
                places.update(pattern.places(forms, index))
    return places


def _best_window(forms: Sequence[str], places: set[int]) -> tuple[int, int]:
    """Where the window with the most different found words starts, and how many these are (then how many in all)."""
    ordered = sorted(places)
    best = (0, -1)
    for place in ordered:
        inside = [other for other in ordered if place <= other < place + WINDOW - LEAD_IN]
        score = 100 * len({forms[other] for other in inside}) + min(len(inside), 99)
        if score > best[1]:
            best = (max(0, place - LEAD_IN), score)
        if place > 2000:
            break
    return best


def _cut(text: str, found: Sequence[Word], places: set[int], start: int) -> tuple[Piece, ...]:
    if not found:
        return ()
    start = max(0, min(start, len(found) - WINDOW))
    end = min(start + WINDOW, len(found))
    first = found[start].start if start else 0
    last = found[end - 1].end if end < len(found) else len(text)
    pieces = list(_pieces(text, first, last, found, {place for place in places if start <= place < end}))
    if start:
        pieces.insert(0, Piece("… ", False))
    if end < len(found):
        pieces.append(Piece(" …", False))
    return tuple(pieces)


def _pieces(text: str, first: int, last: int, found: Sequence[Word], places: set[int]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = first
    for place in sorted(places):
        start, end = found[place].start, found[place].end
        if place - 1 in places and pieces and pieces[-1].is_hit:
            pieces[-1] = Piece(text[at - len(pieces[-1].text) : end], True)
        else:
            if start > at:
                pieces.append(Piece(text[at:start], False))
            pieces.append(Piece(text[start:end], True))
        at = end
    if at < last:
        pieces.append(Piece(text[at:last], False))
    return tuple(pieces)
