"""Processes of the command that begin at once, forked with its modules loaded, and under another clock; run no job."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import IO

import attrs

from archive.clock import set_clock

ROOT = Path(__file__).parents[2]
PRELOADED = [
    "pytest", "forking", "crawler.cli", "crawler.run", "crawler.progress", "crawler.settings", "crawler.archiving",
    "crawler.undeclared", "crawler.capture", "crawler.bounds", "crawler.politeness", "crawler.restraint",
    "crawler.logs", "crawler.newspaper", "crawler.reading_process", "archive.search.index", "archive.search.follower",
    "pipelines.validate", "pipelines.provenance", "pipelines.dedupe", "pipelines.jsonl", "pipelines.index",
    "spiders", "spiders.baocantho", "spiders.baolaocai", "spiders.baobaclieu", "rich.console", "rich.table",
    "scrapy.core.engine", "scrapy.core.scraper", "scrapy.core.downloader", "scrapy.pqueues", "scrapy.squeues",
    "scrapy.statscollectors", "scrapy.dupefilters", "scrapy.extensions.logstats", "scrapy.extensions.corestats",
    "scrapy.downloadermiddlewares.retry", "scrapy.downloadermiddlewares.redirect", "twisted.internet.base",
    "twisted.internet.posixbase", "trafilatura",
]  # fmt: skip


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
        self.clock: RoundClock | None = None

    def begin(
        self, command: list[str], output: IO[bytes] | int, errors: IO[bytes], environment: Mapping[str, str]
    ) -> Forked:
        """Begin what `python -m crawler.cli ...` would be; see crawler.jobs.running.begin."""
        assert command[1:3] == ["-m", "crawler.cli"] and output == subprocess.DEVNULL
        arguments = (command[3:], str(errors.name), dict(environment), self.clock)
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
    set_clock(clock)
    sys.argv = ["baotinh", *arguments]
    from crawler.cli import main

    main()


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
