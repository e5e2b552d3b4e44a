"""A short excerpt of what changed, for lists: the first words that differ, with some around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.changes.comparison import Part
from archive.changes.words import Piece

_AROUND = 8
"""Words that are shown before and behind."""
_MOST = 30
"""Words of one removed or added passage that are shown."""
_WORDS = re.compile(r"\s*\S+\s*")


def excerpt(parts: Sequence[Part]) -> tuple[Piece, ...]:
    """The first change of the first part that changed in its words; cut short where it is long."""
    first = next((part for part in parts if part.is_changed and part.pieces and not part.is_moved), None)
    if first is None:
        return ()
    at = next((nth for nth, piece in enumerate(first.pieces) if piece.change != "same"), 0)
    found: list[Piece] = []
    if at:
        found.append(Piece("same", _end(first.pieces[at - 1].text)))
    for piece in first.pieces[at:]:
        if piece.change == "same":
            found.append(Piece("same", _beginning(piece.text, _AROUND)))
            break
        found.append(Piece(piece.change, _beginning(piece.text, _MOST)))
    return tuple(found)


def _beginning(text: str, most: int) -> str:
    words = _WORDS.findall(text)
    return text if len(words) <= most else "".join(words[:most]).rstrip() + " …"


def _end(text: str) -> str:
    words = _WORDS.findall(text)
    return text if len(words) <= _AROUND else "… " + "".join(words[-_AROUND:])
