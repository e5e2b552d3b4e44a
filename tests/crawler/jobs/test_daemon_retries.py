"""Runs that are made up for by a daemon, and what is shown of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from support.children import children
from support.crawling import baotinh
from support.daemons import daemon, planned, runs, slowly, until, until_up, write
from support.forking import run_script
from support.hostile_paper import article, section
from support.raw_server import Gate, RawServer, raw_server
from support.several_runs import small_files

from archive.catalog.runs import Run
from archive.clock import now
from archive.collection import Collection
from archive.zones import utc_text
from crawler.jobs.job_run import JobRun
from crawler.jobs.running import Running
from crawler.jobs.schedule_file import read_schedule
from crawler.newsroom import serve_newsroom


def place(folder: Path, schedule: Path) -> tuple[object, ...]:
    return ("--schedule", schedule, "--collection", folder / "held")


def quickly_again(schedule: Path, retry: str = "1s") -> Path:
    schedule.write_text(schedule.read_text("utf-8").replace('"1d"', f'"1d"\nretry = "{retry}"'), "utf-8")
    return schedule


LINKS = tuple(f"/x-a{number}.html" for number in range(1, 6))


@contextlib.contextmanager
def held_back() -> Iterator[tuple[RawServer, Gate]]:
    """A newspaper that gives one of its articles, and the others when its gate is opened."""
    gate = Gate()
    pages = {link: [gate.answer(article(link))] for link in LINKS} | {"/thoi-su/": [section(*LINKS)]}
    with raw_server(pages) as server:
        yield server, gate


def kill_in_the_midst(folder: Path, pid: int, gate: Gate) -> Run:
    """Kill the crawl that a process has begun when it holds an article and waits for the next; its run."""
    assert gate.holds.wait(180)
    (begun,) = until(lambda: released(folder) and runs(folder))
    (crawl,) = children(pid)
    os.kill(crawl, signal.SIGKILL)
    gate.open()
    killed: Run = begun
    return killed


def released(folder: Path) -> int:
    with Collection.open(folder / "held").catalog() as catalog:
        return len(catalog.versions_after(0))


def test_a_killed_crawl_is_made_up_for_and_shown_as_one(tmp_path: Path) -> None:
    with held_back() as (server, gate):
        schedule = quickly_again(write(tmp_path, server.port, ("south", "baocantho")))
        with daemon(tmp_path, schedule) as process:
            begun = kill_in_the_midst(tmp_path, process.pid, gate)
            until(lambda: [run for run in runs(tmp_path) if run.outcome == "finished"])
    last, first = runs(tmp_path)
    assert (first.name, first.outcome) == (begun.name, "interrupted")
    assert (last.retry_of, last.outcome) == (first.name, "finished")
    with Collection.open(tmp_path / "held").catalog() as catalog:
        assert catalog.attempts(first) == catalog.attempts(last) == [first, last]
        assert [run.name for run in catalog.runs(last_attempts=True)] == [last.name]
    (row,) = baotinh("jobs", "history", "--json", "--collection", tmp_path / "held").stdout.splitlines()
    shown = json.loads(row)
    assert (shown["run"], shown["attempts"], shown["outcome"]) == (last.name, 2, "finished")
    assert shown["started_at"] == utc_text(first.started_at, "seconds")
    assert shown["new"] == sum(run.counts["articles new"] for run in (first, last)) == len(LINKS)
    assert first.counts["articles new"] == 1
    every = baotinh("jobs", "history", "--json", "--attempts", "--collection", tmp_path / "held").stdout
    assert [json.loads(line)["run"] for line in every.splitlines()] == [last.name, first.name]
    (listed,) = baotinh("jobs", "list", "--json", *place(tmp_path, schedule)).stdout.splitlines()
    assert json.loads(listed)["outcome"] == "finished"
    assert baotinh("rebuild", "--collection", tmp_path / "held").returncode == 0
    assert (last.name, first.name) in [(run.name, run.retry_of) for run in runs(tmp_path)]


def test_a_server_that_does_not_answer_is_tried_again_until_the_bound(tmp_path: Path) -> None:
    schedule = quickly_again(write(tmp_path, 1, ("south", "baocantho")), '1s"\nretries = 2 # "')
    with daemon(tmp_path, schedule) as process:
        until(lambda: sum(run.finished_at is not None for run in runs(tmp_path)) == 3)
        process.terminate()
        assert process.wait(180) == 0
    last, second, first = runs(tmp_path)
    assert [run.outcome for run in (first, second, last)] == ["failed"] * 3
    assert [run.retry_of for run in (first, second, last)] == [None, first.name, first.name]
    assert first.finished_at and second.finished_at
    # a busy machine makes the pauses longer
    assert second.started_at - first.finished_at >= timedelta(seconds=1)
    assert last.started_at - second.finished_at >= timedelta(seconds=2)
    (row,) = baotinh("jobs", "history", "--json", "--collection", tmp_path / "held").stdout.splitlines()
    assert json.loads(row)["attempts"] == 3


WAITING = """
import sys
if "compact" in sys.orig_argv:
    open({fifo!r}, "rb").close()  # until somebody opens it to write
"""


def test_a_retry_that_comes_due_while_files_are_joined_after_the_run_before_it_is_begun(tmp_path: Path) -> None:
    small_files(tmp_path / "held", 6, 3)
    schedule = quickly_again(write(tmp_path, 1, ("south", "baocantho")), '1s"\nretries = 2 # "')
    assert baotinh("jobs", "run", "south", *place(tmp_path, schedule)).returncode == 1
    fifo, at_start = tmp_path / "fifo", tmp_path / "at-start"
    os.mkfifo(fifo)
    at_start.mkdir()
    (at_start / "sitecustomize.py").write_text(WAITING.format(fifo=str(fifo)), "utf-8")
    with daemon(tmp_path, schedule, PYTHONPATH=str(at_start)) as process:
        until(lambda: joining(process.pid))
        _, second = [run.finished_at for run in runs_of_south(tmp_path)][::-1]
        assert second is not None
        due = second + timedelta(seconds=4)  # two, and time to begin it
        until(lambda: now() > due)
        assert len(runs_of_south(tmp_path)) == 2
        fifo.open("wb").close()
        until(lambda: [run.finished_at is not None for run in runs_of_south(tmp_path)] == [True] * 3)


def runs_of_south(folder: Path) -> list[Run]:
    return [run for run in runs(folder) if run.job == "south"]


def joining(pid: int) -> int | None:
    """The process in which a daemon joins files, if it does."""
    for child in children(pid):
        with contextlib.suppress(OSError):
            if b"\0compact\0" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
    return None


def test_what_was_ended_for_an_update_goes_on_when_the_daemon_is_back(tmp_path: Path) -> None:
    with raw_server({"/thoi-su/": [slowly]}) as server:
        schedule = write(tmp_path, server.port, ("south", "baocantho"))
        os.environ["BAOTINH_STOP_SECONDS"] = "1"
        try:
            with daemon(tmp_path, schedule) as process:
                until(lambda: [path for path, _ in server.received if path == "/thoi-su/"])
                process.terminate()
                assert process.wait(180) == 0
        finally:
            del os.environ["BAOTINH_STOP_SECONDS"]
    assert [run.outcome for run in runs(tmp_path)] == ["stopped"]
    with serve_newsroom(articles=60) as newsroom:
        text = schedule.read_text("utf-8").replace(str(server.port), str(newsroom.port))
        schedule.write_text(text, "utf-8")
        with daemon(tmp_path, schedule):
            until(lambda: runs(tmp_path)[0].outcome == "finished")
    last, first = runs(tmp_path)
    assert last.retry_of == first.name


def test_a_run_that_an_operator_stopped_is_not_made_up_for(tmp_path: Path) -> None:
    with raw_server({"/thoi-su/": [slowly]}) as server:
        schedule = quickly_again(write(tmp_path, server.port, ("south", "baocantho")))
        os.environ["BAOTINH_STOP_SECONDS"] = "1"
        try:
            with daemon(tmp_path, schedule) as process:
                until(lambda: [path for path, _ in server.received if path == "/thoi-su/"])
                done = baotinh("jobs", "stop", "south", "--collection", tmp_path / "held")
                assert (done.returncode, done.stdout) == (0, "Ending: baocantho.\n"), done.stderr
                until(lambda: runs(tmp_path)[0].outcome == "stopped")
                none = baotinh("jobs", "stop", "south", "--collection", tmp_path / "held")
                assert none.stdout == "No run of south goes on.\n"
                process.terminate()
                process.wait(180)
            with daemon(tmp_path, schedule) as process:
                until_up(tmp_path, process)
                assert planned(tmp_path)["south"] > now() + timedelta(hours=12)
            assert len(runs(tmp_path)) == 1
        finally:
            del os.environ["BAOTINH_STOP_SECONDS"]


def test_a_run_that_was_ended_before_it_began_is_stopped_not_failed(tmp_path: Path) -> None:
    schedule = write(tmp_path, 1, ("south", "baocantho"))
    with daemon(tmp_path, schedule) as process:
        until(lambda: kill_softly(process.pid))
        process.terminate()
        assert process.wait(180) == 0
    assert {run.outcome for run in runs(tmp_path)} <= {"stopped", "failed"}
    (first, *_) = runs(tmp_path)[::-1]
    assert "printed nothing" not in (first.failure or "")


def kill_softly(pid: int) -> bool:
    """Whether a crawl of the daemon has begun, as a process."""
    return bool(children(pid))


def test_a_job_that_a_timer_runs_retries_by_itself(tmp_path: Path) -> None:
    """The killed crawl is made up for, the dead server is tried until the bound; the job has failed for one of them."""
    with held_back() as (server, gate):
        schedule = quickly_again(write(tmp_path, server.port, ("south", "baocantho")))
        command = [sys.executable, "-m", "crawler.cli", "jobs", "run", "south", "--retry"]
        process = subprocess.Popen(
            [*command, *map(str, place(tmp_path, schedule))], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        kill_in_the_midst(tmp_path, process.pid, gate)
        _, said = process.communicate(timeout=180)
    last, first = runs(tmp_path)
    assert (first.outcome, last.outcome, last.retry_of) == ("interrupted", "finished", first.name)
    assert process.returncode == 0 and "baocantho is retried at " in said


def test_a_job_without_a_daemon_is_retried_until_the_bound_and_fails(tmp_path: Path) -> None:
    schedule = quickly_again(write(tmp_path, 1, ("south", "baocantho")), '1s"\nretries = 2 # "')
    once = baotinh("jobs", "run", "south", *place(tmp_path, schedule))
    assert once.returncode == 1 and len(runs(tmp_path)) == 1
    quiet = baotinh("jobs", "run", "south", "--quiet", "--retry", *place(tmp_path, schedule))
    last, second, begun, _ = runs(tmp_path)
    assert quiet.returncode == 1 and "is retried" not in quiet.stderr
    assert [run.retry_of for run in (begun, second, last)] == [None, begun.name, begun.name]


def test_a_job_that_waits_for_a_retry_ends_when_it_is_told_to(tmp_path: Path) -> None:
    schedule = quickly_again(write(tmp_path, 1, ("south", "baocantho")), "1h")
    command = [sys.executable, "-m", "crawler.cli", "jobs", "run", "south", "--retry"]
    process = subprocess.Popen([*command, *map(str, place(tmp_path, schedule))], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while "is retried" not in process.stderr.readline():
        assert process.poll() is None
    process.terminate()
    assert process.wait(180) == 1 and len(runs(tmp_path)) == 1


ENDED_WHILE_IT_BEGINS = """
import os, signal, sys
from crawler.cli import main
from crawler.jobs import running
begin = running.begin
def begin_and_be_told(*given):
    os.kill(os.getpid(), signal.SIGTERM)
    return begin(*given)
running.Running.__init__.__kwdefaults__["begin"] = begin_and_be_told
sys.argv[1:] = sys.argv[1].split()
main()
"""


def test_a_job_ends_that_is_told_to_while_it_begins_a_crawl(tmp_path: Path) -> None:
    schedule = write(tmp_path, 1, ("south", "baocantho"))
    command = " ".join(("jobs", "run", "south", *map(str, place(tmp_path, schedule))))
    state = {"PATH": "/usr/bin:/bin", "XDG_STATE_HOME": os.environ["XDG_STATE_HOME"]}
    done = run_script(ENDED_WHILE_IT_BEGINS, command, state, timeout=240)
    assert done.returncode == 1, done.stderr
    assert [run.outcome for run in runs(tmp_path)] == ["stopped"]


def test_a_retry_gives_way_to_a_run_that_came_meanwhile(tmp_path: Path) -> None:
    """The timer's next run is the job's last one then: the former one's retry is no longer due."""
    held = Collection.create(tmp_path / "held")
    with serve_newsroom(articles=60) as newsroom:
        (tmp_path / "up").mkdir()
        up, down = (
            read_schedule(quickly_again(write(folder, port, ("south", "baocantho"))), {"baocantho": set()})
            for folder, port in ((tmp_path / "up", newsroom.port), (tmp_path, 1))
        )
        job_run = JobRun(
            held, down.jobs["south"], down, [], wait=Running.wait,
            deferred=lambda newspaper, _at: Running(held, up.jobs["south"], newspaper, up).wait(),
        )  # fmt: skip
        assert not job_run.run(retries=True)
    last, first = runs(tmp_path)
    assert (first.outcome, last.outcome, last.retry_of) == ("failed", "finished", None)
