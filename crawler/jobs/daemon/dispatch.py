"""Begins the runs of a schedule when they are due, each crawl in a process of its own."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

from archive.catalog import Catalog
from archive.clock import now
from archive.collection import Collection
from archive.daemon.outage import UNWRITABLE
from archive.errors import UnknownJob
from crawler.jobs.daemon.compacting import Compacting
from crawler.jobs.daemon.places import Places
from crawler.jobs.machines import LeasedNewspapers
from crawler.jobs.planning import Due, forget_others, forget_unplanned, paused_jobs, plan, planned_due
from crawler.jobs.running import Ended, EndedBy, Running, put_off
from crawler.jobs.schedule import Job, Schedule, newspapers_of, next_run, trigger_of
from crawler.jobs.unentered import UnenteredRun, UnenteredRuns
from crawler.leases import Lease

logger = logging.getLogger(__name__)
_MOST_THREADS = 1000  # each made when it is needed: runs wait in them for their newspaper, and for a place
_LOOK_AGAIN = timedelta(minutes=1)
_OVERDUE = timedelta(minutes=1)  # the scheduler begins a run within seconds, if only to let it wait


class Dispatch:
    """The runs of a collection's jobs. Its methods may be called from any thread.

    Up to `schedule.at_once` newspapers are crawled at the same time, each by one run: a run that comes due during
    another of its newspaper starts when that one has ended, once, however often it came due.
    """

    def __init__(
        self, collection: Collection, schedule: Schedule, why_out: Callable[[], str | None] = lambda: None
    ) -> None:
        """Prepare for the jobs of a schedule; `why_out` says why the collection cannot be written, if so."""
        self._collection, self._schedule, self._why_out = collection, schedule, why_out
        self._places = Places(schedule.at_once)
        self._newspapers: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._running: set[Running] = set()
        self._compacting = Compacting(collection, schedule.compact)
        self._leased = LeasedNewspapers(collection, schedule)
        self._changed, self._planning = threading.Condition(), threading.Lock()
        self._is_draining = self._has_ended = False
        self._paused: set[str] = set()
        self._scheduler = BackgroundScheduler(
            timezone=schedule.time_zone,
            executors={"default": ThreadPoolExecutor(_MOST_THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Plan all jobs, and begin their runs from now on."""
        self.plan_anew()
        self._scheduler.start()

    def use(self, schedule: Schedule) -> None:
        """Plan all jobs anew, by this schedule; runs that go on are left alone.

        Raises:
            one of UNWRITABLE: the catalog cannot be written; what was planned stays.
        """
        with self._planning:
            self._use(schedule)

    def plan_anew(self) -> None:
        """Plan all jobs anew, by the schedule in force.

        Raises:
            one of UNWRITABLE: as for `use`.
        """
        with self._planning:
            self._use(self._schedule)

    def _use(self, schedule: Schedule) -> None:
        instant = now()
        with self._collection.catalog(writable=True) as catalog:
            with catalog.transaction() as connection:
                forget_others(connection, schedule)
            paused = paused_jobs(catalog.connection)
            planned = [
                (job, newspaper, self._due(catalog, schedule, job, newspaper, instant))
                for job, newspaper in newspapers_of(schedule)
                if job.enabled and job.name not in paused
            ]
        self._schedule, self._paused = schedule, paused
        self._places.change(schedule.at_once)
        self._compacting.change(schedule.compact)
        self._scheduler.remove_all_jobs()  # only now: where the catalog failed, what was planned stays
        for job, newspaper, following in planned:
            self._add(job, newspaper, following, instant)

    @property
    def is_draining(self) -> bool:
        """Whether no more runs begin."""
        return self._is_draining

    @property
    def is_alive(self) -> bool:
        """Whether runs begin when they are due."""
        overdue = now() - _OVERDUE
        return bool(self._scheduler.running) and all(one.next_run_time > overdue for one in self._scheduler.get_jobs())

    def run_now(self, name: str) -> list[Ended]:
        """Run a job now, all its newspapers, and wait for the end of all; fewer where it was ended meanwhile.

        Raises:
            UnknownJob: the schedule has none of that name.
        """
        job = self.job(name)
        ended = [self._begin(job, newspaper, is_asked_for=True) for newspaper in job.newspapers]
        return [one for one in ended if one is not None]

    def stop(self, name: str) -> list[str]:
        """End the runs of a job that go on, which is not made up for; their newspapers.

        Raises:
            UnknownJob: the schedule has none of that name.
        """
        job = self.job(name)
        with self._changed:
            stopped = [one for one in self._running if one.job.name == job.name and one.ended_by is None]
        for one in stopped:
            one.end(EndedBy.OPERATOR)
        return [one.newspaper for one in stopped]

    def interrupt(self) -> None:
        """End all runs that go on, as the collection cannot be written; each would fail at its next record."""
        self._end_running(EndedBy.OUTAGE)

    def drain(self) -> None:
        """Begin no more runs, and wait until those that go on have ended."""
        with self._changed:
            self._is_draining = True
            self._changed.wait_for(lambda: not self._running or not self._is_draining)

    def resume(self) -> None:
        """Begin runs again; those that came due meanwhile begin at once."""
        with self._changed:
            self._is_draining = False
            self._changed.notify_all()
        self.plan_anew()

    def end(self) -> None:
        """Begin no more runs, end those that go on, and wait for them."""
        self._scheduler.remove_all_jobs()
        with self._changed:
            self._has_ended = True
        self._end_running(EndedBy.DAEMON)
        self._compacting.end()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._leased.give_back()

    def _end_running(self, by: EndedBy) -> None:
        with self._changed:
            running = [*self._running]
        for one in running:
            one.end(by)

    def job(self, name: str) -> Job:
        """The job of that name.

        Raises:
            UnknownJob: the schedule has none.
        """
        if name not in self._schedule.jobs:
            raise UnknownJob(name, sorted(self._schedule.jobs))
        return self._schedule.jobs[name]

    def _due(
        self, catalog: Catalog, schedule: Schedule, job: Job, newspaper: str, instant: datetime
    ) -> tuple[datetime, Due, bool]:
        """The next of a job's own times, when it is due, and whether a run of another daemon goes on; the plan is
        entered."""
        attempts, following = planned_due(catalog, schedule, job, newspaper, instant)
        with catalog.transaction() as connection:
            plan(connection, schedule, job, newspaper, following.at)
        goes_on = bool(attempts) and attempts[-1].finished_at is None and self._collection.is_locked(newspaper)
        first = next_run(job, schedule.time_zone, attempts[0].started_at if attempts else None, instant)
        return first, following, goes_on

    def _add(self, job: Job, newspaper: str, planned: tuple[datetime, Due, bool], instant: datetime) -> None:
        """Let a job begin at its next times, and at its next retry if one is due."""
        first, following, goes_on = planned
        logger.info("%s of %s: next at %s", job.name, newspaper, following.at.isoformat(timespec="seconds"))
        self._scheduler.add_job(
            self._begin,
            trigger_of(job, self._schedule.time_zone, first),
            args=(job, newspaper),
            id=f"{job.name}/{newspaper}",
            next_run_time=first,
        )
        if following.retry_of is not None:
            self._once(following.at, self._begin, job, newspaper, following.retry_of)
        elif goes_on:  # a crawl of a daemon that was killed: what comes of it is seen then
            self._once(instant + _LOOK_AGAIN, self._look_at, job, newspaper)

    def _once(self, at: datetime, function: Callable[..., object], job: Job, newspaper: str, *more: object) -> None:
        """Call a function with a job, its newspaper and further arguments, in place of what was to be called so."""
        with self._changed:
            if not self._has_ended:
                # where one such call may not begin before the other has returned, the scheduler drops it for good
                self._scheduler.add_job(
                    function, "date", run_date=at, args=(job, newspaper, *more),
                    id=f"{job.name}/{newspaper}/once", replace_existing=True, max_instances=_MOST_THREADS,
                )  # fmt: skip

    def _look_at(self, job: Job, newspaper: str) -> None:
        with contextlib.suppress(*UNWRITABLE):
            self._plan_retry(job, newspaper)

    def _plan_retry(self, job: Job, newspaper: str) -> None:
        """Let the last run be made up for, where it has to be."""
        if not self._is_planned(job):
            return  # the schedule was changed meanwhile
        with self._collection.catalog() as catalog:
            _, following = planned_due(catalog, self._schedule, job, newspaper, now())
        if following.retry_of is not None:
            logger.info("%s of %s: again at %s", job.name, newspaper, following.at.isoformat(timespec="seconds"))
            self._once(following.at, self._begin, job, newspaper, following.retry_of)

    def _begin(
        self, job: Job, newspaper: str, retry_of: str | None = None, *, is_asked_for: bool = False
    ) -> Ended | None:
        # the newspaper's lock first: a run that waits for it must not occupy one of the `at_once` places
        with self._newspapers[newspaper], self._places:
            if not is_asked_for and not self._is_planned(job):
                return None
            holding = self._leased.take(job, newspaper)
            if not holding.is_ours:
                if holding.again is not None:
                    self._once(holding.again, self._begin, job, newspaper)
                return None
            ended = self._run(job, newspaper, holding.lease, retry_of)
            if ended is None:
                return None
            if not isinstance(ended.run, UnenteredRun):
                with contextlib.suppress(*UNWRITABLE):
                    forget_unplanned(self._collection, self._schedule)  # it may be another than the run's
                    self._plan_retry(job, newspaper)
                    self._compacting.after_run(newspaper)
        self._leased.enter_run(job, newspaper, ended.began_at)
        return ended

    def _is_planned(self, job: Job) -> bool:
        """Whether a run that waited is still wanted: the schedule may have been changed, the job paused meanwhile."""
        return self._schedule.jobs.get(job.name) == job and job.enabled and job.name not in self._paused

    def _run(self, job: Job, newspaper: str, lease: Lease | None, retry_of: str | None) -> Ended | None:
        if UnenteredRuns(self._collection.root).holds(job.name, newspaper):
            return None  # one is remembered, however long the outage lasts
        if why := self._why_out():
            logger.warning("%s of %s is put off: %s", job.name, newspaper, why)
            put_off(self._collection, job, newspaper, self._schedule, why, retry_of)
            return None
        running = Running(self._collection, job, newspaper, self._schedule, lease=lease, retry_of=retry_of)
        with self._changed:
            if self._has_ended or self._is_draining:
                return None
            self._running.add(running)
        try:
            ended = running.wait()
        except Exception:
            logger.exception("%s of %s could not be run", job.name, newspaper)
            return None
        finally:
            with self._changed:
                self._running.discard(running)
                self._changed.notify_all()
        _log_result(job, ended)
        return ended


def _log_result(job: Job, ended: Ended) -> None:
    level = logging.INFO if ended.exit_code == 0 else logging.WARNING
    why = f": {ended.run.failure}" if ended.run.failure else ""
    logger.log(level, "%s: %s %s%s", job.name, ended.name, ended.outcome, why)
