"""The processes that a process has begun."""

from __future__ import annotations

from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that the threads of one have begun, and that have not been waited for.

    Raises:
        OSError: it runs no more.
    """
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def command_of(pid: int) -> bytes:
    """A process's command line; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
