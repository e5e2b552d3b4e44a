"""Health, runs and a run's report as their pages show them; what cannot be read is left out, words are elsewhere."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from archive.catalog import Catalog, Run
from archive.collection import Collection
from archive.health.alarm import Alarm
from archive.health.alarms import examine, forecast, growth_a_day
from archive.health.history import AlarmRecord, active_alarms, alarm_history
from archive.ingest.deferral import deferred
from archive.ingest.runs import read_report, who_ran
from archive.web.runs_asked import PAGE_SIZE, RunsAsked

OVER_SHOWN = 30
_REMEMBERED = 1000
LISTED = 200


@attrs.frozen(kw_only=True)
class Rings:
    """An alarm that rings now; since when, where that was noted."""

    alarm: Alarm
    since: datetime | None


@attrs.frozen(kw_only=True)
class Health:
    """What rings, what is over, and the room on the disk: bytes free, days left, bytes a day by newspaper."""

    rings: tuple[Rings, ...]
    over: tuple[AlarmRecord, ...]
    free: int
    days_left: float | None
    growth: Mapping[str, float]


def health(collection: Collection, catalog: Catalog, instant: datetime) -> Health:
    """All that is wrong at an instant; what was noted as ringing and no longer does counts as over."""
    noted = {one.alarm.key: one for one in active_alarms(catalog.connection)}
    found = examine(collection, catalog, instant)
    now = {alarm.key for alarm in found}
    past = [one for one in alarm_history(catalog.connection, _REMEMBERED) if one.cleared_at or one.alarm.key not in now]
    past.sort(key=lambda one: one.cleared_at or instant, reverse=True)
    free = shutil.disk_usage(collection.root).free
    growth = growth_a_day(catalog, instant)
    return Health(
        rings=tuple(
            Rings(alarm=alarm, since=noted[alarm.key].raised_at if alarm.key in noted else None) for alarm in found
        ),
        over=tuple(past[:OVER_SHOWN]),
        free=free,
        days_left=forecast(catalog, free, instant)[0],
        growth=dict(sorted(growth.items(), key=lambda one: -one[1])),
    )


@attrs.frozen(kw_only=True)
class RunsFound:
    """A page of runs, and what the runs can be narrowed to."""

    asked: RunsAsked
    runs: tuple[Run, ...] = ()
    total: int = 0
    newspapers: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def pages(self) -> int:
        """How many pages the runs fill."""
        return math.ceil(self.total / PAGE_SIZE)


def find_runs(catalog: Catalog, asked: RunsAsked) -> RunsFound:
    """The runs that were asked for; names that no run bears are told, not raised."""
    newspapers, jobs = who_ran(catalog)
    wrong = list(asked.wrong)
    for named, known, what in ((asked.newspaper, newspapers, "báo"), (asked.job, jobs, "việc")):
        if named and named not in known:
            wrong.append(f"Chưa có lần thu thập nào của {what} “{named[:60]}”.")
    found = RunsFound(asked=asked, newspapers=tuple(newspapers), jobs=tuple(jobs), wrong=tuple(wrong))
    if wrong:
        return found
    runs = catalog.runs(PAGE_SIZE, offset=(asked.page - 1) * PAGE_SIZE, **asked.arguments())
    return attrs.evolve(found, runs=tuple(runs), total=catalog.count_runs(**asked.arguments()))


def lasted(run: Run) -> timedelta | None:
    """How long a run took, where it has ended."""
    return run.finished_at - run.started_at if run.finished_at else None


def kept_back(run: Run) -> int:
    """How many requests of a run were put off: quiet hours, a host that rests, a budget that is spent."""
    return sum(deferred(run.counts).values())


@attrs.frozen(kw_only=True)
class Entry:
    """A page or an address that a run's report lists, with what it says of it by kind or field."""

    url: str
    said: tuple[tuple[str, str], ...]
    article: str | None = None


@attrs.frozen(kw_only=True)
class StillUnread:
    """A captured page that could not be read when a run ended: after how many tries, and why."""

    url: str
    failure: str
    tries: str


@attrs.frozen(kw_only=True)
class RunShown:
    """All that is known of a run. Of long lists the first LISTED entries are there, and how many there are."""

    run: Run
    files: tuple[str, ...]
    has_report: bool
    has_log: bool
    reason: str | None
    answers: tuple[tuple[str, int], ...]
    troubles: tuple[Entry, ...]
    trouble_count: int
    rejected: tuple[Entry, ...]
    rejected_count: int
    unread: tuple[StillUnread, ...]
    unread_count: int
    doubtful: tuple[Entry, ...]
    doubtful_count: int


def show_run(collection: Collection, catalog: Catalog, name: str) -> RunShown | None:
    """The run of that name, with what its report says of it where there is one; None where there is no such run."""
    run = catalog.run(name)
    if run is None:
        return None
    found = read_report(collection, run.name)
    report = found or {}
    troubles, doubtful = _dicts(report.get("troubles")), _dicts(report.get("doubtful"))
    unread = _dicts(report.get("unread"))
    rejected = [
        Entry(url=url, said=tuple((field, str(reason)) for field, reason in reasons.items()))
        for url, _, reasons in catalog.rejections(run.id)
    ] or [Entry(url=_text(one.get("url")), said=_pairs(one.get("reasons"))) for one in _dicts(report.get("rejected"))]
    answers = report.get("answers")
    return RunShown(
        run=run,
        files=tuple(catalog.warc_files_of(run.id)),
        has_report=found is not None,
        has_log=bool(run.log) and (collection.logs / str(run.log)).is_file(),
        reason=_text(report.get("reason")) or None,
        answers=tuple((str(status), int(count)) for status, count in answers.items() if isinstance(count, int))
        if isinstance(answers, dict)
        else (),
        troubles=tuple(
            Entry(url=_text(one.get("url")), said=((_text(one.get("kind")), _text(one.get("reason"))),))
            for one in troubles[:LISTED]
        ),
        trouble_count=len(troubles),
        rejected=tuple(rejected[:LISTED]),
        rejected_count=len(rejected),
        unread=tuple(
            StillUnread(url=_text(one.get("url")), failure=_text(one.get("failure")), tries=_text(one.get("tries")))
            for one in unread[:LISTED]
        ),
        unread_count=len(unread),
        doubtful=tuple(
            Entry(url=_text(one.get("url")), said=_pairs(one.get("doubts")), article=_text(one.get("id")) or None)
            for one in doubtful[:LISTED]
        ),
        doubtful_count=len(doubtful),
    )


# A report is a file that anybody may have touched: what is not as baotinh writes it is left out


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(said)) for name, said in value.items()) if isinstance(value, dict) else ()


def _text(value: Any) -> str:
    return "" if value is None else str(value)
