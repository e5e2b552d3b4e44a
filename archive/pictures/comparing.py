"""Compares two pictures whose hashes are near, by their thumbnails: whether one shows what the other does."""

from __future__ import annotations

import enum

import attrs
import numpy as np
from PIL import Image
from scipy.ndimage import uniform_filter

from archive.pictures.hashing import COLUMNS, ROWS, Gray

_WIDTH = 48
_NEAR = (0.0, -0.5, 0.5, -1.0, 1.0)
"""How far beside the place that the hashes say: strips are hashed at steps."""
LEAST_OVERLAP = 0.75
LEAST_SIMILARITY = 0.8
LEAST_PARTS = 0.75


class Part(enum.Enum):
    """What of two pictures is the same: all, strips of the same width or height, or all but as in a mirror."""

    WHOLE = "whole"
    ROWS = "rows"
    COLUMNS = "columns"
    MIRRORED = "mirrored"


@attrs.frozen(kw_only=True)
class Alignment:
    """How a picture would lie upon another one.

    Args:
        shift: where the first of `part` begins in the other picture, in units of the strips; may be negative.
    """

    part: Part
    shift: float = 0.0


@attrs.frozen(kw_only=True)
class Comparison:
    """How much two pictures are alike where one lies upon the other.

    Args:
        similarity: correlation of what is left without the coarse light and shade, -1 to 1.
        parts: share of the parts in which they are alike.
        overlap: how much of the smaller one lies upon the other, 0 to 1.
    """

    similarity: float
    parts: float
    overlap: float

    @property
    def is_same(self) -> bool:
        """Whether they show the same picture."""
        return (
            self.overlap >= LEAST_OVERLAP and self.similarity >= LEAST_SIMILARITY and self.parts >= LEAST_PARTS
        )  # fmt: skip


_NOTHING = Comparison(similarity=-1.0, parts=0.0, overlap=0.0)
_Box = tuple[float, float, float, float]


def compare(one: Image.Image, other: Image.Image, alignment: Alignment) -> Comparison:
    """Compare two thumbnails (mode L) where one lies upon the other."""
    if alignment.part in (Part.WHOLE, Part.MIRRORED):
        laid = one.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if alignment.part is Part.MIRRORED else one
        form = (one.height / one.width * other.height / other.width) ** 0.5
        size = _size(form)
        return _compared(_pixels(laid, None, size), _pixels(other, None, size), 1.0)
    found = [_shifted(one, other, alignment, by) for by in _NEAR]
    return max(found, key=lambda each: each.similarity)


def _shifted(one: Image.Image, other: Image.Image, alignment: Alignment, by: float) -> Comparison:
    is_rows = alignment.part is Part.ROWS
    unit = ROWS if is_rows else COLUMNS
    lengths = [_length(each, is_rows=is_rows) for each in (one, other)]
    shift = alignment.shift + by
    start, end = max(0.0, -shift), min(lengths[0], lengths[1] - shift)
    if end - start < unit / 8:
        return _NOTHING
    overlap = (end - start) / min(lengths)
    form = (end - start) / unit if is_rows else unit / (end - start)
    size = _size(form)
    boxes = [
        _box(one, start, end, is_rows=is_rows),
        _box(other, start + shift, end + shift, is_rows=is_rows),
    ]
    return _compared(_pixels(one, boxes[0], size), _pixels(other, boxes[1], size), overlap)


def _length(picture: Image.Image, *, is_rows: bool) -> float:
    return ROWS * picture.height / picture.width if is_rows else COLUMNS * picture.width / picture.height


def _box(picture: Image.Image, start: float, end: float, *, is_rows: bool) -> _Box:
    width, height = picture.size
    if is_rows:
        return 0, max(0, start * width / ROWS), width, min(height, end * width / ROWS)
    return max(0, start * height / COLUMNS), 0, min(width, end * height / COLUMNS), height


def _size(form: float) -> tuple[int, int]:
    """Pixels of a picture of a form, height by width, about as many for each."""
    scale = _WIDTH / max(form, 1e-6) ** 0.5 * 0.85
    return max(8, round(scale)), max(8, round(scale * form))


def _pixels(picture: Image.Image, box: _Box | None, size: tuple[int, int]) -> Gray:
    return np.asarray(picture.resize(size, Image.Resampling.BILINEAR, box=box), np.float32)


def _compared(one: Gray, other: Gray, overlap: float) -> Comparison:
    first, second = _fine(one), _fine(other)
    parts = [
        _correlation(a, b)
        for upper, lower in zip(np.array_split(first, 4, 0), np.array_split(second, 4, 0), strict=True)
        for a, b in zip(np.array_split(upper, 4, 1), np.array_split(lower, 4, 1), strict=True)
        if max(a.std(), b.std()) > 2
    ]
    alike = float(np.mean(np.array(parts) > 0.5)) if parts else 0.0
    return Comparison(similarity=_correlation(first, second), parts=alike, overlap=overlap)


def _fine(pixels: Gray) -> Gray:
    """The pixels without coarse light and shade, which many pictures share."""
    coarse: Gray = uniform_filter(pixels, max(pixels.shape) // 4, mode="nearest")
    return pixels - coarse


def _correlation(one: Gray, other: Gray) -> float:
    first, second = one - one.mean(), other - other.mean()
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / size) if size > 0 else 0.0
