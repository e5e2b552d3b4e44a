"""Stylesheets, scripts, logos, the background and the font of each paper; all of it made for this newsroom."""

from __future__ import annotations

from importlib.resources import files

from crawler.newsroom.pictures import Colour, draw_icon, draw_paper_grain
from crawler.newsroom.story import Paper
from crawler.newsroom.typeface import ornament_font

COLOURS: dict[str, Colour] = {
    "baocantho": (187, 25, 25),
    "baolaocai": (0, 102, 71),
    "baobaclieu": (20, 72, 140),
    "baobienxanh": (11, 85, 102),
}
BASES = {
    "baocantho": ("/static/templates/version1/homepage/", "css/style2023.css", "js/common.js", "images/"),
    "baolaocai": ("/assets/", "css/zce.css", "js/site.js", "img/"),
    "baobaclieu": ("/", "css/giaodien.css", "js/trang.js", "images/"),
    "baobienxanh": ("/kho/chung/", "kieu.css", "trang.js", ""),
}
# The stylesheet of a paper's second markup, below its base.
REDESIGNED = {"baocantho": "css/ban-moi.css"}


def furniture_of(paper: Paper, path: str) -> tuple[bytes, str] | None:
    """The bytes and the media type of what stands at `path`; None where nothing does."""
    base, style, script, pictures = BASES[paper.key]
    if path == "/favicon.ico":
        return draw_icon(COLOURS[paper.key], 32, "ICO"), "image/x-icon"
    if not path.startswith(base):
        return None
    rest = path.removeprefix(base)
    if rest == style:
        return _static(f"{paper.key}.css"), "text/css; charset=utf-8"
    if rest == REDESIGNED.get(paper.key):
        return _static(f"{paper.key}_redesigned.css"), "text/css; charset=utf-8"
    if rest == script:
        return _static("page.js"), "text/javascript; charset=utf-8"
    if rest == pictures + "logo.png":
        return draw_icon(COLOURS[paper.key], 64, "PNG"), "image/png"
    if rest == pictures + "nen.png":
        return draw_paper_grain(), "image/png"
    if rest == "fonts/hoa-van.ttf":
        return ornament_font(), "font/ttf"
    return None


def _static(name: str) -> bytes:
    return files("crawler.newsroom").joinpath("static", name).read_bytes()
