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
# Borders are alike around whatever picture
LEAST_INSIDE, _RIM = 0.7, 0.18
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
# How similar pictures must be before each step by which they are fitted; of what is around a spot the edges lie askew
_FITS = (0.45, 0.45, 0.5, 0.5, 0.5, 1.0), (0.15, 0.2, 0.3, 0.4, 0.5, 0.5, 1.0)
_FARTHEST, _LEAST_GAIN = 0.1, 0.3
_EDGE = 0.03


class Part(enum.Enum):
    """What of two pictures is the same: all, strips of the same width or height, what is around a spot, or all
    as in a mirror."""

    WHOLE = "whole"
    ROWS = "rows"
    COLUMNS = "columns"
    SPOTS = "spots"
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


@attrs.frozen(kw_only=True)
class Comparison:
    """How much two pictures are alike where one lies upon the other.

    Args:
        similarity: correlation of what is left without the coarse light and shade, -1 to 1.
        parts: share of the parts in which they are alike, of so many (`compared`) in which there is something to see.
        inside: similarity without what is near the edges, which may be a border.
        own_share, other_share: how much of each lies upon the other, 0 to 1.
    """

    similarity: float
    parts: float
    compared: int
    inside: float
    own_share: float
    other_share: float

    @property
    def is_same(self) -> bool:
        """Whether they show the same picture."""
        if max(self.own_share, self.other_share) < LEAST_OVERLAP or self.inside < LEAST_INSIDE:
            return False
        least = LEAST if self.compared >= FEW_PARTS else (LEAST_OF_FEW,)
        return any(self.similarity >= similarity and self.parts >= parts for similarity, parts in least)


_OTHER = Comparison(similarity=-1.0, parts=0.0, compared=0, inside=-1.0, own_share=0.0, other_share=0.0)


def compare(own: Image.Image, other: Image.Image, alignment: Alignment) -> Comparison:
    """Compare two thumbnails (mode L) where one lies upon the other, or a little beside that."""
    if alignment.part is Part.MIRRORED:
        return _compared(own.transpose(Image.Transpose.FLIP_LEFT_RIGHT), other, alignment)
    alignment, similarity = _fitted(own, other, alignment)
    if similarity < _PROMISING:
        return attrs.evolve(_OTHER, similarity=similarity)
    best = _compared(own, other, alignment)
    if alignment.part is Part.SPOTS:
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


def _fitted(own: Image.Image, other: Image.Image, alignment: Alignment) -> tuple[Alignment, float]:
    """The best of some alignments, each of which follows from how the pixels of the one before it differ, and how
    similar the pictures are there."""
    best, highest, near = alignment, -1.0, alignment
    for least in _FITS[alignment.part is Part.SPOTS]:
        if not _have_like_forms(own, other, near):
            break
        first, second = _pair(own, other, near)
        similarity = _correlation(first, second)
        if similarity > highest:
            best, highest = near, similarity
        if similarity < least or similarity >= _CERTAIN:
            break
        near = _nearer(first, second, near)
    return best, highest


def _nearer(first: Gray, second: Gray, alignment: Alignment) -> Alignment:
    """The alignment with the other's box moved and widened so that the pixels differ least, as of Lucas and Kanade."""
    down, right = np.gradient(second)
    height, width = second.shape
    rows = (np.arange(height, dtype=np.float32) + 0.5)[:, None] / height - 0.5
    columns = (np.arange(width, dtype=np.float32) + 0.5)[None, :] / width - 0.5
    across, along = right * width, down * height
    causes = np.stack([across, across * columns, along, along * rows, second]).reshape(5, -1)
    square = (causes @ causes.T).astype(np.float64)
    square[np.diag_indices(5)] = square.diagonal() * 1.01 + 1e-6
    found = np.linalg.solve(square, causes @ first.ravel())
    shares = np.clip(found[:4] / max(found[4], _LEAST_GAIN), -_FARTHEST, _FARTHEST).tolist()
    left, right_edge = _moved(alignment.other[0], alignment.other[2], *shares[:2])
    upper, lower = _moved(alignment.other[1], alignment.other[3], *shares[2:])
    return laid(alignment.part, alignment.own, (left, upper, right_edge, lower))


def _moved(start: float, end: float, by: float, wider: float) -> _Span:
    """A span moved, and made wider, by shares of its length."""
    length = end - start
    return start + length * (by - wider / 2), end + length * (by + wider / 2)


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
    if not _have_like_forms(own, other, alignment):
        return _OTHER
    first, second = _pair(own, other, alignment)
    similarity = _correlation(first, second)
    # of most pictures nothing is the same, and their parts need not be looked at
    parts = _parts(first, second) if similarity >= _LEAST_SIMILAR else np.zeros(0)
    inside = _correlation(*(_inside(one) for one in (first, second))) if len(parts) else -1.0
    return Comparison(
        similarity=similarity,
        parts=float(np.mean(parts > 0.5)) if len(parts) else 0.0,
        compared=len(parts),
        inside=inside,
        own_share=_area(alignment.own),
        other_share=_area(alignment.other),
    )


def _have_like_forms(own: Image.Image, other: Image.Image, alignment: Alignment) -> bool:
    """Whether what lies upon each other is not squeezed by more than papers do."""
    return 0.7 < _form(own, alignment.own) / _form(other, alignment.other) < 1.43


def _pair(own: Image.Image, other: Image.Image, alignment: Alignment) -> tuple[Gray, Gray]:
    """What lies upon each other, without coarse light and shade, in the same size."""
    boxes = alignment.own, alignment.other
    if alignment.part is Part.SPOTS:
        boxes = _inset(boxes[0]), _inset(boxes[1])
    size = _size((_form(own, boxes[0]) * _form(other, boxes[1])) ** 0.5)
    return _fine(_pixels(own, boxes[0], size)), _fine(_pixels(other, boxes[1], size))


def _inset(box: Box) -> Box:
    """A box without its edges, which may be of a border."""
    left, upper, right, lower = box
    across, down = (right - left) * _EDGE, (lower - upper) * _EDGE
    return left + across, upper + down, right - across, lower - down


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


def _inside(pixels: Gray) -> Gray:
    rows, columns = (round(length * _RIM) for length in pixels.shape)
    return pixels[rows:-rows, columns:-columns]


def _correlation(one: Gray, other: Gray) -> float:
    first, second = (one - one.mean()).ravel(), (other - other.mean()).ravel()
    size = float(np.sqrt(np.dot(first, first) * np.dot(second, second)))
    return float(np.dot(first, second) / size) if size > 0 else 0.0
