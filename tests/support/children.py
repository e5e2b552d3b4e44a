"""The processes that a process has begun, and the end of those that are not ours."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

_SECONDS = 120


def children(pid: int) -> list[int]:
    """The processes that the threads of one have begun, and that have not been waited for.

    Raises:
        OSError: it runs no more.
    """
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            found += map(int, (thread / "children").read_text().split())
    return found


def command_of(pid: int) -> bytes:
    """A process's command line; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def runs(pid: int) -> bool:
    """Whether a process goes on; one that has ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def wait_for_the_end_of(pid: int) -> None:
    """Wait until a process that is not ours runs no more."""
    ends = time.monotonic() + _SECONDS
    while runs(pid):
        assert time.monotonic() < ends, f"process {pid} still runs: {command_of(pid)!r}"
        time.sleep(0.01)
