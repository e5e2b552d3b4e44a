"""`baotinh jobs list` and `check`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.cli.commands import CollectionOption
from archive.printable import say
from crawler.cli.jobs.application import (
    JsonOption,
    ScheduleOption,
    counted,
    jobs,
    read_planned,
)
from crawler.cli.jobs.run_tables import print_rows

if TYPE_CHECKING:
    pass


@jobs.command("list")
def list_jobs(
    as_json: JsonOption = False,
    schedule: ScheduleOption = Path("schedule.toml"),
    collection: CollectionOption = Path("data"),
) -> None:
    """List jobs: newspapers, when each runs, and how its last run ended."""
    from archive.clock import now
    from archive.durations import format_duration
    from archive.zones import utc_text
    from crawler.cli.jobs.known_runs import KnownRuns
    from crawler.jobs.machines import machines_of
    from crawler.jobs.planning import due
    from crawler.jobs.schedule import newspapers_of

    planned = read_planned(schedule)
    known_runs = KnownRuns.of(collection, planned, Path(os.environ["BAOTINH_SCHEDULE"]))
    machines = machines_of(planned) if planned.machines else None
    rows: list[dict[str, Any]] = []
    for job, newspaper in newspapers_of(planned):
        attempts = known_runs.attempts[job.name, newspaper]
        last = attempts[-1] if attempts else None
        is_on = job.enabled and job.name not in known_runs.paused
        following = due(planned, job, attempts, now()) if is_on else None
        rows.append(
            {
                "job": job.name,
                "newspaper": newspaper,
                "when": (f"every {format_duration(job.every)}" if job.every else str(job.cron))
                + (", paused" if job.name in known_runs.paused else ""),
                "next_at": utc_text(following.at, "seconds") if following else None,
                "last_at": utc_text(last.started_at, "seconds") if last else None,
                "outcome": known_runs.outcome(last) if last else None,
                **({"machine": machines.get(newspaper)} if machines is not None else {}),
            }
        )
    print_rows(rows, as_json, planned.time_zone)
    if known_runs.other_schedule:
        say(known_runs.other_schedule, sys.stderr)


@jobs.command()
def check(schedule: ScheduleOption = Path("schedule.toml")) -> None:
    """Validate the schedule; every fault with its line and how to correct it."""
    from crawler.jobs.checking import refuse_uncrawlable

    planned = read_planned(schedule)
    path = os.environ["BAOTINH_SCHEDULE"]
    refuse_uncrawlable(planned, Path(path))
    newspapers = {newspaper for job in planned.jobs.values() for newspaper in job.newspapers}
    print(f"{path} is valid:  {counted(len(planned.jobs), 'job')}, {counted(len(newspapers), 'newspaper')}.")
