"""Words that are sought in what changed: among those removed or added, or reaching into them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.changes.comparison import Part
from archive.changes.words import Change, Piece, composed


def pattern_of(text: str) -> re.Pattern[str]:
    """What finds words side by side in a text in small letters, with their marks as typed."""
    said = r"\s+".join(map(re.escape, composed(text).casefold().split()))
    return re.compile(rf"(?<!\w){said}(?!\w)")


def part_with(parts: Sequence[Part], sought: re.Pattern[str]) -> Part | None:
    """The first part in which the words were removed or added, whole or in part; None where in none."""
    for part in parts:
        if not part.is_moved and (_has(part.pieces, sought, "removed") or _has(part.pieces, sought, "added")):
            return part
    return None


def _has(pieces: Sequence[Piece], sought: re.Pattern[str], change: Change) -> bool:
    """Whether words of one side's text are found where it differs from the other's."""
    said, differs = "", bytearray()
    for piece in pieces:
        if piece.change in ("same", change):
            text = piece.text.casefold()
            said += text
            differs += (b"\x01" if piece.change == change else b"\x00") * len(text)
    return 1 in differs and any(1 in differs[found.start() : found.end()] for found in sought.finditer(said))
