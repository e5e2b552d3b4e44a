"""Compares two pictures whose hashes are near, by their thumbnails: whether one shows what the other does."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
from PIL import Image

from archive.pictures.hashing import Gray

Numbers = np.ndarray[Any, np.dtype[np.float64]]
_WIDTH = 40
_PARTS = 4
LEAST_OVERLAP = 0.7
# Similarity and parts: the more alike all of it is, the fewer parts must be; beside a logo all other parts are
LEAST = ((0.88, 0.6), (0.85, 0.75), (0.6, 0.85))
# Of a picture of few parts, such as a horizon, others have the like
FEW_PARTS, LEAST_OF_FEW = 7, (0.94, 0.75)
_LEAST_SIMILAR = min(similarity for similarity, _ in (*LEAST, LEAST_OF_FEW))
# Where strips are near one another, a picture may be a little larger or smaller in both ways
_PROMISING, _CERTAIN = 0.45, 0.92
_STEPS = (0.05, 0.02)
_MOST_ROUNDS = 2
_NARROWEST = 0.5


class Part(enum.Enum):
    """What of two pictures is the same: all, strips of the same width or height, a part, or all as in a mirror."""

    WHOLE = "whole"
    ROWS = "rows"
    COLUMNS = "columns"
    INNER = "inner"
    MIRRORED = "mirrored"


Box = tuple[float, float, float, float]
"""Left, upper, right and lower edge as shares of a picture's width and height."""
ALL: Box = (0.0, 0.0, 1.0, 1.0)


@attrs.frozen(kw_only=True)
class Alignment:
    """How two pictures may lie upon each other: which box of the one shows what which box of the other does."""

    part: Part
    own: Box = ALL
    other: Box = ALL


@attrs.frozen(kw_only=True)
class Comparison:
    """How much two pictures are alike where one lies upon the other.

    Args:
        similarity: correlation of what is left without the coarse light and shade, -1 to 1.
        parts: share of the parts in which they are alike, of so many (`compared`) in which there is something to see.
        own_share, other_share: how much of each lies upon the other, 0 to 1.
    """

    similarity: float
    parts: float
    compared: int
    own_share: float
    other_share: float

    @property
    def is_same(self) -> bool:
        """Whether they show the same picture."""
        if max(self.own_share, self.other_share) < LEAST_OVERLAP:
            return False
        least = LEAST if self.compared >= FEW_PARTS else (LEAST_OF_FEW,)
        return any(self.similarity >= similarity and self.parts >= parts for similarity, parts in least)


def compare(own: Image.Image, other: Image.Image, alignment: Alignment) -> Comparison:
    """Compare two thumbnails (mode L) where one lies upon the other, or a little beside that."""
    if alignment.part is Part.MIRRORED:
        own = own.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    best = _compared(own, other, alignment)
    if alignment.part is Part.MIRRORED or best.similarity < _PROMISING:
        return best
    for step in _STEPS:
        for _ in range(_MOST_ROUNDS):
            if best.similarity >= _CERTAIN:
                return best
            near = [(_compared(own, other, one), one) for one in _beside(alignment, step)]
            found, at = max(near, key=lambda pair: pair[0].similarity, default=(best, alignment))
            if found.similarity <= best.similarity:
                break
            best, alignment = found, at
    return best


def _beside(alignment: Alignment, step: float) -> Iterator[Alignment]:
    """Alignments of which one edge of one box, or opposite edges together, are moved a little."""
    for name, box in (("own", alignment.own), ("other", alignment.other)):
        moved = [(edge, edge) for edge in range(4)] + [(0, 2), (1, 3)]
        for first, second in moved:
            for by in (step, -step):
                edges = list(box)
                edges[first] += by
                if second != first:
                    edges[second] += by
                left, upper, right, lower = edges
                fits = left >= 0 and upper >= 0 and right <= 1 and lower <= 1
                if fits and right - left >= _NARROWEST / 4 and lower - upper >= _NARROWEST / 4:
                    moved_box = (left, upper, right, lower)
                    own, other = (moved_box, alignment.other) if name == "own" else (alignment.own, moved_box)
                    yield Alignment(part=alignment.part, own=own, other=other)


def _compared(own: Image.Image, other: Image.Image, alignment: Alignment) -> Comparison:
    forms = [_form(picture, box) for picture, box in ((own, alignment.own), (other, alignment.other))]
    if not 0.7 < forms[0] / forms[1] < 1.43:
        return Comparison(similarity=-1.0, parts=0.0, compared=0, own_share=0.0, other_share=0.0)
    size = _size((forms[0] * forms[1]) ** 0.5)
    first, second = _fine(_pixels(own, alignment.own, size)), _fine(_pixels(other, alignment.other, size))
    similarity = _correlation(first, second)
    # of most pictures nothing is the same, and their parts need not be looked at
    parts = _parts(first, second) if similarity >= _LEAST_SIMILAR else np.zeros(0)
    return Comparison(
        similarity=similarity,
        parts=float(np.mean(parts > 0.5)) if len(parts) else 0.0,
        compared=len(parts),
        own_share=_area(alignment.own),
        other_share=_area(alignment.other),
    )


def _parts(first: Gray, second: Gray) -> Numbers:
    """The correlation of each of 16 parts in which there is something to see."""
    size = _by_part(np.ones_like(first))
    sums = _by_part(first), _by_part(second)
    # of each part: sums of squares, and of products, about the mean
    squares = [_by_part(one**2) - total**2 / size for one, total in zip((first, second), sums, strict=True)]
    products = _by_part(first * second) - sums[0] * sums[1] / size
    deviations = [np.sqrt(np.maximum(one, 0) / size) for one in squares]
    is_seen = np.maximum(*deviations) > max(2.0, float(first.std()) / 3)
    wholes = np.sqrt(np.maximum(squares[0] * squares[1], 0))
    return np.divide(products, wholes, out=np.zeros_like(products), where=wholes > 0)[is_seen]


def _by_part(pixels: Gray) -> Numbers:
    """The sum of the pixels in each of 4 times 4 parts."""
    rows, columns = (np.linspace(0, length, _PARTS + 1).astype(int)[:-1] for length in pixels.shape)
    return np.add.reduceat(np.add.reduceat(pixels.astype(np.float64), rows, 0), columns, 1)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _form(picture: Image.Image, box: Box) -> float:
    return (box[3] - box[1]) * picture.height / ((box[2] - box[0]) * picture.width)


def _size(form: float) -> tuple[int, int]:
    """Pixels of a picture of a form, height by width, about as many for each."""
    scale = _WIDTH / form**0.5
    return max(8, round(scale)), max(8, round(scale * form))


def _pixels(picture: Image.Image, box: Box, size: tuple[int, int]) -> Gray:
    width, height = picture.size
    scaled = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    return np.asarray(picture.resize(size, Image.Resampling.BILINEAR, box=scaled), np.float32)


def _fine(pixels: Gray) -> Gray:
    """The pixels without coarse light and shade, which many pictures share."""
    from scipy.ndimage import uniform_filter

    coarse: Gray = uniform_filter(pixels, max(pixels.shape) // 6, mode="nearest")
    return pixels - coarse


def _correlation(one: Gray, other: Gray) -> float:
    first, second = (one - one.mean()).ravel(), (other - other.mean()).ravel()
    size = float(np.sqrt(np.dot(first, first) * np.dot(second, second)))
    return float(np.dot(first, second) / size) if size > 0 else 0.0
