"""What other readers hold to be a page's body, trafilatura and JSON-LD, asked piece by piece."""

from __future__ import annotations

import logging
import re
import unicodedata

from archive.ignorable import without_ignorable
from crawler.extract.selectors import Element

_NO_LETTER = re.compile(r"\W+")
_LONG = 80
WINDOW = 40
# Beyond these trafilatura is not asked: its time grows faster than the page.
_MOST_ELEMENTS = 30_000
_DEEPEST = 250

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


class Witness:
    """Another reader's text of the body."""

    def __init__(self, text: str) -> None:
        self.letters = compact(text)

    def has(self, piece: str) -> bool:
        """Whether it has a piece of so many letters (compact): short ones whole, of long ones the beginning or end."""
        if len(piece) <= _LONG:
            return piece in self.letters
        return piece[:WINDOW] in self.letters or piece[-WINDOW:] in self.letters


def compact(text: str) -> str:
    """The text's letters and digits without case, for comparison."""
    # composed first: a combining mark is no letter, and a decomposed paragraph would be like none of another reader's
    return _NO_LETTER.sub("", unicodedata.normalize("NFC", without_ignorable(text))).casefold()


def trafilatura_text(root: Element) -> str:
    """The body as trafilatura reads it; nothing of pages that it would take too long for."""
    if not _is_within_bounds(root):
        return ""
    import trafilatura  # a fifth of a second, which pages with rules never need

    try:
        found = trafilatura.bare_extraction(root, fast=True, include_comments=False)
    except Exception:  # it promises nothing of hostile pages; ours stands alone then
        return ""
    return (getattr(found, "text", None) or "") if found is not None else ""


def _is_within_bounds(root: Element) -> bool:
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        return False
    depth, element = 0, root
    # the deepest nesting that matters is that of the first child: hostile pages nest one in the other
    while len(element) and depth <= _DEEPEST:
        element = element[-1] if len(element[-1]) else element[0]
        depth += 1
    return depth <= _DEEPEST
