"""The hashes that are stored of a picture, their bands, and which of them another picture's are near to."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from archive.pictures.comparing import ALL, Alignment, Box, Part
from archive.pictures.hashing import (
    COLUMN_STEP,
    COLUMNS,
    INNER,
    ROW_STEP,
    ROWS,
    SIDE,
    STORED_INNER,
    Hashes,
    Likeness,
    stored_places,
    strip_count,
)

NEAREST = 10
"""Bits in which two hashes may differ that are compared."""


@attrs.frozen
class Strip:
    """A hash of a picture: of which part, and from where on; of an inner one, which box."""

    part: Part
    place: int


def strips_of(width: int, height: int) -> list[Strip]:
    """The stored strips of a picture of that form, in order; the first is the whole."""
    rows = stored_places(strip_count(ROWS, height / width), ROW_STEP)
    columns = stored_places(strip_count(COLUMNS, width / height), COLUMN_STEP)
    return [
        Strip(Part.WHOLE, 0), *(Strip(Part.INNER, place) for place in STORED_INNER),
        *(Strip(Part.ROWS, place) for place in rows),
        *(Strip(Part.COLUMNS, place) for place in columns),
    ]  # fmt: skip


def stored_hashes(likeness: Likeness) -> Hashes:
    """The hashes of the stored strips, in the order of `strips_of`."""
    of_part = {Part.ROWS: likeness.rows, Part.COLUMNS: likeness.columns, Part.INNER: likeness.inner}
    found = [likeness.whole]
    for strip in strips_of(likeness.width, likeness.height)[1:]:
        found.append(int(of_part[strip.part][strip.place]))
    return np.array(found, np.uint64)


def box_of(strip: Strip, width: int, height: int) -> Box:
    """Where a strip is in a picture of that form."""
    if strip.part is Part.INNER:
        return INNER[strip.place]
    if strip.part is Part.ROWS:
        unit = width / (ROWS * height)
        return 0.0, strip.place * unit, 1.0, min(1.0, (strip.place + SIDE) * unit)
    if strip.part is Part.COLUMNS:
        unit = height / (COLUMNS * width)
        return strip.place * unit, 0.0, min(1.0, (strip.place + SIDE) * unit), 1.0
    return ALL


def laid(part: Part, own: Box, other: Box) -> Alignment:
    """How pictures lie upon each other of which these boxes show the same: as far as both reach."""
    horizontal, vertical = (_common(own[edge], own[edge + 2], other[edge], other[edge + 2]) for edge in (0, 1))
    (left, right), (other_left, other_right) = horizontal
    (upper, lower), (other_upper, other_lower) = vertical
    return Alignment(
        part=part, own=(left, upper, right, lower), other=(other_left, other_upper, other_right, other_lower)
    )


_Span = tuple[float, float]


def _common(start: float, end: float, other_start: float, other_end: float) -> tuple[_Span, _Span]:
    """Of two pictures the spans, in one direction, that lie upon each other where the given ones do."""
    scale = (other_end - other_start) / (end - start)
    first, last = max(0.0, start - other_start / scale), min(1.0, end + (1 - other_end) / scale)
    others = [min(1.0, max(0.0, other_start + (edge - start) * scale)) for edge in (first, last)]
    return (first, last), (others[0], others[1])


@attrs.frozen
class Probes:
    """All hashes of a picture that are looked up: `strips` names those of `hashes`."""

    width: int
    height: int
    strips: tuple[Strip, ...]
    hashes: Hashes

    @classmethod
    def of(cls, likeness: Likeness) -> Probes:
        """Those of a picture."""
        rows, columns = np.flatnonzero(likeness.rows), np.flatnonzero(likeness.columns)
        strips = [Strip(Part.WHOLE, 0), Strip(Part.MIRRORED, 0)]
        strips += [Strip(Part.INNER, place) for place in range(len(INNER))]
        strips += [Strip(Part.ROWS, int(place)) for place in rows]
        strips += [Strip(Part.COLUMNS, int(place)) for place in columns]
        whole = np.array([likeness.whole, likeness.mirrored], np.uint64)
        hashes = np.concatenate([whole, likeness.inner, likeness.rows[rows], likeness.columns[columns]])
        return cls(likeness.width, likeness.height, tuple(strips), hashes)

    def alignments(self, width: int, height: int, stored: Hashes) -> Iterator[Alignment]:
        """How this picture may lie upon another one, by their hashes, the nearest first.

        Args:
            width, height, stored: those of the other picture.
        """
        distances = np.bitwise_count(self.hashes[:, None] ^ stored[None, :])
        distances[:, stored == 0] = SIDE * 2
        places = strips_of(width, height)
        near = np.argwhere(distances <= NEAREST)
        seen: set[tuple[Part, tuple[float, ...]]] = set()
        for probe, number in near[np.argsort(distances[near[:, 0], near[:, 1]], kind="stable")].tolist():
            mine, other = self.strips[probe], places[number]
            if not _are_comparable(mine.part, other.part):
                continue
            found = laid(mine.part, box_of(mine, self.width, self.height), box_of(other, width, height))
            about = found.part, tuple(round(edge, 1) for edge in (*found.own, *found.other))
            if about not in seen:
                seen.add(about)
                yield found


def _are_comparable(mine: Part, other: Part) -> bool:
    """Whether strips of these parts may show the same: of the mirror image all is looked for."""
    boxes = (Part.WHOLE, Part.INNER)
    return mine is other or (mine in boxes and other in boxes) or (mine is Part.MIRRORED and other is Part.WHOLE)
