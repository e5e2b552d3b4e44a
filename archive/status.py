"""The state of a collection at a glance: its daemon, newspapers, alarms, disk, and the last backup and verification."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from archive.catalog import Catalog
from archive.catalog.counts import count_due
from archive.catalog.maintenance import Maintenance, Task, last_maintenance
from archive.clock import parse_warc_date, warc_date
from archive.collection import Collection
from archive.daemon.heartbeat import DaemonState, Heartbeat, daemon_state, read_heartbeat
from archive.errors import FailureKind
from archive.health.disk import forecast
from archive.health.evaluation import Stand, Standing, stand
from archive.ingest.runs import outcome_of, who_ran
from archive.plain_values import plain_converter

TASKS: tuple[Task, ...] = ("backup", "verify")
FORESEEN = 1000
"""For how many days it is worth saying when the disk is full."""
_OF_RUNS = {"began_at": "started_at", "ended_at": "finished_at"}


@attrs.frozen(kw_only=True)
class PaperStatus:
    """A newspaper that was crawled: its last run, its last good one, when it is due next, and what is due now.

    Args:
        last_run: its name.
        last_outcome: of the last run; `running` while one goes on, `interrupted` where its process was killed.
        next_at: None where no daemon plans a run.
        due: addresses that are due.
    """

    name: str
    last_run: str
    last_at: datetime
    last_outcome: str
    last_failure: str | None
    last_failure_kind: FailureKind | None
    last_good_at: datetime | None
    next_at: datetime | None
    due: int


@attrs.frozen(kw_only=True)
class Status:
    """The state of a collection at an instant.

    Args:
        tasks: the last backup and the last verification, those that there were.
        standing: the alarms that apply, with the muted ones.
        days_left: until the disk is full; None where nothing is known.
    """

    at: datetime
    collection: str
    daemon: DaemonState
    heartbeat: Heartbeat | None
    papers: tuple[PaperStatus, ...]
    standing: Stand
    free_bytes: int
    days_left: float | None
    tasks: tuple[Maintenance, ...]

    @property
    def alarms(self) -> tuple[Standing, ...]:
        """Those that ring: without the muted ones."""
        return self.standing.unmuted

    @property
    def muted(self) -> int:
        """How many alarms apply, and are muted."""
        return len(self.standing.alarms) - len(self.alarms)

    @property
    def is_well(self) -> bool:
        """Whether nothing rings."""
        return not self.alarms

    def task(self, name: Task) -> Maintenance | None:
        """The last end of a task; None where there was none."""
        return next((one for one in self.tasks if one.task == name), None)

    def values(self) -> dict[str, Any]:
        """The status as plain JSON values; times in UTC."""
        plain = plain_converter().unstructure
        said = {name: plain(getattr(self, name)) for name in attrs.fields_dict(type(self)) if name != "standing"}
        # as a run's are called
        said["tasks"] = [{_OF_RUNS.get(name, name): value for name, value in plain(one).items()} for one in self.tasks]
        return said | {"is_well": self.is_well, "alarms": [one.values() for one in self.alarms], "muted": self.muted}


def status(collection: Collection, catalog: Catalog, instant: datetime) -> Status:
    """The state of a collection, from one state of its catalog and from what its processes say."""
    beat = read_heartbeat(collection)
    free = shutil.disk_usage(collection.root).free
    plans = _plans(catalog.connection)
    return Status(
        at=instant,
        collection=str(collection.root),
        daemon=daemon_state(collection, beat, instant),
        heartbeat=beat,
        papers=tuple(_paper(collection, catalog, name, plans, instant) for name in who_ran(catalog)[0]),
        standing=stand(collection, catalog, instant),
        free_bytes=free,
        days_left=forecast(catalog, free, instant)[0],
        tasks=tuple(one for name, one in last_maintenance(catalog.connection).items() if name in TASKS),
    )


def _plans(connection: sqlite3.Connection) -> dict[str, datetime]:
    rows = connection.execute("SELECT newspaper, min(due_at) FROM plans GROUP BY newspaper")
    return {newspaper: parse_warc_date(due_at) for newspaper, due_at in rows}


def _paper(
    collection: Collection, catalog: Catalog, name: str, plans: Mapping[str, datetime], instant: datetime
) -> PaperStatus:
    last = next(iter(catalog.runs(1, newspaper=name)))
    good = next(iter(catalog.runs(1, newspaper=name, outcome="finished")), None)
    return PaperStatus(
        name=name,
        last_run=last.name,
        last_at=last.started_at,
        last_outcome=outcome_of(collection, last),
        last_failure=last.failure,
        last_failure_kind=last.failure_kind,
        last_good_at=good.started_at if good else None,
        next_at=plans.get(name),
        due=count_due(catalog.connection, name, warc_date(instant)),
    )
