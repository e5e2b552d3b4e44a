"""`python -m benchmarks.import_file ROOT FILE`: imports a file into a new collection, and reads no page.

A program of its own, so that its start loads only what an import needs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from archive.collection import Collection
from archive.ingest.foreign.incoming import FileOnDisk, Placing
from archive.ingest.foreign.taking import Taking
from archive.ingest.runs import RunDescription
from archive.ingest.session import Session
from archive.revisit_policy import DEFAULT_POLICY
from archive.workers import Workers, usable_cores


def main() -> None:
    """Import the file that is the second argument into a new collection at the first."""
    root, path = Path(sys.argv[1]), Path(sys.argv[2])
    run = RunDescription(newspaper="import", source="import", software="", settings={}, warcinfo={})
    session = Session(Collection.create(root), run, DEFAULT_POLICY)
    with session.collection.catalog(writable=True) as catalog, Workers(usable_cores()) as workers:
        taking = Taking(session.collection, catalog, Placing.COPY, workers)
        taking.take(FileOnDisk(path), session.run_id, session.clock())
    session.close("finished", lambda: ({}, {}))


if __name__ == "__main__":
    main()
