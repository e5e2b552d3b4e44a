"""What changed between two versions of an article, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Literal

import attrs

from archive.article import Article

Change = Literal["same", "removed", "added"]
_WORDS = re.compile(r"\s+|[^\W_]+(?:[.,][0-9]+)*|[\W_]")
_MOST_COMPARED = 4_000_000
"""Pairs of words that are compared in one paragraph; a longer one is shown as removed and added whole."""


@attrs.frozen
class Piece:
    """Words that stand next to each other and are all the same, removed or added."""

    change: Change
    text: str


@attrs.frozen
class Part:
    """A field or a paragraph of which something changed, or not; `field` is empty for the body's paragraphs."""

    field: str
    pieces: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        """Whether a word of it was removed or added."""
        return any(piece.change != "same" for piece in self.pieces)


def changes(former: Article, later: Article) -> list[Part]:
    """The fields and paragraphs of both versions, in reading order."""
    fields = (
        ("kicker", former.kicker, later.kicker),
        ("title", former.title, later.title),
        ("lead", former.lead, later.lead),
        ("authors", ", ".join(former.authors), ", ".join(later.authors)),
        ("byline", former.byline, later.byline),
        ("source", former.source, later.source),
        ("tags", ", ".join(former.tags), ", ".join(later.tags)),
    )
    parts = [Part(name, compared(before or "", after or "")) for name, before, after in fields if before or after]
    return parts + list(_paragraphs([one.text for one in former.body], [one.text for one in later.body]))


def _paragraphs(former: Sequence[str], later: Sequence[str]) -> Iterator[Part]:
    """The body: paragraphs that are the same, and for others in the same place their words compared."""
    matcher = difflib.SequenceMatcher(None, former, later, autojunk=False)
    for change, start, end, later_start, later_end in matcher.get_opcodes():
        if change == "equal":
            yield from (Part("", (Piece("same", text),)) for text in former[start:end])
            continue
        pairs = min(end - start, later_end - later_start)
        for nth in range(pairs):
            yield Part("", compared(former[start + nth], later[later_start + nth]))
        yield from (Part("", (Piece("removed", text),)) for text in former[start + pairs : end])
        yield from (Part("", (Piece("added", text),)) for text in later[later_start + pairs : later_end])


def compared(former: str, later: str) -> tuple[Piece, ...]:
    """Two texts compared word by word."""
    before, after = _WORDS.findall(former), _WORDS.findall(later)
    if len(before) * len(after) > _MOST_COMPARED:
        whole = (Piece("removed", former), Piece("added", later))
        return (Piece("same", former),) if former == later else whole
    pieces: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for change, start, end, later_start, later_end in matcher.get_opcodes():
        if change == "equal":
            pieces.append(Piece("same", "".join(before[start:end])))
            continue
        if end > start:
            pieces.append(Piece("removed", "".join(before[start:end])))
        if later_end > later_start:
            pieces.append(Piece("added", "".join(after[later_start:later_end])))
    return tuple(pieces)
