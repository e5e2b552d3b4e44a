"""Builds collections of growing size and measures each: its pages, a small run, a check, its sizes on disk."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs

from benchmarks.crawls import WORKSHOP, Measured, workplace
from benchmarks.origin import serve_origin
from benchmarks.process import measured
from benchmarks.scale.building import files_for
from benchmarks.scale.looking import Looked, look
from benchmarks.scale.price import PARTS, crawled_price, price_of, sizes
from benchmarks.table import Row, Scale

_RUN_ARTICLES = 20


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
    price: str = ""

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
            f"{' / '.join(PARTS)}, MB": self.disk,
            "of a million such articles": self.price,
        }


def built(root: Path, articles: int, files: int | None = None) -> Measured | None:
    """Build a collection unless it is there; what that took, None where an earlier version did not keep it."""
    mark = root / "built"
    if not mark.exists():
        shutil.rmtree(root, ignore_errors=True)
        files = files or files_for(articles)
        command = [sys.executable, "-m", "benchmarks.scale.building", str(root), str(articles), str(files)]
        mark.write_text(json.dumps(attrs.asdict(measured(command, articles))), "utf-8")
    kept = mark.read_text("utf-8")
    return Measured(**json.loads(kept)) if kept else None


def measure(articles: int, root: Path, *, files: int | None = None, parts: Sequence[str] = ()) -> Point:
    """Build a collection, unless it is there, and measure it.

    Args:
        parts: of `pages`, `run`, `verify`; all by default.
    """
    point = Point(articles=articles, files=files or files_for(articles))
    made = built(root, articles, files)
    if made is not None:
        point.built = f"{made.seconds:.0f} s, {made.cpu:.0f} s CPU, {made.peak / 1e6:.0f} MB"
    point.disk = " / ".join(f"{sizes(root)[part]:,.0f}" for part in PARTS)
    point.price = str(price_of(root, articles, made.cpu if made else None))
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


def price(scale: Scale) -> Iterator[Row]:
    """What a million articles cost, by a collection that was built and by a crawl."""
    articles, pages = {"full": (10_000, 2000), "quick": (1000, 300), "tiny": (60, 20)}[scale]
    with workplace() as folder:
        made = built(folder / "held", articles)
        by_building = price_of(folder / "held", articles, made.cpu if made else None)
        by_crawl = crawled_price(folder / "crawled", pages)
    yield Row(
        what=f"a million articles, by {articles:,} that were built and {pages:,} that were crawled",
        measured=f"{by_building.total:,.1f} and {by_crawl.total:,.1f} GB",
        ours=f"built, without requests, reading and syncing: {by_building}",
        theirs=f"crawled, pages of 30 KB without pictures: {by_crawl}",
    )
