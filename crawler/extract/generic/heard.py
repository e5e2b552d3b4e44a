"""The pieces of an unknown page beside what three readers say of each; chooses none but one of several copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from crawler.extract.body.pieces import Piece
from crawler.extract.class_names import words_of_names
from crawler.extract.generic.witness import WINDOW, Witness, compact
from crawler.extract.selectors import Element, with_ancestors


@attrs.frozen(eq=False)
class Heard:
    """A piece, what its letters are, and who of the three has it; `hidden` where it is shown to nobody at first."""

    piece: Piece
    letters: str
    ours: bool
    theirs: bool
    linked: bool
    hidden: bool


def hear_pieces(
    pieces: Sequence[Piece], dense: Element | None, theirs: Witness, linked: Witness, hidden: set[Element]
) -> list[Heard]:
    """Ask each reader of each piece; ours is the densest element, `hidden` are elements that are not shown at first."""
    inside = set(dense.iter()) if dense is not None else set()
    heard = []
    for piece in pieces:
        letters = compact(piece.text)
        said = bool(letters) and not piece.is_picture
        is_hidden = bool(hidden) and any(around in hidden for around in with_ancestors(piece.place))
        heard.append(
            Heard(
                piece,
                letters,
                piece.place in inside,
                said and theirs.has(letters),
                said and linked.has(letters),
                is_hidden,
            )
        )
    return heard


def shape_of(piece: Piece) -> tuple[str, ...]:
    """Tag and class of the element that a piece stands in, and of the one around it; random names are all alike."""
    place = piece.place
    above = place.getparent() if place is not None else None
    return tuple(
        text for one in (place, above) if one is not None for text in (one.tag, words_of_names(one.get("class") or ""))
    )


def is_shown(piece: Piece) -> bool:
    """Whether it is a picture, its caption or a player; these also stand between headline and text."""
    return piece.is_picture or piece.caption or piece.embed is not None


def without_copies(kept: Sequence[Heard]) -> tuple[Piece, ...]:
    """Each text once, but for lines that the article itself repeats, and no headings at the end above nothing."""
    copies = set(_copies([one for one in kept if not is_shown(one.piece)]))
    left = [one for one in kept if one not in copies]
    while left and left[-1].piece.heading:
        left.pop()
    return tuple(one.piece for one in left)


def _copies(said: Sequence[Heard]) -> Iterator[Heard]:
    """The pieces that stand there a second time as part of a longer copy, or set otherwise than the first time.

    An article repeats single lines, as an interview its question to each who answers: what stands around them differs.
    """
    places: dict[str, int] = {}
    before = [places.setdefault(one.letters, nth) for nth, one in enumerate(said)]
    is_long = [len(one.letters) >= WINDOW for one in said]
    copied = [
        first < nth
        and is_long[nth]
        and (
            nth - first < 2
            or shape_of(said[nth].piece) != shape_of(said[first].piece)
            or any(
                0 <= nth + step < len(said) and is_long[nth + step] and before[nth + step] == first + step
                for step in (-2, -1, 1, 2)
            )
        )
        for nth, first in enumerate(before)
    ]
    for nth, one in enumerate(said):
        # a short line is one where it stands amid a copy
        amid = not is_long[nth] and before[nth] < nth and all(copied[max(0, nth - 1) : nth] + copied[nth + 1 : nth + 2])
        if copied[nth] or amid:
            yield one
