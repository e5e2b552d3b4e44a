"""An import's files, before any page is read, against `fastwarc check -p FILE`, on files that neither of them wrote.

Of ours everything counts that an import does with a file: it is copied, hashed and synced, its records are checked with
their digests, and its captures entered into the catalog. fastwarc reads, and checks the digests.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from archive.collection import Collection
from archive.ingest.foreign.incoming import FileOnDisk, Placing
from archive.ingest.foreign.taking import Taking
from archive.ingest.runs import RunDescription
from archive.ingest.session import Session
from archive.revisit_policy import DEFAULT_POLICY
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
        for block_bytes, records in ((15_000, 3000), (500, 30_000)):
            path, records = folder / f"{block_bytes}.warc.gz", int(records * times)
            write_file(path, records, block_bytes)
            pairs = []
            for nth in range(rounds):
                ours = [sys.executable, "-m", "benchmarks.importing", str(folder / f"{block_bytes}-{nth}")]
                pairs.append((check(theirs, path, records), check(ours, path, records)))
            yield _row(f"import without pages, records of {block_bytes:,} bytes", pairs)


def _row(what: str, pairs: list[tuple[Measured, Measured]]) -> Row:
    ratios = [theirs.seconds / ours.seconds for theirs, ours in pairs]
    theirs, ours = (statistics.median(one.requests / one.seconds for one in side) for side in zip(*pairs, strict=True))
    return Row(
        what=what,
        wanted="0.5",
        measured=ratio(ratios),
        ours=f"{ours:,.0f} records/s",
        theirs=f"fastwarc check -p {theirs:,.0f} records/s",
    )


def main() -> None:
    """Import the file that is the second argument into a new collection at the first."""
    root, path = Path(sys.argv[1]), Path(sys.argv[2])
    run = RunDescription(newspaper="import", source="import", software="", settings={}, warcinfo={})
    session = Session(Collection.create(root), run, DEFAULT_POLICY)
    with session.collection.catalog(writable=True) as catalog:
        Taking(session.collection, catalog, Placing.COPY).take(FileOnDisk(path), session.run_id, session.clock())
    session.close("finished", lambda: ({}, {}))


if __name__ == "__main__":
    main()
