"""One run of a job: a process of its own, which is told to end where it takes too long; plans nothing."""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol, TypeAlias

import attrs

from archive.catalog.runs import Run
from archive.clock import now, timestamp14
from archive.collection import Collection
from archive.errors import FailureKind, read_failure
from archive.health.alarms import examine
from archive.health.history import record_alarms
from archive.ingest.recovery import recover_ended
from archive.ingest.runs import RunCard, enter_failed
from archive.processes import module_command, same_modules
from crawler.jobs.plans import forget_others, plan
from crawler.jobs.schedule import Job, Schedule
from crawler.jobs.telling import lines, tell
from crawler.runs.session_extension import software

logger = logging.getLogger(__name__)

# Longer than BAOTINH_STOP_SECONDS: a crawl that was told to end finishes what is under way first.
PATIENCE = 60.0


@attrs.frozen(kw_only=True)
class Ended:
    """How a run ended: the process's exit code (negative: the signal), and the run's row."""

    exit_code: int
    run: Run


class Process(Protocol):
    """A process as a run deals with it: what subprocess.Popen does."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code when it has ended; subprocess.TimeoutExpired after so many seconds."""

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""

    def send_signal(self, sig: int) -> None:
        """Send it a signal."""

    def kill(self) -> None:
        """End it at once."""


def begin(command: list[str], output: IO[bytes] | int, errors: IO[bytes], environment: Mapping[str, str]) -> Process:
    """Begin a run's process; `errors` takes what it says of itself."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        env=environment,
        start_new_session=True,  # Ctrl-C is for whoever started it, and that ends it in order
    )


Begin: TypeAlias = Callable[[list[str], IO[bytes] | int, IO[bytes], Mapping[str, str]], Process]


class Running:
    """The process of a run, which `begin` begins with more `options`. `end` may be called from any thread."""

    def __init__(
        self,
        collection: Collection,
        job: Job,
        newspaper: str,
        schedule: Schedule,
        options: Sequence[str] = (),
        *,
        begin: Begin = begin,
    ) -> None:
        self._collection, self._job, self._newspaper, self._schedule = collection, job, newspaper, schedule
        self._command = [*command(collection, job, newspaper, schedule), *options]
        self._begin = begin
        self._process: Process | None = None
        self._lock = threading.Lock()
        self._is_ended = False

    def wait(self, output: IO[bytes] | int = subprocess.DEVNULL) -> Ended:
        """Run it to its end; `output` takes what it prints. A run that could not enter itself is entered here."""
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
                    self._process = self._begin(self._command, output, stream, environment)
            code = self._wait()
            stream.seek(0)
            said = stream.read().decode("utf-8", "replace").strip()
        latest = self._last_run()
        if latest is not None and latest.finished_at is None:
            recover_ended(self._collection, self._newspaper)
        run = self._row(before, began_at, code, said, errors.name, read_failure(_failure_of(errors)))
        if run.log != errors.name:
            if said and run.log:
                with (self._collection.logs / run.log).open("a", encoding="utf-8") as log:
                    log.write(f"{said}\n")
            errors.unlink()
        self._look_ahead(run)
        return Ended(exit_code=code, run=run)

    def _look_ahead(self, run: Run) -> None:
        """Enter when the job is due again, look whether all is as it was, and tell what is not."""
        with self._collection.catalog(writable=True) as catalog:
            instant = now()
            found = examine(self._collection, catalog, instant)
            with catalog.transaction() as connection:
                forget_others(connection, self._schedule)
                if self._job.enabled:
                    plan(connection, self._schedule, self._job, self._newspaper, run.started_at, instant)
                change = record_alarms(connection, found, instant, self._schedule.bells.ways)
        for line in lines(change):
            logger.warning("%s", line)
        tell(self._schedule.bells, self._collection)

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
        """Whether it was told to end."""
        return self._is_ended

    def end(self) -> None:
        """Tell it to end; where it does not within a minute, kill it."""
        with self._lock:
            self._is_ended = True
            process = self._process
        if process is None or process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        killer = threading.Timer(PATIENCE, process.kill)  # does nothing to one that has ended
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
        said: str,
        log: str,
        failure: tuple[FailureKind, str] | None,
    ) -> Run:
        with self._collection.catalog(writable=True) as catalog:
            latest = catalog.last_run(self._job.name, self._newspaper)
            # one that goes on is another's, for which this one could not begin
            if latest is not None and latest.finished_at and (before is None or latest.id > before.id):
                return latest
            source = "demonstration" if self._schedule.loopback else "network"
            card = RunCard(
                newspaper=self._newspaper, source=source, software=software(), settings={}, warcinfo={},
                job=self._job.name, log=log,
            )  # fmt: skip
            last = said.splitlines()[-1] if said else f"the process ended with {code} and said nothing"
            kind, reason = failure or (FailureKind.OTHER, last)
            name = enter_failed(self._collection, catalog, card, began_at, now(), reason, kind)
            entered = catalog.run(name)
        assert entered is not None
        return entered


def _failure_of(errors: Path) -> Path:
    """Where the process of a run writes why it failed."""
    return errors.with_suffix(".failure")


def command(collection: Collection, job: Job, newspaper: str, schedule: Schedule) -> list[str]:
    """What crawls one newspaper for a job."""
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
