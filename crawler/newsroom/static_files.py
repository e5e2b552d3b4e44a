"""Stylesheets, scripts, logos, background and font of each newspaper."""

from __future__ import annotations

import struct
from importlib.resources import files

from crawler.newsroom.pictures import Colour, draw_icon, draw_paper_grain
from crawler.newsroom.story import Paper

COLOURS: dict[str, Colour] = {
    "baocantho": (187, 25, 25),
    "baolaocai": (0, 102, 71),
    "baobaclieu": (20, 72, 140),
    "baobienxanh": (11, 85, 102),
    "baosonla": (140, 28, 40),
}
BASES = {
    "baocantho": ("/static/templates/version1/homepage/", "css/style2023.css", "js/common.js", "images/"),
    "baolaocai": ("/assets/", "css/zce.css", "js/site.js", "img/"),
    "baobaclieu": ("/", "css/giaodien.css", "js/trang.js", "images/"),
    "baobienxanh": ("/kho/chung/", "kieu.css", "trang.js", ""),
    "baosonla": ("/assets/", "app.css", "app.js", "img/"),
}
# The script of a paper that is drawn by it.
SCRIPTS = {"baosonla": "baosonla.js"}
# The stylesheet of a paper's second markup, below its base.
REDESIGNED = {"baocantho": "css/ban-moi.css"}


def static_file(paper: Paper, path: str) -> tuple[bytes, str] | None:
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
        return _static(SCRIPTS.get(paper.key, "page.js")), "text/javascript; charset=utf-8"
    if rest == pictures + "logo.png":
        return draw_icon(COLOURS[paper.key], 64, "PNG"), "image/png"
    if rest == pictures + "nen.png":
        return draw_paper_grain(), "image/png"
    if rest == "fonts/hoa-van.ttf":
        return ornament_font(), "font/ttf"
    return None


def _static(name: str) -> bytes:
    return files("crawler.newsroom").joinpath("static", name).read_bytes()


UNITS = 1000
DIAMOND = ((500, 0), (100, 400), (500, 800), (900, 400))
SQUARE = ((200, 100), (200, 700), (800, 700), (800, 100))
GLYPHS = (SQUARE, DIAMOND, SQUARE)
CODES = {0x25A0: 2, 0x25C6: 1}
TABLES = ("OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post")


def ornament_font() -> bytes:
    """The font file: a diamond at U+25C6 and a square at U+25A0, 1000 units to the em."""
    outlines = [_glyph(points) for points in GLYPHS]
    offsets = [sum(map(len, outlines[:count])) for count in range(len(outlines) + 1)]
    count = len(outlines)
    tables = {
        "OS/2": _os2(),
        "cmap": _cmap(),
        "glyf": b"".join(outlines),
        # Both times are zero (1904-01-01), so that the font's bytes never change.
        "head": struct.pack(
            ">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, UNITS, 0, 0, 100, 0, 900, 800, 0, 8, 2, 1, 0
        ),
        "hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, UNITS, 100, 100, 900, 1, *[0] * 7, count),
        "hmtx": struct.pack(">Hh", UNITS, 100) * count,
        "loca": struct.pack(f">{count + 1}I", *offsets),
        "maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, count, 4, 1, 0, 0, 2, *[0] * 8),
        "name": _name(),
        "post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }
    return _file(tables)


def _glyph(points: tuple[tuple[int, int], ...]) -> bytes:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    head = struct.pack(">hhhhhHH", 1, min(xs), min(ys), max(xs), max(ys), len(points) - 1, 0)
    flags = b"\x01" * len(points)
    moves_x = struct.pack(f">{len(xs)}h", *(x - before for x, before in zip(xs, [0, *xs], strict=False)))
    moves_y = struct.pack(f">{len(ys)}h", *(y - before for y, before in zip(ys, [0, *ys], strict=False)))
    glyph = head + flags + moves_x + moves_y
    return glyph + bytes(-len(glyph) % 4)


def _cmap() -> bytes:
    codes = sorted(CODES)
    ends, starts = [*codes, 0xFFFF], [*codes, 0xFFFF]
    deltas = [*((CODES[code] - code) & 0xFFFF for code in codes), 1]
    count = len(ends)
    body = struct.pack(f">{count}H", *ends) + b"\0\0" + struct.pack(f">{3 * count}H", *starts, *deltas, *[0] * count)
    table = struct.pack(">HHHHHHH", 4, 14 + len(body), 0, count * 2, 4, 1, count * 2 - 4) + body
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + table


def _os2() -> bytes:
    return (
        struct.pack(">HhHHHhhhhhhhhhhh", 4, UNITS, 400, 5, 0, *[0] * 11)
        + bytes(10)
        + bytes(16)
        + b"BAOT"
        + struct.pack(">HHHhhhHH", 0x40, 0x25A0, 0x25C6, 800, -200, 0, 800, 200)
        + bytes(8)
        + struct.pack(">hhHHH", 500, 800, 0, 32, 1)
    )


def _name() -> bytes:
    names = {1: "Hoa Van", 2: "Regular", 3: "Hoa Van 1", 4: "Hoa Van", 5: "Version 1.0", 6: "HoaVan-Regular"}
    records, texts = b"", b""
    for number, text in names.items():
        letters = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(letters), len(texts))
        texts += letters
    return struct.pack(">HHH", 0, len(names), 6 + len(records)) + records + texts


def _sum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded))
    return total & 0xFFFFFFFF


def _file(tables: dict[str, bytes]) -> bytes:
    count = len(TABLES)
    power = 1 << (count.bit_length() - 1)
    entries, bodies = b"", b""
    start = 12 + 16 * count
    for tag in TABLES:
        table = tables[tag]
        entries += struct.pack(">4sIII", tag.encode(), _sum(table), start + len(bodies), len(table))
        bodies += table + bytes(-len(table) % 4)
    font = struct.pack(">IHHHH", 0x10000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    font += entries + bodies
    # The checksum of the whole is set into `head` last (OpenType, "head", checksumAdjustment).
    at = start + sum(len(tables[tag]) + -len(tables[tag]) % 4 for tag in TABLES[: TABLES.index("head")]) + 8
    return font[:at] + struct.pack(">I", (0xB1B0AFBA - _sum(font)) & 0xFFFFFFFF) + font[at + 4 :]
