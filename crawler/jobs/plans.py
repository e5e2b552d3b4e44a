"""What the catalog knows of a schedule: when each job is due next, so that who reads it sees one that did not run."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from archive.clock import warc_date
from crawler.jobs.schedule import Job, Schedule, newspapers_of
from crawler.jobs.times import next_run

_LEAST_PATIENCE = timedelta(hours=2)


def plan(
    connection: sqlite3.Connection,
    schedule: Schedule,
    job: Job,
    newspaper: str,
    last: datetime | None,
    instant: datetime,
) -> None:
    """Enter when a job is due next; to be called within a transaction."""
    due = next_run(job, schedule.time_zone, last, instant)
    following = next_run(job, schedule.time_zone, due, due + timedelta(seconds=1))
    # one run may be held up by another of its newspaper, and by its jitter: only the second that is missed is late
    patience = max(following - due + job.jitter, _LEAST_PATIENCE)
    connection.execute(
        """INSERT INTO plans (job, newspaper, due_at, patience) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET due_at = excluded.due_at, patience = excluded.patience""",
        (job.name, newspaper, warc_date(due), int(patience.total_seconds())),
    )


def forget_others(connection: sqlite3.Connection, schedule: Schedule) -> None:
    """Forget the jobs that the schedule has no more, or has switched off."""
    known = {(job.name, newspaper) for job, newspaper in newspapers_of(schedule) if job.enabled}
    for planned in connection.execute("SELECT job, newspaper FROM plans").fetchall():
        if planned not in known:
            connection.execute("DELETE FROM plans WHERE job = ? AND newspaper = ?", planned)
