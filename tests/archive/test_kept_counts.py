"""The counts that triggers keep are those of all rows: after crawls, changes, a rebuild, and a migration."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support.covered import build_covered
from support.crawling import Demonstration

from archive import coverage
from archive.catalog import counts
from archive.catalog.counts import count_due
from archive.catalog.discovery_sources import found_by
from archive.collection import Collection
from archive.coverage import Grain, Period
from archive.rebuild.whole import rebuild

OLDER = sorted((Path(__file__).parent / "older").glob("*.tar.xz"))


def kept(connection: sqlite3.Connection) -> dict[str, set[tuple[object, ...]]]:
    return {
        table: {row for row in connection.execute(f"SELECT * FROM {table}") if row[-1]}
        for table in {one.table for one in counts.KEPT}
    }


def counted(connection: sqlite3.Connection) -> dict[str, set[tuple[object, ...]]]:
    found: dict[str, set[tuple[object, ...]]] = {one.table: set() for one in counts.KEPT}
    for one in counts.KEPT:
        found[one.table] |= {row for row in connection.execute(one.from_scratch()) if row[-1]}
    return found


def check(collection: Collection) -> None:
    with closing(sqlite3.connect(collection.catalog_path)) as connection:
        assert kept(connection) == counted(connection)
        sources = set(connection.execute("SELECT * FROM source_counts"))
        assert sources == set(connection.execute(counts.SOURCES_FROM_SCRATCH))


@pytest.fixture
def copy(demonstration: Demonstration, tmp_path: Path) -> Collection:
    """A collection of one's own, crawled from the newsroom."""
    return Collection.open(shutil.copytree(demonstration.collection.root, tmp_path / "copy"))


def test_after_crawls(copy: Collection) -> None:
    check(copy)
    with copy.catalog() as catalog:
        assert any(one.alone < one.articles for one in found_by(catalog.connection, "baocantho"))
        (whole,) = catalog.connection.execute("SELECT count(*) FROM articles").fetchone()
        assert catalog.count_articles() == whole > 0


def test_after_a_rebuild(copy: Collection) -> None:
    copy.catalog_path.unlink()
    rebuild(copy.root)
    check(copy)


@pytest.mark.parametrize("packed", OLDER, ids=lambda path: path.name)
def test_after_the_migration_of_an_older_collection(packed: Path, tmp_path: Path) -> None:
    with tarfile.open(packed) as file:
        file.extractall(tmp_path, filter="data")
    collection = Collection.open(tmp_path / "collection")
    check(collection)
    with collection.catalog() as catalog:
        assert counts.held(catalog.connection, "articles") == {"baolaocai": 8}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE articles SET section = NULL, published_at = '2024-02-29T18:00:00Z' WHERE id LIKE '%1'",
        "UPDATE articles SET published_at = NULL WHERE id LIKE '%2'",
        "UPDATE articles SET published_at = 'no time' WHERE id LIKE '%3'",
        "UPDATE addresses SET next_due_at = '2000'",
        "UPDATE runs SET outcome = NULL, job = 'hourly', source = 'demonstration'",
        "UPDATE warc_files SET committed = committed + 10",
        "INSERT OR IGNORE INTO discovery_sources SELECT newspaper, url, 'feed', 'http://f/', '2027' FROM addresses",
        "DELETE FROM addresses WHERE url LIKE '%1.html'",
        "DELETE FROM captures WHERE id % 2",
        "DELETE FROM runs",
    ],
)
def test_after_any_change(copy: Collection, statement: str) -> None:
    with closing(sqlite3.connect(copy.catalog_path)) as connection, connection:
        assert connection.execute(statement).rowcount
    check(copy)


def test_a_change_that_is_taken_back_leaves_the_counts(copy: Collection) -> None:
    with closing(sqlite3.connect(copy.catalog_path)) as connection:
        before = kept(connection)
        connection.execute("UPDATE addresses SET next_due_at = '2000'")
        assert kept(connection) != before
        connection.rollback()
        assert kept(connection) == before


def test_what_is_due_is_counted_to_the_second(copy: Collection) -> None:
    with copy.catalog() as catalog:
        dues = [
            at
            for (at,) in catalog.connection.execute("SELECT next_due_at FROM addresses WHERE newspaper = 'baocantho'")
        ]
        for instant in (min(dues), max(dues), *random.Random(1).sample(dues, 10), "2000", "9999"):
            assert count_due(catalog.connection, "baocantho", instant) == sum(at <= instant for at in dues)


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "Asia/Kathmandu", "America/New_York", "UTC"])
@pytest.mark.parametrize("grain", ["day", "month"])
def test_coverage_is_that_of_all_articles(tmp_path: Path, zone: str, grain: Grain) -> None:
    """Periods of another clock, and those before the clock had its offset, are counted by the articles' times."""
    collection = build_covered(tmp_path)
    chance = random.Random(2)
    begins, ends = datetime(1974, 12, 1, tzinfo=UTC), datetime(1977, 3, 1, tzinfo=UTC)
    times = [begins + (ends - begins) * chance.random() for _ in range(400)]
    with closing(sqlite3.connect(collection.catalog_path)) as connection, connection:
        connection.executemany(
            """INSERT INTO articles (id, newspaper, latest, first_captured_at, last_captured_at, section, published_at)
            VALUES (?, 'baocantho', 0, '', '', ?, ?)""",
            [(f"x:{n}", chance.choice(["Thời sự", None]), f"{at:%Y-%m-%dT%H:%M:%SZ}") for n, at in enumerate(times)],
        )
    spans = coverage.periods(date(1974, 12, 15), date(1977, 2, 15), grain, ZoneInfo(zone))
    with collection.catalog() as catalog:
        rows = coverage.sections(catalog.connection, "baocantho", {"time_zone": zone}, spans)
    found = [sum(row.cells[number].articles for row in rows) for number in range(len(spans))]
    assert found == [sum(_is_within(at, span) for at in times) for span in spans] and sum(found) > 300


def _is_within(at: datetime, span: Period) -> bool:
    at = at.replace(microsecond=0)
    return span.begins <= at < span.ends and span.ends - span.begins < timedelta(days=40)
