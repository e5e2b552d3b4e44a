"""Marks the found words in an article's text, as pieces of plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from archive.article import Article
from archive.search.index import keys
from archive.search.passages import passages
from archive.search.vietnamese import Word, words

WINDOW = 45  # words shown of a passage
LEAD_IN = 10  # of these, at most so many before the first found word
SHOWN = frozenset({"lead", "body", "caption", "credit", "tag", "kicker", "source"})

Sequences = frozenset[tuple[str, ...]]


class Piece(NamedTuple):
    """A stretch of text, and whether it is what was searched for."""

    text: str
    is_hit: bool


def highlight(text: str, sequences: Sequences, form: str) -> tuple[Piece, ...]:
    """The whole text in pieces; joined together they are the text."""
    found = list(words(text))
    return _pieces(text, 0, len(text), found, _places(keys(text, form), sequences))


def snippet(article: Article, sequences: Sequences, form: str) -> tuple[Piece, ...]:
    """The stretch of the article that shows most of what was searched for; its beginning where nothing is shown."""
    best: tuple[int, int, str, set[int]] | None = None
    opening = ""
    for passage in passages(article):
        if passage.kind not in SHOWN:
            continue
        opening = opening or passage.text
        if not sequences:
            break
        forms = keys(passage.text, form)
        places = _places(forms, sequences)
        if places:
            start, score = _best_window(forms, places)
            if best is None or score > best[0]:
                best = (score, start, passage.text, places)
    if best is None:
        return _cut(opening, list(words(opening)), set(), 0)
    _, start, text, places = best
    return _cut(text, list(words(text)), places, start)


def _places(forms: Sequence[str], sequences: Sequences) -> set[int]:
    """Indices of the words that belong to an occurrence of a sequence."""
    places: set[int] = set()
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for sequence in sequences:
        by_first.setdefault(sequence[0], []).append(sequence)
    for index, word in enumerate(forms):
        for sequence in by_first.get(word, ()):
            if tuple(forms[index : index + len(sequence)]) == sequence:
                places.update(range(index, index + len(sequence)))
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
