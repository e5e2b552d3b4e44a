"""What the benchmarks found, and how the terminal and the documents show it; measures nothing."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import attrs

# How much is measured: for the documents, for a look, for the tests that only see whether it runs.
Scale = Literal["full", "quick", "tiny"]

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- the tables: written by make bench -->", "<!-- the end of the tables -->"


@attrs.frozen(kw_only=True)
class Row:
    """One figure beside its peer of the same run. `wanted`: the least that will do, and what is hoped for."""

    what: str
    wanted: str = ""
    measured: str
    ours: str
    theirs: str
    origin: str = ""


@attrs.frozen(kw_only=True)
class PeerRow:
    """One archiver beside plain Scrapy; `pages` and `pictures` are the two loads, each as `load_cells` gives it."""

    who: str
    pages: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    note: str = ""


Found = Row | PeerRow
Benchmark = Callable[[Scale], Iterator[Row | PeerRow]]
_ROWS = ("what", "at least / hoped for", "measured", "ours", "beside it", "origin alone")
_LOAD = ("of plain Scrapy's rate", "requests/s", "CPU ms a request", "MB on disk", "kept")


def ratio(values: Sequence[float]) -> str:
    """The median, with the lowest and the highest."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def for_terminal(found: Found) -> str:
    """One line, or two."""
    if isinstance(found, Row):
        wanted = f"; wanted {found.wanted}" if found.wanted else ""
        origin = f"; origin alone {found.origin}" if found.origin else ""
        return f"{found.what}: {found.measured}{wanted}\n    {found.ours} beside {found.theirs}{origin}"
    loads = [("pages", found.pages), ("with pictures", found.pictures)]
    said = [f"{name}: " + ", ".join(map(" ".join, zip(_LOAD, cells, strict=True))) for name, cells in loads if cells]
    return f"{found.who}: {'; '.join([*said, found.note]).strip('; ')}"


def for_document(everything: Iterable[Found]) -> str:
    """The tables in Markdown, with what they were measured on."""
    found = list(everything)
    rows = [attrs.astuple(row) for row in found if isinstance(row, Row)]
    parts = [_ground(), _markdown(_ROWS, rows)]
    peers = [row for row in found if isinstance(row, PeerRow)]
    for title, loads in (
        ("Pages of 30 KB", [(peer, peer.pages) for peer in peers]),
        ("Pages of 30 KB and as many pictures of 200 KB", [(peer, peer.pictures) for peer in peers]),
    ):
        if peers:
            cells = [(peer.who, *(load or ("",) * len(_LOAD)), peer.note) for peer, load in loads]
            parts.append(f"{title}:\n\n" + _markdown(("", *_LOAD, "note"), cells))
    return "\n\n".join(parts)


def write_document(text: str, document: Path = DOCUMENT) -> None:
    """Put the tables between the document's two markers.

    Raises:
        ValueError: the document lacks a marker.
    """
    before, begin, rest = document.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{document.name} has no place for the tables")
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


def update_document(found: Iterable[Found], document: Path = DOCUMENT) -> None:
    """Replace the rows of the same name in the document's first table, and put those that are new behind them.

    Raises:
        ValueError: the document lacks a marker or the table.
    """
    before, begin, rest = document.read_text("utf-8").partition(BEGIN)
    tables, end, after = rest.partition(END)
    opening, rule, rows = tables.partition(_markdown(_ROWS, ()))
    if not begin or not end or not rule:
        raise ValueError(f"{document.name} has no place for the rows")
    kept, empty, behind = rows.partition("\n\n")
    lines = {line.split(" | ", 1)[0]: line for line in kept.strip("\n").split("\n") if line}
    for row in found:
        if isinstance(row, Row):
            line = f"| {' | '.join(attrs.astuple(row))} |"
            lines[line.split(" | ", 1)[0]] = line
    table = "\n".join(("", *lines.values()))
    document.write_text(f"{before}{begin}{opening}{rule}{table}{empty}{behind}{end}{after}", "utf-8")


def _ground() -> str:
    names = ", ".join(f"{name} {version(name.lower())}" for name in ("Scrapy", "Twisted", "isal"))
    return (
        f"One run on {len(os.sched_getaffinity(0))} processor cores, origin included; "
        f"Python {platform.python_version()}, {names}."
    )


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
