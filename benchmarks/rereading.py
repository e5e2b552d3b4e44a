"""`baotinh reextract` in one process and in two, as a user calls it, on a collection of three files.

Nothing stands beside it: no other archive reads its pages again. What two processes can be worth on the machine is
measured in the same run: two calls at once, of one process each. Its pages are read without rules.
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


def read_again(collection: Path, pages: int, processes: int, calls: int = 1) -> Measured:
    """Calls at once; all their processes count.

    Args:
        pages: of the collection.
        processes: of each call.

    Raises:
        RuntimeError: one failed.
    """
    command = [sys.executable, "-m", "crawler.cli", "reextract", "--json", "--collection", str(collection)]
    command += ["--processes", str(processes)]
    began = os.times()
    begun = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, text=True)
        for _ in range(calls)
    ]
    said = [one.communicate()[1] for one in begun]
    ended = os.times()
    if any(one.returncode for one in begun):
        raise RuntimeError(f"reextract failed: {''.join(said)[-1000:]}")
    cpu = ended.children_user + ended.children_system - began.children_user - began.children_system
    return Measured(requests=pages * calls, seconds=ended.elapsed - began.elapsed, cpu=cpu)


def reextract(scale: Scale) -> Iterator[Row]:
    """Rounds of one process, of two, and of two calls, one after the other."""
    pages, rounds = {"full": (12_000, 3), "quick": (3000, 3), "tiny": (60, 1)}[scale]
    with workplace() as folder:
        held = folder / "held"
        Builder(held, Shape(articles=pages, files=3, ends=datetime(2026, 9, 1, tzinfo=UTC))).build()
        found = [
            (read_again(held, pages, 1), read_again(held, pages, 2), read_again(held, pages, 1, calls=2))
            for _ in range(rounds)
        ]
    one, two, limit = (
        f"{statistics.median(each[nth].rate for each in found):,.0f} pages/s, "
        f"{statistics.median(1000 * each[nth].cpu_each for each in found):.1f} ms CPU each"
        for nth in range(3)
    )
    yield Row(
        what="pages read again in two processes", wanted="1.8 / 1.9",
        measured=ratio([both.rate / alone.rate for alone, both, _ in found]), ours=two,
        theirs=f"one process {one}",
    )  # fmt: skip
    yield Row(
        what="pages read again, beside two calls at once",
        measured=ratio([both.rate / most.rate for _, both, most in found]), ours=two, theirs=limit,
    )  # fmt: skip
