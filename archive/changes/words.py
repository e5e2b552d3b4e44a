"""Two texts compared word by word: syllables, numbers with their separators, and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from archive.changes.sequences import Budget, Pair, matched

Change = Literal["same", "removed", "added"]
# A syllable; a number with separators, as 1.200, 20/10/2026 or 16:26; a cluster of Khmer; an ideograph; any other sign.
# Before each stands the white space that is not compared.
_LETTER = r"[^\W_\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
_UNIT = re.compile(
    rf"(\s*)({_LETTER}(?:{_LETTER}|[\u0300-\u036f])*(?:(?<=[0-9])[.,:/-](?=[0-9]){_LETTER}+)*"
    r"|[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b4-\u17d1\u17d3\u17dd])*|\S)"
)
_LONGEST_LINK = 2
"""Of a run of unchanged words between two replaced passages that is shown as replaced with them."""


class Piece(NamedTuple):
    """Words that stand next to each other and are all the same, removed or added."""

    change: Change
    text: str


class Unit(NamedTuple):
    """A word, and the white space before it; behind the last one stands an empty word."""

    space: str
    word: str


def composed(text: str) -> str:
    """The text in NFC, in which texts are compared."""
    return unicodedata.normalize("NFC", text)


def units(text: str) -> list[Unit]:
    """The words of a composed text; joined together they are the text."""
    bare = text.rstrip()
    return [*(Unit(space, word) for space, word in _UNIT.findall(bare)), Unit(text[len(bare) :], "")]


def words(text: str) -> list[str]:
    """The syllables and numbers of a composed text, without punctuation."""
    return [word for _, word in _UNIT.findall(text) if word[0].isalnum()]


def compared(former: str, later: str, budget: Budget | None = None) -> tuple[Piece, ...]:
    """Two texts compared; what is same or removed is the former one composed, what is same or added the later one."""
    former, later = composed(former), composed(later)
    if former == later:
        return (Piece("same", former),) if former else ()
    if not former or not later:
        return (Piece("removed", former) if former else Piece("added", later),)
    before, after = units(former), units(later)
    # the empty words at the ends always match
    found = matched([one.word for one in before[:-1]], [one.word for one in after[:-1]], budget or Budget())
    kept = _without_links(found, len(before) - 1, len(after) - 1)
    return _pieces(before, after, [*kept, (len(before) - 1, len(after) - 1)])


def _without_links(pairs: Sequence[Pair], end: int, stop: int) -> list[Pair]:
    """The pairs without short runs between two longer replaced passages: what is left is easier to read."""
    runs: list[list[Pair]] = []
    for one in pairs:
        if runs and (one[0] - 1, one[1] - 1) == runs[-1][-1]:
            runs[-1].append(one)
        else:
            runs.append([one])
    kept: list[Pair] = []
    for nth, run in enumerate(runs):
        before, after = kept[-1] if kept else (-1, -1), runs[nth + 1][0] if nth + 1 < len(runs) else (end, stop)
        gaps = (_gap(before, run[0]), _gap(run[-1], after))
        if len(run) > _LONGEST_LINK or len(run) >= min(gaps):
            kept += run
    return kept


def _gap(one: Pair, other: Pair) -> int:
    """How many words at most stand between two pairs on either side; 0 where on one side there is none."""
    removed, added = other[0] - one[0] - 1, other[1] - one[1] - 1
    return max(removed, added) if removed and added else 0


def _pieces(before: Sequence[Unit], after: Sequence[Unit], pairs: Iterable[Pair]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    start = begin = 0
    for one, other in pairs:
        same, later = before[one], after[other]
        removed, added = "".join(map("".join, before[start:one])), "".join(map("".join, after[begin:other]))
        shared = same.space if same.space == later.space else ""
        if not shared:
            removed, added = removed + same.space, added + later.space
        opening = _leading_space(removed or added)
        if removed and added:
            opening = opening if opening == _leading_space(added) else ""
            removed, added = removed[len(opening) :], added[len(opening) :]
        elif opening == shared and (removed or added):
            removed, added = (text and text[len(opening) :] + opening for text in (removed, added))
            shared = ""
        else:
            opening = ""
        _append(found, Piece("same", opening))
        _append(found, Piece("removed", removed))
        _append(found, Piece("added", added))
        _append(found, Piece("same", shared + same.word))
        start, begin = one + 1, other + 1
    return tuple(found)


def _leading_space(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _append(found: list[Piece], piece: Piece) -> None:
    if not piece.text:
        return
    if found and found[-1].change == piece.change:
        found[-1] = Piece(piece.change, found[-1].text + piece.text)
    else:
        found.append(piece)
