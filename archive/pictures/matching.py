"""Finds the pictures that a new one is the same as: candidates have a near hash, and are then compared."""

from __future__ import annotations

import enum
import io
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from heapq import nsmallest
from itertools import chain, islice

import attrs
import numpy as np
from PIL import Image

from archive.catalog.picture_hashes import (
    ANCHORS,
    BAND_BITS,
    BITS,
    PARTS,
    STRIPS,
    compared_with,
    hashes_sharing,
    turned,
)
from archive.pictures.anchors import BEGINNING, NEAR, Anchors
from archive.pictures.comparing import Alignment, Comparison, Part, compare
from archive.pictures.hashing import METHOD, Hashes, Likeness
from archive.pictures.strips import Probes, stored_hashes

_MOST_OF_A_BAND = 300
"""Of a band that more strips have, such as those of skies and walls, more bits must be the same."""
_MORE_BITS = (24, 28, 35, 42, 63)
_NEAR = 13
"""Bits in which hashes differ that share a band, and may be of one picture."""
_FEWEST_CANDIDATES, _MOST_CANDIDATES = 24, 60
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
    candidates = _candidates(distances(connection, probes.hashes), anchor_distances(connection, likeness.anchors))
    own = _thumbnail(likeness.thumbnail)
    found: list[Match] = []
    for id, width, height, strips, anchors, thumbnail in compared_with(connection, candidates, METHOD):
        alignments = probes.alignments(width, height, np.frombuffer(strips, "<u8"), anchors)
        best = _best(own, thumbnail, islice(alignments, _MOST_ALIGNMENTS))
        if best is not None:
            found.append(Match(id=id, relation=_relation(*best), similarity=best[1].similarity))
    return sorted(found, key=lambda one: (-one.similarity, one.id))[:_MOST_SAME]


def _candidates(strips: Mapping[int, int], anchors: Mapping[int, int]) -> list[int]:
    """Which pictures are compared, by their smallest distances: those that are near, and where these are few others as
    well, of which further hashes may be nearer that share no band."""
    found = dict(strips)
    for id, distance in anchors.items():
        found[id] = min(distance, found.get(id, BITS))
    near = sum(distance <= _NEAR for distance in found.values())
    return nsmallest(min(max(near, _FEWEST_CANDIDATES), _MOST_CANDIDATES), found, key=found.__getitem__)


def distances(connection: sqlite3.Connection, hashes: Hashes) -> dict[int, int]:
    """In how many bits the nearest hash differs of each picture that has one which shares a band with one of these."""
    found: dict[int, int] = {}
    for part in range(PARTS):
        of_band: defaultdict[int, list[int]] = defaultdict(list)
        for value in {turned(value, part) for value in hashes.tolist()}:
            of_band[value >> BITS - BAND_BITS].append(value)
        for values in of_band.values():
            for one, strip in _sharing(connection, part, values):
                distance = (one ^ values[0]).bit_count()
                for value in values[1:]:
                    distance = min(distance, (one ^ value).bit_count())
                id = strip // STRIPS
                if distance < found.get(id, BITS):
                    found[id] = distance
    return found


def anchor_distances(connection: sqlite3.Connection, anchors: Anchors) -> dict[int, int]:
    """In how many bits the nearest anchor differs of each picture that has one which begins as one of these does, or
    as it does with doubtful bits otherwise; of near ones alone."""
    found: dict[int, int] = {}
    for own, variants in zip(anchors.hashes.tolist(), anchors.variants.tolist(), strict=True):
        for variant in variants:
            for other, place in _sharing(connection, ANCHORS, [variant], BEGINNING):
                if (distance := (other ^ own).bit_count()) <= NEAR:
                    id = place // STRIPS
                    found[id] = min(distance, found.get(id, BITS))
    return found


def _sharing(
    connection: sqlite3.Connection, part: int, values: list[int], least: int = BAND_BITS
) -> list[tuple[int, int]]:
    """The hashes that begin with as many bits as these, which all begin with them; of very many, those that share more
    bits with one."""
    rows = hashes_sharing(connection, part, values[0], least, _MOST_OF_A_BAND + 1)
    if len(rows) <= _MOST_OF_A_BAND:
        return rows
    found: list[tuple[int, int]] = []
    for value in values:
        for bits in _MORE_BITS:
            rows = hashes_sharing(connection, part, value, bits, _MOST_OF_A_BAND + 1)
            if len(rows) <= _MOST_OF_A_BAND:
                break
        found += rows[:_MOST_OF_A_BAND]
    return found


def lie_upon_each_other(own: Likeness, other: Likeness) -> bool:
    """Whether two pictures show the same: as a whole, or one as a part of the other."""
    alignments = Probes.of(own).alignments(other.width, other.height, stored_hashes(other), other.anchors.packed())
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
