"""A daemon whose collection becomes read-only, is written by a later version, or whose disk is no longer mounted: told
once by each way, remembered outside, and made up for when that is over."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.crawling import baotinh
from support.daemons import DAY, until
from support.mail_server import mail_server
from support.raw_server import RawServer, raw_server
from support.stopped_crawls import begin_to_stop, spider_opened, wait_until_stopped

from archive.catalog.runs import Run
from archive.checking.collection import verify
from archive.clock import now
from archive.collection import Collection
from archive.errors import FailureKind
from crawler.jobs.running import Running
from crawler.jobs.schedule_file import read_schedule
from crawler.jobs.unentered import UnenteredRun, UnenteredRuns
from crawler.newsroom import serve_newsroom

GOOD = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


@attrs.frozen
class MountedDisk:
    """A disk in memory that can be made read-only and unmounted."""

    folder: Path

    @property
    def root(self) -> Path:
        """The collection on it."""
        return self.folder / "held"

    def mount(self, *options: str) -> None:
        """Mount it, or mount it anew with these options, once nothing is open there to be written."""
        command = ["mount", *options, self.folder]
        until(lambda: subprocess.run(command, check=False, capture_output=True).returncode == 0)

    def move(self, to: Path) -> None:
        """Mount it elsewhere, as a disk that is taken out keeps what is on it."""
        subprocess.run(["mount", "--move", self.folder, to], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[MountedDisk]:
    mounted, outer = MountedDisk(tmp_path / "outer" / "disk"), tmp_path / "outer"
    outer.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", outer], check=True, capture_output=True)
        subprocess.run(["mount", "--make-private", outer], check=True, capture_output=True)
        mounted.folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", mounted.folder], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        # what a collection does that cannot be written is seen everywhere, by permissions and by a later version
        pytest.skip(f"no disk can be mounted here: {error}")
    yield mounted
    for folder in (mounted.folder, outer / "elsewhere", outer):
        subprocess.run(["umount", "-l", folder], check=False, capture_output=True)


@attrs.define
class Operated:
    """A daemon, its webhook, mail server and metrics."""

    hook: RawServer
    mails: list[Any]
    metrics: str = ""

    def told(self) -> list[tuple[str, str]]:
        """What the webhook was sent, in turn: `raised` or `cleared`, and the alarm's kind."""
        bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for _, request in self.hook.received]
        return [
            (state, alarm["kind"])
            for said in bodies
            for state in ("raised", "reminded", "cleared")
            for alarm in said[state]
        ]

    def figure(self, name: str) -> float:
        """A metric without labels."""
        with urllib.request.urlopen(self.metrics, timeout=240) as answer:
            found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
        assert found, name
        return float(found[1])


@contextmanager
def operated(folder: Path, root: Path, port: int) -> Iterator[Operated]:
    with raw_server({"/hook": [GOOD]}) as hook, mail_server() as mail:
        schedule = folder / "schedule.toml"
        schedule.write_text(
            f'loopback = "127.0.0.1:{port}"\n'
            f'[alarms]\nwebhook = "http://127.0.0.1:{hook.port}/hook"\nemail = "desk@papers.test"\n'
            f'smtp = "127.0.0.1:{mail.port}"\n' + DAY.format(job="south", newspaper="baocantho"),
            "utf-8",
        )
        place = ["--schedule", str(schedule), "--collection", str(root), "--metrics-port", "0"]
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler.cli", "jobs", "start", *place],
            stderr=(folder / "daemon.log").open("wb"),
        )
        operating = Operated(hook, mail.came)
        try:
            found = until(lambda: re.search(r"http://127\S+/metrics", (folder / "daemon.log").read_text("utf-8")))
            operating.metrics = found[0]
            yield operating
        finally:
            process.terminate()
            assert process.wait(180) == 0


def outage(operating: Operated, begin: Callable[[], object], end: Callable[[], object]) -> None:
    """Go through an outage: each way tells of it once, and once that it is over."""
    assert operating.figure("baotinh_collection_writable") == 1
    before, mails = operating.told(), len(operating.mails)
    begin()
    until(lambda: operating.figure("baotinh_collection_writable") == 0)
    until(lambda: len(operating.mails) == mails + 1)
    assert operating.told() == [*before, ("raised", "unwritable")]
    end()
    until(lambda: operating.figure("baotinh_collection_writable") == 1)
    until(lambda: len(operating.mails) == mails + 2)
    assert operating.told() == [*before, ("raised", "unwritable"), ("cleared", "unwritable")]


def is_idle(root: Path) -> bool:
    with Collection.open(root).catalog() as catalog:
        runs = catalog.runs()
    return bool(runs) and all(run.finished_at for run in runs)


def test_a_disk_that_becomes_read_only_and_one_that_is_taken_out(tmp_path: Path, disk: MountedDisk) -> None:
    Collection.create(disk.root)
    elsewhere = disk.folder.parent / "elsewhere"
    elsewhere.mkdir()
    with serve_newsroom(articles=60) as newsroom, operated(tmp_path, disk.root, newsroom.port) as operating:
        until(lambda: is_idle(disk.root))
        outage(operating, lambda: disk.mount("-o", "remount,ro"), lambda: disk.mount("-o", "remount,rw"))

        def put_back() -> None:
            assert list(disk.folder.iterdir()) == []  # nothing was made in its place
            MountedDisk(elsewhere).move(disk.folder)

        outage(operating, lambda: disk.move(elsewhere), put_back)
    assert verify(Collection.open(disk.root)).findings == []
    assert "Traceback" not in (tmp_path / "daemon.log").read_text("utf-8")


def test_a_crawl_ends_whose_disk_is_taken_out_in_its_first_second(tmp_path: Path, disk: MountedDisk) -> None:
    Collection.create(disk.root)
    elsewhere = disk.folder.parent / "elsewhere"
    elsewhere.mkdir()
    with serve_newsroom(articles=60) as newsroom:
        words = ["crawl", "baocantho", "--loopback", f"127.0.0.1:{newsroom.port}", "--collection", str(disk.root)]
        crawl = begin_to_stop(spider_opened(), *words, stderr=subprocess.PIPE)
        wait_until_stopped(crawl)
        disk.move(elsewhere)
        crawl.send_signal(signal.SIGCONT)
        _, said = crawl.communicate(timeout=240)
    assert crawl.returncode == 1 and f"{disk.root} cannot be written" in said and "Traceback" not in said
    assert list(disk.folder.iterdir()) == []  # nothing was made in its place
    MountedDisk(elsewhere).move(disk.folder)
    assert baotinh("crawl", "baocantho", "--loopback", "127.0.0.1:1", "--collection", disk.root).returncode == 1
    assert verify(Collection.open(disk.root)).findings == []


def fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as stream:
        while stream.write(bytes(1 << 20)):
            pass
    with contextlib.suppress(OSError), path.open("ab", buffering=0) as stream:
        while stream.write(bytes(512)):
            pass


def test_a_full_disk_that_holds_the_state_of_the_daemon_too(
    tmp_path: Path, disk: MountedDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(disk.folder / "state"))
    Collection.create(disk.root)
    filler = disk.folder / "filler"
    with serve_newsroom(articles=60) as newsroom, operated(tmp_path, disk.root, newsroom.port) as operating:
        until(lambda: is_idle(disk.root))

        def begin() -> None:
            fill(filler)
            seen = baotinh("status", "--json", "--collection", disk.root)
            assert json.loads(seen.stdout)["daemon"] == "running", seen.stderr  # a full disk can be looked at

        outage(operating, begin, filler.unlink)
    assert "Traceback" not in (tmp_path / "daemon.log").read_text("utf-8")


def test_a_collection_of_a_later_version(tmp_path: Path) -> None:
    root = tmp_path / "held"
    Collection.create(root)

    def version(number: int) -> None:
        with closing(sqlite3.connect(root / "catalog.sqlite")) as connection:
            connection.execute(f"PRAGMA user_version = {number}")

    with closing(sqlite3.connect(root / "catalog.sqlite")) as connection:
        (own,) = connection.execute("PRAGMA user_version").fetchone()
    with serve_newsroom(articles=60) as newsroom, operated(tmp_path, root, newsroom.port) as operating:
        until(lambda: is_idle(root))
        outage(operating, lambda: version(own + 1), lambda: version(own))
    log = (tmp_path / "daemon.log").read_text("utf-8")
    assert "Traceback" not in log and "newer baotinh" in log


def test_a_run_that_is_remembered_when_the_outage_is_over_is_entered_and_made_up_for(tmp_path: Path) -> None:
    """As one that went on during the outage, and ended after it."""
    held = Collection.create(tmp_path / "held")
    with serve_newsroom(articles=60) as newsroom, operated(tmp_path, held.root, newsroom.port):
        until(lambda: is_idle(held.root))
        instant = now()
        UnenteredRuns(held.root).remember(
            UnenteredRun(
                job="south", newspaper="baocantho", source="demonstration", began_at=instant, ended_at=instant,
                failure="the disk went", failure_kind=FailureKind.UNWRITABLE,
            )
        )  # fmt: skip
        until(lambda: not UnenteredRuns(held.root).read())
        (failed, first) = runs_of(held)
        assert (failed.outcome, first.outcome) == ("failed", "finished")
        log = until(
            lambda: re.findall("south of baocantho: next at (.*)", (tmp_path / "daemon.log").read_text("utf-8"))[1:]
        )
        assert datetime.fromisoformat(log[0]) < instant + timedelta(hours=1)


def runs_of(held: Collection) -> list[Run]:
    with held.catalog() as catalog:
        return catalog.runs()


def test_a_run_during_an_outage_is_remembered_and_entered_later(tmp_path: Path) -> None:
    held = Collection.create(tmp_path / "held")
    schedule_path = tmp_path / "schedule.toml"
    schedule_path.write_text('loopback = "127.0.0.1:1"\n' + DAY.format(job="south", newspaper="baocantho"), "utf-8")
    schedule = read_schedule(schedule_path, {"baocantho": set()})
    away = held.root.rename(tmp_path / "away")
    ended = Running(held, schedule.jobs["south"], "baocantho", schedule).wait()
    assert ended.exit_code == 1 and ended.outcome == "failed" and not held.root.exists()
    (remembered,) = UnenteredRuns(held.root).read()
    assert remembered.failure_kind is FailureKind.UNWRITABLE and "holds no collection" in remembered.failure
    away.rename(held.root)
    assert baotinh("jobs", "run", "south", "--schedule", schedule_path, "--collection", held.root).returncode == 1
    assert UnenteredRuns(held.root).read() == []
    with held.catalog() as catalog:
        later, first = catalog.runs()
    assert (first.outcome, first.failure, first.started_at) == ("failed", remembered.failure, remembered.began_at)
    assert later.failure_kind is FailureKind.UNANSWERED


def test_a_daemon_makes_no_collection_and_tells_once_however_often_it_is_started(tmp_path: Path) -> None:
    with raw_server({"/hook": [GOOD]}) as hook:
        schedule = tmp_path / "schedule.toml"
        schedule.write_text(
            f'loopback = "127.0.0.1:1"\n[alarms]\nwebhook = "http://127.0.0.1:{hook.port}/hook"\n'
            + DAY.format(job="south", newspaper="baocantho"),
            "utf-8",
        )
        for _ in range(3):
            done = baotinh("jobs", "start", "--schedule", schedule, "--collection", tmp_path / "held")
            assert done.returncode == 2 and "holds no collection" in done.stderr, done.stderr
            assert "baotinh init" in done.stderr
        assert Operated(hook, []).told() == [("raised", "unwritable")]
    assert not (tmp_path / "held").exists()


def test_a_crawl_for_a_job_makes_no_collection(tmp_path: Path) -> None:
    options = ("--loopback", "127.0.0.1:1", "--collection", tmp_path / "held")
    done = baotinh("crawl", "baocantho", *options, BAOTINH_JOB="south")
    assert done.returncode == 2 and not (tmp_path / "held").exists()
