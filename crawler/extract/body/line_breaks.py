"""Lines within a run of text, parted by br elements: verses, and the line that signs the text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extract.bylines.printed import is_plain_byline
from crawler.extract.text import fold

BREAK = "\x00"  # a br element; no page text holds NUL after parsing
FEWEST_VERSES = 3
COUPLET = 2
_LONGEST_VERSE = 70
_LONGEST_LINE = 200
_OPENS_VERSE = re.compile(r"[\W_]*[^\W\d_]")
_NO_VERSE = re.compile(r"[:\d]")
_ENDS_SENTENCE = (".", "!", "?", "…", "”", '"', "»")


def are_verses(parts: Sequence[str], fewest: int) -> bool:
    """Whether runs of text parted by br elements are stanzas: short lines that begin with capitals."""
    if not any(BREAK in part for part in parts):
        return False
    lines = [line for part in parts for line in map(str.strip, part.split(BREAK)) if line]
    if len(lines) < fewest or (len(lines) == len(parts) and len(parts) > 1) or max(map(len, lines)) > _LONGEST_VERSE:
        return False
    if fewest == COUPLET and any(map(_NO_VERSE.search, lines)):
        return False  # an address
    opening = [found[0][-1] for found in map(_OPENS_VERSE.match, lines) if found is not None]
    return sum(letter.isupper() for letter in opening) >= 0.8 * len(lines)


def in_lines(part: str) -> str:
    return "\n".join(filter(None, map(fold, part.split(BREAK))))


def part_signature(part: str) -> list[str]:
    """A run of text parted from its last line, where that signs it: "… nhà.<br>Bài và ảnh: Lê Minh"."""
    text, found, line = part.rstrip(f"{BREAK} \t\r\n\xa0").rpartition(BREAK)
    if (
        not found
        or len(line) > _LONGEST_LINE
        or not fold(text.replace(BREAK, " ")).endswith(_ENDS_SENTENCE)
        or not is_plain_byline(fold(line))
    ):
        return [part]
    return [text, line]
