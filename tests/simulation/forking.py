"""Processes of the command that begin at once, forked with its modules loaded, and under another clock; run no job."""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import IO, Any

import attrs

import crawler.reading_connection
import crawler.reading_process
from archive.clock import set_clock

ROOT = Path(__file__).parents[2]
# Nobody waits for a server that is down: rests take real time, and the days here do not.
SETTINGS = {"BAOTINH_LONGEST_REST": "0"}
PRELOADED = ["pytest", "preloading", "judging"]


@attrs.frozen
class RoundClock:
    """A clock that stood at `instant` when time.monotonic(), which all processes share, stood at `began`."""

    instant: datetime
    began: float

    def __call__(self) -> datetime:
        return self.instant + timedelta(seconds=time.monotonic() - self.began)


class Forks:
    """Begins the command's processes. `clock` is what they read; a round sets it before it begins any."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join(map(str, (Path(__file__).parent, ROOT)))
        try:
            multiprocessing.forkserver.ensure_running()
        finally:
            os.environ.pop("PYTHONPATH")
            if before is not None:
                os.environ["PYTHONPATH"] = before
        self.clock: RoundClock | None = None
        self.instead: dict[str, str] = {}  # declarations' files in the place of newspapers' names

    def begin(
        self, command: list[str], output: IO[bytes] | int, errors: IO[bytes], environment: Mapping[str, str]
    ) -> Forked:
        """Begin what `python -m crawler.cli ...` would be; see crawler.jobs.running.begin."""
        assert output == subprocess.DEVNULL
        said = [self.instead.get(word, word) for word in command[command.index("crawler.cli") + 1 :]]
        arguments = (said, str(errors.name), {**environment, **SETTINGS}, self.clock)
        process = self._context.Process(target=run_command, args=arguments)
        process.start()
        return Forked(process)


def run_command(arguments: list[str], errors: str, environment: dict[str, str], clock: Callable[[], datetime]) -> None:
    """What a process does: the command with these arguments, as if it had been called so."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    for path, number in ((os.devnull, 0), (os.devnull, 1), (errors, 2)):
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
        os.dup2(descriptor, number)
        os.close(descriptor)
    assert "preloading" in sys.modules  # the server of forks is silent about what it cannot import
    set_clock(clock)
    crawler.reading_connection.subprocess = ReadyReader()  # type: ignore[attr-defined]
    sys.argv = ["baotinh", *arguments]
    from crawler.cli import main

    main()


class ReadyReader:
    """In the place of crawler.reading_connection's subprocess: a reading process that was forked before there were
    threads and waits for its socket. Where it was broken by a page, the next is begun as ever."""

    DEVNULL = subprocess.DEVNULL

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self._ours.close()
            _, given, _, _ = socket.recv_fds(theirs, 1, 1)
            if given:  # else the crawl had nothing to read
                sys.argv = ["reading", str(given[0])]
                crawler.reading_process.main()
            os._exit(0)
        theirs.close()

    def Popen(self, command: list[str], pass_fds: list[int], **how: Any) -> Any:  # noqa: N802
        """Begin the reading process: see crawler.reading_connection."""
        crawler.reading_connection.subprocess = subprocess  # type: ignore[attr-defined]
        socket.send_fds(self._ours, [b"!"], pass_fds)
        return self

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code when it has ended."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Forked:
    """A process of that kind, as crawler.jobs.running deals with it."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code when it has ended; subprocess.TimeoutExpired after so many seconds."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("baotinh", timeout or 0)
        return self._process.exitcode

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.exitcode

    def send_signal(self, sig: int) -> None:
        """Send it a signal."""
        assert self._process.pid is not None
        os.kill(self._process.pid, sig)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)
