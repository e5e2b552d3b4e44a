"""Commands that reach a running daemon: pause, resume, stop, run, reload, drain; and who may send them."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest
from support.crawling import baotinh
from support.daemons import daemon, planned, runs, slowly, until, until_up, write
from support.raw_server import raw_server

from archive.collection import Collection
from archive.daemon.heartbeat import HANGS_AFTER, read_heartbeat, write_heartbeat
from archive.errors import DaemonMissing, DaemonRefused
from crawler.cli.jobs.control import resume
from crawler.jobs.daemon.control import ask, has_daemon, listening
from crawler.newsroom import serve_newsroom


def status(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(baotinh("status", "--json", "--collection", folder / "held").stdout)
    return found


def jobs(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return baotinh("jobs", *arguments, "--collection", folder / "held")


def test_a_paused_job_stays_paused_over_a_restart_and_is_never_late(tmp_path: Path) -> None:
    with serve_newsroom(articles=60) as newsroom:
        schedule = write(tmp_path, newsroom.port, ("south", "baocantho"))
        done = jobs(tmp_path, "pause", "south")  # before there is a daemon
        assert (done.returncode, done.stdout.splitlines()[0][:16]) == (0, "south is paused;")
        for _ in range(2):
            with daemon(tmp_path, schedule) as process:
                until_up(tmp_path, process)
                assert runs(tmp_path) == [] and planned(tmp_path) == {}
        with daemon(tmp_path, schedule) as process:
            until_up(tmp_path, process)
            listed = baotinh("jobs", "list", "--json", "--schedule", schedule, "--collection", tmp_path / "held").stdout
            assert json.loads(listed)["next_at"] is None and json.loads(listed)["when"] == "every 1d, paused"
            assert jobs(tmp_path, "resume", "south").returncode == 0
            until(lambda: [run for run in runs(tmp_path) if run.outcome == "finished"])
            assert jobs(tmp_path, "pause", "south").returncode == 0
            assert planned(tmp_path) == {}
            unknown = jobs(tmp_path, "pause", "nord")
            assert unknown.returncode == 1 and "south" in unknown.stderr


def test_a_job_is_run_now_by_the_daemon_and_its_result_printed(tmp_path: Path) -> None:
    with serve_newsroom(articles=60) as newsroom:
        schedule = write(tmp_path, newsroom.port, ("south", "baocantho"), ("north", "baolaocai"))
        place = ("--schedule", schedule, "--collection", tmp_path / "held")
        with daemon(tmp_path, schedule):
            until(lambda: sum(run.finished_at is not None for run in runs(tmp_path)) == 2)
            done = baotinh("jobs", "run", "south", *place)
            assert done.returncode == 0, done.stderr
            assert done.stdout == f"{runs(tmp_path)[0].name}: finished\n"
            line = json.loads(baotinh("jobs", "run", "south", "--json", *place).stdout)
            assert line["run"] == runs(tmp_path)[0].name and line["newspaper"] == "baocantho"
            assert baotinh("jobs", "run", "south", "--quiet", *place).stdout == ""
        assert len(runs(tmp_path)) == 5


def test_a_job_that_fails_in_the_daemon_fails_for_whoever_ran_it(tmp_path: Path) -> None:
    schedule = write(tmp_path, 1, ("south", "baocantho"))  # nobody answers there
    with daemon(tmp_path, schedule) as process:
        until_up(tmp_path, process)
        done = baotinh("jobs", "run", "south", "--schedule", schedule, "--collection", tmp_path / "held")
        assert done.returncode == 1
        assert any(run.failure and run.failure in done.stderr for run in runs(tmp_path))


def test_a_changed_schedule_is_read_when_asked_and_a_wrong_one_is_not(tmp_path: Path) -> None:
    with serve_newsroom(articles=60) as newsroom:
        schedule = write(tmp_path, newsroom.port, ("south", "baocantho"))
        place = ("--schedule", schedule, "--collection", tmp_path / "held")
        with daemon(tmp_path, schedule) as process:
            until(lambda: [*planned(tmp_path)] == ["south"] and any(run.finished_at for run in runs(tmp_path)))
            good = schedule.read_text("utf-8")
            schedule.write_text(good + '[jobs.north]\nnewspaper = "baolaocai"\nevery = "1d"\n', "utf-8")
            listed = baotinh("jobs", "list", *place)
            assert "baotinh jobs reload" in listed.stderr and "north" in listed.stdout
            done = jobs(tmp_path, "reload")
            assert done.stdout == "The daemon runs 2 jobs.\n", done.stderr
            until(lambda: {run.job for run in runs(tmp_path) if run.finished_at} == {"south", "north"})
            assert "reload" not in baotinh("jobs", "list", *place).stderr
            schedule.write_text(good.replace('"1d"', '"1 day"'), "utf-8")
            refused = jobs(tmp_path, "reload")
            assert refused.returncode == 1 and "every cannot be '1 day'" in refused.stderr
            assert status(tmp_path)["daemon"] == "running" and [*planned(tmp_path)] == ["north", "south"]
            found = status(tmp_path)
            assert [alarm["kind"] for alarm in found["alarms"]] == ["schedule"]  # type: ignore[attr-defined]
            schedule.write_text(good, "utf-8")
            process.send_signal(signal.SIGHUP)
            until(lambda: [*planned(tmp_path)] == ["south"])
            until(lambda: status(tmp_path)["alarms"] == [])  # it says so when it has planned
            assert process.poll() is None


def test_a_drained_daemon_begins_nothing_until_it_is_resumed(tmp_path: Path) -> None:
    with raw_server({"/thoi-su/": [slowly]}) as server:
        schedule = write(tmp_path, server.port, ("south", "baocantho"), ("south-2", "baocantho"))
        os.environ["BAOTINH_STOP_SECONDS"] = "1"
        try:
            with daemon(tmp_path, schedule):
                until(lambda: [path for path, _ in server.received if path == "/thoi-su/"])
                command = [sys.executable, "-m", "crawler.cli", "jobs", "drain", "--collection", tmp_path / "held"]
                with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as draining:
                    until(lambda: status(tmp_path)["daemon"] == "draining")
                    assert draining.poll() is None  # the run goes on
                    going = runs(tmp_path)[0].job or ""
                    jobs(tmp_path, "stop", going)
                    assert draining.stdout is not None
                    assert draining.stdout.read().startswith("No run goes on.") and draining.wait(180) == 0
                assert [run.outcome for run in runs(tmp_path)] == ["stopped"]
                assert jobs(tmp_path, "resume").returncode == 0
                until(lambda: len(runs(tmp_path)) == 2)
        finally:
            del os.environ["BAOTINH_STOP_SECONDS"]


def test_without_a_daemon_commands_say_so(tmp_path: Path) -> None:
    Collection.create(tmp_path / "held")
    for command in (("stop", "south"), ("reload",), ("drain",), ("resume",)):
        done = jobs(tmp_path, *command)
        assert done.returncode == 1 and "baotinh jobs start" in done.stderr, done.stderr


def test_a_socket_left_by_a_killed_daemon_is_taken_over_and_only_its_user_may_use_it(tmp_path: Path) -> None:
    """In a folder whose path is longer than an address of a socket may be."""
    folder = tmp_path / ("a-long-name-" * 12)
    folder.mkdir()
    schedule = write(folder, 1, ("south", "baocantho"))
    for _ in range(2):
        with daemon(folder, schedule) as process:
            until_up(folder, process)
            path = folder / "held" / "locks" / "jobs.socket"
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            process.kill()
            process.wait(180)
        assert status(folder)["daemon"] == "dead"


@pytest.mark.parametrize("line", [b"", b"\n", b"[1]\n", b'{"command": "quit"}\n', b"\xff\xfe\n", b"x" * 70_000])
def test_a_request_that_is_none_is_refused(tmp_path: Path, line: bytes) -> None:
    held = Collection.create(tmp_path / "held")

    def answer(request: object) -> dict[str, object]:
        raise DaemonRefused("no such command")

    with listening(held, answer), socket.socket(socket.AF_UNIX) as other:
        other.connect(str(held.locks / "jobs.socket"))
        other.sendall(line)
        other.shutdown(socket.SHUT_WR)
        with other.makefile("rb") as stream:
            assert "refused" in json.loads(stream.readline())
    with pytest.raises(DaemonMissing):
        ask(held, "status")


def test_a_heartbeat_says_what_is_in_force(tmp_path: Path) -> None:
    schedule = write(tmp_path, 1, ("south", "baocantho"))
    held = Collection.open(tmp_path / "held")
    with daemon(tmp_path, schedule) as process:
        beat = until(lambda: read_heartbeat(held))
        assert (beat.pid, beat.schedule, beat.ended_at) == (process.pid, str(schedule), None)
        process.terminate()
        process.wait(180)
    last = read_heartbeat(held)
    assert last is not None and last.ended_at is not None
    assert status(tmp_path)["daemon"] == "ended"


def test_many_commands_at_once_neither_end_the_daemon_nor_cost_a_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.jobs.daemon.control._PATIENCE", 300)
    schedule = write(tmp_path, 1, ("south", "baocantho"), ("north", "baolaocai"))
    with daemon(tmp_path, schedule) as process:
        until_up(tmp_path, process)
        held, refusals = Collection.open(tmp_path / "held"), list[str]()

        def repeat(*commands: tuple[str, str]) -> None:
            for command, job in commands * 12:
                try:
                    ask(held, command, job=job)
                except (DaemonMissing, DaemonRefused) as error:
                    refusals.append(str(error))
                process.send_signal(signal.SIGHUP)

        several = [
            (("pause", "south"), ("resume", "south")),
            (("pause", "north"), ("stop", "north"), ("resume", "north")),
            (("reload", ""),),
            (("reload", ""), ("resume", "")),
        ]
        threads = [threading.Thread(target=repeat, args=commands) for commands in several]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert refusals == [] and process.poll() is None
        assert [*planned(tmp_path)] == ["north", "south"]
        assert status(tmp_path)["daemon"] == "running"


def test_a_daemon_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.jobs.daemon.control._PATIENCE", 0.2)
    with daemon(tmp_path, write(tmp_path, 1, ("south", "baocantho"))) as process:
        beat = until_up(tmp_path, process)
        held = Collection.open(tmp_path / "held")
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)  # it beats no more
        try:
            write_heartbeat(held, attrs.evolve(beat, beat_at=beat.beat_at - HANGS_AFTER))
            with pytest.raises(DaemonMissing, match="does not answer"):
                ask(held, "run", waits=True, job="south")
        finally:
            process.send_signal(signal.SIGCONT)


def test_a_reload_asked_for_while_the_daemon_begins(tmp_path: Path) -> None:
    with daemon(tmp_path, write(tmp_path, 1, ("south", "baocantho"))) as process:
        status_of = Path(f"/proc/{process.pid}/status")
        until(lambda: int(re.findall(r"SigCgt:\s(\w+)", status_of.read_text("utf-8"))[0], 16) & 1)  # SIGHUP is caught
        process.send_signal(signal.SIGHUP)
        beat = until_up(tmp_path, process)
        until(
            lambda: (
                (last := read_heartbeat(Collection.open(tmp_path / "held"))) and last.schedule_read_at > beat.started_at
            )
        )


def test_a_daemon_that_begins_while_a_job_is_resumed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, told = Collection.create(tmp_path / "held"), list[tuple[object, object]]()
    looks = itertools.count()

    def begins_after_the_first_look(collection: Collection) -> bool:
        return bool(next(looks)) and has_daemon(collection)

    def answer(request: Mapping[str, object]) -> Mapping[str, object]:
        told.append((request["command"], request["job"]))
        return {}

    monkeypatch.setattr("crawler.jobs.daemon.control.has_daemon", begins_after_the_first_look)
    with held.lock_jobs(), listening(held, answer):
        resume("south", held.root)
    assert told == [("resume", "south")]


def test_a_drain_ends_when_runs_are_let_begin_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOTINH_STOP_SECONDS", "1")
    with (
        raw_server({"/thoi-su/": [slowly]}) as server,
        daemon(tmp_path, write(tmp_path, server.port, ("south", "baocantho"))),
    ):
        until(lambda: [path for path, _ in server.received if path == "/thoi-su/"])
        command = [sys.executable, "-m", "crawler.cli", "jobs", "drain", "--collection", tmp_path / "held"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as draining:
            until(lambda: status(tmp_path)["daemon"] == "draining")
            assert jobs(tmp_path, "resume").returncode == 0
            assert draining.stderr is not None
            assert "begin runs again" in draining.stderr.read() and draining.wait(180) == 1
