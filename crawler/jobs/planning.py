"""When each job is due next for each of its newspapers, with retries; entered in the catalog as plans."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from archive.catalog import Catalog
from archive.catalog.runs import Run
from archive.clock import parse_warc_date, warc_date
from archive.collection import Collection
from crawler.jobs.retrying import retry_at
from crawler.jobs.schedule import Job, Schedule, newspapers_of, next_run

_LEAST_PATIENCE = timedelta(hours=2)


@attrs.frozen
class Due:
    """When a job is due, and the run that it makes up for then; None where it is its time."""

    at: datetime
    retry_of: str | None = None


def due(schedule: Schedule, job: Job, attempts: Sequence[Run], instant: datetime, *, was_ended: bool = False) -> Due:
    """When a job is due next.

    Args:
        attempts: its last scheduled run and the retries of it, the oldest first; empty where it never ran.
        was_ended: the last one was stopped because the daemon ended, or the collection could not be written.
    """
    regular = next_run(job, schedule.time_zone, attempts[0].started_at if attempts else None, instant)
    again = retry_at(attempts, job.retry, was_ended=was_ended) if attempts else None
    if again is not None and instant < regular and again < regular:
        return Due(max(again, instant), attempts[0].name)
    return Due(regular)


def last_attempts(catalog: Catalog, job: Job, newspaper: str) -> list[Run]:
    """The last scheduled run of a job for a newspaper and its retries; empty where it never ran."""
    last = catalog.last_run(job.name, newspaper)
    return catalog.attempts(last) if last else []


def planned_due(
    catalog: Catalog, schedule: Schedule, job: Job, newspaper: str, instant: datetime
) -> tuple[list[Run], Due]:
    """The last attempts of a job for a newspaper, and when it is due next by them and the plan in force."""
    attempts = last_attempts(catalog, job, newspaper)
    is_ended = was_ended(catalog, schedule, job, newspaper, attempts)
    return attempts, due(schedule, job, attempts, instant, was_ended=is_ended)


def was_ended(catalog: Catalog, schedule: Schedule, job: Job, newspaper: str, attempts: Sequence[Run]) -> bool:
    """Whether the last run was stopped by a daemon that ended or met an outage, and so planned it before its time."""
    row = catalog.connection.execute(
        "SELECT due_at FROM plans WHERE job = ? AND newspaper = ?", (job.name, newspaper)
    ).fetchone()
    if not row or not attempts or attempts[-1].outcome != "stopped" or not attempts[-1].finished_at:
        return False
    regular = next_run(job, schedule.time_zone, attempts[0].started_at, attempts[-1].finished_at)
    planned = parse_warc_date(row[0])
    return attempts[-1].started_at < planned < regular


def plan(connection: sqlite3.Connection, schedule: Schedule, job: Job, newspaper: str, at: datetime) -> None:
    """Enter when a job is due next, unless it is paused; to be called within a transaction."""
    following = next_run(job, schedule.time_zone, at, at + timedelta(seconds=1))
    # a run may wait for another of its newspaper, and for its jitter: it is late when the following one is due too
    patience = max(following - at + job.jitter, _LEAST_PATIENCE)
    connection.execute(
        """INSERT INTO plans (job, newspaper, due_at, patience) SELECT :job, :newspaper, :at, :patience
        WHERE NOT EXISTS (SELECT 1 FROM pauses WHERE job = :job)
        ON CONFLICT DO UPDATE SET due_at = excluded.due_at, patience = excluded.patience""",
        {"job": job.name, "newspaper": newspaper, "at": warc_date(at), "patience": int(patience.total_seconds())},
    )


def forget_plans(connection: sqlite3.Connection, newspaper: str) -> None:
    """Delete the plans of a newspaper that another machine crawls; to be called within a transaction."""
    connection.execute("DELETE FROM plans WHERE newspaper = ?", (newspaper,))


def forget_others(connection: sqlite3.Connection, schedule: Schedule) -> None:
    """Delete the plans of jobs that are not in the schedule, are disabled or paused."""
    held = paused_jobs(connection)
    known = {(job.name, one) for job, one in newspapers_of(schedule) if job.enabled and job.name not in held}
    for planned in connection.execute("SELECT job, newspaper FROM plans").fetchall():
        if planned not in known:
            connection.execute("DELETE FROM plans WHERE job = ? AND newspaper = ?", planned)


def forget_unplanned(collection: Collection, schedule: Schedule) -> None:
    """Delete the plans of jobs that are not in the schedule, are disabled or paused."""
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        forget_others(connection, schedule)


def paused_jobs(connection: sqlite3.Connection) -> set[str]:
    """The names of the jobs that an operator paused."""
    return {job for (job,) in connection.execute("SELECT job FROM pauses")}


def pause(connection: sqlite3.Connection, job: str, instant: datetime) -> None:
    """Enter that a job is paused, until `resume`; within a transaction."""
    connection.execute("INSERT OR IGNORE INTO pauses (job, paused_at) VALUES (?, ?)", (job, warc_date(instant)))


def resume(connection: sqlite3.Connection, job: str) -> None:
    """Enter that a job is no longer paused; within a transaction."""
    connection.execute("DELETE FROM pauses WHERE job = ?", (job,))
