"""Hostile and odd pictures: what is decoded, what is not, and what a bomb costs."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from archive.pictures.decoding import Outcome, hash_picture

Draw = Callable[..., Image.Image]


def saved(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)  # type: ignore[arg-type]
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width: int, height: int) -> bytes:
    """A small PNG file that says it is large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_format_that_is_shown_is_hashed_alike(photograph: Draw, form: str) -> None:
    whole = photograph("bến")
    expected = hash_picture(saved(whole, "PNG"), None).likeness
    found = hash_picture(saved(whole.quantize(128) if form == "GIF" else whole, form), None)
    assert (found.outcome, found.width, found.height) == (Outcome.HASHED, 640, 420)
    assert found.likeness and expected and (found.likeness.whole ^ expected.whole).bit_count() <= 6


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGBA", "P", "I;16", "LA"])
def test_every_mode_is_hashed(photograph: Draw, mode: str) -> None:
    whole = photograph("bến")
    if mode == "I;16":
        gray = whole.convert("L").point(lambda value: value * 256, "I")
        octets = saved(gray.convert("I;16"), "PNG")
    else:
        octets = saved(whole.convert(mode), "JPEG" if mode in ("CMYK", "L") else "PNG")
    expected, found = hash_picture(saved(whole, "PNG"), None).likeness, hash_picture(octets, None).likeness
    assert found and expected and (found.whole ^ expected.whole).bit_count() <= 8


@pytest.mark.parametrize(
    ("orientation", "turn"),
    [(3, Image.Transpose.ROTATE_180), (6, Image.Transpose.ROTATE_90), (8, Image.Transpose.ROTATE_270)],
)
def test_a_picture_is_turned_as_it_is_shown(photograph: Draw, orientation: int, turn: Image.Transpose) -> None:
    whole = photograph("bến")
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = hash_picture(saved(whole.transpose(turn), "JPEG", exif=exif, quality=92), None)
    expected = hash_picture(saved(whole, "JPEG", quality=92), None).likeness
    assert (found.width, found.height) == (640, 420)
    assert found.likeness and expected and (found.likeness.whole ^ expected.whole).bit_count() <= 6


def test_of_an_animation_the_first_frame_counts(photograph: Draw) -> None:
    first, second = (photograph(recipe).quantize(64) for recipe in ("bến", "chợ"))
    octets = saved(first, "GIF", save_all=True, append_images=[second] * 3)
    expected, found = hash_picture(saved(first, "PNG"), None).likeness, hash_picture(octets, None).likeness
    assert found and expected and found.whole == expected.whole


def test_what_cannot_be_decoded_is_said_to_be_broken(photograph: Draw) -> None:
    whole = saved(photograph("bến"), "JPEG")
    for octets in (b"", b"\xff\xd8\xff", whole[:2000], whole[: len(whole) // 2], whole[:300] + bytes(4000), b"<svg/>"):
        assert hash_picture(octets, None).outcome is Outcome.BROKEN
    for place in range(20, 600, 13):
        assert hash_picture(whole[:place] + b"\xff\x00\xff" + whole[place + 3 :], None).outcome in Outcome


def test_a_bomb_is_not_decoded() -> None:
    assert hash_picture(bomb(60_000, 60_000), None).outcome is Outcome.LARGE
    assert hash_picture(bomb(9_000, 9_000), None).outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("picture", "outcome"),
    [
        (Image.new("RGB", (640, 420), "white"), Outcome.PLAIN),
        (Image.linear_gradient("L").resize((640, 420)), Outcome.PLAIN),
        (Image.new("RGB", (32, 32), "red"), Outcome.SMALL),
        (Image.effect_noise((900, 90), 90), Outcome.SMALL),
    ],
)
def test_plain_and_small_pictures_are_not_hashed(picture: Image.Image, outcome: Outcome) -> None:
    found = hash_picture(saved(picture, "PNG"), None)
    assert (found.outcome, found.likeness) == (outcome, None)
