"""Draws the newsroom's pictures from a recipe, of which the same gives the same bytes; and cuts copies out of them."""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Iterable
from dataclasses import replace
from random import Random

from PIL import Image, ImageDraw

from crawler.newsroom.papers import CANTHO, LAOCAI
from crawler.newsroom.story import Picture, Story, Taken

Colour = tuple[int, int, int]

SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((58, 110, 165), (236, 222, 196)),
    ((240, 160, 90), (250, 226, 180)),
    ((120, 150, 170), (214, 224, 226)),
    ((40, 60, 110), (226, 140, 110)),
    ((110, 180, 214), (240, 246, 238)),
)
GROUNDS: tuple[Colour, ...] = ((96, 140, 62), (190, 168, 74), (74, 110, 84), (150, 120, 84), (70, 120, 130))


def draw_picture(recipe: str, width: int, height: int, form: str) -> bytes:
    """A landscape as a JPEG or PNG file (`form`), decided by the recipe's letters alone."""
    chance = Random(recipe)
    canvas = _sky(chance, width, height)
    pen = ImageDraw.Draw(canvas)
    horizon = int(height * chance.uniform(0.35, 0.6))
    _sun(chance, pen, width, horizon)
    for depth in range(chance.randint(2, 4)):
        _ridge(chance, pen, width, height, horizon + depth * height // 9, depth)
    for _ in range(chance.randint(2, 9)):
        _house(chance, pen, width, height, horizon)
    canvas = _grain(chance, canvas, form)
    out = io.BytesIO()
    if form == "PNG":
        canvas.quantize(48, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    else:
        canvas.save(out, "JPEG", quality=chance.randint(76, 86))
    return out.getvalue()


def draw_icon(colour: Colour, size: int, form: str) -> bytes:
    """A plain square sign: the papers' logos, favicons and background."""
    canvas = Image.new("RGB", (size, size), colour)
    pen = ImageDraw.Draw(canvas)
    step = max(size // 8, 1)
    for row in range(2, 7, 2):
        pen.rectangle((step, row * step, size - 2 * step, row * step + step // 2), fill=(255, 255, 255))
    out = io.BytesIO()
    canvas.save(out, form, **({"sizes": [(size, size)]} if form == "ICO" else {}))
    return out.getvalue()


def draw_paper_grain() -> bytes:
    """The background that the stylesheets tile: faint dots on off-white."""
    canvas = Image.new("RGB", (48, 48), (250, 249, 245))
    chance = Random("paper grain")
    for _ in range(160):
        shade = chance.randint(236, 247)
        canvas.putpixel((chance.randrange(48), chance.randrange(48)), (shade, shade, shade - 4))
    out = io.BytesIO()
    canvas.save(out, "PNG")
    return out.getvalue()


def _mix(first: Colour, second: Colour, part: float) -> Colour:
    red, green, blue = (int(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _sky(chance: Random, width: int, height: int) -> Image.Image:
    top, bottom = chance.choice(SKIES)
    rows = b"".join(bytes(_mix(top, bottom, y / height)) for y in range(height))
    return Image.frombytes("RGB", (1, height), rows).resize((width, height), Image.Resampling.NEAREST)


def _sun(chance: Random, pen: ImageDraw.ImageDraw, width: int, horizon: int) -> None:
    radius = chance.randint(14, 44)
    x, y = chance.randint(radius, width - radius), chance.randint(radius, max(horizon, radius + 1))
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 240, 200))


def _ridge(chance: Random, pen: ImageDraw.ImageDraw, width: int, height: int, base: int, depth: int) -> None:
    phase, swing = chance.uniform(0, 6.3), chance.uniform(8, 46) / (depth + 1)
    waves = chance.uniform(1.2, 4.5)
    points = [(x, base + swing * math.sin(phase + waves * 6.3 * x / width)) for x in range(0, width + 8, 8)]
    colour = _mix(chance.choice(GROUNDS), (200, 214, 220), 0.5 - 0.14 * depth)
    pen.polygon([*points, (width, height), (0, height)], fill=colour)


def _house(chance: Random, pen: ImageDraw.ImageDraw, width: int, height: int, horizon: int) -> None:
    x, y = chance.randrange(width), chance.randint(horizon, height - 20)
    size = 10 + (y - horizon) // 5
    wall = (chance.randint(170, 240), chance.randint(150, 220), chance.randint(130, 200))
    pen.rectangle((x, y - size, x + int(size * 1.5), y), fill=wall)
    pen.polygon(
        [(x - 4, y - size), (x + int(size * 1.5) + 4, y - size), (x + int(size * 0.75), y - int(size * 1.7))],
        fill=(chance.randint(120, 200), chance.randint(50, 90), 60),
    )


def _grain(chance: Random, canvas: Image.Image, form: str) -> Image.Image:
    """Grain like a sensor's, so that the file has a photograph's size; a PNG, which cannot shed it, gets less."""
    share, strength = (3, 0.12) if form == "JPEG" else (4, 0.07)
    small = (canvas.width // share, canvas.height // share)
    noise = Image.frombytes("L", small, chance.randbytes(small[0] * small[1]))
    noise = noise.resize(canvas.size, Image.Resampling.BILINEAR)
    return Image.blend(canvas, Image.merge("RGB", (noise, noise, noise)), strength)


@functools.lru_cache(maxsize=1024)  # both what a newsroom sends and its truth need them
def picture_file(picture: Picture) -> bytes:
    """The bytes of a story's picture."""
    form = "PNG" if picture.path.endswith(".png") else "JPEG"
    if picture.taken is not None:
        octets = _copy(picture.taken, picture.width, picture.height, form)
    else:
        octets = draw_picture(picture.recipe, picture.width, picture.height, form)
    return octets if picture.quality is None else _compressed(octets, form, picture.quality)


def _compressed(octets: bytes, form: str, quality: int) -> bytes:
    """The same picture in another file."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(octets)) as picture:
        canvas = picture.convert("RGB")
    if form == "PNG":
        canvas.quantize(32, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    else:
        canvas.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _copy(taken: Taken, width: int, height: int, form: str) -> bytes:
    """A picture cut out of another one, in another size, and compressed again."""
    with Image.open(io.BytesIO(draw_picture(taken.recipe, taken.width, taken.height, taken.form))) as original:
        canvas = original.convert("RGB").resize((width, height), Image.Resampling.LANCZOS, box=taken.box)
    if taken.has_logo:
        pen, size = ImageDraw.Draw(canvas), max(width // 8, 16)
        pen.rectangle((width - size - 6, 6, width - 6, 6 + size // 2), fill=(187, 25, 25))
        pen.rectangle((width - size, 6 + size // 6, width - 12, 6 + size // 3), fill=(255, 255, 255))
    out = io.BytesIO()
    if form == "PNG":
        canvas.quantize(48, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    else:
        canvas.save(out, "JPEG", quality=72)
    return out.getvalue()


TAKING = (LAOCAI.key, CANTHO.key)
_SHARE = 0.15
_KINDS = ("smaller", "wide", "square", "upright", "logo", "wide with logo")
_FORMS = {"wide": 16 / 9, "wide with logo": 16 / 9, "square": 1.0, "upright": 4 / 5}


def take_pictures(stories: Iterable[Story], seed: int) -> list[dict[str, str]]:
    """Put pictures of other papers, that appeared before, in the place of some; each one's address, whose picture it
    is (`of`), and how it was changed (`kind`)."""
    chance = Random(f"{seed} taken pictures")
    earlier: list[tuple[Story, Picture]] = []
    taken = []
    for story in sorted(stories, key=lambda one: (one.published, one.url)):
        others = [pair for pair in earlier if pair[0].paper.key != story.paper.key]
        for index, piece in enumerate(story.pieces):
            if piece.picture is None:
                continue
            if others and story.paper.key in TAKING and chance.random() < _SHARE:
                source, original = chance.choice(others)
                kind = chance.choice(_KINDS)
                story.pieces[index] = replace(piece, picture=_taken(piece.picture, original, kind, chance))
                url = story.paper.origin + piece.picture.path
                taken.append({"url": url, "of": source.paper.origin + original.path, "kind": kind})
            else:
                earlier.append((story, piece.picture))
    return taken


def _taken(own: Picture, original: Picture, kind: str, chance: Random) -> Picture:
    """The original under the address, caption and credit of another picture."""
    width, height = original.width, original.height
    form = _FORMS.get(kind, width / height)
    kept = (min(width, height * form), min(height, width / form))
    left, upper = ((size - part) * chance.random() for size, part in zip((width, height), kept, strict=True))
    scale = chance.choice((0.6, 0.75, 0.9)) if kind != "logo" else 1.0
    form_of = "PNG" if original.path.endswith(".png") else "JPEG"
    source = Taken(
        original.recipe, width, height, form_of, (left, upper, left + kept[0], upper + kept[1]), "logo" in kind
    )
    return replace(own, width=round(kept[0] * scale), height=round(kept[1] * scale), taken=source)
