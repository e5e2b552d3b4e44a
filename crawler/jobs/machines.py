"""The newspapers that this machine crawls, where the schedule names others: their leases, taken and kept."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection as Several

from archive.collection import Collection
from archive.errors import LeasesUnreachable, NewspaperLeased
from crawler.crawl.directory import own_hosts
from crawler.jobs.schedule import Schedule
from crawler.leases import Lease, Leases, LeaseServer, Renewing
from crawler.runs.run import newspapers

_HOLDER = "lease-holder"


def leases_of(schedule: Schedule, collection: Collection) -> Leases | None:
    """The leases of the machine with this collection; None where the schedule knows of no other."""
    machines = schedule.machines
    if machines is None:
        return None
    collection.locks.mkdir(parents=True, exist_ok=True)
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


def hosts_of(newspaper: str) -> Several[str]:
    """The hosts of a newspaper by its name; its name alone where its declaration has a fault."""
    declared = newspapers().get(newspaper)
    return own_hosts(declared) if declared is not None else {newspaper}
