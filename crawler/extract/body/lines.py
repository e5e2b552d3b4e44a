"""The lines of a text, a list or a table: verses between br elements, a signing line, items, rows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from crawler.extract.bylines.signatures import is_plain_byline
from crawler.extract.selectors import Element
from crawler.extract.text import fold, text_of

BREAK = "\x00"  # a br element; no page text holds NUL after parsing
FEWEST_VERSES = 3
COUPLET = 2
_LONGEST_VERSE = 70
_LONGEST_LINE = 200
_OPENS_VERSE = re.compile(r"[\W_]*[^\W\d_]")
_NO_VERSE = re.compile(r"[:\d]")
_ENDS_SENTENCE = (".", "!", "?", "…", "”", '"', "»")


def are_verses(parts: Sequence[str], fewest: int) -> bool:
    """Whether runs of text between br elements are stanzas: short lines that begin with capitals."""
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
    """A run of text with a line feed for each br element."""
    return "\n".join(filter(None, map(fold, part.split(BREAK))))


def part_signature(part: str) -> list[str]:
    """Split a run of text from its last line, if that signs it: "… nhà.<br>Bài và ảnh: Lê Minh"."""
    text, found, line = part.rstrip(f"{BREAK} \t\r\n\xa0").rpartition(BREAK)
    if (
        not found
        or len(line) > _LONGEST_LINE
        or not fold(text.replace(BREAK, " ")).endswith(_ENDS_SENTENCE)
        or not is_plain_byline(fold(line))
    ):
        return [part]
    return [text, line]


_PARTS_OF_PAGES = ("p", "div", "h2", "h3", "ul", "ol", "form")

_MOST_IN_CELL = 3

_LONG = 80


def link_lines(box: Element) -> list[str]:
    """The texts of a box's links, each once; the box's text if there are none."""
    lines = [text_of(link) for link in box.iter("a")]
    return list(dict.fromkeys(line for line in lines if line)) or [text for text in (text_of(box),) if text]


def item_lines(outer: Element) -> list[str]:
    """The texts of a list's items, without nested lists."""
    lines = []
    for item in outer.iter("li"):
        within = list(item.iter("ul", "ol"))
        if text := text_of(item, within):
            lines.append(text)
    return lines or [text for text in (text_of(outer),) if text]


def row_lines(table: Element) -> list[str]:
    """The rows of a table, with a bar between cells."""
    lines = []
    for row in table.iter("tr"):
        cells = [text_of(cell) for cell in row.iterchildren("td", "th")]
        if any(cells):
            lines.append(" | ".join(cells))
    return lines


def is_table_of_words(table: Element) -> bool:
    """Whether a table is one of data: no picture, no nested table, more than one cell, no cell with parts of a page.

    If every row is one cell and one of them has long text, the table is a layout.
    """
    # in one walk, which ends at the first: tables may be nested ten thousand deep
    if next(itertools.islice(table.iter("table", "img", "h1"), 1, None), None) is not None:
        return False
    cells = list(table.iter("td", "th"))
    if len(cells) == sum(1 for _ in table.iter("tr")) and any(map(_holds_long_text, cells)):
        return False
    return len(cells) > 1 and not any(
        sum(1 for _ in itertools.islice(cell.iter(*_PARTS_OF_PAGES), _MOST_IN_CELL + 1)) > _MOST_IN_CELL
        for cell in cells
    )


def _holds_long_text(cell: Element) -> bool:
    return any(len(text.strip()) >= _LONG for text in cell.itertext())
