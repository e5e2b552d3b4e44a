"""`baotinh prune` removes what is old or left over, and nothing that it does not know or that is in use."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from support.crawling import baotinh
from support.past_runs import HOUR, Past
from support.self_killing import killed_at

from archive.catalog.maintenance import last_maintenance
from archive.clock import now
from archive.collection import Collection
from archive.pruning import Retention, prune, removable

DAY = timedelta(days=1)
OLD = 200 * DAY
STAMP = "20260101000000"


def write(root: Path, names: Iterable[str], age: timedelta, octets: int = 100) -> None:
    """Files of that age."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * octets)
        at = (now() - age).timestamp()
        os.utime(path, (at, at))


@pytest.fixture
def held(tmp_path: Path) -> Past:
    return Past(tmp_path / "held")


def pruned(past: Past, *options: str, code: int = 0, **environment: str) -> Any:
    done = baotinh("prune", "--json", *options, "--collection", past.collection.root, **environment)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def names(said: Any, which: str = "removed") -> list[str]:
    return [one["path"] for one in said[which]]


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


NEVER = [
    f"warc/BAOTINH-a-{STAMP}-00000.warc.gz", f"warc/BAOTINH-a-{STAMP}-00001.warc.gz.open", "warc/compacting.part",
    "warc/importing-1.part", f"jsonl/a-{STAMP}.jsonl", f"jsonl/a-{STAMP}.jsonl.open", f"cdxj/a-{STAMP}.cdxj",
    "index/meta.json", "sets/x.json", "logs/notes.txt", "logs/mine.log", "reports/mine.json", "catalog.sqlite.mine",
    "catalog.sqlite.v12-copy", "notes.part", "storage-notes.json", "cache/notes", "cache/ab/notes",
]  # fmt: skip


def test_what_is_old_goes_and_what_is_unknown_stays(held: Past) -> None:
    root = held.collection.root
    write(root, NEVER, 1000 * DAY)
    write(root, [f"logs/a-{STAMP}.log", f"logs/a_b-{STAMP}.log.1", f"logs/job-n-a-{STAMP}.failure"], OLD)
    write(root, [f"logs/b-{STAMP}.log", f"reports/a-{STAMP}.json"], 100 * DAY)
    dry = pruned(held, "--dry-run")
    said = pruned(held)
    assert names(said) == names(dry, "removable") == [
        f"logs/a-{STAMP}.log", f"logs/a_b-{STAMP}.log.1", f"logs/job-n-a-{STAMP}.failure"
    ]  # fmt: skip
    assert said["bytes"] == 300 and {one["why"] for one in said["removed"]} == {
        "old log", "log of a job without a run"
    }  # fmt: skip
    again = pruned(held, "--keep-logs", "90d", BAOTINH_KEEP_REPORTS="90d")
    assert names(again) == [f"logs/b-{STAMP}.log", f"reports/a-{STAMP}.json"]
    assert pruned(held)["removed"] == [] and {*NEVER} <= files(root)


def test_the_newest_copies_of_the_catalog_stay(held: Past) -> None:
    root = held.collection.root
    copies = [
        "catalog.sqlite.v9",
        "catalog.sqlite.v9-2",
        f"catalog.sqlite.before-rebuild-{STAMP}",
        "catalog.sqlite.v12",
    ]
    for number, name in enumerate(copies):
        write(root, [name], (10 - number) * DAY)
    write(root, ["catalog.sqlite.v9-wal"], 10 * DAY)
    said = pruned(held)
    assert names(said) == ["catalog.sqlite.v9", "catalog.sqlite.v9-2", "catalog.sqlite.v9-wal"]
    assert names(pruned(held, "--keep-catalogs", "0")) == sorted(copies[2:])
    assert held.collection.catalog_path.is_file()


def test_leftovers_and_the_cache_of_no_place(held: Past) -> None:
    root, block = held.collection.root, f"{'ab' * 16}-7"
    left = [f"reports/a-{STAMP}.json.part", "catalog.sqlite.part", f"cache/ab/{block}-99-1.part"]
    write(root, left, 2 * DAY)
    write(root, ["catalog.sqlite.v9.part"], HOUR)
    write(root, [f"cache/ab/{block}"], HOUR)
    (root / "storage.json").write_text('{"places": [{"url": "/elsewhere"}]}', "utf-8")
    assert names(pruned(held)) == sorted(left)
    (root / "storage.json").unlink()
    assert names(pruned(held)) == [f"cache/ab/{block}"] and not (root / "cache/ab").exists()
    assert (root / "catalog.sqlite.v9.part").exists()


def test_the_log_of_a_run_under_way_stays_and_so_does_that_of_its_job(held: Past) -> None:
    root, log = held.collection.root, f"baocantho-{STAMP}.log"
    job = f"logs/job-nightly-baocantho-{STAMP}.log"
    number = held.run(HOUR)
    held.write("UPDATE runs SET finished_at = NULL, outcome = NULL, log = ? WHERE id = ?", log, number)
    write(root, [f"logs/{log}", job], OLD)
    with FileLock(held.collection.locks / "baocantho.lock"):
        assert names(pruned(held)) == []
    assert names(pruned(held)) == [job]
    held.write("UPDATE runs SET finished_at = started_at, outcome = 'finished'")
    assert names(pruned(held)) == [f"logs/{log}"]


def test_what_was_written_since_it_was_found_stays(held: Past) -> None:
    write(held.collection.root, [f"logs/a-{STAMP}.log", f"logs/b-{STAMP}.log"], OLD)
    with held.collection.catalog() as catalog:
        found = removable(held.collection, catalog, Retention(), now())
    write(held.collection.root, [f"logs/a-{STAMP}.log"], timedelta(0))
    (held.collection.logs / f"b-{STAMP}.log").unlink()
    assert prune(held.collection, found).removed == ()
    assert (held.collection.logs / f"a-{STAMP}.log").exists()


def test_links_are_not_followed(held: Past, tmp_path: Path) -> None:
    write(tmp_path, ["elsewhere.log"], OLD)
    (held.collection.logs / f"a-{STAMP}.log").symlink_to(tmp_path / "elsewhere.log")
    assert names(pruned(held)) == [] and (tmp_path / "elsewhere.log").exists()


def test_killed_in_the_middle_it_is_called_again(held: Past, tmp_path: Path) -> None:
    root = held.collection.root
    write(root, [f"logs/a{number}-{STAMP}.log" for number in range(3000)], OLD, octets=1)
    write(root, NEVER, OLD)
    command = [sys.executable, "-m", "crawler.cli", "prune", "--collection", str(root)]
    environment = killed_at(tmp_path / "killing", "crawler.cli", "os.remove", f"-{STAMP}.log", 1000)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(held.collection.logs.iterdir())) > 2000 and {*NEVER} <= files(root)
    assert baotinh("prune", "--collection", root).returncode == 0
    assert {path.name for path in held.collection.logs.iterdir()} == {"notes.txt", "mine.log"}


def test_its_end_is_recorded(held: Past) -> None:
    write(held.collection.root, [f"logs/a-{STAMP}.log"], OLD)
    pruned(held)
    with Collection.open(held.collection.root).catalog() as catalog:
        done = last_maintenance(catalog.connection)["prune"]
    assert (done.outcome, done.detail) == ("finished", {"files": 1, "bytes": 100}) and done.began_at <= done.ended_at


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--keep-logs", "soon"], "--keep-logs cannot be 'soon'"), (["--keep-reports", "5m"], "a span of a day or more"),
     (["--keep-catalogs", "-1"], "--keep-catalogs")],
)  # fmt: skip
def test_a_span_that_is_none_is_refused(held: Past, options: list[str], said: str) -> None:
    write(held.collection.root, [f"logs/a-{STAMP}.log"], OLD)
    refused = baotinh("prune", *options, "--collection", held.collection.root)
    assert refused.returncode == 2 and said in " ".join(refused.stderr.split())
    assert (held.collection.logs / f"a-{STAMP}.log").exists()
