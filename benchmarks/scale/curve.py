"""Builds collections of growing size and measures each: its pages, a small run, a check, its sizes on disk."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs

from benchmarks.crawls import WORKSHOP
from benchmarks.origin import serve_origin
from benchmarks.process import measured
from benchmarks.scale.building import files_for
from benchmarks.scale.looking import Looked, look, sizes
from benchmarks.table import Row, Scale

_RUN_ARTICLES = 20
_PARTS = ("catalog", "jsonl", "index", "warc", "cdxj")


@attrs.define(kw_only=True)
class Point:
    """What one collection costs; seconds of CPU, megabytes of memory and disk."""

    articles: int
    files: int
    built: str = ""
    pages: list[Looked] = attrs.field(factory=list)
    server_memory: str = ""
    runs: list[str] = attrs.field(factory=list)
    verify: str = ""
    disk: str = ""

    def cells(self) -> dict[str, str]:
        """The point as a column: a cell for each row of the table."""
        pages = {
            f"{one.page}: first / half / 95 of 100 of 8 readers, ms; CPU": (
                f"{one.first:.0f} / {one.median:.0f} / {one.together:.0f}; {one.cpu:.0f} ms"
            )
            for one in self.pages
        }
        return {
            "WARC files": f"{self.files:,}",
            "built in": self.built,
            **pages,
            "most memory of the server, MB": self.server_memory,
            f"a run with {_RUN_ARTICLES} new articles": self.runs[0] if self.runs else "",
            "a run with nothing new": self.runs[1] if self.runs else "",
            "verify": self.verify,
            f"{' / '.join(_PARTS)}, MB": self.disk,
        }


def measure(articles: int, root: Path, *, files: int | None = None, parts: Sequence[str] = ()) -> Point:
    """Build a collection, unless it is there, and measure it.

    Args:
        parts: of `pages`, `run`, `verify`; all by default.
    """
    point = Point(articles=articles, files=files or files_for(articles))
    if not (root / "built").exists():
        shutil.rmtree(root, ignore_errors=True)
        command = [sys.executable, "-m", "benchmarks.scale.building", str(root), str(articles), str(point.files)]
        made = measured(command, articles)
        point.built = f"{made.seconds:.0f} s, {made.cpu:.0f} s CPU, {made.peak / 1e6:.0f} MB"
        (root / "built").touch()
    point.disk = " / ".join(f"{sizes(root)[part]:,.0f}" for part in _PARTS)
    for part, fill in (("pages", _pages), ("verify", _verify), ("run", _runs)):
        if not parts or part in parts:
            fill(point, root)
    return point


def _pages(point: Point, root: Path) -> None:
    for found in look(root):
        if isinstance(found, Looked):
            point.pages.append(found)
        else:
            point.server_memory = found


def _verify(point: Point, root: Path) -> None:
    command = [sys.executable, "-m", "crawler.cli", "verify", "--collection", str(root)]
    taken = measured(command, point.articles)
    point.verify = f"{taken.seconds:.1f} s, {taken.cpu:.1f} s CPU, {taken.peak / 1e6:.0f} MB"


def _runs(point: Point, root: Path) -> None:
    with serve_origin(articles=_RUN_ARTICLES) as origin:
        for _ in range(2):
            command = [sys.executable, "-m", "benchmarks.crawling", str(origin.port), str(root)]
            taken = measured(command, _RUN_ARTICLES)
            point.runs.append(f"{taken.seconds:.1f} s, {taken.cpu:.1f} s CPU, {taken.peak / 1e6:.0f} MB")


def table_of(points: Sequence[Point]) -> str:
    """The points beside each other, in Markdown."""
    columns = [point.cells() for point in points]
    names = list(dict.fromkeys(name for column in columns for name in column))
    lines = [["articles", *(f"{point.articles:,}" for point in points)], ["---"] * (len(points) + 1)]
    lines += [[name, *(column.get(name, "") for column in columns)] for name in names]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def scale(scale: Scale) -> Iterator[Row]:
    """Each page of collections of growing size."""
    counts = {"full": (1000, 10_000, 100_000), "quick": (1000, 10_000), "tiny": (60,)}[scale]
    WORKSHOP.mkdir(exist_ok=True)
    folder = WORKSHOP / f"scale-{time.time_ns()}"
    try:
        points = [measure(count, folder / str(count)) for count in counts]
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    def said(figure: Callable[[Looked], float], nth: int) -> str:
        return " / ".join(f"{figure(point.pages[nth]):.0f}" for point in points)

    for nth, page in enumerate(points[0].pages):
        yield Row(
            what=f"{page.page}, among {' / '.join(f'{count:,}' for count in counts)} articles",
            wanted="150 ms",
            measured=f"{said(lambda one: one.together, nth)} ms, 95 of 100 for 8 readers",
            ours=f"alone half of them {said(lambda one: one.median, nth)} ms",
            theirs=f"CPU of each {said(lambda one: one.cpu, nth)} ms",
        )
