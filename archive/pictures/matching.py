"""Finds the pictures that a new one is the same as: candidates share a band of a hash, and are then compared."""

from __future__ import annotations

import io
import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import attrs
import numpy as np
from PIL import Image

from archive.catalog.pictures import STRIPS, compared_with, strips_with
from archive.pictures.comparing import Alignment, Comparison, Part, compare
from archive.pictures.hashing import Likeness
from archive.pictures.strips import Probes

_MOST_OF_A_BAND = 300
"""A band that more strips have says nothing: skies, walls, the frame of a series."""
_MOST_CANDIDATES = 60
_MOST_ALIGNMENTS = 4
_MOST_SAME = 20
"""So many pairs of one picture are entered: of a picture that is printed everywhere they would grow with the square."""


@attrs.frozen(kw_only=True)
class Match:
    """A picture that shows the same: its id, and what of it."""

    id: int
    part: Part
    comparison: Comparison


def matches(connection: sqlite3.Connection, likeness: Likeness) -> list[Match]:
    """The pictures that show the same as a new one, the most alike first."""
    probes = Probes.of(likeness)
    shared = Counter(strip // STRIPS for strip in strips_with(connection, sorted(probes.bands()), _MOST_OF_A_BAND))
    candidates = [id for id, _ in shared.most_common(_MOST_CANDIDATES)]
    own = _thumbnail(likeness.thumbnail)
    found: list[Match] = []
    for id, width, height, strips, thumbnail in compared_with(connection, candidates):
        alignments = probes.alignments(width, height, np.frombuffer(strips, "<u8"))
        best = _best(own, thumbnail, (one for _, one in islice(alignments, _MOST_ALIGNMENTS)))
        if best is not None:
            found.append(Match(id=id, part=best[0], comparison=best[1]))
    return sorted(found, key=lambda one: (-one.comparison.similarity, one.id))[:_MOST_SAME]


def _best(own: Image.Image, thumbnail: bytes, alignments: Iterator[Alignment]) -> tuple[Part, Comparison] | None:
    other: Image.Image | None = None
    for alignment in alignments:
        other = other or _thumbnail(thumbnail)
        comparison = compare(own, other, alignment)
        if comparison.is_same:
            return alignment.part, comparison
    return None


def _thumbnail(octets: bytes) -> Image.Image:
    with Image.open(io.BytesIO(octets), formats=("WEBP",)) as picture:
        return picture.convert("L")
