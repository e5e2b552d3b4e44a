"""Processes that bring what is made of the catalog up to date during a crawl, so that this does not slow the crawl."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from archive.processes import module_command, same_modules


class Follower:
    """A process, started by the first `request_update`; further calls do not wait for it."""

    def __init__(self, module: str, root: Path) -> None:
        """`module`: what runs in it, for which it calls `serve_requests`; `root`: the collection's."""
        self._module, self._root = module, root
        self._process: subprocess.Popen[bytes] | None = None

    def request_update(self) -> None:
        """Request an update; does not wait."""
        if self._process is None:
            self._process = subprocess.Popen(
                module_command(self._module, self._root),
                stdin=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # the crawl updates once more at its end, and reports errors then
                env=same_modules(),
                process_group=0,  # Ctrl-C goes to the crawl, which closes the pipe at its end
            )
            assert self._process.stdin is not None
            os.set_blocking(self._process.stdin.fileno(), False)
        assert self._process.stdin is not None
        try:
            os.write(self._process.stdin.fileno(), b"\n")
        except OSError:  # the process has ended, or requests are pending
            return

    def close(self) -> None:
        """Close its input, and wait for its end."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()
            self._process = None


class _Requests:
    """The requests on standard input."""

    def __init__(self) -> None:
        self._is_pending = self._is_ended = False

    def wait(self) -> bool:
        """Wait for a request; False where they have ended."""
        if not self._is_pending and not self._is_ended:
            self._read()
        is_requested, self._is_pending = self._is_pending and not self._is_ended, False
        return is_requested

    def have_ended(self) -> bool:
        """Whether they have ended by now."""
        while not self._is_ended and select.select([0], [], [], 0)[0]:
            self._read()
        return self._is_ended

    def _read(self) -> None:
        if os.read(0, 4096):
            self._is_pending = True
        else:
            self._is_ended = True


def serve_requests(update: Callable[[Path, Callable[[], bool]], object]) -> None:
    """Update the collection whose directory is the first argument for each byte on standard input, until it ends.

    `update` is given as well what says whether that has ended: then it leaves the rest.
    """
    os.nice(1)
    requests = _Requests()
    while requests.wait():
        update(Path(sys.argv[1]), requests.have_ended)
