"""The worker processes of a command, one of which is killed as the kernel does where memory runs out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from support.children import children


@contextmanager
def begun(command: str, root: Path) -> Iterator[subprocess.Popen[str]]:
    """The command on a collection, with two processes; it is killed at the end of the block if it goes on."""
    called = [sys.executable, "-m", "crawler.cli", command, "--collection", str(root), "--processes", "2"]
    with subprocess.Popen(called, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def kill_a_worker(parent: int, count: int, sent: signal.Signals | None) -> list[int]:
    """Wait until a process has so many workers, and send the last of them a signal; the ids of all."""
    wait_until(lambda: len(_workers(parent)) >= count)
    workers = _workers(parent)
    if sent is not None:
        os.kill(workers[-1], sent)
    return workers


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something that happens soon."""
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def fork_server(parent: int) -> int | None:
    """The process from which a process's workers are forked."""
    return next(
        (one for one in children(parent) if b"archive.fork_server" in Path(f"/proc/{one}/cmdline").read_bytes()), None
    )


def _workers(parent: int) -> list[int]:
    server = fork_server(parent)
    return children(server) if server is not None else []
