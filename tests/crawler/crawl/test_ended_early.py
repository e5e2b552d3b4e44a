"""A crawl that is told to end while it begins: its run ends as stopped, as that of any other that is told to."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from support.forking import run_script
from support.raw_server import raw_server
from support.small_paper import listing

from archive.checking.collection import verify
from archive.collection import Collection

# The command, which is sent a signal by itself at a step.
SCRIPT = """
import os, sys
from crawler.cli import main
from crawler.runs.session_extension import Archiving
step, number, *arguments = sys.argv[1].split()
do = getattr(Archiving, step)
def do_and_tell(self, *given):
    do(self, *given)
    os.kill(os.getpid(), int(number))
setattr(Archiving, step, do_and_tell)
sys.argv[1:] = arguments
main()
"""


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("step", ["__init__", "_spider_opened"])
def test_a_run_that_is_told_to_end_while_it_begins_is_stopped(tmp_path: Path, step: str, told: signal.Signals) -> None:
    with raw_server({"/thoi-su/": listing()}) as server:
        place = f"--loopback 127.0.0.1:{server.port} --collection {tmp_path}"
        arguments = f"{step} {int(told)} crawl baocantho --section thoi-su {place}"
        done = run_script(SCRIPT, arguments, {"PATH": "/usr/bin:/bin"}, timeout=240)
    assert done.returncode in (0, 1), done.stderr  # it may have read no section
    with Collection.open(tmp_path).catalog() as catalog:
        assert [run.outcome for run in catalog.runs()] == ["stopped"]
    assert verify(Collection.open(tmp_path)).findings == []
