"""The hashes that are stored of a picture, their bands, and which of them another picture's are near to."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from archive.pictures.comparing import Alignment, Part
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

BANDS, BAND_BITS = 3, 21
NEAREST = 12
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
        Strip(Part.WHOLE, 0), *(Strip(Part.ROWS, place) for place in rows),
        *(Strip(Part.COLUMNS, place) for place in columns),
    ]  # fmt: skip


def stored_hashes(likeness: Likeness) -> Hashes:
    """The hashes of the stored strips, in the order of `strips_of`."""
    found = [likeness.whole]
    for strip in strips_of(likeness.width, likeness.height)[1:]:
        hashes = likeness.rows if strip.part is Part.ROWS else likeness.columns
        found.append(int(hashes[strip.place]))
    return np.array(found, np.uint64)


def bands_of(value: int) -> list[int]:
    """The parts of a hash, each with its number; the first bit, of which nearly all are the same, is in none."""
    mask = (1 << BAND_BITS) - 1
    return [number << BAND_BITS | value >> number * BAND_BITS & mask for number in range(BANDS)]


@attrs.frozen
class Probes:
    """All hashes of a picture that are looked up: `strips` names those of `hashes`."""

    strips: tuple[Strip, ...]
    hashes: Hashes

    @classmethod
    def of(cls, likeness: Likeness) -> Probes:
        """Those of a picture."""
        rows, columns = np.flatnonzero(likeness.rows), np.flatnonzero(likeness.columns)
        strips = (
            Strip(Part.WHOLE, 0), Strip(Part.MIRRORED, 0), *(Strip(Part.ROWS, int(place)) for place in rows),
            *(Strip(Part.COLUMNS, int(place)) for place in columns),
        )  # fmt: skip
        whole = np.array([likeness.whole, likeness.mirrored], np.uint64)
        return cls(strips, np.concatenate([whole, likeness.rows[rows], likeness.columns[columns]]))

    def bands(self) -> set[int]:
        """The bands of all of them."""
        return {band for value in self.hashes for band in bands_of(int(value))}

    def alignments(self, width: int, height: int, stored: Hashes) -> Iterator[tuple[int, Alignment]]:
        """How this picture may lie upon another one, by their hashes: the distance of each way, the nearest first.

        Args:
            width, height, stored: those of the other picture.
        """
        distances = np.bitwise_count(self.hashes[:, None] ^ stored[None, :])
        distances[:, stored == 0] = SIDE * 2
        places = strips_of(width, height)
        nearest: dict[Alignment, int] = {}
        for probe, number in np.argwhere(distances <= NEAREST).tolist():
            mine, other = self.strips[probe], places[number]
            is_mirrored = mine.part is Part.MIRRORED and other.part is Part.WHOLE
            if mine.part is not other.part and not is_mirrored:
                continue
            alignment = Alignment(part=mine.part, shift=float(other.place - mine.place))
            nearest[alignment] = min(nearest.get(alignment, SIDE * 2), int(distances[probe, number]))
        yield from sorted(((distance, one) for one, distance in nearest.items()), key=lambda pair: pair[0])
