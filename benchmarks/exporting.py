"""`baotinh export --format wacz` against `wacz create` on the same WARC files, each as a user calls it.

Ours chooses records by the catalog, copies them one by one and indexes them by the catalog; py-wacz copies files whole
and parses all records for its index, without text and titles of pages, which ours has.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.crawls import workplace
from benchmarks.environments import NotInstalled, environment
from benchmarks.origin import ROOT
from benchmarks.scale.curve import built
from benchmarks.table import Row, Scale, ratio

_MB = 1_000_000


def _seconds(command: Sequence[object], made: Path) -> float:
    """How long a program took to make a file.

    Raises:
        RuntimeError: it failed.
    """
    made.unlink(missing_ok=True)
    began = time.perf_counter()
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, cwd=ROOT, check=False)
    taken = time.perf_counter() - began
    if done.returncode or not made.exists():
        raise RuntimeError(f"{command[0]} failed: {(done.stdout + done.stderr)[-1000:]}")
    return taken


def export(scale: Scale, peer: Sequence[object] = ()) -> Iterator[Row]:
    """The whole collection, and one of its newspapers.

    Args:
        peer: the program to stand beside ours, which takes WARC files and `--output FILE`; py-wacz by default.
    """
    articles, rounds = {"full": (20_000, 5), "quick": (4000, 3), "tiny": (60, 1)}[scale]
    try:
        theirs = peer or [environment("py-wacz") / "wacz", "create"]
    except NotInstalled as error:
        yield Row(what="export", measured="not measured", ours="", theirs=f"py-wacz {error}")
        return
    with workplace() as folder:
        root, made = folder / "collection", folder / "made.wacz"
        root.mkdir()
        built(root, articles, 4)
        ours = [sys.executable, "-m", "crawler.cli", "export", "--format", "wacz", "--output", made]
        ours += ["--collection", root]
        every = sorted((root / "warc").glob("*.warc.gz"))
        loads = [("the whole collection", every, []), ("one newspaper of four", every[:1], ["--newspaper", "paper00"])]
        for what, files, filters in loads:
            size = sum(path.stat().st_size for path in files) / _MB
            pairs = [
                (_seconds([*theirs, *files, "--output", made], made), _seconds([*ours, *filters], made))
                for _ in range(rounds)
            ]
            yield Row(
                what=f"export as WACZ, {what}, {size:,.0f} MB",
                wanted="0.5 / 1",
                measured=ratio([their / our for their, our in pairs]),
                ours=f"{size / statistics.median(our for _, our in pairs):,.1f} MB/s",
                theirs=f"wacz create {size / statistics.median(their for their, _ in pairs):,.1f} MB/s",
            )
