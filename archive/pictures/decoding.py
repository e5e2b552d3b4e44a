"""Decodes captured pictures for hashing; to be called in a process that a hostile picture may break without harm."""

from __future__ import annotations

import enum
import io
import struct
from typing import Any

import attrs
import numpy as np
from PIL import Image

from archive.pictures.hashing import LEAST_SIDE, WIDEST, Likeness, likeness_of, packed, thumbnail_of

# Others are none that papers print, and their decoders are met by nobody's tests but ours
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
MOST_PIXELS = 100_000_000
_ENOUGH = 512
"""Pixels of the shorter side to which a JPEG picture is decoded; its hashes need no more."""
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_ON_THEIR_SIDES = (5, 6, 7, 8)


class Outcome(enum.Enum):
    """What became of a picture that was to be hashed."""

    HASHED = "hashed"
    PLAIN = "plain"
    """There is too little in it to know it again by: only the same bytes are the same picture."""
    SMALL = "small"
    """An icon, or much wider than high: likewise."""
    LARGE = "large"
    """It has more pixels than are decoded."""
    BROKEN = "broken"
    """It cannot be decoded: cut off, damaged, or no such picture."""
    LATE = "late"
    """Decoding took too long."""
    CRASHED = "crashed"
    """Decoding ended its process, or needed too much memory."""
    UNREADABLE = "unreadable"
    """Its record cannot be read."""


@attrs.frozen(kw_only=True)
class Hashed:
    """A picture's form and what it looks like; `likeness` only where it was hashed.

    `thumbnail`: of one that is plain or small, as WebP in gray.
    """

    outcome: Outcome
    mime: str | None = None
    octets: int = 0
    width: int | None = None
    height: int | None = None
    likeness: Likeness | None = None
    thumbnail: bytes | None = None


def hash_picture(content: bytes, mime: str | None) -> Hashed:
    """Decode and hash a picture: of an animation its first frame, turned as its EXIF data say.

    Raises:
        MemoryError: it needs more than this process may use.
    """
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            turn = _orientation(picture)
            size = picture.size[::-1] if turn in _ON_THEIR_SIDES else picture.size
            found = Hashed(outcome=Outcome.LARGE, mime=mime, octets=len(content), width=size[0], height=size[1])
            if size[0] * size[1] > MOST_PIXELS:
                return found
            if min(size) < LEAST_SIDE or max(size) > WIDEST * min(size):
                small = packed(thumbnail_of(_gray(picture)))  # or it would be said of a broken one
                return attrs.evolve(found, outcome=Outcome.SMALL, thumbnail=small)
            gray = _gray(picture)
            likeness = likeness_of(gray.transpose(_TURNS[turn]) if turn in _TURNS else gray, *size)
    except MemoryError:
        raise
    except Image.DecompressionBombError:
        return Hashed(outcome=Outcome.LARGE, mime=mime, octets=len(content))
    except _BROKEN:
        return Hashed(outcome=Outcome.BROKEN, mime=mime, octets=len(content))
    if likeness.is_plain:
        return attrs.evolve(found, outcome=Outcome.PLAIN, thumbnail=likeness.thumbnail)
    return attrs.evolve(found, outcome=Outcome.HASHED, likeness=likeness)


# What Pillow raises of files that are no pictures, or not whole
_BROKEN = (OSError, ValueError, SyntaxError, struct.error, EOFError, IndexError, KeyError, TypeError, ArithmeticError)


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where the data are none."""
    try:
        said = picture.getexif().get(_ORIENTATION, 1)
    except _BROKEN:
        return 1
    return said if isinstance(said, int) and 1 <= said <= 8 else 1


def _gray(picture: Image.Image) -> Image.Image:
    """The first frame in shades of gray, upon white."""
    if picture.format == "JPEG":
        picture.draft("L", (_ENOUGH, _ENOUGH))
    picture.load()
    if picture.mode.startswith("I"):
        return Image.fromarray(_eight_bits(np.asarray(picture)))
    if picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("L")
    return picture if picture.mode == "L" else picture.convert("RGB").convert("L")


def _eight_bits(pixels: Any) -> Any:
    """Samples of 16 bits as samples of eight."""
    return (np.clip(pixels, 0, 65535) // 256).astype(np.uint8)
