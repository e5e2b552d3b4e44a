"""The daemon: runs the jobs of a schedule when they are due, each crawl in a process of its own."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from filelock import FileLock, Timeout
from prometheus_client import CollectorRegistry, start_http_server

from archive.clock import now
from archive.collection import Collection
from archive.errors import LeasesUnreachable, NewspaperLeased, PortTaken, SchedulerRunning
from archive.health.metrics import CollectionFigures
from archive.ingest.recovery import recover_ended
from crawler.jobs.compacting import Compacting
from crawler.jobs.machines import KeptLeases, leases_of, take
from crawler.jobs.running import Ended, Running, forget_others, forget_plans, plan
from crawler.jobs.schedule import Job, Schedule, newspapers_of, next_run, trigger_of
from crawler.leases import Lease, Leases

logger = logging.getLogger(__name__)
_LOCK = "jobs.lock"


class Daemon:
    """Runs the jobs of a collection until `end` is called.

    Up to `schedule.at_once` newspapers are crawled at the same time, each by one run: a run that comes due during
    another
    of its newspaper starts when that one has ended, once, however often it came due.
    """

    def __init__(self, collection: Collection, schedule: Schedule) -> None:
        self._collection, self._schedule = collection, schedule
        self._room = threading.BoundedSemaphore(schedule.at_once)
        self._newspapers: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._running: set[Running] = set()
        self._compacting = Compacting(collection, schedule.compact)
        self._leases = leases_of(schedule, collection)
        self._kept = KeptLeases()
        self._changing = threading.Lock()
        self._ends = threading.Event()

    def run(self) -> None:
        """Run jobs until `end` is called, then stop the running ones; blocks until they have ended.

        Raises:
            SchedulerRunning: another process runs the jobs of this collection.
        """
        with self._alone():
            jobs = list(newspapers_of(self._schedule))
            scheduler = self._scheduler = BackgroundScheduler(
                timezone=self._schedule.time_zone,
                # a thread for each job and newspaper: runs that come due while one waits are coalesced into one
                executors={"default": ThreadPoolExecutor(max(1, len(jobs)))},
                job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            )
            recover_ended(self._collection, *{newspaper for _, newspaper in jobs})
            instant = now()
            with self._collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
                forget_others(connection, self._schedule)
            for job, newspaper in jobs:
                if job.enabled:
                    self._plan(scheduler, job, newspaper, instant)
            scheduler.start()
            try:
                self._ends.wait()
            finally:
                scheduler.remove_all_jobs()
                with self._changing:
                    self._ends.set()
                    running = [*self._running]
                for one in running:
                    one.end()
                self._compacting.end()
                scheduler.shutdown(wait=True)
                self._kept.give_back()

    def end(self) -> None:
        """Start no more runs, and stop those that are running. May be called from a signal handler."""
        self._ends.set()

    def _plan(self, scheduler: BackgroundScheduler, job: Job, newspaper: str, instant: datetime) -> None:
        with self._collection.catalog(writable=True) as catalog:
            last = catalog.last_run(job.name, newspaper)
            with catalog.transaction() as connection:
                began_at = last.started_at if last else None
                plan(connection, self._schedule, job, newspaper, began_at, instant)
        first = next_run(job, self._schedule.time_zone, last.started_at if last else None, instant)
        logger.info("%s of %s: next at %s", job.name, newspaper, first.isoformat(timespec="seconds"))
        scheduler.add_job(
            self._begin,
            trigger_of(job, self._schedule.time_zone, first),
            args=(job, newspaper),
            id=f"{job.name}/{newspaper}",
            next_run_time=first,
        )

    def _begin(self, job: Job, newspaper: str) -> None:
        # the newspaper's lock first: a run that waits for it must not occupy one of the `at_once` places
        with self._newspapers[newspaper], self._room:
            lease = self._taken(self._leases, job, newspaper) if self._leases else None
            if self._leases and lease is None:
                return
            running = Running(self._collection, job, newspaper, self._schedule, lease=lease)
            with self._changing:
                if self._ends.is_set():
                    return
                self._running.add(running)
            try:
                ended = running.wait()
            except Exception:
                logger.exception("%s of %s could not be run", job.name, newspaper)
                return
            finally:
                with self._changing:
                    self._running.discard(running)
            _log_result(job, ended)
            self._compacting.after_run(newspaper)
        if self._leases is not None:
            with contextlib.suppress(LeasesUnreachable):
                self._leases.enter_run(job.name, newspaper, ended.run.started_at)

    def _taken(self, leases: Leases, job: Job, newspaper: str) -> Lease | None:
        """The newspaper's lease, where it is this machine's to crawl now.

        Where another machine holds it, or nobody can say, the job is looked at again when the lease may have ended.
        """
        try:
            lease = take(leases, newspaper)
            last = leases.last_elsewhere(job.name, newspaper)
        except NewspaperLeased as error:
            logger.info("%s: %s crawls it", newspaper, error.machine)
            with self._collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
                forget_plans(connection, newspaper)  # it is never late here
            self._look_again(job, newspaper, leases.seconds)
            return None
        except LeasesUnreachable as error:
            logger.warning("%s: %s", newspaper, error)
            self._look_again(job, newspaper, leases.seconds)
            return None
        self._kept.keep(newspaper, lease)
        instant = now()
        if last is not None and next_run(job, self._schedule.time_zone, last, instant) > instant:
            with self._collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
                plan(connection, self._schedule, job, newspaper, last, instant)
            return None
        return lease

    def _look_again(self, job: Job, newspaper: str, seconds: float) -> None:
        with self._changing:
            if not self._ends.is_set():
                at = now() + timedelta(seconds=seconds)
                self._scheduler.add_job(
                    self._begin, "date", run_date=at, args=(job, newspaper), id=f"{job.name}/{newspaper}/lease",
                    replace_existing=True,
                )  # fmt: skip

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        self._collection.locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._collection.locks / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise SchedulerRunning(self._collection.root) from error
        try:
            yield
        finally:
            lock.release()


@contextlib.contextmanager
def serve_metrics(collection: Collection, port: int | None) -> Iterator[None]:
    """Serve the collection's metrics to Prometheus on a port of 127.0.0.1 for the length of the block, if one is given.

    Raises:
        PortTaken: another process listens there.
    """
    if port is None:
        yield
        return
    collection.catalog(writable=True).close()  # creates the catalog if nothing was crawled yet
    registry = CollectorRegistry(auto_describe=False)
    registry.register(CollectionFigures(collection))
    try:
        server, thread = start_http_server(port, "127.0.0.1", registry)
    except OSError as error:
        raise PortTaken("127.0.0.1", port, "--metrics-port") from error
    logger.info("figures at http://127.0.0.1:%s/metrics", server.server_port)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _log_result(job: Job, ended: Ended) -> None:
    run = ended.run
    level = logging.INFO if ended.exit_code == 0 else logging.WARNING
    logger.log(level, "%s: %s %s%s", job.name, run.name, run.outcome, f": {run.failure}" if run.failure else "")
