"""The processes of a browser: which they are, what memory they hold, and their end."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

_PROC = Path("/proc")
# Memory of a process's own, and memory that processes share; a program's code, which all have in common, is left out.
_OWN = ("RssAnon:", "RssShmem:")


def tree_of(process: int) -> list[int]:
    """The ids of a process and of all that descend from it, itself first."""
    found, left = [], [process]
    while left:
        one = left.pop()
        found.append(one)
        with contextlib.suppress(OSError, ValueError):
            for children in (_PROC / str(one) / "task").glob("*/children"):
                left.extend(int(child) for child in children.read_text().split())
    return found


def memory_of(process: int) -> int:
    """Bytes of memory that a process holds; 0 where it has ended."""
    try:
        lines = (_PROC / str(process) / "status").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(_OWN))


def end(processes: list[int]) -> None:
    """End processes at once; those that have ended are left out."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
