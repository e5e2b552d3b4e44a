"""The schedule as units of systemd and lines of crontab."""

from __future__ import annotations

import shlex
import sys
from datetime import timedelta
from pathlib import Path

from archive.errors import BadSchedule, Problem
from crawler.configuration.finding import find
from crawler.jobs.schedule import Job, Schedule


def crontab(schedule: Schedule, schedule_path: Path, collection: Path) -> str:
    """Lines of crontab(5), one a job.

    Raises:
        BadSchedule: an interval cannot be written in five fields.
    """
    lines = [f"CRON_TZ={schedule.time_zone}"]
    problems = []
    for job in schedule.jobs.values():
        fields = job.cron or _fields(job.every)
        if fields is None:
            mend = "use a part of an hour or of a day, such as 15m, 1h or 6h, or cron ="
            problems.append(Problem(None, f"jobs.{job.name}: cron cannot run every {job.every}", mend))
        elif job.enabled:
            lines.append(f"{fields} {_call(job, schedule_path, collection)}")
    if problems:
        raise BadSchedule(schedule_path, problems)
    return "\n".join(lines) + "\n"


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


def systemd(schedule: Schedule, schedule_path: Path, collection: Path) -> str:
    """A service and a timer for each job, each below a comment with its file name."""
    units = []
    for job in schedule.jobs.values():
        if job.enabled:
            place = f"# /etc/systemd/system/baotinh-{job.name}"
            units.append(f"{place}.service\n{_service(job, schedule_path, collection)}")
            units.append(f"{place}.timer\n{_timer(job, schedule)}")
    return "\n".join(units)


def _service(job: Job, schedule_path: Path, collection: Path) -> str:
    return f"""[Unit]
Description=baotinh: {job.name} ({", ".join(job.newspapers)})
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={Path.cwd()}
ExecStart={_call(job, schedule_path, collection)}
TimeoutStopSec=120
RuntimeMaxSec={len(job.newspapers) * int(job.longest.total_seconds())}
"""


def _timer(job: Job, schedule: Schedule) -> str:
    jitter = f"\nRandomizedDelaySec={int(job.jitter.total_seconds())}" if job.jitter else ""
    when = f"OnActiveSec=0\nOnUnitActiveSec={int(job.every.total_seconds())}" if job.every else _calendar(job, schedule)
    return f"""[Unit]
Description=baotinh: when {job.name} runs

[Timer]
{when}{jitter}
Persistent=true

[Install]
WantedBy=timers.target
"""


def _calendar(job: Job, schedule: Schedule) -> str:
    # systemd.time(7): DayOfWeek Year-Month-Day Hour:Minute TimeZone
    minute, hour, day, month, weekday = (job.cron or "").split()
    days = f"{_days(weekday)} " if weekday != "*" else ""
    return f"OnCalendar={days}*-{_part(month)}-{_part(day)} {_part(hour)}:{_part(minute)}:00 {schedule.time_zone}"


def _part(field: str) -> str:
    parts = []
    for part in field.split(","):
        span, slash, step = part.partition("/")
        span = span.replace("-", "..") if span != "*" or not slash else "0"
        parts.append(f"{span}{slash}{step}")
    return ",".join(parts)


def _days(field: str) -> str:
    from crawler.jobs.schedule import weekdays

    return ",".join(day.capitalize() for day in weekdays(field.lower()).split(","))


def _call(job: Job, schedule_path: Path, collection: Path) -> str:
    baotinh = Path(sys.executable).with_name("baotinh")
    where = ["--schedule", str(schedule_path.absolute()), "--collection", str(collection.absolute())]
    settings = ["--config", str(file)] if (file := find()) else []  # cron has another working directory
    return shlex.join([str(baotinh), *settings, "jobs", "run", job.name, *where])
