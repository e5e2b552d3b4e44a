"""What papers do to a picture before they print it, by name: each makes a file of another picture."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from support.printed_pictures import jpeg

Change = Callable[[Image.Image], bytes]
SIDES = {
    "the middle": (0.5, 0.5), "the left": (0.0, 0.5), "the right": (1.0, 0.5), "the top": (0.5, 0.0),
    "the bottom": (0.5, 1.0), "the upper left": (0.0, 0.0), "the upper right": (1.0, 0.0),
    "the lower left": (0.0, 1.0), "the lower right": (1.0, 1.0),
}  # fmt: skip


def trimmed(picture: Image.Image, cut: float, towards: tuple[float, float]) -> Image.Image:
    """A picture without so great a share of its width and height; `towards`: what of it goes left and above."""
    width, height = (round(size * (1 - cut)) for size in picture.size)
    left, upper = (
        round((size - kept) * place)
        for size, kept, place in zip(picture.size, (width, height), towards, strict=True)
    )  # fmt: skip
    return picture.crop((left, upper, left + width, upper + height))


def cropped(picture: Image.Image, form: float, towards: tuple[float, float]) -> Image.Image:
    """The largest part of a picture whose width is so many times its height."""
    width, height = min(picture.width, round(picture.height * form)), min(picture.height, round(picture.width / form))
    left, upper = (
        round((size - kept) * place)
        for size, kept, place in zip(picture.size, (width, height), towards, strict=True)
    )  # fmt: skip
    return picture.crop((left, upper, left + width, upper + height))


def bordered(picture: Image.Image, share: float, *colours: str) -> Image.Image:
    """A picture with borders around it, the inner one first, each of that share of its width."""
    for colour in colours:
        picture = ImageOps.expand(picture, max(1, round(picture.width * share / len(colours))), colour)
    return picture


def scaled(picture: Image.Image, width: float, height: float) -> Image.Image:
    """A picture of so many times the width and height."""
    size = max(1, round(picture.width * width)), max(1, round(picture.height * height))
    return picture.resize(size, Image.Resampling.LANCZOS)


def with_logo(picture: Image.Image) -> Image.Image:
    """A picture with a logo of a seventh of its width in its upper right corner."""
    picture = picture.copy()
    pen, size, gap = ImageDraw.Draw(picture), max(8, picture.width // 7), max(2, picture.width // 60)
    right, lower = picture.width - gap, gap + size // 2
    pen.rectangle((right - size, gap, right, lower), fill=(187, 25, 25))
    pen.rectangle((right - size * 5 // 6, gap + size // 8, right - size // 6, lower - size // 8), fill=(255, 255, 255))
    return picture


def with_text(picture: Image.Image) -> Image.Image:
    """A picture with two lines of text upon its lower part."""
    picture = picture.copy()
    pen, size = ImageDraw.Draw(picture), max(8, picture.height // 16)
    for line, text in enumerate(("Bà con thu hoạch lúa", "Ảnh: Báo Cần Thơ")):
        at = picture.width // 16, picture.height - (3 - line) * size * 4 // 3
        pen.text(at, text, fill=(255, 255, 255), font_size=size)
    return picture


def saved(picture: Image.Image, form: str, **options: int) -> bytes:
    """The picture as a file of another format."""
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def _made(change: Callable[..., Image.Image], *arguments: object) -> Change:
    return lambda picture: jpeg(change(picture, *arguments), 80)


def _enhanced(kind: type[ImageEnhance._Enhance], factor: float) -> Change:
    return lambda picture: jpeg(kind(picture).enhance(factor), 80)  # type: ignore[call-arg]


SIZES: dict[str, Change] = {
    "half the size": _made(scaled, 0.5, 0.5), "a quarter of the size": _made(scaled, 0.25, 0.25),
    "1.7 times the size": _made(scaled, 1.7, 1.7), "squeezed by 15 %": _made(scaled, 0.85, 1.0),
}  # fmt: skip
QUALITIES: dict[str, Change] = {
    "JPEG quality 30": partial(jpeg, quality=30), "JPEG quality 10": partial(jpeg, quality=10),
    "WebP quality 50": partial(saved, form="WEBP", quality=50), "PNG": partial(saved, form="PNG"),
    "GIF of 64 colours": lambda picture: saved(picture.quantize(64), "GIF"),
}  # fmt: skip
LIGHTS: dict[str, Change] = {
    "brighter": _enhanced(ImageEnhance.Brightness, 1.3), "darker": _enhanced(ImageEnhance.Brightness, 0.7),
    "more contrast": _enhanced(ImageEnhance.Contrast, 1.4), "without colours": _made(ImageOps.grayscale),
}  # fmt: skip
MARKS: dict[str, Change] = {
    "mirrored": _made(ImageOps.mirror), "a logo": _made(with_logo), "lines of text": _made(with_text),
}  # fmt: skip
CROPS: dict[str, Change] = {
    f"{name} {where}": _made(cropped, form, towards)
    for name, form in (("16:9", 16 / 9), ("2:1", 2.0), ("4:3", 4 / 3), ("square", 1.0), ("3:4", 3 / 4))
    for where, towards in (("in the middle", (0.5, 0.5)), ("at the top", (0.0, 0.0)), ("elsewhere", (0.7, 0.8)))
} | {"16:9 with a logo": lambda picture: jpeg(with_logo(cropped(picture, 16 / 9, (0.3, 0.3))), 80)}  # fmt: skip
BORDERS: dict[str, Change] = {
    "white border of 4 %": _made(bordered, 0.04, "white"), "black border of 1 %": _made(bordered, 0.01, "black"),
    "red border of 8 %": _made(bordered, 0.08, (150, 40, 30)),
    "white and black border of 5 %": _made(bordered, 0.05, "white", "black"),
}  # fmt: skip


def trims(*percents: int) -> Iterator[tuple[str, Change]]:
    """Trims of all four sides, or all but one or two: towards the middle, each side and each corner."""
    for percent in percents:
        for where, towards in SIDES.items():
            yield f"{percent} % towards {where}", _made(trimmed, percent / 100, towards)
