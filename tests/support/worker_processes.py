"""The worker processes of a command, one of which is killed as the kernel does where memory runs out."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def kill_a_worker(parent: int, count: int, sent: signal.Signals | None) -> list[int]:
    """Wait until a process has so many workers, and send the last of them a signal; the ids of all."""
    deadline = time.monotonic() + 60
    while len(workers := _workers(parent)) < count:
        assert time.monotonic() < deadline, "it started no worker processes"
        time.sleep(0.01)
    if sent is not None:
        os.kill(workers[-1], sent)
    return workers


def _workers(parent: int) -> list[int]:
    found = []
    for child in map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split()):
        if b"archive.workers" in Path(f"/proc/{child}/cmdline").read_bytes():
            found.append(child)
    return found
