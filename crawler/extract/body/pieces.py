"""A container's content as pieces in reading order: runs of text, pictures, players, and whole boxes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Mapping

import attrs

from archive.article import BlockType, EmbedType
from crawler.extract.body.lines import (
    BREAK,
    COUPLET,
    FEWEST_VERSES,
    are_verses,
    in_lines,
    is_table_of_words,
    item_lines,
    link_lines,
    part_signature,
    row_lines,
)
from crawler.extract.body.pictures import (
    LONGEST_CAPTION,
    PLAYERS,
    background_of,
    embed_of,
    is_caption_class,
    is_figure_table,
    is_short,
    picture_address,
)
from crawler.extract.body.small_print import is_small
from crawler.extract.page import Page
from crawler.extract.selectors import Element, with_ancestors
from crawler.extract.text import INLINE, SILENT, fold, text_of, walk

_ALIGN = re.compile(r"text-align\s*:\s*(center|right|left|justify|start|end)", re.IGNORECASE)
_ALIGNS = {"center": "center", "middle": "center", "right": "right", "end": "right"}
_BACKED = frozenset(("div", "span", "a", "figure", "p", "section"))
_SLANTED = frozenset(("em", "i", "small"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Of a table only these have their text aligned: align on the table places the table.
_PLACED = frozenset(("table", "img", "hr", "iframe"))
_SMALL_PART = 0.3
_FAR = 3
_PARAGRAPH_BREAK = re.compile(r"\x00\s*\x00[\s\x00]*")


@attrs.define
class Piece:
    """A run of text, a picture, or a box taken whole (`box` names its block type)."""

    text: str = ""
    box: BlockType | None = None
    is_picture: bool = False
    address: str | None = None
    align: str = ""
    italic: bool = False
    """Slanted, or in smaller print than the rest of the text."""
    bold: bool = False
    quote: bool = False
    heading: bool = False
    caption: bool = False
    byline: bool = False
    linked: float = 0.0
    """Share of the letters that stand in links."""
    place: Element | None = None
    """The block element that the piece stands in."""
    is_in_h1: bool = False
    """It stands in an h1, or in an element or two of one."""
    image: Element | None = None
    embed: tuple[EmbedType, str] | None = None
    is_like_icon: bool | None = None
    """A picture is small or has the name of an icon; None: nobody has asked yet."""


@attrs.frozen
class Marks:
    """The elements of a body that a layout names; `opened` are silent ones that are walked nevertheless."""

    drop: Container[Element] = ()
    related: Container[Element] = ()
    heading: Container[Element] = ()
    quote: Container[Element] = ()
    byline: Container[Element] = ()
    opened: Container[Element] = ()


@attrs.define
class _Context:
    """The properties that a text has from the elements around it."""

    place: Element | None = None
    align: str = ""
    quote: bool = False
    heading: bool = False
    caption: bool = False
    byline: bool = False
    small: bool = False
    below_h1: int = _FAR
    """How far below an h1 it stands; 0 is the h1 itself."""

    @property
    def is_in_h1(self) -> bool:
        return self.below_h1 < _FAR


def pieces_of(container: Element, page: Page, marks: Marks) -> list[Piece]:
    """The pieces of the container's content."""
    flattening = _Flattening(container, page, marks)
    walk(container, flattening)
    flattening.flush()
    flattening.set_couplets()
    flattening.set_small_print()
    return flattening.pieces


class _Flattening:
    def __init__(self, container: Element, page: Page, marks: Marks) -> None:
        self.pieces: list[Piece] = []
        self._page, self._marks = page, marks
        around = itertools.islice(with_ancestors(container), _FAR)
        below_h1 = next((steps for steps, one in enumerate(around) if one.tag == "h1"), _FAR)
        self._contexts = [_Context(place=container, below_h1=below_h1)]
        self._buffer: list[str] = []
        self._lengths = [0, 0, 0, 0, 0]  # letters in all, in italics, in bold, in links, in small print
        self._italic = self._bold = self._linked = self._small = 0
        self._set_small: list[bool] = []  # whether each inline element around is
        self._small_print: list[Piece] = []
        self._signed = False
        self._couplets: dict[int, str] = {}
        """Pieces of two lines that may be verses, by number, with their lines."""

    def open(self, element: Element) -> bool:
        tag = element.tag
        if tag == "br":
            self._buffer.append(BREAK)
            return False
        if tag in ("img", "amp-img"):
            self.flush()
            self._take_picture(element, picture_address(element, self._page))
            return False
        given = dict(element.items())
        if given and tag in _BACKED and (address := background_of(element, given, self._page)) is not None:
            self.flush()
            self._take_picture(element, address)
            return False
        if tag in PLAYERS and element not in self._marks.drop:
            self._take_embed(element)
            return False
        marks = self._marks
        if (tag in SILENT and element not in marks.opened) or element in marks.drop or self._take_whole(element):
            return False
        if tag in INLINE:
            self._linked += tag == "a"
            self._italic += tag in _SLANTED
            self._bold += tag in ("strong", "b")
            self._set_small.append(is_small(tag, given))
            self._small += self._set_small[-1]
            self._signed = self._signed or element in self._marks.byline
            return True
        self.flush()
        self._contexts.append(self._context(element, given))
        return True

    def say(self, text: str) -> None:
        self._buffer.append(text)
        length = len(text) if not text.isspace() else 0
        self._lengths[0] += length
        self._lengths[1] += length if self._italic else 0
        self._lengths[2] += length if self._bold else 0
        self._lengths[3] += length if self._linked else 0
        self._lengths[4] += length if self._small or self._contexts[-1].small else 0

    def close(self, element: Element) -> None:
        if element.tag in INLINE:
            self._linked -= element.tag == "a"
            self._italic -= element.tag in _SLANTED
            self._bold -= element.tag in ("strong", "b")
            self._small -= self._set_small.pop()
            return
        self.flush()
        self._contexts.pop()

    def flush(self) -> None:
        """End the run of text."""
        if not self._buffer:
            return
        if self._lengths[0]:
            context, (total, italic, bold, linked, small) = self._contexts[-1], self._lengths
            parts = _PARAGRAPH_BREAK.split("".join(self._buffer))
            # a couplet is a stanza where it follows one
            fewest = FEWEST_VERSES - (bool(self.pieces) and self._is_stanza(self.pieces[-1]))
            in_verses = not context.caption and context.align != "right" and are_verses(parts, fewest)
            if not (in_verses or context.caption):
                parts[-1:] = part_signature(parts[-1])
            for part in parts:
                if not in_verses and part.count(BREAK) == 1 and are_verses([part], COUPLET):
                    self._couplets[len(self.pieces)] = in_lines(part)
                if text := in_lines(part) if in_verses else fold(part.replace(BREAK, " ")):
                    self.pieces.append(
                        Piece(
                            text,
                            align=context.align,
                            italic=italic >= 0.9 * total,
                            bold=bold >= 0.9 * total,
                            quote=context.quote,
                            heading=context.heading,
                            caption=context.caption and len(text) <= LONGEST_CAPTION,
                            byline=context.byline or self._signed,
                            linked=linked / total,
                            place=context.place,
                            is_in_h1=context.is_in_h1,
                        )
                    )
                    if small >= 0.9 * total:
                        self._small_print.append(self.pieces[-1])
        self._buffer.clear()
        self._lengths = [0, 0, 0, 0, 0]
        self._signed = False

    def set_couplets(self) -> None:
        """Restore the lines of couplets that follow one another."""
        for nth, lines in self._couplets.items():
            if nth - 1 in self._couplets or nth + 1 in self._couplets:
                self.pieces[nth].text = lines

    def set_small_print(self) -> None:
        """Set apart what is printed smaller than the rest, where that is no great part."""
        letters = sum(len(piece.text) for piece in self._small_print)
        if letters and letters <= _SMALL_PART * sum(len(piece.text) for piece in self.pieces):
            for piece in self._small_print:
                piece.italic = True

    @staticmethod
    def _is_stanza(piece: Piece) -> bool:
        return piece.box is None and "\n" in piece.text

    def _take_picture(self, element: Element, address: str | None) -> None:
        context = self._contexts[-1]
        self.pieces.append(
            Piece(is_picture=True, address=address, image=element, place=context.place, is_in_h1=context.is_in_h1)
        )

    def _take_embed(self, element: Element) -> None:
        found = embed_of(element, self._page)
        if found is not None:
            self.flush()
            context = self._contexts[-1]
            self.pieces.append(Piece(embed=found, image=element, place=context.place, is_in_h1=context.is_in_h1))

    def _take_whole(self, element: Element) -> bool:
        """Add a related box, a list or a table of text as one piece; those with pictures are walked instead."""
        box: BlockType
        if element in self._marks.related:
            box, lines = "related", link_lines(element)
        elif element.tag in ("ul", "ol") and element.find(".//img") is None and element.find(".//h1") is None:
            box, lines = "list", item_lines(element)
        elif element.tag == "table" and is_table_of_words(element):
            box, lines = "table", row_lines(element)
        else:
            return False
        self.flush()
        if lines:
            linked = sum(len(text_of(link)) for link in element.iter("a")) / max(1, sum(map(len, lines)))
            in_h1 = self._contexts[-1].below_h1 + 1 < _FAR
            self.pieces.append(Piece("\n".join(lines), box=box, linked=linked, place=element, is_in_h1=in_h1))
        return True

    def _context(self, element: Element, given: Mapping[str, str]) -> _Context:
        around, marks, tag = self._contexts[-1], self._marks, element.tag
        named = given.get("class") or (tag if "-" in tag else "")
        return _Context(
            place=element,
            align=_align(tag, given, named) or around.align,
            quote=around.quote or tag == "blockquote" or element in marks.quote,
            heading=around.heading or tag in _HEADINGS or element in marks.heading,
            caption=around.caption
            or tag in ("figure", "figcaption")
            or bool(named and is_caption_class(named) and is_short(element))
            or (tag == "table" and is_figure_table(element)),
            byline=around.byline or element in marks.byline,
            small=around.small or is_small(tag, given),
            below_h1=0 if tag == "h1" else around.below_h1 + 1,
        )


def _align(tag: str, given: Mapping[str, str], named: str) -> str:
    """The alignment of an element's text: "center", "right", "left" for any other, "" if it declares none."""
    if found := _ALIGN.search(given.get("style", "")):
        return _ALIGNS.get(found[1].lower(), "left")
    if tag == "center" or "text-center" in named:
        return "center"
    if declared := "" if tag in _PLACED else given.get("align", "").strip().lower():
        return _ALIGNS.get(declared, "left")
    return "right" if "text-right" in named or "text-end" in named else ""
