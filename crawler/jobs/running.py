"""One run of a job in a process of its own: begins it, ends it, and enters what came of it."""

from __future__ import annotations

import contextlib
import enum
import logging
import shutil
import signal
import subprocess
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

import attrs

from archive.catalog.runs import Run
from archive.clock import now, timestamp14
from archive.collection import Collection
from archive.daemon.outage import UNWRITABLE
from archive.daemon.state_folder import state_folder
from archive.errors import FailureKind, failure_kind, read_failure
from archive.health.evaluation import evaluate
from archive.ingest.recovery import recover_ended
from archive.ingest.runs import RunDescription, enter_failed, enter_stopped, note_failure
from archive.printable_logs import as_entries
from archive.processes import same_modules
from crawler.jobs.notifiers import lines, notify
from crawler.jobs.planning import due, last_attempts, plan
from crawler.jobs.process import Begin, Process, begin, command
from crawler.jobs.schedule import Job, Schedule
from crawler.jobs.unentered import UnenteredRun, UnenteredRuns
from crawler.leases import LEASE, Lease
from crawler.runs.session_extension import software

logger = logging.getLogger(__name__)

# Longer than BAOTINH_STOP_SECONDS: a crawl that was signalled finishes requests in progress first.
PATIENCE = 60.0


class EndedBy(enum.Enum):
    """Who ended a run before it was done."""

    DAEMON = "daemon"  # which ends itself: the run is made up for when it starts again
    OPERATOR = "operator"
    OUTAGE = "outage"  # the collection cannot be written: the run is made up for when it can be again
    TIME = "time"  # it took longer than its job's `longest`


@attrs.frozen(kw_only=True)
class Ended:
    """How a run ended: the process's exit code (negative: the signal), and its row, or what could not be entered."""

    exit_code: int
    run: Run | UnenteredRun

    @property
    def outcome(self) -> str:
        """The outcome in its row; `failed` where it has none."""
        return self.run.outcome or "running" if isinstance(self.run, Run) else "failed"

    @property
    def began_at(self) -> datetime:
        """When it began."""
        return self.run.started_at if isinstance(self.run, Run) else self.run.began_at

    @property
    def name(self) -> str:
        """The name of the run, or of its newspaper where it has none yet."""
        return self.run.name or self.run.newspaper


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
        retry_of: str | None = None,
    ) -> None:
        self.job, self.newspaper = job, newspaper
        self._collection, self._schedule = collection, schedule
        self._command = [*command(collection, job, newspaper, schedule), *options]
        self._begin, self._lease, self._retry_of = begin, lease, retry_of
        self._process: Process | None = None
        self._lock = threading.Lock()
        self._ended_by: EndedBy | None = None
        self._began_at = now()

    def wait(self, output: IO[bytes] | int = subprocess.DEVNULL) -> Ended:
        """Run the process to its end, with its output to `output`. If it recorded no run, record one.

        Where the catalog cannot be written, the run is remembered outside of the collection.

        Raises:
            OSError: nothing on this machine can be written.
        """
        self._began_at = now()
        try:
            before = self._last_run()
        except UNWRITABLE as error:
            return self._remember(1, error)
        name = f"job-{self.job.name}-{self.newspaper}-{timestamp14(self._began_at)}.log"
        errors = state_folder(self._collection.root) / name  # the collection's disk may be full
        try:
            code, printed = self._run(errors, output)
            failure = read_failure(_failure_of(errors))
            try:
                run = self._entered(before, code, printed, errors, failure)
                self._enter_plans_and_alarms()
            except UNWRITABLE as error:
                return self._remember(code, error, failure)
        finally:
            errors.unlink(missing_ok=True)
        return Ended(exit_code=code, run=run)

    @property
    def ended_by(self) -> EndedBy | None:
        """Who called `end`; None where nobody did."""
        return self._ended_by

    def end(self, by: EndedBy = EndedBy.OPERATOR) -> None:
        """Send SIGTERM; kill the process if it has not ended after `PATIENCE` seconds."""
        with self._lock:
            self._ended_by = self._ended_by or by
            process = self._process
        if process is None or process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        killer = threading.Timer(PATIENCE, process.kill)  # without effect if the process has ended
        killer.daemon = True
        killer.start()

    def _run(self, errors: Path, output: IO[bytes] | int) -> tuple[int, str]:
        """Run the process; its exit code and what it wrote to standard error, which goes to the file `errors`."""
        with errors.open("w+b") as stream:
            with self._lock:
                if self._ended_by is None:
                    environment = same_modules() | {
                        "BAOTINH_JOB": self.job.name,
                        "BAOTINH_FAILURE": str(_failure_of(errors)),
                    }
                    if self._lease is not None:
                        environment |= {LEASE: self._lease.as_text()}
                    if self._retry_of is not None:
                        environment |= {"BAOTINH_RETRY_OF": self._retry_of}
                    self._process = self._begin(self._command, output, stream, environment)
            code = self._wait()
            stream.seek(0)
            return code, stream.read().decode("utf-8", "replace").strip()

    def _wait(self) -> int:
        if self._process is None:
            return -signal.SIGTERM
        try:
            return self._process.wait(self.job.longest.total_seconds())
        except subprocess.TimeoutExpired:
            self.end(EndedBy.TIME)
            return self._process.wait()

    def _last_run(self) -> Run | None:
        with self._collection.catalog(writable=True) as catalog:
            return catalog.last_run(self.job.name, self.newspaper)

    def _entered(
        self,
        before: Run | None,
        code: int,
        printed: str,
        errors: Path,
        failure: tuple[FailureKind, str] | None,
    ) -> Run:
        """The run's row, after recovery and with what its process printed in its log."""
        latest = self._last_run()
        if latest is not None and latest.finished_at is None:
            if failure is not None and (before is None or latest.id > before.id):
                with self._collection.catalog(writable=True) as catalog:
                    note_failure(catalog, latest.id, failure[1], failure[0])
            recover_ended(self._collection, self.newspaper)
        run = self._row(before, code, printed, errors.name, failure)
        if run.log == errors.name:
            shutil.copyfile(errors, self._collection.logs / errors.name)
        elif printed and run.log:
            with (self._collection.logs / run.log).open("a", encoding="utf-8") as log:
                log.write(as_entries(printed, newspaper=self.newspaper, run=run.name, job=self.job.name))
        return run

    def _row(
        self, before: Run | None, code: int, printed: str, log: str, failure: tuple[FailureKind, str] | None
    ) -> Run:
        with self._collection.catalog(writable=True) as catalog:
            latest = catalog.last_run(self.job.name, self.newspaper)
            # an unfinished run belongs to another process, which kept this one from starting
            if latest is not None and latest.finished_at and (before is None or latest.id > before.id):
                return latest
            description = RunDescription(
                newspaper=self.newspaper, source=_source(self._schedule), software=software(), settings={}, warcinfo={},
                job=self.job.name, log=log, retry_of=self._retry_of,
            )  # fmt: skip
            if self._ended_by is not None and failure is None:
                name = enter_stopped(self._collection, catalog, description, self._began_at, now())
            else:
                kind, reason = failure or (FailureKind.OTHER, _last_line(printed, code))
                name = enter_failed(self._collection, catalog, description, self._began_at, now(), reason, kind)
            entered = catalog.run(name)
        assert entered is not None
        return entered

    def _enter_plans_and_alarms(self) -> None:
        """Record when the job is due again, evaluate the alarms, and send notifications."""
        with self._collection.catalog(writable=True) as catalog:
            instant = now()
            with catalog.transaction() as connection:
                if self.job.enabled:
                    attempts = last_attempts(catalog, self.job, self.newspaper)
                    is_ended = self._ended_by in (EndedBy.DAEMON, EndedBy.OUTAGE)
                    following = due(self._schedule, self.job, attempts, instant, was_ended=is_ended)
                    plan(connection, self._schedule, self.job, self.newspaper, following.at)
            change = evaluate(self._collection, catalog, instant, self._schedule.notifiers.channels)
        for line in lines(change):
            logger.warning("%s", line)
        notify(self._schedule.notifiers, self._collection)

    def _remember(self, code: int, error: Exception, failure: tuple[FailureKind, str] | None = None) -> Ended:
        """Remember the run outside of the collection, with its own failure, or else why it cannot be entered."""
        kind, reason = failure or (failure_kind(error), str(error))
        run = UnenteredRun(
            job=self.job.name, newspaper=self.newspaper, source=_source(self._schedule), began_at=self._began_at,
            ended_at=now(), failure=reason, failure_kind=kind, name=self._begun_name(), retry_of=self._retry_of,
        )  # fmt: skip
        _keep(self._collection, run)
        return Ended(exit_code=code or 1, run=run)

    def _begun_name(self) -> str | None:
        """The name under which the run's process entered its begin; None where it did not, or cannot be read."""
        with contextlib.suppress(*UNWRITABLE), self._collection.catalog() as catalog:
            last = catalog.last_run(self.job.name, self.newspaper)
            if last is not None and last.finished_at is None and last.started_at >= self._began_at:
                return last.name
        return None


def put_off(
    collection: Collection, job: Job, newspaper: str, schedule: Schedule, why: str, retry_of: str | None
) -> None:
    """Remember that a run could not begin, because the collection cannot be written; one for each outage."""
    instant = now()
    run = UnenteredRun(
        job=job.name, newspaper=newspaper, source=_source(schedule), began_at=instant, ended_at=instant, failure=why,
        failure_kind=FailureKind.UNWRITABLE, retry_of=retry_of,
    )  # fmt: skip
    _keep(collection, run, once=True)


def _keep(collection: Collection, run: UnenteredRun, *, once: bool = False) -> None:
    try:
        remembered = UnenteredRuns(collection.root)
        if not (once and remembered.holds(run.job, run.newspaper)):  # however long the outage lasts
            remembered.remember(run)
    except OSError as error:  # often on the same full disk; the job is due all the same when there is room
        logger.error("%s of %s failed, and cannot be remembered: %s", run.job, run.newspaper, error)


def _source(schedule: Schedule) -> str:
    return "demonstration" if schedule.loopback else "network"


def _last_line(printed: str, code: int) -> str:
    if printed:
        return printed.splitlines()[-1]
    return f"the process ended with exit code {code} and printed nothing"


def _failure_of(errors: Path) -> Path:
    """The file to which the process of a run writes why it failed."""
    return errors.with_suffix(".failure")
