"""Joins a newspaper's small WARC files once the oldest of them is a day old, in a process of its own."""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
from datetime import datetime, timedelta

from archive.clock import now
from archive.collection import Collection
from archive.compaction.plan import oldest_single
from archive.processes import module_command, same_modules

logger = logging.getLogger(__name__)


class Compacting:
    """Runs `baotinh compact` for a newspaper after a run of it, where that is due. For several threads.

    It may be killed at any time. What could not be joined is tried again when `after` has passed once more.
    """

    def __init__(self, collection: Collection, after: timedelta | None) -> None:
        self._collection, self._after = collection, after
        self._tried: dict[str, datetime] = {}
        self._running: set[subprocess.Popen[str]] = set()
        self._changing = threading.Lock()
        self._has_ended = False

    def change(self, after: timedelta | None) -> None:
        """Join files of this age from now on; None: join none."""
        self._after = after

    def after_run(self, newspaper: str) -> None:
        """Join the newspaper's small files, if the run of the oldest began longer ago than `after`, and wait for it."""
        instant, tried = now(), self._tried.get(newspaper)
        if self._after is None or (tried is not None and instant - tried < self._after):
            return
        oldest = oldest_single(self._collection, newspaper)
        if oldest is None or instant - oldest < self._after:
            return
        self._tried[newspaper] = instant
        root = self._collection.root.absolute()
        command = module_command("crawler.cli", "compact", "--newspaper", newspaper, "--collection", root)
        with self._changing:
            if self._has_ended:
                return
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env=same_modules(),
                start_new_session=True,
            )
            self._running.add(process)
        with process:
            said, _ = process.communicate()
        with self._changing:
            self._running.discard(process)
        level = logging.INFO if process.returncode in (0, -signal.SIGTERM) else logging.WARNING
        logger.log(level, "%s: %s", newspaper, said.strip().rpartition("\n")[2] or "its files were not joined")

    def end(self) -> None:
        """Start no more, and end what runs."""
        with self._changing:
            self._has_ended = True
            for process in self._running:
                process.terminate()
