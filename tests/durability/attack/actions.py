"""What is done to a daemon, and what people are to be told of it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import attrs
from support.later_version import later_version

from attack.stage import NEWSPAPERS, Stage, until_true

What = tuple[str, str, str | None]
_FAILING = tuple(("raised", "failing", name) for name in NEWSPAPERS)
_MOST_ROOM = 1 << 16


@attrs.frozen(kw_only=True)
class Action:
    """One attack.

    Args:
        begin: what is done.
        end: what undoes it.
        raised: what is told meanwhile; when it is undone each is told to be over.
        seconds: within so many it is told.
    """

    name: str
    begin: Callable[[Stage], None]
    end: Callable[[Stage], None] = lambda stage: None
    raised: tuple[What, ...] = ()
    seconds: float = 60


def _a_crawl(stage: Stage) -> list[int]:
    found: list[int] = []
    until_true(lambda: found.extend(stage.processes("crawl")) or found, 120, "a crawl goes on")
    return found


def kill_crawl(stage: Stage) -> None:
    """A crawl is killed."""
    stage.kill(*_a_crawl(stage))


def kill_worker(stage: Stage) -> None:
    """The processes that read pages are killed."""
    _a_crawl(stage)
    stage.kill(*stage.processes("reading.worker"))


def kill_daemon(stage: Stage) -> None:
    """The daemon is killed, and is started again two seconds later."""
    assert stage.daemon is not None
    stage.kill(stage.daemon.pid)


def kill_everything(stage: Stage) -> None:
    """As when the machine runs out of memory, or is switched off."""
    assert stage.daemon is not None
    stage.kill(stage.daemon.pid, *_a_crawl(stage), *stage.processes("reading.worker"))


def fill_disk(stage: Stage) -> None:
    """The last room of the disk is taken."""
    with (stage.disk / "ballast").open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        size = 1 << 20
        while size >= 1 << 10:
            try:
                stream.write(bytes(size))
            except OSError:
                size >>= 1


def free_disk(stage: Stage) -> None:
    """There is room again."""
    (stage.disk / "ballast").unlink()


def take_out(stage: Stage) -> None:
    """The disk is mounted elsewhere."""
    subprocess.run(["mount", "--move", stage.disk, stage.disk.parent / "elsewhere"], check=True)


def put_back(stage: Stage) -> None:
    """And here again; meanwhile nothing was made in its place."""
    made = [path.as_posix() for path in stage.disk.rglob("*")]
    assert made == [], made
    subprocess.run(["mount", "--move", stage.disk.parent / "elsewhere", stage.disk], check=True)


def _hang_up(stage: Stage) -> None:
    assert stage.daemon is not None
    os.kill(stage.daemon.pid, signal.SIGHUP)


def break_schedule(stage: Stage) -> None:
    """The schedule gets a fault, and the daemon is told to read it."""
    stage.write_settings(more='[jobs.wrong]\nnewspaper = "baocanthoo"\nevery = "1m"\n')
    _hang_up(stage)


def mend_schedule(stage: Stage) -> None:
    """The fault is gone."""
    stage.write_settings()
    done = stage.baotinh("jobs", "reload")
    assert done.returncode == 0, done.stderr


def change_schedule(stage: Stage) -> None:
    """A third newspaper is crawled."""
    stage.write_settings(newspapers=(*NEWSPAPERS, "baobaclieu"))
    done = stage.baotinh("jobs", "reload")
    assert done.returncode == 0 and "3 jobs" in done.stdout, done.stderr
    until_true(lambda: any("baobaclieu" in one for one in stage.articles()), 120, "an article of the third newspaper")


def turn_clock_back(stage: Stage) -> None:
    """By an hour."""
    stage.clock.write_text("-3600", "utf-8")


def turn_clock_forward(stage: Stage) -> None:
    """It is right again."""
    stage.clock.write_text("0", "utf-8")


def upgrade(stage: Stage) -> None:
    """Drain, put a later version in place whose catalog has one table more, go on."""
    done = stage.baotinh("jobs", "drain")
    assert done.returncode == 0 and done.stdout.startswith("No run goes on."), done.stderr
    stage.stop_daemon()
    if not (later := stage.folder / "later").exists():
        stage.code = later_version(later)
    stage.start_daemon()
    stage.is_supervised = True
    until_true(lambda: list(stage.root.glob("catalog.sqlite.v*")), 60, "a copy of the former catalog")


def server_down(stage: Stage) -> None:
    """No newspaper answers."""
    stage.stop_newsroom()


def server_up(stage: Stage) -> None:
    """All answer again."""
    stage.start_newsroom()


_UNWRITABLE: tuple[What, ...] = (("raised", "unwritable", None),)

ACTIONS = (
    Action(name="a crawl is killed", begin=kill_crawl),
    Action(name="the reading workers are killed", begin=kill_worker),
    Action(name="the daemon is killed", begin=kill_daemon),
    Action(name="everything is killed", begin=kill_everything),
    Action(name="no newspaper answers", begin=server_down, end=server_up, raised=_FAILING, seconds=300),
    Action(name="the disk is full", begin=fill_disk, end=free_disk, raised=_UNWRITABLE),
    Action(
        name="the disk is read-only", begin=lambda stage: stage.remount("ro"), end=lambda stage: stage.remount("rw"),
        raised=_UNWRITABLE, seconds=100,
    ),
    Action(name="the disk is taken out", begin=take_out, end=put_back, raised=_UNWRITABLE),
    Action(
        name="the schedule has a fault", begin=break_schedule, end=mend_schedule, raised=(("raised", "schedule", None),)
    ),
    Action(name="the schedule is changed", begin=change_schedule, end=mend_schedule),
    Action(
        name="the clock goes back an hour", begin=turn_clock_back, end=turn_clock_forward, raised=_FAILING, seconds=400
    ),
    Action(name="a later version is installed", begin=upgrade),
)  # fmt: skip


def waited(stage: Stage, wanted: tuple[What, ...], since: int, seconds: float) -> float:
    """Wait until people were told what is wanted, since so many things were told; the seconds that took."""
    began = time.monotonic()
    until_true(lambda: {one.what for one in stage.listeners.told[since:]} >= set(wanted), seconds, f"told: {wanted}")
    return time.monotonic() - began


def log_of(folder: Path) -> str:
    """The daemon's log."""
    return (folder / "daemon.log").read_text("utf-8", "replace")
