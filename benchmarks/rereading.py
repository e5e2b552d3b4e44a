"""`baotinh reextract` in one process and in two, as a user calls it, on a collection of three files.

Nothing stands beside it: no other archive reads its pages again. Its pages are read without rules.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.crawls import Measured, workplace
from benchmarks.origin import ROOT
from benchmarks.scale.building import Builder, Shape
from benchmarks.table import Row, Scale, ratio


def read_again(collection: Path, pages: int, processes: int) -> Measured:
    """One call; all its processes count.

    Raises:
        RuntimeError: it failed.
    """
    command = [sys.executable, "-m", "crawler.cli", "reextract", "--json", "--collection", str(collection)]
    began = os.times()
    done = subprocess.run(
        [*command, "--processes", str(processes)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    ended = os.times()
    if done.returncode:
        raise RuntimeError(f"reextract failed: {done.stderr[-1000:]}")
    cpu = ended.children_user + ended.children_system - began.children_user - began.children_system
    return Measured(requests=pages, seconds=ended.elapsed - began.elapsed, cpu=cpu)


def reextract(scale: Scale) -> Iterator[Row]:
    """Rounds of both, one after the other."""
    pages, rounds = {"full": (6000, 5), "quick": (1500, 3), "tiny": (60, 1)}[scale]
    with workplace() as folder:
        Builder(folder / "held", Shape(articles=pages, files=3, ends=datetime(2026, 9, 1, tzinfo=UTC))).build()
        pairs = [tuple(read_again(folder / "held", pages, number) for number in (1, 2)) for _ in range(rounds)]
    cells = [
        f"{statistics.median(one[nth].rate for one in pairs):,.0f} pages/s, "
        f"{statistics.median(1000 * one[nth].cpu_each for one in pairs):.1f} ms CPU each"
        for nth in (0, 1)
    ]
    yield Row(
        what="pages read again in two processes", wanted="1.8 / 1.9",
        measured=ratio([two.rate / one.rate for one, two in pairs]), ours=cells[1], theirs=f"one process {cells[0]}",
    )  # fmt: skip
