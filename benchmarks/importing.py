"""An import's files, before any page is read, against `fastwarc check -p FILE`, on files that neither of them wrote.

Of ours everything counts that an import does with a file (`import_file.py`): it is copied, hashed and synced, its
records are checked with their digests, its captures entered into the catalog, and its CDXJ file is written. fastwarc
reads, and checks the digests.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.crawls import Measured, workplace
from benchmarks.environments import NotInstalled, environment
from benchmarks.table import Row, Scale, ratio
from benchmarks.verifying import check, write_file


def importing(scale: Scale) -> Iterator[Row]:
    """Large records, then small ones."""
    times, rounds = {"full": (6, 5), "quick": (1, 3), "tiny": (0.01, 1)}[scale]
    try:
        theirs = [str(environment("fastwarc") / "fastwarc"), "check", "-p", "-q"]
    except NotInstalled as error:
        yield Row(what="import", measured="not measured", ours="", theirs=f"fastwarc {error}")
        return
    with workplace() as folder:
        write_file(folder / "one.warc.gz", 1, 500)
        for block_bytes, records in ((15_000, 3000), (500, 30_000)):
            path, records = folder / f"{block_bytes}.warc.gz", int(records * times)
            write_file(path, records, block_bytes)
            pairs, starts = [], []
            for nth in range(rounds):
                whole, one = (_ours(folder / f"{block_bytes}-{name}-{nth}") for name in ("whole", "one"))
                pairs.append((check(theirs, path, records), check(whole, path, records)))
                starts.append([check(command, folder / "one.warc.gz", 1).seconds for command in (theirs, one)])
            yield _row(f"import without pages, records of {block_bytes:,} bytes", pairs, starts)


def _ours(root: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.import_file", str(root)]


def _row(what: str, pairs: list[tuple[Measured, Measured]], starts: list[list[float]]) -> Row:
    start = [statistics.median(seconds) for seconds in zip(*starts, strict=True)]
    net = statistics.median((theirs.seconds - start[0]) / (ours.seconds - start[1]) for theirs, ours in pairs)
    cells = []
    for nth, name in enumerate(("fastwarc check -p ", "")):
        rate = statistics.median(one[nth].rate for one in pairs)
        cpu = statistics.median(1000 * one[nth].cpu_each for one in pairs)
        cells.append(f"{name}{rate:,.0f} records/s, {cpu:.3f} ms CPU each, starts in {start[nth]:.2f} s")
    return Row(
        what=what,
        wanted="0.5",
        measured=f"{ratio([theirs.seconds / ours.seconds for theirs, ours in pairs])}; without starting {net:.2f}",
        ours=cells[1],
        theirs=cells[0],
    )
