"""The files of an import, without their pages, for tests that kill it."""

from __future__ import annotations

from pathlib import Path

from archive.collection import Collection
from archive.ingest.foreign.incoming import FileOnDisk, Placing
from archive.ingest.foreign.taking import Taking
from archive.ingest.runs import RunDescription
from archive.ingest.session import Session
from archive.revisit_policy import DEFAULT_POLICY
from archive.workers import Workers


def take(root: Path) -> None:
    """Import the two files beside the collection."""
    run = RunDescription(newspaper="import", source="import", software="", settings={}, warcinfo={})
    session = Session(Collection(root / "collection"), run, DEFAULT_POLICY)
    with session.collection.catalog(writable=True) as catalog:
        taking = Taking(session.collection, catalog, Placing.COPY, Workers(1))
        for name in ("kho.warc.gz", "kho-khac.warc.gz"):
            taking.take(FileOnDisk(root / name), session.run_id, session.clock())
    session.close("finished", lambda: ({}, {}))
