"""scrapyd in its own environment and process, on loopback, in a folder of its own; it leaves none behind."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import httpx2
import pytest

from support.served_processes import free_ports

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".scrapyd" / "bin" / "python"
SCRAPYD = PYTHON.with_name("scrapyd")

# where a browser is required, as in continuous integration, the absence of scrapyd is a failure
MAY_SKIP = os.environ.get("TEST_PARTS") != "required"
needs_scrapyd = pytest.mark.skipif(
    MAY_SKIP and not (SCRAPYD.is_file() and shutil.which("curl") and shutil.which("make")),
    reason="scrapyd or curl is not installed: run 'make scrapyd'",
)


@attrs.frozen
class Scrapyd:
    """A scrapyd that runs."""

    folder: Path
    address: str

    def asked(self, page: str, **query: str) -> dict[str, Any]:
        """What it answers to a question."""
        answer: dict[str, Any] = httpx2.get(f"{self.address}/{page}", params=query, timeout=240).json()
        return answer

    def state(self, job: str) -> str | None:
        """`pending`, `running`, `finished`, or None."""
        state: str | None = self.asked("status.json", job=job)["currstate"]
        return state


def built_egg(folder: Path) -> Path:
    """The egg, built as `make egg` builds it."""
    egg = folder / "baotinh.egg"
    place = [f"EGG={egg}", f"EGG_BUILD={folder / 'build'}", f"BIN={Path(sys.executable).parent}"]
    # the environment is the one that runs this test: it is not to be made anew
    command = ["make", "--assume-old=.venv/installed", "egg", *place]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return egg


@contextmanager
def running_scrapyd(folder: Path, until: Callable[..., Any], **environment: str) -> Iterator[Scrapyd]:
    """Serve for the length of the block."""
    port, _ = free_ports()
    (folder / "scrapyd.conf").write_text(f"[scrapyd]\nhttp_port = {port}\npoll_interval = 0.2\n", "utf-8")
    with (folder / "scrapyd.log").open("wb") as log:
        process = subprocess.Popen(
            [SCRAPYD],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **environment},
        )
        try:
            until(lambda: process.poll() is not None or _listens(port))
            assert process.poll() is None, (folder / "scrapyd.log").read_text("utf-8")
            yield Scrapyd(folder, f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(180)


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def call(line: str, folder: Path) -> str:
    """Run a line of a document's commands; what it printed."""
    done = subprocess.run(shlex.split(line), cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
