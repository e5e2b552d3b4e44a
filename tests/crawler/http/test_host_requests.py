"""A server that answers at the second try leaves no error, and its failures are counted by host all the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.raw_server import raw_server
from support.small_paper import BROKEN, Paper, article, listing

from archive.clock import now
from archive.collection import Collection
from archive.health.alarms import examine
from archive.ingest.recovery import recover

PATHS = [f"/a{number}-post{number}.html" for number in range(1, 13)]


@pytest.fixture
def crawled(tmp_path: Path) -> Paper:
    """A paper whose articles all came, each at the second try."""
    pages = {path: [*BROKEN, *article(f"Chợ {path[1:-5]}")] for path in PATHS}
    with raw_server({"/van-hoa": listing(*PATHS), "/van-hoa/": listing(*PATHS), **pages}) as server:
        paper = Paper(tmp_path, server.port)
        counts = paper.crawl()
    assert counts.get("errors", 0) == 0 and counts["articles new"] == len(PATHS)
    return paper


def hosts(paper: Paper) -> list[tuple[str, int, int]]:
    return [tuple(row) for row in paper.rows("SELECT host, requests, failed FROM host_requests")]  # type: ignore[misc]


def test_repeated_requests_are_counted_and_ring(crawled: Paper) -> None:
    ((host, requests, failed),) = hosts(crawled)
    assert host == "baolaocai.test" and failed == len(PATHS) and requests > 2 * len(PATHS)
    held = Collection.open(crawled.root)
    with held.catalog() as catalog:
        (alarm,) = [one for one in examine(held, catalog, now()) if one.kind in ("host", "errors", "failing")]
    assert (alarm.kind, alarm.newspaper, alarm.subject) == ("host", "baolaocai", "baolaocai.test")


def test_they_are_kept_by_a_rebuild_a_backup_and_a_merge(crawled: Paper, tmp_path: Path) -> None:
    before = hosts(crawled)
    assert baotinh("rebuild", "--collection", crawled.root).returncode == 0
    assert hosts(crawled) == before
    copy, merged = tmp_path / "copy", tmp_path / "merged"
    assert baotinh("backup", copy, "--collection", crawled.root).returncode == 0
    assert baotinh("merge", crawled.root, "--collection", merged).returncode == 0
    for root in (copy, merged):
        with Collection.open(root).catalog() as catalog:
            rows = catalog.connection.execute("SELECT host, requests, failed FROM host_requests").fetchall()
        assert [tuple(row) for row in rows] == before


def test_of_a_killed_run_what_was_captured_is_counted(crawled: Paper) -> None:
    """The report is gone, and the run has not ended: as after a kill."""
    shutil.rmtree(crawled.root / "reports")
    (crawled.root / "reports").mkdir()
    held = Collection.open(crawled.root)
    with held.catalog(writable=True) as catalog:
        with catalog.transaction() as connection:
            connection.execute("UPDATE runs SET finished_at = NULL, outcome = NULL")
            connection.execute("DELETE FROM host_requests")
        assert recover(held, catalog, "baolaocai") == 1
    ((host, requests, failed),) = hosts(crawled)
    assert host == "baolaocai.test" and failed == len(PATHS) and requests >= 2 * len(PATHS)
