"""How a daemon says that it is alive: to systemd, to a monitor, in its heartbeat; and what is seen when it is not."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from support.children import children, wait_for_the_end_of
from support.crawling import baotinh
from support.daemons import daemon, runs, slowly, until, write
from support.raw_server import raw_server

from archive.collection import Collection
from archive.daemon.heartbeat import DaemonState, Heartbeat, daemon_state, read_heartbeat, write_heartbeat

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
GOOD = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket of a service manager, as systemd gives one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(180)
        yield line


def test_systemd_is_told(tmp_path: Path, manager: socket.socket) -> None:
    """sd_notify(3): ready once it takes commands, alive, reloading and ready again, stopping."""
    schedule = write(tmp_path, 1, ("south", "baocantho"))
    os.environ["NOTIFY_SOCKET"] = str(tmp_path / "notify")
    try:
        with daemon(tmp_path, schedule) as process:
            first = manager.recv(4096).decode()
            assert first.splitlines() == ["READY=1", "STATUS=1 jobs"]
            assert manager.recv(4096) == b"WATCHDOG=1"
            process.send_signal(signal.SIGHUP)
            told = [line for _ in range(2) for line in next_news(manager).splitlines()]
            assert told[0] == "RELOADING=1" and told[1].startswith("MONOTONIC_USEC=") and told[2] == "READY=1"
            process.terminate()
            assert next_news(manager) == "STOPPING=1" and process.wait(180) == 0
    finally:
        del os.environ["NOTIFY_SOCKET"]


def next_news(manager: socket.socket) -> str:
    """What is told next beside that it is alive, which is told every ten seconds."""
    while (told := manager.recv(4096)) == b"WATCHDOG=1":
        pass
    return told.decode()


def test_a_monitor_is_asked_while_all_is_well(tmp_path: Path) -> None:
    with raw_server({"/ping/abc": [GOOD]}) as monitor:
        heartbeat = f'heartbeat = "http://127.0.0.1:{monitor.port}/ping/abc"'
        schedule = write(tmp_path, 1, ("south", "baocantho"), more=heartbeat)
        with daemon(tmp_path, schedule):
            until(lambda: [path for path, _ in monitor.received if path == "/ping/abc"])


def test_the_dead_do_not_look_alive(tmp_path: Path) -> None:
    """A daemon and its crawl are killed: history, status and health see it at once."""
    held = tmp_path / "held"
    with raw_server({"/thoi-su/": [slowly]}) as server:
        schedule = write(tmp_path, server.port, ("south", "baocantho"))
        with daemon(tmp_path, schedule) as process:
            until(lambda: [path for path, _ in server.received if path == "/thoi-su/"])
            assert status(held)["daemon"] == "running" and outcome(held) == "running"
            killed = (process.pid, *children(process.pid))
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            process.wait(180)
            for pid in killed[1:]:
                wait_for_the_end_of(pid)
    assert [run.outcome for run in runs(tmp_path)] == [None]  # as it lies there
    assert outcome(held) == "interrupted"
    shown = status(held)
    assert shown["daemon"] == "dead" and [one["kind"] for one in shown["alarms"]] == ["daemon"]
    assert shown["papers"][0]["last_outcome"] == "interrupted"
    for command in (("status",), ("jobs", "health")):
        done = baotinh(*command, "--collection", held)
        assert done.returncode == 1 and "gave no sign of life" in done.stdout


def status(root: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(baotinh("status", "--json", "--collection", root).stdout)
    return found


def outcome(root: Path) -> str:
    (line,) = baotinh("jobs", "history", "--json", "--collection", root).stdout.splitlines()
    return str(json.loads(line)["outcome"])


def test_the_state_of_a_daemon_by_its_lock_and_its_heartbeat(tmp_path: Path) -> None:
    held = Collection.create(tmp_path)
    beat = Heartbeat(
        pid=1, version="0", started_at=NOON, beat_at=NOON, schedule="s", schedule_digest="", schedule_read_at=NOON
    )
    assert daemon_state(held, None, NOON) is DaemonState.NONE
    assert daemon_state(held, beat, NOON) is DaemonState.DEAD
    assert daemon_state(held, attrs.evolve(beat, ended_at=NOON), NOON) is DaemonState.ENDED
    elsewhere = attrs.evolve(beat, host="another")
    assert daemon_state(held, elsewhere, NOON) is DaemonState.RUNNING  # no lock reaches from there
    assert daemon_state(held, elsewhere, NOON + timedelta(hours=1)) is DaemonState.DEAD
    with held.lock_jobs():
        assert daemon_state(held, beat, NOON) is DaemonState.RUNNING
        assert daemon_state(held, attrs.evolve(beat, is_draining=True), NOON) is DaemonState.DRAINING
        assert daemon_state(held, beat, NOON + timedelta(minutes=4)) is DaemonState.HANGING
    write_heartbeat(held, beat)
    assert read_heartbeat(held) == beat
    (held.locks / "jobs.json").write_text('{"pid": "x"', "utf-8")
    assert read_heartbeat(held) is None


def test_a_rebuild_beside_a_daemon_is_refused_for_a_crawl_alone(tmp_path: Path) -> None:
    """The daemon's lock is none of a newspaper; alarms, plans and pauses outlast the rebuild."""
    schedule = write(tmp_path, 1, ("south", "baocantho"))
    with daemon(tmp_path, schedule) as process:
        until(lambda: runs(tmp_path) and runs(tmp_path)[0].finished_at and not children(process.pid))
        baotinh("jobs", "pause", "south", "--collection", tmp_path / "held")
        done = baotinh("rebuild", "--collection", tmp_path / "held")
        assert done.returncode == 0, done.stderr
        until(lambda: status(tmp_path / "held")["daemon"] == "running")
    with Collection.open(tmp_path / "held").catalog() as catalog:
        assert catalog.connection.execute("SELECT job FROM pauses").fetchall() == [("south",)]


def test_a_daemon_that_cannot_be_started_says_why(tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    schedule.write_text('[jobs.south]\nnewspaper = "baocantho"\nevery = "1d"\n', "utf-8")  # no contact
    Collection.create(tmp_path / "held")
    command = [sys.executable, "-m", "crawler.cli", "jobs", "start", "--schedule", schedule]
    environment = os.environ | {"XDG_CONFIG_HOME": "/nonexistent", "BAOTINH_COLLECTION": str(tmp_path / "held")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert done.returncode == 2 and "contact" in done.stderr
