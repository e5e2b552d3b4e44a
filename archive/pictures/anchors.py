"""The anchors of a picture: places in it that stand out, each with a hash of what is around it.

A spot that is darker or brighter than what is around it stands out in a trimmed or bordered picture as well, as large
for what it shows. So a square around it, eight times as wide as the spot, shows the same there, wherever the edges are.
The spots are the extremes of the Laplacian over place and size, as of
[SIFT](https://doi.org/10.1023/B:VISI.0000029664.99615.94); the hash is a pHash whose lowest frequencies come first.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from PIL import Image

Gray = np.ndarray[Any, np.dtype[np.float32]]
Hashes = np.ndarray[Any, np.dtype[np.uint64]]
MOST = 12
"""Of one picture, those that stand out most; `STORED` of these are stored, all are looked up."""
STORED = 8
_LEFT_OUT = 2
DOUBTFUL = 4
"""So many of a hash's first bits may be otherwise, those that are nearest to the median."""
BEGINNING = 18
"""Bits, of which those that are not doubtful must be the same."""
NEAR = 12
"""Bits in which two hashes may differ that are compared."""
_SIDE = 96
"""Pixels of the shorter side, in which spots are looked for."""
_SMALLEST, _STEPS_OF_DOUBLE, _SIZES = 1.8, 4, 11
"""Sizes of spots, as deviations of a Gaussian: the first in pixels, each a quarter of an octave above the last."""
_WIDTH = 8.0
_LONGEST = 12.0
"""An edge or a line that is so many times as long as it is wide is no spot."""
_CONSIDERED = 400
_FAINT = 0.1
"""Shades of gray; a fainter spot is noise."""
_BITS = 8
_ROWS, _COLUMNS = np.divmod(np.arange(_BITS**2), _BITS)
# the lowest frequency is that of the mean
_ORDER = np.argsort(np.maximum(_ROWS, _COLUMNS) * 100 + _ROWS + _COLUMNS, kind="stable")[1:]
_PLACES = np.uint64(1) << np.arange(len(_ORDER) - 1, -1, -1, dtype=np.uint64)


_LAYOUT = np.dtype([("hash", "<u8"), ("box", "<u2", (4,))])
_WHOLE = 65535


@attrs.frozen(eq=False)
class Anchors:
    """The anchors of a picture, those first that stand out most.

    Attributes:
        boxes: left, upper, right and lower edges as shares of its width and height: n by 4.
        hashes: of 63 bits each.
        doubtful: which bits of each hash are doubtful, as numbers with that bit: n by `DOUBTFUL`.
    """

    boxes: Gray
    hashes: Hashes
    doubtful: Hashes

    @property
    def variants(self) -> Hashes:
        """Each hash with its doubtful bits so and otherwise: n by 16."""
        found = self.hashes[:, None]
        for number in range(self.doubtful.shape[1]):
            found = np.concatenate([found, found ^ self.doubtful[:, number, None]], axis=1)
        return found

    def packed(self) -> bytes:
        """Those that are stored: hash, and box in 65535ths, 16 octets each."""
        found = np.zeros(len(self.hashes[:STORED]), _LAYOUT)
        found["hash"], found["box"] = self.hashes[:STORED], np.rint(self.boxes[:STORED] * _WHOLE)
        return found.tobytes()


def unpacked(octets: bytes) -> tuple[Gray, Hashes]:
    """The boxes, as shares of width and height, and the hashes of stored anchors."""
    found = np.frombuffer(octets, _LAYOUT)
    boxes: Gray = found["box"].astype(np.float32) / np.float32(_WHOLE)
    return boxes, found["hash"].astype(np.uint64)


def anchors_of(picture: Image.Image) -> Anchors:
    """The anchors of a gray picture (mode L)."""
    scale = _SIDE / min(picture.size)
    size = round(picture.width * scale), round(picture.height * scale)
    pixels = np.asarray(picture.resize(size, Image.Resampling.BOX), np.float32)
    spots = _spots(pixels)
    return _hashed(pixels, _chosen(spots, size))


def _spots(pixels: Gray) -> Gray:
    """Left, upper, right and lower edges, in pixels, of the squares around spots, those that stand out most first."""
    found = _responses(pixels)
    strength = np.abs(found)
    size, row, column = np.nonzero(_is_highest(strength) & (strength[1:-1, 1:-1, 1:-1] > _FAINT))
    strongest = np.argsort(-strength[size + 1, row + 1, column + 1])[:_CONSIDERED]
    size, row, column = size[strongest] + 1, row[strongest] + 1, column[strongest] + 1
    around = np.arange(-1, 2)
    by_size = _summit(found[size[:, None] + around, row[:, None], column[:, None]])
    by_row = _summit(found[size[:, None], row[:, None] + around, column[:, None]])
    by_column = _summit(found[size[:, None], row[:, None], column[:, None] + around])
    half = _WIDTH / 2 * _SMALLEST * 2 ** ((size + by_size) / _STEPS_OF_DOUBLE)
    x, y = column + 0.5 + by_column, row + 0.5 + by_row
    boxes = np.stack([x - half, y - half, x + half, y + half], axis=1).astype(np.float32)
    height, width = pixels.shape
    is_within = (boxes[:, :2] >= 0).all(1) & (boxes[:, 2] <= width) & (boxes[:, 3] <= height)
    chosen: Gray = boxes[is_within & _are_round(found, size, row, column)]
    return chosen


def _responses(pixels: Gray) -> Gray:
    """How much each place differs from what is around it, for each size of spots: by size, row and column."""
    import scipy.fft  # takes half a second to load, and a crawl without new pictures needs none

    rows, columns = (np.pi * np.arange(length, dtype=np.float32) / length for length in pixels.shape)
    frequency = rows[:, None] ** 2 + columns[None, :] ** 2
    sizes = _SMALLEST**2 * 2 ** (np.arange(_SIZES, dtype=np.float32) * 2 / _STEPS_OF_DOUBLE)
    scaled = sizes[:, None, None] * frequency
    found: Gray = scipy.fft.idctn(
        scaled * np.exp(scaled / -2) * scipy.fft.dctn(pixels, norm="ortho"), axes=(1, 2), norm="ortho"
    )
    return found


def _is_highest(strength: Gray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether each that has neighbours on all sides is the highest among them."""
    highest = strength
    for axis in range(3):
        lengths = [slice(None)] * 3
        ends = []
        for start in range(3):
            lengths[axis] = slice(start, highest.shape[axis] - 2 + start)
            ends.append(highest[tuple(lengths)])
        highest = np.maximum(np.maximum(ends[0], ends[1]), ends[2])
    return strength[1:-1, 1:-1, 1:-1] >= highest


def _summit(three: Gray) -> Gray:
    """Where the parabola through three neighbours has its summit, from the middle one: -0.5 to 0.5."""
    bend = three[:, 0] - 2 * three[:, 1] + three[:, 2]
    slope = (three[:, 0] - three[:, 2]) / 2
    found: Gray = np.clip(np.divide(slope, bend, out=np.zeros_like(bend), where=bend != 0), -0.5, 0.5)
    return found


def _are_round(found: Gray, size: Any, row: Any, column: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether spots are not much longer than wide: by the curvatures there."""

    def at(down: int, right: int) -> Gray:
        values: Gray = found[size, row + down, column + right]
        return values

    middle = 2 * at(0, 0)
    vertical, horizontal = at(1, 0) + at(-1, 0) - middle, at(0, 1) + at(0, -1) - middle
    slanting = (at(1, 1) + at(-1, -1) - at(1, -1) - at(-1, 1)) / 4
    product = vertical * horizontal - slanting**2
    return (product > 0) & ((vertical + horizontal) ** 2 <= _LONGEST * product)


def _chosen(boxes: Gray, size: tuple[int, int]) -> Gray:
    """Those that are looked up, in whose order some are stored: without those of the first that are nearest to the
    edges, which a trim may cut off."""
    farthest = np.abs((boxes[:, :2] + boxes[:, 2:]) / 2 / size - 0.5).max(axis=1)[: STORED + _LEFT_OUT]
    order = np.argsort(farthest, kind="stable")
    return np.concatenate([boxes[order], boxes[STORED + _LEFT_OUT : MOST]])


def _hashed(pixels: Gray, boxes: Gray) -> Anchors:
    height, width = pixels.shape
    rows, columns = _waves(boxes[:, 1], boxes[:, 3], height), _waves(boxes[:, 0], boxes[:, 2], width)
    low = (rows @ pixels @ columns.transpose(0, 2, 1)).reshape(len(boxes), _BITS**2)
    low = (low - np.median(low, axis=1, keepdims=True))[:, _ORDER]
    hashes = np.where(low > 0, _PLACES, np.uint64(0)).sum(axis=1, dtype=np.uint64)
    doubtful = _PLACES[np.argsort(np.abs(low[:, :BEGINNING]), axis=1)[:, :DOUBTFUL]]
    return Anchors(np.divide(boxes, np.array([width, height] * 2, np.float32)), hashes, doubtful)


def _waves(starts: Gray, ends: Gray, length: int) -> Gray:
    """By box the cosines of a DCT over it, in a row of pixels of that length: their mean over each pixel; n by 8 by
    `length`."""
    at = np.clip((np.arange(length + 1, dtype=np.float32) - starts[:, None]) / (ends - starts)[:, None], 0, 1)
    waves = np.pi * np.arange(1, _BITS, dtype=np.float32)[:, None]
    sums = np.concatenate([at[:, None], np.sin(waves * at[:, None]) / waves * np.float32(2**0.5)], axis=1)
    return np.diff(sums, axis=2)
