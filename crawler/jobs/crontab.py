"""The schedule as lines of crontab(5)."""

from __future__ import annotations

import shlex
from datetime import timedelta
from pathlib import Path

from archive.errors import BadSchedule, Problem
from crawler.jobs.schedule import Job, Schedule
from crawler.jobs.units import Place


def crontab(schedule: Schedule, place: Place) -> str:
    """A line for each job, below the variables that it needs.

    Raises:
        BadSchedule: an interval cannot be written in five fields, or a variable not in a line.
    """
    problems = [
        Problem(None, f"{name} cannot be written into a crontab", "set it in one line, without quotes")
        for name, value in place.variables.items()
        if set(value) & set("\n\"'")
    ]
    lines = [
        "# Debian's cron goes by the machine's time zone and does not know CRON_TZ",
        f"CRON_TZ={schedule.time_zone}",
        "SHELL=/bin/sh",
        *(f'{name}="{value}"' for name, value in place.variables.items()),
        *(f"# {name} is a secret: name a file in [alarms] instead" for name in place.secrets),
    ]
    for job in schedule.jobs.values():
        fields = job.cron or _fields(job.every)
        if fields is None and job.enabled:
            mend = "use a part of an hour or of a day, such as 15m, 1h or 6h, or cron ="
            problems.append(Problem(None, f"jobs.{job.name}: cron cannot run every {job.every}", mend))
        elif job.enabled:
            lines.append(f"{fields} {_command(job, place)}")
    if problems:
        raise BadSchedule(Path(place.schedule), problems)
    return "\n".join(lines) + "\n"


def _command(job: Job, place: Place) -> str:
    """What sh runs; cron would end it at a percent sign."""
    begin = f"cd {shlex.quote(str(place.folder.absolute()))} && "
    if longest := int(job.jitter.total_seconds()):
        # sh itself has no random numbers
        begin += f"sleep $(($(od -An -N4 -tu4 /dev/urandom) % {longest + 1})) && "
    return (begin + shlex.join(place.run_call(job, "--quiet"))).replace("%", "\\%")


def _fields(every: timedelta | None) -> str | None:
    minutes = int(every.total_seconds()) // 60 if every else 0
    if 0 < minutes < 60 and 60 % minutes == 0:
        return f"*/{minutes} * * * *" if minutes > 1 else "* * * * *"
    hours, rest = divmod(minutes, 60)
    if rest or not hours:
        return None
    if hours < 24 and 24 % hours == 0:
        return f"0 */{hours} * * *" if hours > 1 else "0 * * * *"
    return "0 0 * * *" if hours == 24 else None
