"""The newspapers that this machine crawls, where the schedule names others: their leases, taken and kept."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Collection as Several
from datetime import datetime, timedelta

import attrs

from archive.clock import now
from archive.collection import Collection
from archive.durable import make_folder
from archive.errors import LeasesUnreachable, NewspaperLeased
from crawler.crawl.directory import own_hosts
from crawler.jobs.planning import forget_plans, plan
from crawler.jobs.schedule import Job, Schedule, next_run
from crawler.leases import Lease, Leases, LeaseServer, Renewing
from crawler.runs.run import newspapers

logger = logging.getLogger(__name__)
_HOLDER = "lease-holder"


def leases_of(schedule: Schedule, collection: Collection) -> Leases | None:
    """The leases of the machine with this collection; None where the schedule knows of no other."""
    machines = schedule.machines
    if machines is None:
        return None
    make_folder(collection.locks)
    seconds = machines.expire.total_seconds()
    return Leases.of(LeaseServer(machines.leases), machines.name, seconds, collection.locks / _HOLDER)


def machines_of(schedule: Schedule) -> dict[str, str]:
    """Which machine crawls which newspaper, of those that one does; empty where the leases' server does not say."""
    if schedule.machines is None:
        return {}
    server = LeaseServer(schedule.machines.leases)
    named = sorted({newspaper for job in schedule.jobs.values() for newspaper in job.newspapers})
    try:
        held = {newspaper: server.machine(hosts_of(newspaper)) for newspaper in named}
    except LeasesUnreachable:
        return {}
    return {newspaper: machine for newspaper, machine in held.items() if machine}


def take(leases: Leases, newspaper: str) -> Lease:
    """The lease of a newspaper, which is this machine's now.

    Raises:
        NewspaperLeased: another machine holds it.
        LeasesUnreachable: nobody can say who holds it.
    """
    lease = leases.lease(hosts_of(newspaper))
    if (other := lease.take()) is not None:
        raise NewspaperLeased(newspaper, other)
    return lease


class KeptLeases:
    """Leases that a daemon renews between the runs of their newspapers, so that other machines leave them alone."""

    def __init__(self) -> None:
        self._renewing: dict[str, tuple[Lease, Renewing]] = {}
        self._changing = threading.Lock()

    def keep(self, newspaper: str, lease: Lease) -> None:
        """Renew a lease from now on, until it is another machine's."""
        with self._changing:
            if newspaper not in self._renewing:
                self._renewing[newspaper] = lease, Renewing(lease, lambda _: self._lose(newspaper))

    def give_back(self) -> None:
        """Renew none any more, and let others take them at once."""
        with self._changing:
            kept = [*self._renewing.values()]
            self._renewing.clear()
        for lease, renewing in kept:
            renewing.end()
            with contextlib.suppress(LeasesUnreachable):
                lease.give_back()

    def _lose(self, newspaper: str) -> None:
        with self._changing:
            self._renewing.pop(newspaper, None)


@attrs.frozen
class Holding:
    """Whether a newspaper is this machine's to crawl now, its lease where it has one, and else when to look again."""

    is_ours: bool
    lease: Lease | None = None
    again: datetime | None = None


class LeasedNewspapers:
    """The newspapers that this machine crawls, of those that several share; all of them where it knows no other."""

    def __init__(self, collection: Collection, schedule: Schedule) -> None:
        self._collection, self._time_zone = collection, schedule.time_zone
        self._schedule = schedule
        self._leases = leases_of(schedule, collection)
        self._kept = KeptLeases()

    def take(self, job: Job, newspaper: str) -> Holding:
        """Take a newspaper for a run of a job, and keep it.

        Where another machine holds it, or nobody can say, it is to be looked at again when the lease may have ended.
        """
        if self._leases is None:
            return Holding(is_ours=True)
        try:
            lease = take(self._leases, newspaper)
            last = self._leases.last_elsewhere(job.name, newspaper)
        except NewspaperLeased as error:
            logger.info("%s: %s crawls it", newspaper, error.machine)
            with self._collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
                forget_plans(connection, newspaper)  # it is never late here
            return Holding(is_ours=False, again=self._later())
        except LeasesUnreachable as error:
            logger.warning("%s: %s", newspaper, error)
            return Holding(is_ours=False, again=self._later())
        self._kept.keep(newspaper, lease)
        instant = now()
        if last is not None and (at := next_run(job, self._time_zone, last, instant)) > instant:
            with self._collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
                plan(connection, self._schedule, job, newspaper, at)
            return Holding(is_ours=False)
        return Holding(is_ours=True, lease=lease)

    def enter_run(self, job: Job, newspaper: str, began_at: datetime) -> None:
        """Let the other machines know when a job ran last."""
        if self._leases is not None:
            with contextlib.suppress(LeasesUnreachable):
                self._leases.enter_run(job.name, newspaper, began_at)

    def give_back(self) -> None:
        """Let others take all of them at once."""
        self._kept.give_back()

    def _later(self) -> datetime:
        assert self._leases is not None
        return now() + timedelta(seconds=self._leases.seconds)


def hosts_of(newspaper: str) -> Several[str]:
    """The hosts of a newspaper by its name; its name alone where its declaration has a fault."""
    declared = newspapers().get(newspaper)
    return own_hosts(declared) if declared is not None else {newspaper}
