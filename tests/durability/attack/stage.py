"""The stage of the attack: a disk of its own, a newsroom, a daemon that is started again as systemd does, a clock."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import attrs
from support.children import children

from archive.durable import connect
from attack.listening import Listeners

NEWSPAPERS = ("baocantho", "baolaocai")
# Lists and articles are due again at once, so that there is always something to ask for.
SETTINGS = """loopback = "127.0.0.1:{port}"
heartbeat = "http://127.0.0.1:{listener}/ping"
at_once = 2
[revisits]
revisit_ages = "1m 2m 3m 5m 8m 13m 21m 34m 55m"
list_least = "1s"
list_most = "5s"
[politeness]
first_rest = "1s"
longest_rest = "2s"
[limits]
stop = "2s"
[alarms]
webhook = "http://127.0.0.1:{listener}/hook"
email = "desk@papers.test"
smtp = "127.0.0.1:{mail}"
"""
JOB = '[jobs.{job}]\nnewspaper = "{newspaper}"\nevery = "1m"\nretry = "10s"\n'


def until_true(condition: object, seconds: float, what: str) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: it does not in so many seconds.
    """
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


@attrs.define
class Stage:
    """Everything that can be attacked."""

    folder: Path
    listeners: Listeners
    port: int
    code: Path  # which version of baotinh runs
    newsroom: subprocess.Popen[bytes] | None = None
    daemon: subprocess.Popen[bytes] | None = None
    is_supervised: bool = False
    restarts: int = 0
    _ends: threading.Event = attrs.field(factory=threading.Event)

    @property
    def disk(self) -> Path:
        """Where the disk is mounted."""
        return self.folder / "outer" / "disk"

    @property
    def root(self) -> Path:
        """The collection."""
        return self.disk / "held"

    @property
    def settings(self) -> Path:
        """The file of settings."""
        return self.folder / "baotinh.toml"

    @property
    def clock(self) -> Path:
        """The file by which the daemon's clock is set."""
        return self.folder / "clock"

    def environment(self) -> dict[str, str]:
        """The environment of the daemon and of commands."""
        return {
            "PATH": os.environ["PATH"], "XDG_STATE_HOME": str(self.folder / "state"), "XDG_CONFIG_HOME": "/nonexistent",
            "PYTHONPATH": str(self.code), "BAOTINH_CONFIG": str(self.settings), "COLUMNS": "160",
        }  # fmt: skip

    def clocked(self) -> dict[str, str]:
        """What makes a process go by the clock of the stage: see clock/sitecustomize.py."""
        path = f"{Path(__file__).with_name('clock')}{os.pathsep}{self.code}"
        return {"PYTHONPATH": path, "CLOCK_OFFSET_FILE": str(self.clock)}

    def baotinh(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        command = [sys.executable, "-P", "-m", "crawler.cli", *words, "--collection", str(self.root)]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False, timeout=300
        )

    def write_settings(self, *, newspapers: tuple[str, ...] = NEWSPAPERS, more: str = "") -> None:
        """Write the file of settings, with a job for each newspaper."""
        places = {"port": self.port, "listener": self.listeners.port, "mail": self.listeners.mail.port}
        jobs = "".join(JOB.format(job=f"of-{name}", newspaper=name) for name in newspapers)
        self.settings.write_text(SETTINGS.format(**places) + jobs + more, "utf-8")

    def start_newsroom(self) -> None:
        """Let the newspapers answer."""
        command = [sys.executable, "-m", "crawler.newsroom", "--port", str(self.port), "--articles", "120"]
        self.newsroom = subprocess.Popen(
            [*command, "--truth", str(self.folder / "truth.json")], cwd=Path(__file__).parents[3],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def stop_newsroom(self) -> None:
        """Let nobody answer."""
        assert self.newsroom is not None
        self.newsroom.terminate()
        self.newsroom.wait()

    def start_daemon(self) -> None:
        """Start the daemon, in place of systemd."""
        command = [sys.executable, "-P", "-m", "crawler.cli", "jobs", "start", "--collection", str(self.root)]
        self.daemon = subprocess.Popen(
            command, cwd=self.folder, env=self.environment() | self.clocked(), stdout=subprocess.DEVNULL,
            stderr=(self.folder / "daemon.log").open("ab"), start_new_session=True,
        )  # fmt: skip

    def stop_daemon(self) -> None:
        """Stop it in order."""
        self.is_supervised = False
        assert self.daemon is not None
        self.daemon.terminate()
        self.daemon.wait(120)

    def is_up(self) -> bool:
        """Whether the daemon runs, and takes commands."""
        is_there = self.daemon is not None and self.daemon.poll() is None
        return is_there and self.baotinh("jobs", "resume").returncode == 0

    def supervise(self) -> None:
        """Start it again whenever it is gone, as Restart=always does."""
        while not self._ends.wait(2):
            if self.is_supervised and self.daemon is not None and self.daemon.poll() is not None:
                self.restarts += 1
                self.start_daemon()

    def end(self) -> None:
        """End everything."""
        self._ends.set()
        for process in (self.daemon, self.newsroom):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait(120)

    def processes(self, word: str) -> list[int]:
        """The processes below the daemon whose command has this word."""
        assert self.daemon is not None
        found, waiting = [], [self.daemon.pid]
        while waiting:
            pid = waiting.pop()
            with contextlib.suppress(OSError):
                waiting += children(pid)
                if pid != self.daemon.pid and word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
        return found

    def kill(self, *pids: int) -> None:
        """Kill processes at once."""
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def remount(self, *options: str) -> None:
        """Mount the disk anew with options, once nothing is being written."""
        command = ["mount", "-o", ",".join(["remount", *options]), str(self.disk)]
        until_true(
            lambda: subprocess.run(command, check=False, capture_output=True).returncode == 0, 60, "a disk mounted anew"
        )

    def query(self, statement: str) -> list[str]:
        """The first column of what the catalog answers, whatever its version is."""
        with closing(connect(self.root / "catalog.sqlite", "ro")) as connection:
            return [row[0] for row in connection.execute(statement)]

    def articles(self) -> set[str]:
        """The ids of the articles that are held."""
        return set(self.query("SELECT id FROM articles"))

    def good_runs(self) -> int:
        """How many runs ended as they should."""
        return len(self.query("SELECT id FROM runs WHERE outcome = 'finished'"))

    def truth(self) -> set[str]:
        """The ids of the articles that the newspapers printed."""
        said = json.loads((self.folder / "truth.json").read_text("utf-8"))
        unreadable = {one["url"] for one in said["unreadable"]}
        return {
            f"{one['newspaper']}:{one['article_id']}"
            for one in said["articles"]
            if one["newspaper"] in NEWSPAPERS and one["url"] not in unreadable
        }


@contextmanager
def staged(folder: Path, listeners: Listeners, port: int) -> Iterator[Stage]:
    """The stage, with a disk of 300 MB that is unmounted in the end; needs an administrator."""
    stage = Stage(folder, listeners, port, Path(__file__).parents[3])
    stage.disk.mkdir(parents=True)
    outer = folder / "outer"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", outer], check=True)
    subprocess.run(["mount", "--make-private", outer], check=True)
    stage.disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", stage.disk], check=True)
    (outer / "elsewhere").mkdir()
    stage.clock.write_text("0", "utf-8")
    supervisor = threading.Thread(target=stage.supervise, daemon=True)
    supervisor.start()
    try:
        yield stage
    finally:
        stage.end()
        supervisor.join(10)
        for place in (stage.disk, outer / "elsewhere", outer):
            subprocess.run(["umount", "-l", place], check=False, capture_output=True)
        shutil.rmtree(outer, ignore_errors=True)
