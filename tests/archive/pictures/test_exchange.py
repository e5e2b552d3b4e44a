"""Whether two captures of one address show other pictures: not where one is the other compressed, sized or cropped."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from support.collection_builder import CollectionBuilder
from support.printed_pictures import jpeg

from archive.catalog.pictures import are_same
from archive.pictures.exchange import Exchanges
from archive.pictures.following import follow

URL = "https://baocantho.com.vn/1.jpg"
Compare = Callable[[bytes, bytes], bool]


@pytest.fixture
def is_other(tmp_path: Path) -> Iterator[Compare]:
    builder = CollectionBuilder(tmp_path / "c")
    with Exchanges(builder.collection) as exchanges:
        yield lambda *files: exchanges.is_other(*(builder.capture(URL, one).record_id for one in files))


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def card(text: str, size: tuple[int, int] = (480, 160)) -> Image.Image:
    """A line of text on white, as papers print prices and notices."""
    canvas = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(canvas)
    for row in range(0, size[1], 16):
        pen.text((8, row), text[row // 16 % len(text) :] + text, fill="black")
    return canvas


def test_photographs(is_other: Compare, photograph: Callable[..., Image.Image]) -> None:
    one, other = photograph("1"), photograph("2")
    assert is_other(jpeg(one), jpeg(other))
    for file in (
        jpeg(one, 30), png(one), jpeg(one.resize((320, 210))), jpeg(one.crop((0, 30, 640, 390))),
        jpeg(one.convert("L").convert("RGB")), jpeg(one) + b"\0",
    ):  # fmt: skip
        assert not is_other(jpeg(one), file) and is_other(file, jpeg(other))


def test_pictures_with_little_in_them(is_other: Compare, photograph: Callable[..., Image.Image]) -> None:
    blue, red = (Image.new("RGB", (320, 200), colour) for colour in ("navy", "salmon"))
    assert is_other(jpeg(blue), jpeg(red)) and not is_other(jpeg(blue), png(blue))
    assert is_other(jpeg(photograph("1")), jpeg(blue)) and is_other(jpeg(blue), jpeg(photograph("1")))
    wide = (900, 60)
    price, notice = card("Giá lúa hôm nay ", wide), card("Thông báo mời thầu ", wide)
    assert is_other(png(price), png(notice)) and not is_other(png(price), jpeg(price, 60))
    icons = [photograph(recipe).resize((40, 40)) for recipe in "34"]
    assert is_other(*map(png, icons)) and not is_other(png(icons[0]), jpeg(icons[0], 70))


def test_what_cannot_be_looked_at_is_no_other_picture(
    is_other: Compare, photograph: Callable[..., Image.Image]
) -> None:
    held = jpeg(photograph("1"))
    for file in (jpeg(photograph("2"))[:2000], b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!doctype html>", b""):
        assert not is_other(held, file) and not is_other(file, held)


def test_pictures_that_were_compared_are_not_decoded_again(
    tmp_path: Path, photograph: Callable[..., Image.Image]
) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    ones = [builder.capture(URL, jpeg(photograph("1"), quality), mime="image/jpeg") for quality in (90, 60)]
    follow(builder.collection, processes=1)
    digests = [one.payload_digest or "" for one in ones]
    with builder.collection.catalog() as catalog:
        assert are_same(catalog.connection, *digests) and not are_same(catalog.connection, "sha256:A", "sha256:A")
    (file,) = builder.collection.warc.iterdir()
    file.write_bytes(bytes(file.stat().st_size))
    with Exchanges(builder.collection) as exchanges:
        assert not exchanges.is_other(*(one.record_id for one in ones))
