"""A command that stops itself at a step, where a test finds it however late it looks: as it is killed or hindered."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import attrs

_SECONDS = 180
_SCRIPT = """
import importlib, inspect, os, signal, sys
from concurrent.futures import Future
from crawler.cli import main
module, owner, name, left = sys.argv[1:5]
owner, left = getattr(importlib.import_module(module), owner), int(left)
do = getattr(owner, name)
def stop_after(done):
    global left
    left -= 1
    if left == 0:
        if isinstance(done, Future):
            done.result()
        os.kill(os.getpid(), signal.SIGSTOP)
    return done
def do_and_stop(*given, **named):
    return stop_after(do(*given, **named))
def do_without_arguments_and_stop(self):
    return stop_after(do(self))
takes_any = len(inspect.signature(do).parameters) > 1  # a signal of Scrapy's gives whatever is taken
setattr(owner, name, do_and_stop if takes_any else do_without_arguments_and_stop)
sys.argv[1:] = sys.argv[5:]
main()
"""


@attrs.frozen
class Step:
    """A method, after so many calls of which a command stops; after what it promises is kept, where it promises."""

    module: str
    owner: str
    name: str
    times: int

    @property
    def words(self) -> list[str]:
        """It as the script takes it."""
        return [self.module, self.owner, self.name, str(self.times)]


def spider_opened() -> Step:
    """Before the first request."""
    return Step("crawler.runs.session_extension", "Archiving", "_spider_opened", 1)


def captured(times: int) -> Step:
    """When so many exchanges are in the catalog."""
    return Step("archive.ingest.session", "Session", "write", times)


def released(times: int) -> Step:
    """When so many articles are in the catalog."""
    return Step("archive.ingest.session", "Session", "release", times)


def begin_to_stop(step: Step, *arguments: object, **how: Any) -> subprocess.Popen[str]:
    """Begin `baotinh` with these arguments, as a child of this process that will stop itself."""
    command = [sys.executable, "-c", _SCRIPT, *step.words, *map(str, arguments)]
    return subprocess.Popen(command, text=True, **how)


def wait_until_stopped(process: subprocess.Popen[str]) -> None:
    """Wait until it has stopped itself."""
    ends = time.monotonic() + _SECONDS
    while not (found := os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOHANG | os.WNOWAIT)):
        assert time.monotonic() < ends, "it has not come to that step"
        time.sleep(0.01)
    assert found.si_code == os.CLD_STOPPED, f"it ended before that step: {found}, {process.communicate()}"
