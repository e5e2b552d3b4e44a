"""The hashes that are stored of a picture, and how another picture lies upon it whose hashes are near to them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, zip_longest

import attrs
import numpy as np

from archive.pictures.anchors import NEAR, Anchors, unpacked
from archive.pictures.comparing import ALL, Alignment, Box, Part, laid
from archive.pictures.hashing import (
    COLUMN_STEP,
    COLUMNS,
    ROW_STEP,
    ROWS,
    SIDE,
    Hashes,
    Likeness,
    stored_places,
    strip_count,
)

_STEP = 2
"""Every second strip is looked up: the hashes of two beside each other are near."""
NEAREST = 10
"""Bits in which two hashes may differ that are compared."""


@attrs.frozen
class Strip:
    """A hash of a picture: of which part, and from where on."""

    part: Part
    place: int


def strips_of(width: int, height: int) -> list[Strip]:
    """The stored strips of a picture of that form, in order; the first is the whole."""
    rows = stored_places(strip_count(ROWS, height / width), ROW_STEP)
    columns = stored_places(strip_count(COLUMNS, width / height), COLUMN_STEP)
    return [
        Strip(Part.WHOLE, 0),
        *(Strip(Part.ROWS, place) for place in rows),
        *(Strip(Part.COLUMNS, place) for place in columns),
    ]  # fmt: skip


def stored_hashes(likeness: Likeness) -> Hashes:
    """The hashes of the stored strips, in the order of `strips_of`."""
    of_part = {Part.ROWS: likeness.rows, Part.COLUMNS: likeness.columns}
    found = [likeness.whole]
    for strip in strips_of(likeness.width, likeness.height)[1:]:
        found.append(int(of_part[strip.part][strip.place]))
    return np.array(found, np.uint64)


def box_of(strip: Strip, width: int, height: int) -> Box:
    """Where a strip is in a picture of that form."""
    if strip.part is Part.ROWS:
        unit = width / (ROWS * height)
        return 0.0, strip.place * unit, 1.0, min(1.0, (strip.place + SIDE) * unit)
    if strip.part is Part.COLUMNS:
        unit = height / (COLUMNS * width)
        return strip.place * unit, 0.0, min(1.0, (strip.place + SIDE) * unit), 1.0
    return ALL


@attrs.frozen
class Probes:
    """All hashes of a picture that are looked up: `strips` names those of `hashes`; and its anchors."""

    width: int
    height: int
    strips: tuple[Strip, ...]
    hashes: Hashes
    anchors: Anchors

    @classmethod
    def of(cls, likeness: Likeness) -> Probes:
        """Those of a picture."""
        rows, columns = (np.flatnonzero(places)[::_STEP] for places in (likeness.rows, likeness.columns))
        strips = [Strip(Part.WHOLE, 0), Strip(Part.MIRRORED, 0)]
        strips += [Strip(Part.ROWS, int(place)) for place in rows]
        strips += [Strip(Part.COLUMNS, int(place)) for place in columns]
        whole = np.array([likeness.whole, likeness.mirrored], np.uint64)
        hashes = np.concatenate([whole, likeness.rows[rows], likeness.columns[columns]])
        return cls(likeness.width, likeness.height, tuple(strips), hashes, likeness.anchors)

    def alignments(self, width: int, height: int, stored: Hashes, anchors: bytes) -> Iterator[Alignment]:
        """How this picture may lie upon another one, by their hashes, the nearest first: by strips and by anchors in
        turn.

        Args:
            width, height, stored, anchors: those of the other picture.
        """
        seen: set[tuple[Part, tuple[float, ...]]] = set()
        in_turn = zip_longest(self._by_strips(width, height, stored), self._by_anchors(anchors))
        for found in chain.from_iterable(in_turn):
            if found is None:
                continue
            about = found.part, tuple(round(edge, 1) for edge in (*found.own, *found.other))
            if about not in seen:
                seen.add(about)
                yield found

    def _by_anchors(self, octets: bytes) -> Iterator[Alignment]:
        boxes, hashes = unpacked(octets)
        distances = np.bitwise_count(self.anchors.hashes[:, None] ^ hashes[None, :])
        near = np.argwhere(distances <= NEAR)
        for mine, other in near[np.argsort(distances[near[:, 0], near[:, 1]], kind="stable")].tolist():
            yield laid(Part.SPOTS, tuple(self.anchors.boxes[mine].tolist()), tuple(boxes[other].tolist()))

    def _by_strips(self, width: int, height: int, stored: Hashes) -> Iterator[Alignment]:
        distances = np.bitwise_count(self.hashes[:, None] ^ stored[None, :])
        near = np.argwhere((distances <= NEAREST) & (stored != 0))
        if not len(near):
            return
        places = strips_of(width, height)
        for probe, number in near[np.argsort(distances[near[:, 0], near[:, 1]], kind="stable")].tolist():
            mine, other = self.strips[probe], places[number]
            if not _are_comparable(mine.part, other.part):
                continue
            yield laid(mine.part, box_of(mine, self.width, self.height), box_of(other, width, height))


def _are_comparable(mine: Part, other: Part) -> bool:
    """Whether strips of these parts may show the same: of the mirror image all is looked for."""
    return mine is other or (mine is Part.MIRRORED and other is Part.WHOLE)
