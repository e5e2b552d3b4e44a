"""The process that runs jobs: against a newsroom and slow servers, ended and killed; every run is a row."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.children import children, wait_for_the_end_of
from support.crawling import baotinh
from support.daemons import DAY, daemon, planned, runs, slowly, until, until_up, write
from support.hostile_paper import article, section
from support.raw_server import Gate, RawServer, raw_server

from archive.checking.collection import verify
from archive.clock import now
from archive.collection import Collection
from archive.errors import FailureKind
from crawler.jobs.running import Running, begin
from crawler.jobs.schedule_file import read_schedule
from crawler.newsroom import serve_newsroom


@pytest.fixture
def slow() -> Iterator[RawServer]:
    """A newspaper whose section does not come to an end."""
    with raw_server({"/thoi-su/": [slowly]}) as server:
        yield server


def test_all_jobs_are_run_and_a_second_daemon_refuses(tmp_path: Path) -> None:
    with serve_newsroom(articles=60) as newsroom:
        schedule = write(tmp_path, newsroom.port, ("south", "baocantho"), ("north", "baolaocai"))
        with daemon(tmp_path, schedule) as first:
            until(lambda: sum(run.finished_at is not None for run in runs(tmp_path)) == 2)
            second = baotinh("jobs", "start", "--schedule", schedule, "--collection", tmp_path / "held")
            assert second.returncode == 1 and "already being run by another process" in second.stderr
            first.terminate()
            assert first.wait(180) == 0
    found = {run.job: run for run in runs(tmp_path)}
    assert {job: (run.newspaper, run.outcome, run.failure) for job, run in found.items()} == {
        "south": ("baocantho", "finished", None),
        "north": ("baolaocai", "finished", None),
    }
    for run in found.values():
        assert run.counts["articles new"] > 0 and run.log and (tmp_path / "held" / "logs" / run.log).exists()
    shown = json.loads(baotinh("jobs", "show", found["south"].name, "--json", "--collection", tmp_path / "held").stdout)
    assert shown["job"] == "south" and len(shown["warc_files"]) == 1 and Path(shown["report"]).exists()
    listed = baotinh("jobs", "list", "--json", "--schedule", schedule, "--collection", tmp_path / "held").stdout
    assert [json.loads(line)["outcome"] for line in listed.splitlines()] == ["finished", "finished"]


def test_the_same_newspaper_is_never_crawled_twice_at_a_time(tmp_path: Path) -> None:
    with serve_newsroom(articles=60) as newsroom:
        jobs = [(f"job{number}", "baocantho") for number in range(3)]
        schedule = write(tmp_path, newsroom.port, *jobs, more="at_once = 3")
        with daemon(tmp_path, schedule):
            until(lambda: sum(run.finished_at is not None for run in runs(tmp_path)) == 3)
    found = sorted(runs(tmp_path), key=lambda run: run.started_at)
    assert [run.outcome for run in found] == ["finished"] * 3
    for former, latter in itertools.pairwise(found):
        assert former.finished_at is not None and former.finished_at <= latter.started_at


def test_what_runs_is_ended_with_the_daemon(tmp_path: Path, slow: RawServer) -> None:
    schedule = write(tmp_path, slow.port, ("south", "baocantho"))
    os.environ["BAOTINH_STOP_SECONDS"] = "1"
    try:
        with daemon(tmp_path, schedule) as process:
            until(lambda: [path for path, _ in slow.received if path == "/thoi-su/"])
            process.terminate()
            assert process.wait(180) == 0
    finally:
        del os.environ["BAOTINH_STOP_SECONDS"]
    (run,) = runs(tmp_path)
    assert run.outcome == "stopped"
    assert verify(Collection.open(tmp_path / "held")).findings == []


def test_a_killed_daemon_loses_no_run(tmp_path: Path) -> None:
    gate, links = Gate(), ("/x-a1.html", "/x-a2.html")
    pages = {link: [gate.answer(article(link))] for link in links} | {"/thoi-su/": [section(*links)]}
    with raw_server(pages) as server:
        schedule = write(tmp_path, server.port, ("south", "baocantho"))
        with daemon(tmp_path, schedule) as process:
            assert gate.holds.wait(180)
            process.send_signal(signal.SIGKILL)
            process.wait(180)
        assert [run.outcome for run in runs(tmp_path)] == [None]
        gate.open()
        until(lambda: runs(tmp_path)[0].finished_at)  # its crawl goes on to the end
        assert [(run.job, run.outcome) for run in runs(tmp_path)] == [("south", "finished")]
        with daemon(tmp_path, schedule) as process:  # nothing is due: the day's run was made
            until_up(tmp_path, process)
            assert planned(tmp_path)["south"] > now() + timedelta(hours=12)
        assert len(runs(tmp_path)) == 1


def test_a_run_that_could_not_begin_is_a_row_with_its_reason(tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    schedule.write_text(DAY.format(job="south", newspaper="baocantho"), "utf-8")  # no contact, no loopback
    Collection.create(tmp_path / "held")
    done = baotinh("jobs", "run", "south", "--schedule", schedule, "--collection", tmp_path / "held")
    assert done.returncode == 1
    (run,) = runs(tmp_path)
    assert (run.job, run.outcome) == ("south", "failed") and run.failure and "contact" in run.failure
    assert run.failure_kind is FailureKind.MISUSED
    history = baotinh("jobs", "history", "--collection", tmp_path / "held").stdout
    assert run.failure in history


def test_a_run_that_meets_another_of_its_newspaper_says_so_as_a_value(tmp_path: Path) -> None:
    collection = Collection.create(tmp_path / "held")
    with serve_newsroom(articles=60) as newsroom:
        schedule = write(tmp_path, newsroom.port, ("south", "baocantho"))
        with collection.lock("baocantho"):
            done = baotinh("jobs", "run", "south", "--schedule", schedule, "--collection", tmp_path / "held")
    assert done.returncode == 1
    (run,) = runs(tmp_path)
    assert (run.outcome, run.failure_kind) == ("failed", FailureKind.LOCKED)
    assert not list(collection.logs.glob("*.failure"))


def test_a_run_that_takes_too_long_is_ended(tmp_path: Path, slow: RawServer) -> None:
    schedule = write(tmp_path, slow.port, ("south", "baocantho"))
    schedule.write_text(schedule.read_text("utf-8").replace('"1d"', '"1d"\nlongest = "60s"'), "utf-8")
    read = read_schedule(schedule, {"baocantho": set()})
    job = attrs.evolve(read.jobs["south"], longest=timedelta(seconds=5))
    os.environ["BAOTINH_STOP_SECONDS"] = "1"
    try:
        ended = Running(Collection.create(tmp_path / "held"), job, "baocantho", read).wait()
    finally:
        del os.environ["BAOTINH_STOP_SECONDS"]
    assert ended.run.outcome == "stopped"


def test_a_killed_crawl_is_told_at_once_and_what_it_said_stands_in_its_log(tmp_path: Path, slow: RawServer) -> None:
    schedule = read_schedule(write(tmp_path, slow.port, ("south", "baocantho")), {"baocantho": set()})
    begun: list[subprocess.Popen[bytes]] = []

    def begin_and_keep(*arguments: Any) -> subprocess.Popen[bytes]:
        process = begin(*arguments)
        assert isinstance(process, subprocess.Popen)
        begun.append(process)
        os.write(arguments[2].fileno(), b"a last word\n")
        return process

    running = Running(
        Collection.create(tmp_path / "held"), schedule.jobs["south"], "baocantho", schedule, begin=begin_and_keep
    )
    with ThreadPoolExecutor(1) as thread:
        ended = thread.submit(running.wait)
        until(lambda: [path for path, _ in slow.received if path == "/thoi-su/"])
        begun[0].kill()
        assert ended.result(180).exit_code == -signal.SIGKILL
    (run,) = runs(tmp_path)
    assert run.outcome == "interrupted" and run.finished_at is not None and run.log is not None
    assert run.counts.keys() == {"articles new", "articles changed", "WARC bytes"}
    assert "a last word" in (tmp_path / "held" / "logs" / run.log).read_text("utf-8")
    assert [path.name for path in (tmp_path / "held" / "logs").iterdir()] == [run.log]


def test_a_daemon_tells_of_the_crawls_that_were_killed_with_the_one_before(tmp_path: Path, slow: RawServer) -> None:
    schedule = write(tmp_path, slow.port, ("south", "baocantho"))
    with daemon(tmp_path, schedule) as process:
        until(lambda: [path for path, _ in slow.received if path == "/thoi-su/"])
        (crawl,) = children(process.pid)
        process.kill()
        os.kill(crawl, signal.SIGKILL)
        process.wait(180)
        wait_for_the_end_of(crawl)  # the newspaper's lock is free then
    assert [run.outcome for run in runs(tmp_path)] == [None]
    with daemon(tmp_path, schedule):
        until(lambda: runs(tmp_path)[-1].outcome == "interrupted")


def test_what_a_run_was_for_survives_a_rebuild(tmp_path: Path) -> None:
    """Job, log and failure stand in its report, also where the run could not begin."""
    schedule = tmp_path / "schedule.toml"
    schedule.write_text(DAY.format(job="north", newspaper="baolaocai"), "utf-8")  # no contact, no loopback
    Collection.create(tmp_path / "held")
    baotinh("jobs", "run", "north", "--schedule", schedule, "--collection", tmp_path / "held")
    with serve_newsroom(articles=60) as newsroom:
        schedule = write(tmp_path, newsroom.port, ("south", "baocantho"))
        baotinh("jobs", "run", "south", "--schedule", schedule, "--collection", tmp_path / "held")
    before = {(run.job, run.outcome, run.failure, run.failure_kind, run.log) for run in runs(tmp_path)}
    assert {job for job, *_ in before} == {"north", "south"}
    assert baotinh("rebuild", "--collection", tmp_path / "held").returncode == 0
    assert {(run.job, run.outcome, run.failure, run.failure_kind, run.log) for run in runs(tmp_path)} == before


def test_what_the_schedule_does_not_plan_is_never_late(tmp_path: Path) -> None:
    """A job that is switched off and run by hand, and one that has another name now."""

    with serve_newsroom(articles=60) as newsroom:
        schedule = write(tmp_path, newsroom.port, ("night", "baocantho"))
        place = ("--schedule", schedule, "--collection", tmp_path / "held")
        baotinh("jobs", "run", "night", *place)
        assert [*planned(tmp_path)] == ["night"]
        text = schedule.read_text("utf-8").replace("jobs.night", "jobs.dusk")
        schedule.write_text(text + 'enabled = false\n[jobs.dawn]\nnewspaper = "baocantho"\nevery = "1d"\n', "utf-8")
        baotinh("jobs", "run", "dusk", *place)
        assert planned(tmp_path) == {}
        baotinh("jobs", "run", "dawn", *place)
        assert [*planned(tmp_path)] == ["dawn"]


def test_lists_fit_a_narrow_terminal_and_are_not_broken_in_a_file(tmp_path: Path) -> None:
    with serve_newsroom(articles=60) as newsroom:
        schedule = write(tmp_path, newsroom.port, ("each-day-at-noon", "baocantho"))
        place = ("--schedule", schedule, "--collection", tmp_path / "held")
        baotinh("jobs", "run", "each-day-at-noon", *place)
    (run,) = runs(tmp_path)
    history = baotinh("jobs", "history", "--collection", tmp_path / "held").stdout.splitlines()
    assert len(history) == 2 and history[1].startswith(f"{run.name}  each-day-at-noon") and len(history[1]) <= 80
    listed = baotinh("jobs", "list", *place).stdout.splitlines()
    assert len(listed) == 2 and "every 1d" in listed[1]
    schedule.write_text(schedule.read_text("utf-8").replace('every = "1d"', 'cron = "30 3 * * *"'), "utf-8")
    assert "30 3 * * *" in baotinh("jobs", "list", *place).stdout


def test_the_list_shows_the_last_run_of_each_job(tmp_path: Path) -> None:
    schedule = write(tmp_path, 1, ("south", "baocantho"))
    collection = Collection.create(tmp_path / "held")
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        for hour, outcome in ((1, "failed"), (2, "interrupted"), (3, "finished")):
            connection.execute(
                """INSERT INTO runs (name, newspaper, started_at, outcome, source, software, settings, job)
                VALUES (?, 'baocantho', ?, ?, 'network', '', '{}', 'south')""",
                (f"run-{hour}", f"2026-11-24T0{hour}:00:00.000000Z", outcome),
            )
    done = baotinh("jobs", "list", "--json", "--schedule", schedule, "--collection", tmp_path / "held")
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["last_at"] == "2026-11-24T03:00:00Z" and json.loads(line)["outcome"] == "finished"


def test_an_unknown_job_and_an_unknown_run_are_told(tmp_path: Path) -> None:
    schedule = write(tmp_path, 1, ("south", "baocantho"))
    job = baotinh("jobs", "run", "nord", "--schedule", schedule, "--collection", tmp_path / "held")
    assert job.returncode == 2 and "the schedule has south" in job.stderr
    Collection.create(tmp_path / "held")
    run = baotinh("jobs", "show", "baocantho-1", "--collection", tmp_path / "held")
    assert run.returncode == 2 and "jobs history" in run.stderr
