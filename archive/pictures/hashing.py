"""The perceptual hashes of a decoded picture: of the whole, and of strips of it that a crop keeps.

Newspapers crop a picture to the form of a frame: its width stays and some of its height goes, or the other way round.
So strips over the whole width, and others over the whole height, are hashed each like a picture of its own. A crop has
strips of the original, whichever part of it was kept. A few strips are stored; those of a picture that comes later are
made at every place and looked up among them.
"""

from __future__ import annotations

import io
from typing import Any

import attrs
import numpy as np
from PIL import Image

from archive.pictures.anchors import Anchors, anchors_of
from archive.pictures.anchors import Gray as Gray
from archive.pictures.anchors import Hashes as Hashes

METHOD = 2
"""The version of how pictures are hashed and compared; others are hashed again."""
SIDE = 32
_BITS = 8
ROWS, COLUMNS = 96, 64
"""Units of places: a strip of rows is a third of the width high, one of columns half of the height wide."""
ROW_STEP, COLUMN_STEP = 16, 16
"""At most so far apart stored strips begin."""
LEAST_SIDE = 48
"""Pixels; icons are smaller."""
LEAST_DETAIL = 0.2
WIDEST = 4.0
"""A banner is wider for its height."""
_THUMBNAIL = 3072
_ENOUGH = 160
"""Pixels of the shorter side, of which strips are made: more would show in no hash."""


@attrs.frozen(kw_only=True)
class Likeness:
    """What a picture looks like.

    Attributes:
        detail: share of its parts in which there is something to recognise, 0 to 1.
        whole: hash of all of it, 64 bits; `mirrored`: of its mirror image.
        rows, columns: hashes of the strips at every place from the top, and from the left; 0 of one that is too flat.
        anchors: places that stand out, with their hashes.
        thumbnail: a small gray picture as WebP.
    """

    width: int
    height: int
    detail: float
    whole: int
    mirrored: int
    rows: Hashes
    columns: Hashes
    anchors: Anchors
    thumbnail: bytes

    @property
    def is_plain(self) -> bool:
        """Whether there is too little in it to know it again by: a logo, a line of text, one colour."""
        return self.detail < LEAST_DETAIL


def likeness_of(picture: Image.Image, width: int, height: int) -> Likeness:
    """Hash a gray picture (mode L).

    Args:
        width, height: of the picture as it was captured, in pixels; `picture` may be smaller.
    """
    whole = whole_hash(picture)
    picture = picture.reduce(max(1, min(picture.size) // _ENOUGH))
    thumbnail = thumbnail_of(picture)
    return Likeness(
        width=width, height=height, detail=detail_of(np.asarray(thumbnail, np.float32)),
        whole=whole, mirrored=whole_hash(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
        rows=row_hashes(picture, height / width), columns=column_hashes(picture, width / height),
        anchors=anchors_of(picture), thumbnail=packed(thumbnail),
    )  # fmt: skip


def whole_hash(picture: Image.Image) -> int:
    """The pHash of a picture as ImageHash has it, its first bit the highest of 64."""
    # SciPy takes half a second to load, and a crawl without new pictures needs none
    import imagehash

    return int(str(imagehash.phash(picture, _BITS)), 16)


def row_hashes(picture: Image.Image, form: float) -> Hashes:
    """The hash of the strip that begins at each 96th of the width from the top; `form`: height by width."""
    return _strip_hashes(np.asarray(_small(picture, SIDE, round(ROWS * form))), by_column=False)


def column_hashes(picture: Image.Image, form: float) -> Hashes:
    """The hash of the strip that begins at each 64th of the height from the left; `form`: width by height."""
    return _strip_hashes(np.asarray(_small(picture, round(COLUMNS * form), SIDE)), by_column=True)


def strip_count(unit: int, form: float) -> int:
    """How many of these there are, by `ROWS` or `COLUMNS`; none in a picture that is too narrow."""
    return max(0, round(unit * form) - SIDE + 1)


def stored_places(count: int, step: int) -> list[int]:
    """Which of so many strips are stored: the first and the last, and others evenly between, `step` apart at most."""
    if count <= 1:
        return list(range(count))
    parts = -(-(count - 1) // step)
    return [round(part * (count - 1) / parts) for part in range(parts + 1)]


def thumbnail_of(picture: Image.Image) -> Image.Image:
    """A small picture of the same form, of about so many pixels."""
    scale = (_THUMBNAIL / (picture.width * picture.height)) ** 0.5
    return _small(picture, round(picture.width * scale), round(picture.height * scale))


def detail_of(pixels: Gray) -> float:
    """The share of the parts, 8 by 8, that differ in themselves by more than noise and an even shading."""
    from scipy.ndimage import uniform_filter

    pixels = pixels - uniform_filter(pixels, 9, mode="nearest")
    rows, columns = (np.array_split(np.arange(size), 8) for size in pixels.shape)
    deviations = [pixels[np.ix_(row, column)].std() for row in rows for column in columns if row.size and column.size]
    return float(np.mean(np.array(deviations) > _NOISE))


_NOISE = 3.0
_FLAT = 6.0


def packed(thumbnail: Image.Image) -> bytes:
    """A thumbnail as WebP."""
    out = io.BytesIO()
    thumbnail.save(out, "WEBP", quality=80, method=2)
    return out.getvalue()


def _small(picture: Image.Image, width: int, height: int) -> Image.Image:
    return picture.resize((max(width, 1), max(height, 1)), Image.Resampling.LANCZOS)


def _strip_hashes(pixels: np.ndarray[Any, np.dtype[np.uint8]], *, by_column: bool) -> Hashes:
    if pixels.shape[by_column] < SIDE:
        return np.zeros(0, np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(pixels.astype(np.float32), (SIDE, SIDE))
    strips = windows[0] if by_column else windows[:, 0]
    import scipy.fft

    low = scipy.fft.dctn(strips, axes=(1, 2))[:, :_BITS, :_BITS].reshape(len(strips), -1)
    bits = low > np.median(low, axis=1, keepdims=True)
    hashes = np.packbits(bits, axis=1).view(">u8").ravel().astype(np.uint64)
    hashes[strips.std(axis=(1, 2)) < _FLAT] = 0
    return hashes
