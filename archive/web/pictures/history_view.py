"""What the page of a picture shows: its files, and its printings with what differs between their captions."""

from __future__ import annotations

import itertools

import attrs

from archive.catalog import Catalog
from archive.changes.words import Piece, compared
from archive.pictures.history import PictureFile, PictureHistory, PicturePrinting, find_picture, history_of

_LEAST_SHARED = 0.4
_MOST_COMPARED = 50
"""Captions before one, the last of those that differ, among which the nearest is sought."""


@attrs.frozen(kw_only=True)
class PrintingView:
    """A printing.

    Attributes:
        changes: its caption and credit compared with those of an earlier one; empty where none is like it.
        like: the earlier printing whose caption and credit are the same, or with which they are compared, from 1.
    """

    printing: PicturePrinting
    changes: tuple[Piece, ...] = ()
    like: int | None = None

    @property
    def is_same(self) -> bool:
        """Whether an earlier printing has the same caption and credit."""
        return self.like is not None and not self.changes


@attrs.frozen(kw_only=True)
class PictureView:
    """What the page shows; `captions`: how many captions differ from one another."""

    history: PictureHistory
    printings: tuple[PrintingView, ...]
    captions: int

    @property
    def shown(self) -> PictureFile:
        """The file that is shown large."""
        return self.history.largest


def view_picture(catalog: Catalog, subject: str) -> PictureView:
    """The page of the picture that a name, an address or a payload digest means.

    Raises:
        AddressWithheld: it is withheld from readers.
        UnknownPicture: there is none.
    """
    history = history_of(catalog, find_picture(catalog, subject))
    former: dict[str, int] = {}
    printings = tuple(_view(number, one, former) for number, one in enumerate(history.printings, 1))
    return PictureView(history=history, captions=len(former), printings=printings)


def said(one: PicturePrinting) -> str:
    """Caption and credit as one text."""
    return f"{one.caption} (Ảnh: {one.credit})".strip() if one.credit else one.caption


def _view(number: int, one: PicturePrinting, former: dict[str, int]) -> PrintingView:
    """A printing beside an earlier one.

    Args:
        number: which printing it is, from 1.
        former: each caption of the printings before, and the first of these; that of this one is added.
    """
    own = said(one)
    if not own:
        return PrintingView(printing=one)
    if own in former:
        return PrintingView(printing=one, like=former[own])
    latest = list(itertools.islice(reversed(former), _MOST_COMPARED))[::-1]
    former[own] = number
    nearest = max(latest, key=lambda text: _shared(own, text), default="")
    if not nearest or _shared(own, nearest) < _LEAST_SHARED * len(set(own.split())):
        return PrintingView(printing=one)  # they have too little in common for differences to be read
    return PrintingView(printing=one, changes=compared(nearest, own), like=former[nearest])


def _shared(one: str, other: str) -> int:
    """How many words two texts have in common."""
    return len(set(one.split()) & set(other.split()))
