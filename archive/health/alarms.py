"""Finds alarms: compares the last runs of each newspaper with its earlier ones."""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from archive.catalog import Catalog
from archive.catalog.runs import Run
from archive.catalog.unread import unread_pages
from archive.catalog.versions import recent_versions
from archive.clock import parse_warc_date, warc_date
from archive.collection import Collection
from archive.errors import FailureKind
from archive.health.alarm import (
    Alarm,
    Disk,
    Errors,
    Failing,
    Late,
    Layout,
    Robots,
    UnreadPages,
)
from archive.health.causes import Examined, separate
from archive.health.disk import forecast
from archive.health.fields import field_alarms
from archive.health.hosts import failing_hosts
from archive.health.robots import new_ban
from archive.health.silence import silence
from archive.ingest.runs import CRAWLED, who_ran

# How many runs are compared.
_PAST_RUNS = 200
_DROP = 0.3
_LEAST_ERRORS, _ERROR_RATE, _ERROR_TIMES = 5, 0.2, 3.0
# The disk is running out when it is full in so many days, or has so little room.
_DAYS_LEFT = 14.0
_LEAST_FREE = 1_000_000_000
_LEAST_REJECTED, _MANY_REJECTED = 5, 15
_LEAST_PAST = 50  # pages that were read in the fortnight before
_MOST_NAMED = 3  # addresses that an alarm names
_FAILED = ("failed", "interrupted")
_MOST_ATTEMPTS, _LASTING = 30, timedelta(hours=1)
_LISTS = ("section", "feed", "sitemap")
_FORBIDDEN = "forbidden by robots.txt"
# A day is compared with the 14 days before it.
_PAST = timedelta(days=15)


def examine(collection: Collection, catalog: Catalog, instant: datetime) -> list[Alarm]:
    """The alarms at an instant, in a fixed order, without those that only follow from one of them."""
    return list(examine_whole(collection, catalog, instant).alarms)


def examine_whole(
    collection: Collection, catalog: Catalog, instant: datetime, outside: Sequence[Alarm] = ()
) -> Examined:
    """The alarms at an instant, and their consequences; `outside`: those that the catalog cannot show."""
    found = [*outside, *_disk(collection, catalog, instant), *_late(catalog, instant), *_unread(catalog)]
    for newspaper in who_ran(catalog)[0]:
        runs = _LatestRuns(run for run in catalog.latest_runs(newspaper, _PAST_RUNS) if run.source in CRAWLED)
        if not next(runs.ended(), None):
            continue
        found += _failing(newspaper, runs)
        found += _errors(catalog, newspaper, runs)
        found += failing_hosts(catalog, newspaper, runs.last_ended().started_at)
        found += _robots(collection, catalog, newspaper, instant)
        found += _layout(catalog, newspaper, runs)
        found += _fields(collection, catalog, newspaper)
        found += silence(catalog, newspaper, runs.last_good())
    return separate(found, catalog, instant)


class _LatestRuns:
    """The latest runs of a newspaper, newest first; read as far back as they are needed."""

    def __init__(self, runs: Iterator[Run]) -> None:
        self._read: list[Run] = []
        self._left = runs

    def __iter__(self) -> Iterator[Run]:
        """All of them."""
        for nth in itertools.count():
            if nth == len(self._read):
                run = next(self._left, None)
                if run is None:
                    return
                self._read.append(run)
            yield self._read[nth]

    def ended(self) -> Iterator[Run]:
        """Those that have ended."""
        return (run for run in self if run.finished_at is not None)

    def last_ended(self) -> Run:
        """The last one that has ended; there must be one."""
        return next(self.ended())

    def last_good(self) -> datetime | None:
        """When the last complete one with requests began."""
        good = (run.started_at for run in self.ended() if run.outcome == "finished" and _has_asked(run))
        return next(good, None)


def _failing(newspaper: str, runs: _LatestRuns) -> Iterator[Alarm]:
    """The last two runs failed, or one and its retries for an hour; less may be a fault of the network.

    Runs without requests do not count, a run and its retries are one, and runs that the collection did not take belong
    to other alarms, unless that lasts.
    """
    ended = (run for run in runs.ended() if not _met_another(run, runs))
    telling = (run for run in ended if run.outcome in _FAILED or _has_asked(run))
    latest = list(itertools.islice(telling, _MOST_ATTEMPTS))
    last = list(itertools.takewhile(lambda run: run.outcome in _FAILED, latest))
    is_lasting = len(last) > 1 and last[0].started_at - last[-1].started_at >= _LASTING
    own = {run.retry_of or run.name for run in last if run.failure_kind is not FailureKind.UNWRITABLE}
    if len(own) > 1 or is_lasting:
        earlier = itertools.chain(latest[len(last) :], telling)
        since = next((run for run in earlier if run.outcome == "finished"), None)
        failure, kind = last[0].failure or None, last[0].failure_kind
        figures = Failing(failure=failure, last_good=since.name if since else None, failure_kind=kind)
        yield Alarm(kind="failing", newspaper=newspaper, subject="", figures=figures)


def _met_another(run: Run, runs: Iterable[Run]) -> bool:
    """Whether a run did not begin because another of its newspaper was running, for less than a day."""
    return run.failure_kind is FailureKind.LOCKED and any(
        timedelta(0) <= run.started_at - other.started_at < timedelta(days=1)
        and (other.finished_at is None or other.finished_at > run.started_at)
        for other in runs
        if other.id != run.id and other.outcome != "failed"
    )


def _has_asked(run: Run) -> bool:
    return any(run.counts.get(name) for name in ("pages", "errors", _FORBIDDEN))


def _errors(catalog: Catalog, newspaper: str, runs: _LatestRuns) -> Iterator[Alarm]:
    """Far more requests failed than usual, in the last run with requests or within a day, because small runs have few
    errors each. Runs that failed as a whole belong to the alarm `failing`, and are left out."""
    last = next((run for run in runs.ended() if run.outcome not in _FAILED and _has_asked(run)), None)
    if last is None:
        return
    day = _last_day(catalog, newspaper, runs.last_ended())
    one = _Sums(last.counts.get("pages", 0), last.counts.get("errors", 0), 0, 0, 0)
    if max(one.errors, day.errors) < _LEAST_ERRORS:
        return
    was = _before(catalog, newspaper, runs.last_ended())
    least = max(_ERROR_RATE, _ERROR_TIMES * was.error_rate)
    for found in (one, day):
        if found.errors >= _LEAST_ERRORS and found.error_rate > least:
            figures = Errors(share=found.error_rate, usual=was.error_rate, run=last.name, within_a_day=found is day)
            yield Alarm(kind="errors", newspaper=newspaper, subject="", figures=figures)
            return


@attrs.frozen
class _Sums:
    """The sums of the counts of runs, without runs that failed as a whole."""

    pages: int
    errors: int
    rejected: int
    beside: int
    articles: int

    @property
    def error_rate(self) -> float:
        """The share of the requests that failed."""
        return self.errors / max(self.pages + self.errors, 1)

    @property
    def read(self) -> int:
        """How many pages were read as articles."""
        return self.rejected + self.articles


_SUMS = """SELECT total(pages), total(errors), total(rejected), total(beside_rules), total(articles_read)
    FROM runs WHERE newspaper = ? AND started_at > ? AND started_at <= ? AND finished_at IS NOT NULL
    AND source IN ('network', 'demonstration') AND coalesce(outcome, '') NOT IN ('failed', 'interrupted')"""


def _last_day(catalog: Catalog, newspaper: str, last: Run) -> _Sums:
    """The sums of the day up to a run."""
    return _sums(catalog, newspaper, last.started_at - timedelta(days=1), last.started_at)


def _before(catalog: Catalog, newspaper: str, last: Run) -> _Sums:
    """The sums of the 14 days before that."""
    return _sums(catalog, newspaper, last.started_at - _PAST, last.started_at - timedelta(days=1))


def _sums(catalog: Catalog, newspaper: str, since: datetime, until: datetime) -> _Sums:
    row = catalog.connection.execute(_SUMS, (newspaper, warc_date(since), warc_date(until))).fetchone()
    return _Sums(*map(int, row))


def _robots(collection: Collection, catalog: Catalog, newspaper: str, instant: datetime) -> Iterator[Alarm]:
    """robots.txt forbids addresses that it allowed before."""
    ban = new_ban(collection, catalog, newspaper, instant)
    if ban is not None:
        figures = Robots(
            since=ban.since,
            lists=len(ban.lists),
            named=tuple(urlsplit(url).path for url in ban.lists[:_MOST_NAMED]),
            articles=ban.articles,
            of_articles=ban.of_articles,
        )
        yield Alarm(kind="robots", newspaper=newspaper, subject="", figures=figures)


def _layout(catalog: Catalog, newspaper: str, runs: _LatestRuns) -> Iterator[Alarm]:
    """Article pages cannot be read any more, or not by the rules: their layout must have changed."""
    last = runs.last_ended()
    now = _last_day(catalog, newspaper, last)
    bad = now.rejected + now.beside
    if bad < _LEAST_REJECTED:
        return
    was = _before(catalog, newspaper, last)
    usual = (was.rejected + was.beside) / max(was.read, 1)
    # of a paper without a past, and of many pages, as a backfill reads of an older template, a smaller share is enough
    least = _DROP if was.read >= _LEAST_PAST and bad < _MANY_REJECTED else 0.0
    if bad / max(now.read, 1) <= max(least, 2 * usual + 0.1):
        return
    recent = [run for run in runs.ended() if last.started_at - run.started_at < timedelta(days=1)]
    reasons = Counter(
        (field, reason)
        for run in recent
        for _, _, found in catalog.rejections(run.id)
        for field, reason in found.items()
    )
    most = tuple(reason for reason, _ in reasons.most_common(_MOST_NAMED))
    figures = Layout(rejected=now.rejected, beside=now.beside, read=now.read, reasons=most)
    yield Alarm(kind="layout", newspaper=newspaper, subject="", figures=figures)


_compared: dict[tuple[Path, str], tuple[tuple[int, int], list[Alarm]]] = {}


def _fields(collection: Collection, catalog: Catalog, newspaper: str) -> list[Alarm]:
    """What `field_alarms` says of the last versions, which are compared once for each state of them."""
    state = catalog.connection.execute(
        "SELECT max(seq), count(*) FROM recent_versions WHERE newspaper = ?", (newspaper,)
    ).fetchone()
    key = (collection.catalog_path, newspaper)
    if (known := _compared.get(key)) and known[0] == state:
        return known[1]
    found = list(field_alarms(newspaper, recent_versions(catalog.connection, newspaper)))
    _compared[key] = (state, found)
    return found


def _disk(collection: Collection, catalog: Catalog, instant: datetime) -> Iterator[Alarm]:
    free = shutil.disk_usage(collection.root).free
    days, fastest = forecast(catalog, free, instant)
    if free < _LEAST_FREE or (days is not None and days < _DAYS_LEFT):
        yield Alarm(kind="disk", newspaper=None, subject="", figures=Disk(free=free, days=days, fastest=fastest))


def _unread(catalog: Catalog) -> Iterator[Alarm]:
    """Captured pages could not be read yet, so that their articles are missing."""
    for newspaper, pages in itertools.groupby(unread_pages(catalog.connection), lambda page: page.newspaper):
        found = sorted(pages, key=lambda page: (-page.tries, page.url))
        since = min(page.failed_at for page in found)
        named = tuple((page.url, page.tries) for page in found[:_MOST_NAMED])
        lists = sum(page.kind in _LISTS for page in found)
        figures = UnreadPages(pages=len(found), since=since, named=named, lists=lists)
        yield Alarm(kind="unread", newspaper=newspaper, subject="", figures=figures)


def _late(catalog: Catalog, instant: datetime) -> Iterator[Alarm]:
    """A job of the schedule did not run on time."""
    rows = catalog.connection.execute("SELECT job, newspaper, due_at, patience FROM plans ORDER BY job, newspaper")
    for job, newspaper, due_at, patience in rows:
        late = instant - parse_warc_date(due_at)
        if late > timedelta(seconds=patience):
            figures = Late(due=parse_warc_date(due_at), late=late)
            yield Alarm(kind="late", newspaper=newspaper, subject=job, figures=figures)
