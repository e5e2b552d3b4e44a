"""The worker processes of a command."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from support.children import children, command_of
from support.self_killing import killed_at


@contextmanager
def begun(command: str, root: Path) -> Iterator[subprocess.Popen[str]]:
    """The command on a collection, with two processes; it is killed at the end of the block if it goes on."""
    called = _called(command, root)
    with subprocess.Popen(called, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def with_killed_worker(command: str, root: Path, folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    """The command on a collection, with two processes, a worker of which is killed when it opens a file of that name.

    So the kernel does where memory runs out.

    Args:
        folder: for what makes it so.
    """
    environment = killed_at(folder, "archive.fork_server", "open", name)
    return subprocess.run(
        _called(command, root), capture_output=True, text=True, check=False, timeout=120, env=environment
    )


def _called(command: str, root: Path) -> list[str]:
    return [sys.executable, "-m", "crawler.cli", command, "--collection", str(root), "--processes", "2"]


def wait_for_workers(parent: int, count: int) -> list[int]:
    """Wait until a process has so many workers; their ids. What they do must keep them until then."""
    found: list[int] = []

    def have_begun() -> bool:
        found[:] = _workers(parent)
        return len(found) >= count

    wait_until(have_begun)
    return found


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something that happens soon."""
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def fork_server(parent: int) -> int | None:
    """The process from which a process's workers are forked."""
    return next((one for one in children(parent) if b"archive.fork_server" in command_of(one)), None)


def _workers(parent: int) -> list[int]:
    server = fork_server(parent)
    return children(server) if server is not None else []
