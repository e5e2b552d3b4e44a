"""Enters which pages of imported archives were read, from the reports of their imports."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from archive.collection import Collection
from archive.ingest.foreign.pages import LASTING, READ
from archive.ingest.runs import pages_path
from archive.rebuild.runs import KnownRuns

_BATCH = 1000


def enter_imported_pages(connection: sqlite3.Connection, collection: Collection, runs: KnownRuns) -> None:
    """Enter the pages of all imports whose report is there; without one the next import reads them again."""
    kept = {outcome.value for outcome in LASTING | READ}
    for run in runs:
        if isinstance(run.report.get("imported"), list):
            connection.execute("BEGIN")
            connection.executemany(
                "INSERT OR REPLACE INTO imported_pages SELECT id, ? FROM captures WHERE record_id = ?",
                _read(pages_path(collection, run.name), kept),
            )
            connection.execute("COMMIT")


def _read(path: Path, kept: set[str]) -> Iterator[tuple[str, str]]:
    try:
        with path.open("rb") as lines:
            for line in lines:
                try:
                    said = json.loads(line)
                    outcome, record_id = said["outcome"], said.get("record_id")
                except (ValueError, LookupError, TypeError, AttributeError):  # a report that somebody changed
                    continue
                if "page" in said and outcome in kept and isinstance(record_id, str):
                    yield outcome, record_id
    except OSError:
        return
