"""Runs a job without a daemon: its newspapers one after the other, and those that failed again."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from archive.clock import now
from archive.collection import Collection
from archive.daemon.outage import UNWRITABLE
from crawler.jobs.machines import leases_of, take
from crawler.jobs.planning import Due, due, forget_unplanned, last_attempts
from crawler.jobs.running import Ended, Running
from crawler.jobs.schedule import Job, Schedule


class JobRun:
    """A job's runs in this process; `end` may be called from any thread.

    Args:
        options: further options of the crawls.
        wait: waits for a run, and shows what came of it.
        deferred: told of a newspaper that is retried, and when.
    """

    def __init__(
        self,
        collection: Collection,
        job: Job,
        schedule: Schedule,
        options: Sequence[str],
        *,
        wait: Callable[[Running], Ended],
        deferred: Callable[[str, datetime], object],
    ) -> None:
        self._collection, self._job, self._schedule = collection, job, schedule
        self._options, self._wait, self._deferred = options, wait, deferred
        self._leases = leases_of(schedule, collection)
        self._running: Running | None = None
        self._ends = threading.Event()

    def run(self, *, retries: bool) -> bool:
        """Run each newspaper, with `retries` as often as a daemon would; whether none of them failed at last.

        Raises:
            NewspaperLeased, LeasesUnreachable: another machine crawls a newspaper, or nobody can say.
        """
        pending, failed = dict.fromkeys(self._job.newspapers, Due(now())), set[str]()
        while pending:
            newspaper = min(pending, key=lambda one: pending[one].at)
            following = pending.pop(newspaper)
            if not self._is_time(following.at):
                break
            if following.retry_of is not None and self._next(newspaper) != following.retry_of:
                continue  # another process, such as the timer's next one, ran it meanwhile
            if self._has_failed(newspaper, following.retry_of):
                failed.add(newspaper)
            else:
                failed.discard(newspaper)
            if retries and not self._ends.is_set() and (again := self._retry(newspaper)):
                pending[newspaper] = again
                self._deferred(newspaper, again.at)
        return not failed and not pending

    def end(self) -> None:
        """End the run that goes on, and begin no more."""
        self._ends.set()
        if self._running is not None:
            self._running.end()

    def _is_time(self, at: datetime) -> bool:
        """Wait until then; False where that was ended."""
        while (seconds := (at - now()).total_seconds()) > 0:
            if self._ends.wait(min(seconds, 60)):  # the clock may be set meanwhile
                return False
        return not self._ends.is_set()

    def _has_failed(self, newspaper: str, retry_of: str | None) -> bool:
        lease = take(self._leases, newspaper) if self._leases else None
        self._running = Running(
            self._collection, self._job, newspaper, self._schedule, self._options, lease=lease, retry_of=retry_of
        )
        if self._ends.is_set():
            self._running.end()
        ended = self._wait(self._running)
        with contextlib.suppress(*UNWRITABLE):
            forget_unplanned(self._collection, self._schedule)
        return ended.exit_code != 0 or ended.outcome == "failed"

    def _next(self, newspaper: str) -> str | None:
        following = self._retry(newspaper)
        return following.retry_of if following else None

    def _retry(self, newspaper: str) -> Due | None:
        """When the last run is made up for; None where it is not, or the catalog cannot be read."""
        with contextlib.suppress(*UNWRITABLE), self._collection.catalog() as catalog:
            attempts = last_attempts(catalog, self._job, newspaper)
            following = due(self._schedule, self._job, attempts, now())
            return following if following.retry_of is not None else None
        return None
