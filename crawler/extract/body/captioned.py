"""Captions given to their pictures: below or above them, marked or only set apart."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Sequence

import attrs

from crawler.extract.body.credits import ends_with_source, part_caption, part_credit
from crawler.extract.body.pieces import Piece
from crawler.extract.selectors import Element, with_ancestors

_NEAR = 5
_LONGEST_CAPTION = 400
_LONGEST_ABOVE = 150


@attrs.define
class CaptionedPicture:
    """A picture before it becomes a block; without an address only its caption is kept."""

    address: str | None
    caption: str | None = None
    credit: str | None = None
    printed: str | None = None
    """Caption and credit as the page prints them."""
    element: Element | None = None

    def take(self, text: str, goes_on: bool = False) -> bool:
        """Take a caption line, or a second line that holds only the credit; False where it has both already.

        A line that goes on with a caption element's text is added to the first.
        """
        caption, credit = part_caption(text)
        if not goes_on and ((caption and self.caption) or (credit and self.credit)):
            return False
        self.caption = " ".join(filter(None, (self.caption, caption))) or None
        self.printed = " ".join(filter(None, (self.printed, text))) or None
        self.credit = ", ".join(filter(None, (self.credit, credit))) or None
        return True


def with_captions(pieces: Sequence[Piece]) -> list[Piece | CaptionedPicture]:
    """The pieces with caption lines assigned to their pictures; a caption without a picture gets an empty one."""
    items: list[Piece | CaptionedPicture] = []
    rest = deque(pieces)
    while rest:
        piece = rest.popleft()
        before = items[-1] if items else None
        if piece.is_picture:
            if not (isinstance(before, CaptionedPicture) and before.address == piece.address and not before.caption):
                items.append(CaptionedPicture(piece.address, element=piece.image))
        elif piece.caption:
            lines = [piece.text]
            while rest and rest[0].caption and not rest[0].is_picture:
                lines.append(rest.popleft().text)
            if rest and rest[0].is_picture and _is_of_next(piece, rest[0], before):
                picture = rest.popleft()
                items.append(CaptionedPicture(picture.address, element=picture.image))
            elif not isinstance(before, CaptionedPicture):
                items.append(CaptionedPicture(None))
            _give(lines, items)
        elif items and rest and rest[0].is_picture and not _has_room(before) and _stands_above(piece, rest):
            below = rest.popleft()
            items.append(CaptionedPicture(below.address, element=below.image))
            _give([piece.text], items)
        elif piece.embed is not None or not (
            isinstance(before, CaptionedPicture) and _is_caption(piece, before) and before.take(piece.text)
        ):
            items.append(piece)
    return items


def _has_room(before: Piece | CaptionedPicture | None) -> bool:
    """Whether what stands above a line is a picture without a caption: the line is rather that picture's."""
    return isinstance(before, CaptionedPicture) and before.caption is None


def _stands_above(piece: Piece, rest: Sequence[Piece]) -> bool:
    """Whether a line without a mark is the caption of the picture below: slanted, centred, none behind that."""
    is_set_apart = piece.italic and piece.align == "center" and not piece.bold
    if not is_set_apart or piece.box or piece.quote or piece.heading or len(piece.text) > _LONGEST_ABOVE:
        return False
    picture = CaptionedPicture(rest[0].address)
    return len(rest) < 2 or not (rest[1].caption or rest[1].is_picture or _is_caption(rest[1], picture))


def _is_of_next(caption: Piece, picture: Piece, before: Piece | CaptionedPicture | None) -> bool:
    """Whether a caption stands above its picture: in one box with it, and farther from the picture before it."""
    steps = _steps(caption.place, picture.image)
    if steps is None:
        return False
    farther = _steps(caption.place, before.element) if isinstance(before, CaptionedPicture) else None
    return farther is None or steps < farther


def _steps(place: Element | None, image: Element | None) -> int | None:
    """How many elements up from a place one holds the image too; None where it is far up."""
    around = set(itertools.islice(with_ancestors(image), _NEAR)) if image is not None else set()
    return next((nth for nth, one in enumerate(itertools.islice(with_ancestors(place), _NEAR)) if one in around), None)


def _give(lines: Sequence[str], items: Sequence[Piece | CaptionedPicture]) -> None:
    """Assign marked caption lines to the last pictures: one each if the numbers agree, else all to the last."""
    pictures: list[CaptionedPicture] = []
    for item in reversed(items):
        if not isinstance(item, CaptionedPicture) or (item.caption and pictures):
            break
        pictures.insert(0, item)
    if len(pictures) != len(lines) or pictures[-1].caption:
        pictures = [pictures[-1]] * len(lines)
    for picture, line in zip(pictures, lines, strict=True):
        picture.take(line, goes_on=True)


def _is_caption(piece: Piece, picture: CaptionedPicture) -> bool:
    """Whether an unmarked piece behind a picture is its caption: short, and centred, slanted or with a credit."""
    if piece.box or piece.quote or piece.heading or len(piece.text) > _LONGEST_CAPTION:
        return False
    caption, credit = part_credit(piece.text)
    if picture.caption is not None:
        return caption is None and credit is not None
    if credit is not None or piece.italic or (piece.align == "center" and not piece.bold):
        return True
    return ends_with_source(piece.text)
