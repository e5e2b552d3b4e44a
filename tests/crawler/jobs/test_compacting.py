"""What the daemon does with small WARC files after a run: joined when the oldest is a day old, never before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.daemons import daemon, runs, until, write
from support.several_runs import answers, crawled, small_files

from archive.checking.collection import verify
from archive.clock import now
from archive.collection import Collection
from archive.compaction.plan import oldest_single
from archive.moving import move
from archive.storage.located import NamedPlace
from crawler.jobs.daemon.compacting import Compacting
from crawler.jobs.schedule_file import read_schedule
from crawler.newsroom import serve_newsroom

DAY = timedelta(days=1)


def files(collection: Collection) -> list[str]:
    return sorted(path.name for path in collection.warc.iterdir())


def test_old_small_files_are_joined_once(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 1, 4)
    before = answers(held)
    compacting = Compacting(held, DAY)
    compacting.after_run("baocantho")
    assert len(files(held)) == 1 and answers(held) == before and verify(held).findings == []
    assert oldest_single(held, "baocantho") is None
    crawled(held.root, 9, [(1, "chín")])
    crawled(held.root, 10, [(2, "mười")])
    compacting.after_run("baocantho")
    assert len(files(held)) == 3  # not again on the same day
    Compacting(held, DAY).after_run("baocantho")
    assert len(files(held)) == 1


@pytest.mark.parametrize("after", [None, timedelta(days=100_000)])
def test_what_is_young_or_not_wanted_stays(tmp_path: Path, after: timedelta | None) -> None:
    held = small_files(tmp_path / "a", 2, 3)
    before = files(held)
    Compacting(held, after).after_run("baocantho")
    assert files(held) == before


def test_what_was_moved_away_makes_nothing_due(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 3, 3)
    move(held, NamedPlace(str(tmp_path / "disk")))
    assert oldest_single(held, "baocantho") is None


def test_an_ended_one_begins_nothing(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 4, 3)
    before = files(held)
    compacting = Compacting(held, DAY)
    compacting.end()
    compacting.after_run("baocantho")
    assert files(held) == before


def test_the_daemon_joins_after_a_run(tmp_path: Path) -> None:
    held = small_files(tmp_path / "held", 5, 3)
    with serve_newsroom(articles=60) as newsroom:
        schedule = write(tmp_path, newsroom.port, ("south", "baocantho"))
        with daemon(tmp_path, schedule):
            until(lambda: any(run.job == "south" and run.finished_at for run in runs(tmp_path)))
            until(lambda: len(files(held)) == 1)
    assert verify(held).findings == []
    assert now() - (oldest_single(held, "baocantho") or now()) < DAY


def test_how_old_is_a_key_of_the_schedule(tmp_path: Path) -> None:
    for written, read in (("", DAY), ('compact = "6h"', timedelta(hours=6)), ('compact = "off"', None)):
        path = write(tmp_path, 1, ("south", "baocantho"), more=written)
        assert read_schedule(path, {"baocantho": set()}).compact == read
