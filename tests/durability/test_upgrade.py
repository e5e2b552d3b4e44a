"""An update beside a running daemon: drain, stop, the later version migrates with a copy, and goes on."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from support.crawling import baotinh
from support.daemons import daemon, runs, until, write
from support.later_version import later_version

from archive.catalog.migrations import VERSION
from archive.collection import Collection
from crawler.newsroom import serve_newsroom


def test_a_collection_is_carried_over_to_a_later_version(tmp_path: Path) -> None:
    root, later = tmp_path / "held", later_version(tmp_path / "later")
    place = ["--collection", str(root)]
    with serve_newsroom(articles=60) as newsroom:
        schedule = write(tmp_path, newsroom.port, ("south", "baocantho"))
        with daemon(tmp_path, schedule) as process:
            until(lambda: any(run.finished_at for run in runs(tmp_path)))
            assert baotinh("jobs", "pause", "south", *place).returncode == 0
            drained = baotinh("jobs", "drain", *place)
            assert drained.returncode == 0 and drained.stdout.startswith("No run goes on.")
            process.terminate()
            assert process.wait(180) == 0
        with Collection.open(root).catalog() as catalog:
            ids, name = catalog.article_ids(), catalog.runs()[0].name
        schedule = write(tmp_path, newsroom.port, ("south", "baocantho"), ("north", "baolaocai"))
        began = subprocess.Popen(
            [sys.executable, "-P", "-m", "crawler.cli", "jobs", "start", "--schedule", schedule, *place],
            env=os.environ | {"PYTHONPATH": str(later)},
            stderr=subprocess.PIPE,
        )
        try:
            until(lambda: rows(root, "SELECT name FROM runs WHERE job = 'north' AND outcome = 'finished'"))
        finally:
            began.terminate()
            assert began.wait(180) == 0
            assert began.stderr is not None
            began.stderr.close()
    assert rows(root, "PRAGMA user_version") == [VERSION + 1]
    assert rows(root, "SELECT job FROM pauses") == ["south"] and name in rows(root, "SELECT name FROM runs")
    assert ids < set(rows(root, "SELECT id FROM articles"))
    copy = root / f"catalog.sqlite.v{VERSION}"
    with closing(sqlite3.connect(copy)) as connection:
        assert {row[0] for row in connection.execute("SELECT id FROM articles")} == ids
    refused = baotinh("search", "x", *place)  # this version leaves it alone
    assert refused.returncode == 2 and "newer baotinh" in refused.stderr


def rows(root: Path, statement: str) -> list[object]:
    with closing(sqlite3.connect(root / "catalog.sqlite")) as connection:
        return [row[0] for row in connection.execute(statement)]
