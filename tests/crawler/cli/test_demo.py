"""The demonstration's articles reach up to the day of its first crawl, are changed once, and stay so later."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from support.collection_builder import BEGINNING, CollectionBuilder
from support.crawling import baotinh

from archive.clock import now
from archive.collection import Collection
from crawler.cli.demo import last_day


def test_a_demonstration_ends_today_and_stays_as_it_is(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    for _ in range(2):
        done = baotinh("demo", "--once", "--articles", 12, "--edits", 4, "--collection", root)
        assert done.returncode == 0, done.stdout + done.stderr
    with Collection.open(root).catalog() as catalog:
        assert catalog.last_seq() == 15  # the second demonstration found no other version
    listed = [json.loads(line) for line in baotinh("changes", "--json", "--collection", root).stdout.splitlines()]
    assert [one["silent"] for one in listed].count(True) == 3 and len(listed) == 4
    assert {kind for one in listed for kind in one["kinds"]} >= {"headline", "lead", "withdrawn"}
    counted = baotinh("search", "", "--timeline", "day", "--newspaper", "baocantho", "--json", "--collection", root)
    last = date.fromisoformat(json.loads(counted.stdout.splitlines()[-1])["first"])
    assert timedelta() <= now().date() - last < timedelta(days=40)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 28, 12, 59, tzinfo=UTC), date(2026, 11, 27)),
        (datetime(2026, 11, 28, 13, 0, tzinfo=UTC), date(2026, 11, 28)),
        (datetime(2026, 11, 28, 17, 30, tzinfo=UTC), date(2026, 11, 28)),
    ],
)
def test_the_last_day_is_the_last_whole_one_in_vietnam(tmp_path: Path, instant: datetime, day: date) -> None:
    assert last_day(tmp_path / "none", instant) == day
    builder = CollectionBuilder(tmp_path / "held")
    builder.close()
    assert last_day(tmp_path / "held", instant) == BEGINNING.date() - timedelta(days=1)
