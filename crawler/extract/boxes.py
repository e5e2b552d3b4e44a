"""Captions that no element marks: words that share a box with a picture; moves none of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from crawler.extract.captions import LONGEST_CREDIT, part_credit
from crawler.extract.densest import is_paragraph, is_time
from crawler.extract.page import bare
from crawler.extract.pieces import Piece
from crawler.extract.selection import Element

_BOX_DEPTH = 7
_LONGEST_IN_BOX = 500
_FEW_TEXTS = 100
_DESCRIBING = ("alt", "data-caption", "title", "data-title", "data-desc")
_TELLING = 25
_HEAD = 30
_ALL_LINKED = 0.9
_MOSTLY_LINKED = 0.8
_ARROW = re.compile(r"\s*(?:[►▶▸▷⏩☞➤➜➡→»›]|>{1,3}|=+>|-+>)[\s►▶▸▷☞➤➜➡→»›>]*")
_POINTING = re.compile(
    r"(?:(?:các\s+)?(?:tin|bài)(?:\s+(?:viết|bài|mới))?\s+(?:liên\s+quan|cùng\s+chuyên\s+mục|khác)|xem\s+thêm|đọc\s+thêm)\s*[:.…>»]*",
    re.IGNORECASE,
)
_NO_BOX = frozenset(("body", "html", "article", "main", "section", "td", "li", "blockquote"))


def mark_captions(pieces: Sequence[Piece], body: Element | None) -> None:
    """Mark as captions the short texts behind a picture, in a box that holds nothing else and is not the body, and
    what the picture's alternative text repeats."""
    for nth, piece in enumerate(pieces):
        if not piece.is_picture or piece.image is None:
            continue
        behind = [one for one in pieces[nth + 1 : nth + 4] if not one.is_picture]
        if behind and _repeats(behind[0], piece.image):
            behind[0].caption, behind[0].heading = True, False
        box = _picture_box(piece.image, body)
        if box is None:
            continue
        for one in behind:
            if one.caption or one.box or one.linked >= 0.6 or one.place is None or is_in_h1(one):
                break
            if not any(above is box for above in itertools.islice(_up(one.place), _BOX_DEPTH)):
                break
            one.caption, one.heading = True, False


def _repeats(piece: Piece, image: Element) -> bool:
    """Whether a text is what the picture says of itself, perhaps with the credit behind it."""
    if piece.box or piece.heading or len(piece.text) > _LONGEST_IN_BOX or is_in_h1(piece):
        return False
    text = bare(piece.text)
    for name in _DESCRIBING:
        told = bare(image.get(name) or "")
        if len(told) >= _TELLING and text.startswith(told) and len(text) - len(told) <= LONGEST_CREDIT:
            return True
    return False


def is_in_h1(piece: Piece) -> bool:
    """Whether a piece stands in an h1, or in an element or two of one."""
    return piece.place is not None and any(around.tag == "h1" for around in itertools.islice(_up(piece.place), 3))


def without_head(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without the article's head, where its container holds that too; pictures stay.

    The head is what stands above the h1, and the lines between it and the text that give the writer and the time.
    """
    headline = next((nth for nth, piece in enumerate(pieces[:_HEAD]) if is_in_h1(piece)), 0)
    first = next((nth for nth, piece in enumerate(pieces) if is_paragraph(piece)), 0)
    if headline > first:
        headline = 0
    return [
        piece
        for nth, piece in enumerate(pieces)
        if nth >= first or not piece.text or piece.caption
        or not (nth < headline or is_time(piece.text, beside_names=True))
    ]  # fmt: skip


def points_elsewhere(piece: Piece) -> bool:
    """Whether a line is a link to another article behind an arrow: "► Đường mới về ấp"."""
    return piece.box is None and piece.linked >= _MOSTLY_LINKED and _ARROW.match(piece.text) is not None


def mark_related(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with links behind arrows, or behind "Tin liên quan:" and the like, as related boxes, and without those
    headings."""
    found: list[Piece] = []
    heading: Piece | None = None
    is_open = False
    for piece in pieces:
        if heading is None and _POINTING.fullmatch(piece.text):
            heading = piece
            continue
        if points_elsewhere(piece):
            piece.text, piece.box = _ARROW.sub("", piece.text), "related"
        is_open = (is_open or heading is not None) and bool(piece.text) and piece.linked >= _ALL_LINKED
        if is_open and piece.box != "table":
            piece.box = "related"
        elif heading is not None:
            found.append(heading)
        heading = None
        found.append(piece)
    return found if heading is None else [*found, heading]


def may_be_caption(piece: Piece, before: Piece) -> bool:
    """Whether a piece without a mark may be the caption of the picture before it: slanted, centred or with a credit."""
    if not before.is_picture or piece.box or len(piece.text) > _LONGEST_IN_BOX or piece.linked >= 0.6:
        return False
    return piece.italic or piece.align == "center" or part_credit(piece.text)[1] is not None


def _picture_box(image: Element, body: Element | None) -> Element | None:
    """The largest element around a picture that holds this one alone and no more words than a caption has."""
    found = None
    for above in itertools.islice(image.iterancestors(), _BOX_DEPTH):
        if above is body or above.tag in _NO_BOX or sum(1 for _ in itertools.islice(above.iter("img"), 3)) > 2:
            break
        said = 0
        for text in itertools.islice(above.itertext(), _FEW_TEXTS):
            said += len(text.strip())
        if said > _LONGEST_IN_BOX:
            break
        if said:
            found = above
    return found


def _up(place: Element | None) -> Iterator[Element]:
    while place is not None:
        yield place
        place = place.getparent()
