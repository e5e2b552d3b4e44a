"""Enters which pages of imported archives were read, and when their articles were seen, from the imports' reports."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from archive.collection import Collection
from archive.ingest.foreign.pages import LASTING, READ
from archive.ingest.runs import pages_path
from archive.rebuild.runs import KnownRuns

_PAGE = "INSERT OR REPLACE INTO imported_pages SELECT id, :outcome FROM captures WHERE record_id = :record"
_SEEN = """UPDATE articles SET first_captured_at = min(first_captured_at, c.captured_at),
    last_captured_at = max(last_captured_at, c.captured_at)
    FROM captures c WHERE c.record_id = :record AND articles.id = :article"""


def enter_imported_pages(connection: sqlite3.Connection, collection: Collection, runs: KnownRuns) -> None:
    """Enter the pages of all imports whose report is there; without one the next import reads them again."""
    kept = {outcome.value for outcome in LASTING | READ}
    for run in runs:
        if isinstance(run.report.get("imported"), list):
            connection.execute("BEGIN")
            for outcome, record_id, article in _read(pages_path(collection, run.name), kept):
                known = {"outcome": outcome, "record": record_id, "article": article}
                connection.execute(_PAGE, known)
                if article is not None:
                    connection.execute(_SEEN, known)
            connection.execute("COMMIT")


def _read(path: Path, kept: set[str]) -> Iterator[tuple[str, str, str | None]]:
    try:
        with path.open("rb") as lines:
            for line in lines:
                try:
                    said = json.loads(line)
                    outcome, record_id = said["outcome"], said.get("record_id")
                except (ValueError, LookupError, TypeError, AttributeError):  # a report that somebody changed
                    continue
                if "page" in said and outcome in kept and isinstance(record_id, str):
                    article = said.get("article")
                    yield outcome, record_id, article if isinstance(article, str) else None
    except OSError:
        return
