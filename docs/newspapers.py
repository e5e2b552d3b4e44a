"""Writes docs/newspapers.md and its map of provinces from the declarations: `python docs/newspapers.py`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS.parent)]

from archive.count.tiles import TILES  # noqa: E402
from archive.search.terms.vietnamese import folded  # noqa: E402
from crawler.declaration.declared import Declared  # noqa: E402
from crawler.declaration.provinces import PROVINCES  # noqa: E402
from crawler.runs.run import newspapers  # noqa: E402

_KNOWN = ("verified", "by rules", "in general")
_COLOURS = {
    "verified": ("#1b6e53", "#ffffff"),
    "by rules": ("#a9d5c3", "#10241d"),
    "in general": ("#f1e6cf", "#33260a"),
}
_MEANING = {
    "verified": "the rules of a newspaper were verified against saved pages",
    "by rules": "there are rules, which no saved page has confirmed",
    "in general": "the markup is unknown: pages are read without rules",
}
_WIDE, _HIGH, _GAP = 96, 44, 4


def how_known(one: type[Declared]) -> str:
    """How well a newspaper's pages are known: "verified", "by rules", or "in general"."""
    return "verified" if one.verified else "by rules" if one.layouts else "in general"


def provinces_map(declared: Iterable[type[Declared]]) -> str:
    """The 34 provinces as tiles of an SVG image, each by the best known of its newspapers."""
    known = {name: [how_known(one) for one in declared if one.province == name] for name in PROVINCES}
    rows = max(row for _, row in TILES.values()) + 1
    parts = []
    for name, (column, row) in TILES.items():
        best = min(known[name], key=_KNOWN.index)
        fill, ink = _COLOURS[best]
        x, y = column * (_WIDE + _GAP), row * (_HIGH + _GAP)
        place = f'<rect x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="4" fill="{fill}"/>'
        lines = ((18, 12, name), (34, 10, f"{len(known[name])} declared"))
        texts = (
            f'<text x="{x + _WIDE / 2:g}" y="{y + below}" fill="{ink}" font-size="{size}">{escape(text)}</text>'
            for below, size, text in lines
        )
        parts.append(f"<g><title>{escape(name)}: {_MEANING[best]}</title>{place}{''.join(texts)}</g>")
    for nth, (best, (fill, _)) in enumerate(_COLOURS.items()):
        y = rows * (_HIGH + _GAP) + 8 + 22 * nth
        parts.append(
            f'<rect x="0" y="{y}" width="16" height="16" rx="3" fill="{fill}" stroke="#555"/>'
            f'<text x="24" y="{y + 13}" class="legend" font-size="12">{best}: {_MEANING[best]}</text>'
        )
    width, height = 6 * (_WIDE + _GAP) - _GAP, rows * (_HIGH + _GAP) + 80
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        'aria-label="The 34 provinces, each by how well the pages of its newspapers are known">'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
        "<style>text{font-family:sans-serif;text-anchor:middle}.legend{text-anchor:start;fill:#222}</style>"
        f"{''.join(parts)}</svg>\n"
    )


def page(declared: Iterable[type[Declared]]) -> str:
    """The document, as Markdown."""
    declared = list(declared)
    lines = [
        "# The declared newspapers",
        "",
        "*Made from the declarations by `make docs/newspapers.md`.* `baotinh newspapers --province NAME` lists",
        "those of one province, of today or of before July 2025.",
        "",
        f"{len(declared)} newspapers and editions are declared: one at least for each of the 34 provinces of today",
        "and of the 63 of before. A question mark stands behind what no page has confirmed; correct it in the",
        "newspaper's file in `spiders/`.",
        "",
        "![The 34 provinces, each by how well the pages of its newspapers are known](images/provinces.svg)",
        "",
    ]
    for province in sorted(PROVINCES, key=folded):
        lines += [f"## {province}", ""]
        lines += _table(one for one in declared if one.province == province)
    lines += ["## The whole country", ""]
    lines += _table(one for one in declared if one.province is None)
    return "\n".join(lines)


def _table(declared: Iterable[type[Declared]]) -> Iterator[str]:
    yield "| name | newspaper | provinces before | hosts | pages are read |"
    yield "|---|---|---|---|---|"
    for one in sorted(declared, key=lambda one: (one.merged_into is not None, one.edition_of is not None, one.name)):
        part = {
            one.merged_into: f", part of `{one.merged_into}` since July 2025",
            one.edition_of: f", an edition of `{one.edition_of}`",
        }
        belongs = next((words for other, words in part.items() if other), "")
        hosts = ", ".join(f"{host}{path}" for host in one.hosts for path in one.paths or ("",))
        former = f"; once {', '.join(one.former_hosts)}{_mark(one, 'former_hosts')}" if one.former_hosts else ""
        read = how_known(one) + (f", {one.verified:%Y-%m-%d}" if one.verified else "")
        family = f" ({one.family}{_mark(one, 'family')})" if one.family not in ("own", "unknown") else ""
        yield (
            f"| `{one.name}` | {one.title}{belongs} | {', '.join(one.provinces_before)} | "
            f"{hosts}{_mark(one, 'hosts')}{_mark(one, 'paths')}{former} | {read}{family} |"
        )
    yield ""


def _mark(one: type[Declared], attribute: str) -> str:
    return " ?" if attribute in one.unsure else ""


if __name__ == "__main__":
    everyone = list(newspapers().values())
    (DOCS / "newspapers.md").write_text(page(everyone), encoding="utf-8")
    (DOCS / "images" / "provinces.svg").write_text(provinces_map(everyone), encoding="utf-8")
