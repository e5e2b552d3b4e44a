"""Finds the pictures that a new one is the same as: candidates share a band of a hash, and are then compared."""

from __future__ import annotations

import enum
import io
import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

import attrs
import numpy as np
from PIL import Image

from archive.catalog.picture_bands import compared_with, first_strips_with, strips_with
from archive.catalog.pictures import STRIPS
from archive.pictures.comparing import Alignment, Comparison, Part, compare
from archive.pictures.hashing import Likeness
from archive.pictures.strips import Probes, bands_of, stored_hashes

_MOST_OF_A_BAND = 300
"""A band that more strips have says nothing: skies, walls, the frame of a series."""
_MOST_CANDIDATES, _FIRST_OF_A_BAND = 60, 8
_MOST_ALIGNMENTS = 4
_CERTAIN, _SAME_SHARE = 0.95, 0.03
_MOST_SAME = 20
"""So many pairs of one picture are entered: of a picture that is printed everywhere they would grow with the square."""


class Relation(enum.Enum):
    """How a picture relates to another that shows the same."""

    WHOLE = "whole"
    """It is all of it, in another size or quality."""
    CROP = "crop"
    """It is a part of it."""
    WIDER = "wider"
    """It shows more."""
    MIRRORED = "mirrored"
    """It is its mirror image."""


@attrs.frozen(kw_only=True)
class Match:
    """A picture that shows the same: its id, and how the new one relates to it."""

    id: int
    relation: Relation
    similarity: float


def matches(connection: sqlite3.Connection, likeness: Likeness) -> list[Match]:
    """The pictures that show the same as a new one, the most alike first."""
    probes = Probes.of(likeness)
    shared = Counter(strip // STRIPS for strip in strips_with(connection, sorted(probes.bands()), _MOST_OF_A_BAND))
    candidates = [id for id, _ in shared.most_common(_MOST_CANDIDATES)]
    # of a picture in very many files the bands have too many strips, and one of its files is enough
    first = first_strips_with(connection, bands_of(likeness.whole), _FIRST_OF_A_BAND)
    candidates = list(dict.fromkeys([*candidates, *(strip // STRIPS for strip in first)]))
    own = _thumbnail(likeness.thumbnail)
    found: list[Match] = []
    for id, width, height, strips, thumbnail in compared_with(connection, candidates):
        alignments = probes.alignments(width, height, np.frombuffer(strips, "<u8"))
        best = _best(own, thumbnail, islice(alignments, _MOST_ALIGNMENTS))
        if best is not None:
            found.append(Match(id=id, relation=_relation(*best), similarity=best[1].similarity))
    return sorted(found, key=lambda one: (-one.similarity, one.id))[:_MOST_SAME]


def lie_upon_each_other(own: Likeness, other: Likeness) -> bool:
    """Whether two pictures show the same: as a whole, or one as a part of the other."""
    alignments = Probes.of(own).alignments(other.width, other.height, stored_hashes(other))
    likely = chain((Alignment(part=Part.WHOLE),), islice(alignments, _MOST_ALIGNMENTS))
    return _best(_thumbnail(own.thumbnail), other.thumbnail, likely) is not None


def _best(own: Image.Image, thumbnail: bytes, alignments: Iterator[Alignment]) -> tuple[Part, Comparison] | None:
    other: Image.Image | None = None
    best: tuple[Part, Comparison] | None = None
    for alignment in alignments:
        other = other or _thumbnail(thumbnail)
        comparison = compare(own, other, alignment)
        if comparison.is_same and (best is None or comparison.similarity > best[1].similarity):
            best = alignment.part, comparison
        if best is not None and best[1].similarity >= _CERTAIN:
            break
    return best


def _relation(part: Part, comparison: Comparison) -> Relation:
    if part is Part.MIRRORED:
        return Relation.MIRRORED
    less = comparison.own_share - comparison.other_share
    if abs(less) < _SAME_SHARE:
        return Relation.WHOLE
    return Relation.CROP if less > 0 else Relation.WIDER


def _thumbnail(octets: bytes) -> Image.Image:
    with Image.open(io.BytesIO(octets), formats=("WEBP",)) as picture:
        return picture.convert("L")
