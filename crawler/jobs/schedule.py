"""A schedule: its jobs, and when each of them runs next."""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

from crawler.configuration.finding import find
from crawler.jobs.notifiers import Notifiers
from crawler.jobs.retrying import Retry

AT_ONCE = 2


@attrs.frozen(kw_only=True)
class Job:
    """One job: newspapers, when, and how far each run goes. Either `every` or `cron` is set."""

    name: str
    newspapers: tuple[str, ...]
    sections: tuple[str, ...] = ()
    every: timedelta | None = None
    cron: str | None = None
    jitter: timedelta = timedelta(0)
    limit: int | None = None
    longest: timedelta = timedelta(hours=12)
    retry: Retry | None = attrs.field(factory=Retry)
    recheck: bool = False
    full: bool = False
    since: date | None = None
    until: date | None = None
    enabled: bool = True


@attrs.frozen(kw_only=True)
class Machines:
    """How several machines agree on who crawls what: the server of their leases, and how long a lease holds."""

    leases: str
    name: str = attrs.field(factory=socket.gethostname)
    expire: timedelta = timedelta(seconds=90)


@attrs.frozen(kw_only=True)
class Schedule:
    """All jobs, and how many newspapers are crawled at the same time."""

    jobs: Mapping[str, Job]
    time_zone: str = "Asia/Ho_Chi_Minh"
    at_once: int = AT_ONCE
    compact: timedelta | None = timedelta(days=1)  # how old small WARC files become before they are joined
    contact: str = ""
    notifiers: Notifiers = attrs.field(factory=Notifiers)
    machines: Machines | None = None
    heartbeat: str | None = None  # an address that is asked for every minute while all is well
    loopback: str | None = None  # the demonstration's server on this machine, for trying a schedule


@attrs.frozen
class ScheduleSource:
    """The file of a schedule, and how it is read; `read` raises BadSchedule, and what declarations raise."""

    path: Path
    read: Callable[[], Schedule]

    def digest(self) -> str:
        """The SHA-256 of the file and of the file of settings, in hexadecimal; a missing one counts as empty."""
        digest = hashlib.sha256()
        for path in dict.fromkeys([self.path, find()]):
            with contextlib.suppress(OSError):
                digest.update(path.read_bytes() if path else b"")
        return digest.hexdigest()


def newspapers_of(schedule: Schedule) -> Iterator[tuple[Job, str]]:
    """Each job with each of its newspapers."""
    for job in schedule.jobs.values():
        for newspaper in job.newspapers:
            yield job, newspaper


_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAY_PART = re.compile(r"(\*|[0-7]|[a-z]{3})(?:-([0-7]|[a-z]{3}))?(?:/(\d))?")


def cron_trigger(expression: str, time_zone: str, jitter: timedelta = timedelta(0)) -> BaseTrigger:
    """A trigger for the five fields of crontab(5).

    Raises:
        ValueError: the expression is not valid.
    """
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(expression)
    minute, hour, day, month, weekday = fields
    if day != "*" and weekday != "*":
        # with day and weekday cron runs on either, APScheduler on days that match both: two jobs are unambiguous
        raise ValueError(expression)
    return CronTrigger(
        minute=minute,
        hour=hour,
        day=day,
        month=month,
        day_of_week=weekdays(weekday.lower()),
        timezone=ZoneInfo(time_zone),
        jitter=int(jitter.total_seconds()) or None,
    )


def weekdays(field: str) -> str:
    """The days that the fifth field of crontab(5) means, by name, or `*`."""
    # APScheduler counts weekdays from Monday, cron from Sunday (0 or 7): so days are passed by name
    if field == "*":
        return field
    chosen: list[str] = []
    for part in field.split(","):
        found = _DAY_PART.fullmatch(part)
        if found is None:
            raise ValueError(field)
        first = 0 if found[1] == "*" else _weekday(found[1])
        last = 6 if found[1] == "*" else _weekday(found[2]) if found[2] else 6 if found[3] else first
        if last < first:
            last += 7
        chosen += [_DAYS[day % 7] for day in range(first, last + 1, int(found[3] or 1))]
    return ",".join(dict.fromkeys(chosen))


def _weekday(day: str) -> int:
    return int(day) if day.isdecimal() else _DAYS.index(day)


def trigger_of(job: Job, time_zone: str, start: datetime) -> BaseTrigger:
    """When the job runs; an interval is counted from `start`."""
    if job.cron is not None:
        return cron_trigger(job.cron, time_zone, job.jitter)
    assert job.every is not None
    jitter = int(job.jitter.total_seconds()) or None
    return IntervalTrigger(seconds=int(job.every.total_seconds()), start_date=start, jitter=jitter)


def next_run(job: Job, time_zone: str, last: datetime | None, instant: datetime) -> datetime:
    """When the job runs next, without jitter: now if it never ran, or if one or more runs were missed.

    A last run in the future counts as one of now: the clock was wrong then.
    """
    if last is None:
        return instant
    last = min(last, instant)
    if job.every is not None:
        return max(last + job.every, instant)
    assert job.cron is not None
    trigger = cron_trigger(job.cron, time_zone)
    missed: datetime | None = trigger.get_next_fire_time(None, last + timedelta(seconds=1))
    if missed is not None and missed <= instant:
        return instant
    following: datetime | None = trigger.get_next_fire_time(None, instant)
    return following or datetime.max.replace(tzinfo=instant.tzinfo)
