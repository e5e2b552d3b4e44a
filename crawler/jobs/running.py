"""One run of a job in a process of its own, and when the job is due next."""

from __future__ import annotations

import contextlib
import logging
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Protocol, TypeAlias

import attrs

from archive.catalog.runs import Run
from archive.clock import now, timestamp14, warc_date
from archive.collection import Collection
from archive.errors import FailureKind, read_failure
from archive.health.evaluation import evaluate
from archive.ingest.recovery import recover_ended
from archive.ingest.runs import RunDescription, enter_failed
from archive.printable_logs import as_entries
from archive.processes import module_command, same_modules
from crawler.jobs.notifiers import lines, notify
from crawler.jobs.schedule import Job, Schedule, newspapers_of, next_run
from crawler.leases import LEASE, Lease
from crawler.runs.session_extension import software

logger = logging.getLogger(__name__)

# Longer than BAOTINH_STOP_SECONDS: a crawl that was signalled finishes requests in progress first.
PATIENCE = 60.0


@attrs.frozen(kw_only=True)
class Ended:
    """How a run ended: the process's exit code (negative: the signal), and the run's row."""

    exit_code: int
    run: Run


class Process(Protocol):
    """The part of subprocess.Popen that a run uses."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code when it has ended; subprocess.TimeoutExpired after so many seconds."""

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""

    def send_signal(self, sig: int) -> None:
        """Send it a signal."""

    def kill(self) -> None:
        """End it at once."""


def begin(command: list[str], output: IO[bytes] | int, errors: IO[bytes], environment: Mapping[str, str]) -> Process:
    """Start a run's process; `errors` receives its standard error."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        env=environment,
        start_new_session=True,  # Ctrl-C goes to the parent, which then ends this process in order
    )


Begin: TypeAlias = Callable[[list[str], IO[bytes] | int, IO[bytes], Mapping[str, str]], Process]


class Running:
    """The process of a run, started by `begin` with further `options`, which keeps the `lease` of its newspaper.

    `end` may be called from any thread.
    """

    def __init__(
        self,
        collection: Collection,
        job: Job,
        newspaper: str,
        schedule: Schedule,
        options: Sequence[str] = (),
        *,
        begin: Begin = begin,
        lease: Lease | None = None,
    ) -> None:
        self._collection, self._job, self._newspaper, self._schedule = collection, job, newspaper, schedule
        self._command = [*command(collection, job, newspaper, schedule), *options]
        self._begin, self._lease = begin, lease
        self._process: Process | None = None
        self._lock = threading.Lock()
        self._is_ended = False

    def wait(self, output: IO[bytes] | int = subprocess.DEVNULL) -> Ended:
        """Run the process to its end, with its output to `output`. If it recorded no run, record one."""
        before = self._last_run()
        began_at = now()
        errors = self._collection.logs / f"job-{self._job.name}-{self._newspaper}-{timestamp14(began_at)}.log"
        with errors.open("w+b") as stream:
            with self._lock:
                if not self._is_ended:
                    environment = same_modules() | {
                        "BAOTINH_JOB": self._job.name,
                        "BAOTINH_FAILURE": str(_failure_of(errors)),
                    }
                    if self._lease is not None:
                        environment |= {LEASE: self._lease.as_text()}
                    self._process = self._begin(self._command, output, stream, environment)
            code = self._wait()
            stream.seek(0)
            printed = stream.read().decode("utf-8", "replace").strip()
        latest = self._last_run()
        if latest is not None and latest.finished_at is None:
            recover_ended(self._collection, self._newspaper)
        run = self._row(before, began_at, code, printed, errors.name, read_failure(_failure_of(errors)))
        if run.log != errors.name:
            if printed and run.log:
                with (self._collection.logs / run.log).open("a", encoding="utf-8") as log:
                    log.write(as_entries(printed, newspaper=self._newspaper, run=run.name, job=self._job.name))
            errors.unlink()
        self._enter_plans_and_alarms(run)
        return Ended(exit_code=code, run=run)

    def _enter_plans_and_alarms(self, run: Run) -> None:
        """Record when the job is due again, evaluate the alarms, and send notifications."""
        with self._collection.catalog(writable=True) as catalog:
            instant = now()
            with catalog.transaction() as connection:
                forget_others(connection, self._schedule)
                if self._job.enabled:
                    plan(connection, self._schedule, self._job, self._newspaper, run.started_at, instant)
            change = evaluate(self._collection, catalog, instant, self._schedule.notifiers.channels)
        for line in lines(change):
            logger.warning("%s", line)
        notify(self._schedule.notifiers, self._collection)

    def _wait(self) -> int:
        if self._process is None:
            return -signal.SIGTERM
        try:
            return self._process.wait(self._job.longest.total_seconds())
        except subprocess.TimeoutExpired:
            self.end()
            return self._process.wait()

    @property
    def was_ended(self) -> bool:
        """Whether `end` was called."""
        return self._is_ended

    def end(self) -> None:
        """Send SIGTERM; kill the process if it has not ended after `PATIENCE` seconds."""
        with self._lock:
            self._is_ended = True
            process = self._process
        if process is None or process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        killer = threading.Timer(PATIENCE, process.kill)  # without effect if the process has ended
        killer.daemon = True
        killer.start()

    def _last_run(self) -> Run | None:
        with self._collection.catalog(writable=True) as catalog:
            return catalog.last_run(self._job.name, self._newspaper)

    def _row(
        self,
        before: Run | None,
        began_at: datetime,
        code: int,
        printed: str,
        log: str,
        failure: tuple[FailureKind, str] | None,
    ) -> Run:
        with self._collection.catalog(writable=True) as catalog:
            latest = catalog.last_run(self._job.name, self._newspaper)
            # an unfinished run belongs to another process, which kept this one from starting
            if latest is not None and latest.finished_at and (before is None or latest.id > before.id):
                return latest
            source = "demonstration" if self._schedule.loopback else "network"
            description = RunDescription(
                newspaper=self._newspaper, source=source, software=software(), settings={}, warcinfo={},
                job=self._job.name, log=log,
            )  # fmt: skip
            last = (
                printed.splitlines()[-1] if printed else f"the process ended with exit code {code} and printed nothing"
            )
            kind, reason = failure or (FailureKind.OTHER, last)
            name = enter_failed(self._collection, catalog, description, began_at, now(), reason, kind)
            entered = catalog.run(name)
        assert entered is not None
        return entered


def _failure_of(errors: Path) -> Path:
    """The file to which the process of a run writes why it failed."""
    return errors.with_suffix(".failure")


def command(collection: Collection, job: Job, newspaper: str, schedule: Schedule) -> list[str]:
    """The command line that crawls one newspaper for a job."""
    options: list[str] = []
    for section in job.sections:
        options += ["--section", section]
    if job.limit is not None:
        options += ["--limit", str(job.limit)]
    for switch, is_on in (("--recheck", job.recheck), ("--full", job.full)):
        options += [switch] if is_on else []
    for option, day in (("--since", job.since), ("--until", job.until)):
        options += [option, day.isoformat()] if day else []
    if schedule.contact:
        options += ["--contact", schedule.contact]
    if schedule.loopback:
        options += ["--loopback", schedule.loopback]
    place = str(collection.root.absolute())
    return module_command("crawler.cli", "crawl", newspaper, "--due", *options, "--collection", place)


_LEAST_PATIENCE = timedelta(hours=2)


def plan(
    connection: sqlite3.Connection,
    schedule: Schedule,
    job: Job,
    newspaper: str,
    last: datetime | None,
    instant: datetime,
) -> None:
    """Record when a job is due next; to be called within a transaction."""
    due = next_run(job, schedule.time_zone, last, instant)
    following = next_run(job, schedule.time_zone, due, due + timedelta(seconds=1))
    # a run may wait for another of its newspaper, and for its jitter: it is late when the following one is due too
    patience = max(following - due + job.jitter, _LEAST_PATIENCE)
    connection.execute(
        """INSERT INTO plans (job, newspaper, due_at, patience) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET due_at = excluded.due_at, patience = excluded.patience""",
        (job.name, newspaper, warc_date(due), int(patience.total_seconds())),
    )


def forget_plans(connection: sqlite3.Connection, newspaper: str) -> None:
    """Delete the plans of a newspaper that another machine crawls; to be called within a transaction."""
    connection.execute("DELETE FROM plans WHERE newspaper = ?", (newspaper,))


def forget_others(connection: sqlite3.Connection, schedule: Schedule) -> None:
    """Delete the plans of jobs that are no longer in the schedule, or are disabled."""
    known = {(job.name, newspaper) for job, newspaper in newspapers_of(schedule) if job.enabled}
    for planned in connection.execute("SELECT job, newspaper FROM plans").fetchall():
        if planned not in known:
            connection.execute("DELETE FROM plans WHERE job = ? AND newspaper = ?", planned)
