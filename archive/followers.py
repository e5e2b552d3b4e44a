"""Processes that bring what is made of the catalog up to date beside a crawl or the site, so that neither is slowed."""

from __future__ import annotations

import os
import select
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from archive.processes import module_command, same_modules


class Follower:
    """A process, started by the first `request_update`; further calls do not wait for it.

    It stops for good where the collection cannot be written; `failure` then says why.
    """

    def __init__(self, module: str, root: Path) -> None:
        """`module`: what runs in it, for which it calls `serve_requests`; `root`: the collection's."""
        self._module, self._root = module, root
        self._process: subprocess.Popen[bytes] | None = None
        self.failure: str | None = None

    def request_update(self) -> None:
        """Request an update; does not wait."""
        self._note_failure()
        if self.failure is not None:
            return
        if self._process is None:
            self._process = subprocess.Popen(
                module_command(self._module, self._root),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,  # why it stopped
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
        """Close its input, and wait for its end; the next request starts it again."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()
            self._note_failure()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def _note_failure(self) -> None:
        if self._process is not None and self.failure is None and self._process.poll() == STOPPED:
            assert self._process.stdout is not None
            self.failure = self._process.stdout.read().decode(errors="replace").strip()


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


STOPPED = 75
"""Exit code of a process that cannot write, sysexits' EX_TEMPFAIL."""
_AGAIN = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def serve_requests(update: Callable[[Path, Callable[[], bool]], object]) -> None:
    """Update the collection whose directory is the first argument for each byte on standard input, until it ends.

    `update` is given as well what says whether that has ended: then it leaves the rest. Where it cannot write, the
    process says why on standard output, and ends; where the catalog is locked, the next request tries it again.
    """
    os.nice(1)
    requests = _Requests()
    while requests.wait():
        try:
            update(Path(sys.argv[1]), requests.have_ended)
        except (OSError, sqlite3.OperationalError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _AGAIN:
                continue
            print(error, flush=True)
            raise SystemExit(STOPPED) from None
