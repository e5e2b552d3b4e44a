"""The leases of this machine, where the schedule names others."""

from __future__ import annotations

from collections.abc import Collection as Several

from archive.collection import Collection
from archive.errors import LeasesUnreachable
from crawler.crawl.directory import own_hosts
from crawler.jobs.schedule import Schedule
from crawler.leases import Leases, LeaseServer
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
    leases = Leases(LeaseServer(schedule.machines.leases), "", schedule.machines.expire.total_seconds())
    named = sorted({newspaper for job in schedule.jobs.values() for newspaper in job.newspapers})
    try:
        held = {newspaper: leases.lease(hosts_of(newspaper)).machine() for newspaper in named}
    except LeasesUnreachable:
        return {}
    return {newspaper: machine for newspaper, machine in held.items() if machine}


def hosts_of(newspaper: str) -> Several[str]:
    """The hosts of a newspaper by its name; its name alone where its declaration has a fault."""
    declared = newspapers().get(newspaper)
    return own_hosts(declared) if declared is not None else {newspaper}
