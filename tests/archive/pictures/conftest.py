"""Pictures that papers might print, drawn by program, and what papers do to them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from crawler.newsroom.pictures import draw_picture


@pytest.fixture(scope="session")
def photograph() -> Callable[..., Image.Image]:
    """Draws the picture of a recipe."""

    def draw(recipe: str, width: int = 640, height: int = 420) -> Image.Image:
        return Image.open(io.BytesIO(draw_picture(recipe, width, height, "JPEG"))).convert("RGB")

    return draw
