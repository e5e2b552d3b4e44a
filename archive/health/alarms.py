"""Finds alarms: compares the last runs of each newspaper with its earlier ones."""

from __future__ import annotations

import itertools
import json
import shutil
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import attrs

from archive.catalog import Catalog
from archive.catalog.runs import Run
from archive.catalog.unread import unread_pages
from archive.clock import parse_warc_date, warc_date
from archive.collection import Collection
from archive.errors import FailureKind
from archive.health.alarm import (
    Alarm,
    Confidence,
    Disk,
    Doubtful,
    Errors,
    Failing,
    Lacking,
    Late,
    Layout,
    Robots,
    Silence,
    UnreadPages,
)
from archive.health.disk import forecast
from archive.health.robots import new_ban
from archive.ingest.runs import CRAWLED

# A section is silent when nothing was published for this multiple of its longest silence of the last 90 days. Its
# history must be long enough to hold weekends.
SILENCE, WINDOW, LEAST_HISTORY = 1.5, timedelta(days=90), timedelta(days=14)
_LEAST_ARTICLES = 5
# How long the alarm of a silent section lasts.
_LONGEST_MISSED = timedelta(days=400)
# How many runs, and how many versions of articles, are compared.
_PAST_RUNS, _RECENT_VERSIONS, _PAST_VERSIONS = 200, 30, 500
_DROP, _LESS_SURE = 0.3, 0.15
_LEAST_ERRORS, _ERROR_RATE, _ERROR_TIMES = 5, 0.2, 3.0
# The disk is running out when it is full in so many days, or has so little room.
_DAYS_LEFT = 14.0
_LEAST_FREE = 1_000_000_000
_LEAST_REJECTED = 5
_MOST_NAMED = 3  # addresses that an alarm names
_FAILED = ("failed", "interrupted")
_FORBIDDEN = "forbidden by robots.txt"
# A day is compared with the 14 days before it.
_PAST = timedelta(days=15)
_FIELDS = ("kicker", "lead", "section", "byline", "authors", "tags", "canonical_url")


def examine(collection: Collection, catalog: Catalog, instant: datetime) -> list[Alarm]:
    """All alarms at an instant, in a fixed order."""
    found = [*_disk(collection, catalog, instant), *_late(catalog, instant), *_unread(catalog)]
    for (newspaper,) in catalog.connection.execute("SELECT DISTINCT newspaper FROM runs ORDER BY newspaper").fetchall():
        runs = [run for run in catalog.runs(_PAST_RUNS, newspaper=newspaper) if run.source in CRAWLED]
        ended = [run for run in runs if run.finished_at is not None]
        if not ended:
            continue
        found += _failing(newspaper, [run for run in ended if not _met_another(run, runs)])
        found += _errors(catalog, newspaper, ended)
        found += _robots(collection, catalog, newspaper, instant)
        found += _layout(catalog, newspaper, ended)
        found += _fields(catalog, newspaper)
        found += _silence(catalog, newspaper, ended)
    return sorted(found, key=lambda alarm: (alarm.kind, alarm.newspaper or "", alarm.subject))


def _failing(newspaper: str, ended: Sequence[Run]) -> Iterator[Alarm]:
    """The last two runs failed; a single one may be a fault of the network. Runs without requests do not count."""
    telling = [run for run in ended if run.outcome in _FAILED or _has_asked(run)]
    if len(telling) >= 2 and all(run.outcome in _FAILED for run in telling[:2]):
        since = next((run for run in telling if run.outcome == "finished"), None)
        failure, kind = telling[0].failure or None, telling[0].failure_kind
        figures = Failing(failure=failure, last_good=since.name if since else None, failure_kind=kind)
        yield Alarm(kind="failing", newspaper=newspaper, subject="", figures=figures)


def _met_another(run: Run, runs: Sequence[Run]) -> bool:
    """Whether a run did not begin because another of its newspaper was running, for less than a day."""
    return run.failure_kind is FailureKind.LOCKED and any(
        timedelta(0) <= run.started_at - other.started_at < timedelta(days=1)
        and (other.finished_at is None or other.finished_at > run.started_at)
        for other in runs
        if other.id != run.id and other.outcome != "failed"
    )


def _has_asked(run: Run) -> bool:
    return any(run.counts.get(name) for name in ("pages", "errors", _FORBIDDEN))


def _errors(catalog: Catalog, newspaper: str, ended: Sequence[Run]) -> Iterator[Alarm]:
    """Far more requests failed than usual, in the last run with requests or within a day, because small runs have few
    errors each. Runs that failed as a whole belong to the alarm `failing`."""
    last = next((run for run in ended if _has_asked(run)), None)
    if last is None or ended[0].outcome in _FAILED:
        return
    day, was = _last_day_and_before(catalog, newspaper, ended[0])
    one = _Sums(last.counts.get("pages", 0), last.counts.get("errors", 0), 0, 0, 0)
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


_SUMS = """SELECT total(json_extract(counts, '$."pages"')), total(json_extract(counts, '$."errors"')),
    total(json_extract(counts, '$."rejected"')), total(json_extract(counts, '$."beside the rules"')),
    total(json_extract(counts, '$."articles new"')) + total(json_extract(counts, '$."articles changed"'))
        + total(json_extract(counts, '$."articles duplicate"'))
    FROM runs WHERE newspaper = ? AND started_at > ? AND started_at <= ? AND finished_at IS NOT NULL
    AND source IN ('network', 'demonstration') AND coalesce(outcome, '') NOT IN ('failed', 'interrupted')"""


def _last_day_and_before(catalog: Catalog, newspaper: str, last: Run) -> tuple[_Sums, _Sums]:
    """The sums of the day up to a run, and of the 14 days before it."""
    day, past = last.started_at - timedelta(days=1), last.started_at - _PAST
    recent, before = (
        catalog.connection.execute(_SUMS, (newspaper, warc_date(since), warc_date(until))).fetchone()
        for since, until in ((day, last.started_at), (past, day))
    )
    return _Sums(*map(int, recent)), _Sums(*map(int, before))


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


def _layout(catalog: Catalog, newspaper: str, ended: Sequence[Run]) -> Iterator[Alarm]:
    """Article pages cannot be read any more, or not by the rules: their layout must have changed."""
    recent = [run for run in ended if ended[0].started_at - run.started_at < timedelta(days=1)]
    now, was = _last_day_and_before(catalog, newspaper, ended[0])
    usual, bad = (was.rejected + was.beside) / max(was.read, 1), now.rejected + now.beside
    if bad < _LEAST_REJECTED or bad / max(now.read, 1) <= max(_DROP, 2 * usual + 0.1):
        return
    reasons = Counter(
        (field, reason)
        for run in recent
        for _, _, found in catalog.rejections(run.id)
        for field, reason in found.items()
    )
    most = tuple(reason for reason, _ in reasons.most_common(_MOST_NAMED))
    figures = Layout(rejected=now.rejected, beside=now.beside, read=now.read, reasons=most)
    yield Alarm(kind="layout", newspaper=newspaper, subject="", figures=figures)


def _fields(catalog: Catalog, newspaper: str) -> Iterator[Alarm]:
    """A field is missing or doubtful far more often in the latest articles than before."""
    rows = catalog.connection.execute(
        """SELECT json_extract(v.line, '$.missing'), json_extract(v.line, '$.doubts'),
        json_extract(v.line, '$.confidence')
        FROM versions v JOIN articles a ON a.id = v.article_id WHERE a.newspaper = ? ORDER BY v.seq DESC LIMIT ?""",
        (newspaper, _RECENT_VERSIONS + _PAST_VERSIONS),
    ).fetchall()
    if len(rows) < 4 * _RECENT_VERSIONS:
        return
    for kind, column in (("field", 0), ("doubt", 1)):
        named = [set(json.loads(row[column] or "{}")) for row in rows]
        recent, past = named[:_RECENT_VERSIONS], named[_RECENT_VERSIONS:]
        for field in sorted(set[str]().union(*recent)) if kind == "doubt" else _FIELDS:
            now, before = (sum(field in one for one in part) / len(part) for part in (recent, past))
            if now - before > _DROP:
                made = Lacking if kind == "field" else Doubtful
                figures = made(share=now, before=before, articles=len(recent))
                yield Alarm(kind=kind, newspaper=newspaper, subject=field, figures=figures)
    yield from _confidence(newspaper, [json.loads(row[2] or "{}") for row in rows])


def _confidence(newspaper: str, confidences: Sequence[dict[str, float]]) -> Iterator[Alarm]:
    """The mean confidence of a field is far lower in the latest articles than before."""
    recent, past = confidences[:_RECENT_VERSIONS], confidences[_RECENT_VERSIONS:]
    for field in sorted(set[str]().union(*recent) & set[str]().union(*past)):
        now, before = (statistics.fmean(one[field] for one in part if field in one) for part in (recent, past))
        if before - now > _LESS_SURE:
            figures = Confidence(mean=now, before=before, articles=len(recent))
            yield Alarm(kind="confidence", newspaper=newspaper, subject=field, figures=figures)


def _silence(catalog: Catalog, newspaper: str, ended: Sequence[Run]) -> Iterator[Alarm]:
    """A section published nothing for far longer than ever before, as of the last complete run."""
    last_good = next((run.started_at for run in ended if run.outcome == "finished" and _has_asked(run)), None)
    if last_good is None:
        return
    rows = catalog.connection.execute(
        """SELECT section, published_at FROM articles WHERE newspaper = ? AND published_at >= ? AND published_at <= ?
        AND section IS NOT NULL ORDER BY published_at""",
        (newspaper, warc_date(last_good - _LONGEST_MISSED - WINDOW), warc_date(last_good)),
    )
    (begun_at,) = catalog.connection.execute(
        "SELECT min(started_at) FROM runs WHERE newspaper = ?", (newspaper,)
    ).fetchone()
    first = parse_warc_date(begun_at)
    printed: defaultdict[str, list[str]] = defaultdict(list)
    for section, published_at in rows:
        printed[section].append(published_at)
    for section, found in sorted(printed.items()):
        last = parse_warc_date(found[-1])
        # the days before it became silent, however long ago that is
        times = [parse_warc_date(at) for at in found if at >= warc_date(last - WINDOW)]
        if len(times) < _LEAST_ARTICLES or last_good - times[0] < LEAST_HISTORY:
            continue
        longest = max(after - before for before, after in itertools.pairwise(times))
        silent = last_good - last
        if silent > WINDOW and first > last + SILENCE * longest:
            continue  # it was silent long before the first crawl
        if silent > SILENCE * max(longest, timedelta(hours=1)):
            figures = Silence(since=last, silent=silent, longest=longest)
            yield Alarm(kind="silence", newspaper=newspaper, subject=section, figures=figures)


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
        figures = UnreadPages(pages=len(found), since=since, named=named)
        yield Alarm(kind="unread", newspaper=newspaper, subject="", figures=figures)


def _late(catalog: Catalog, instant: datetime) -> Iterator[Alarm]:
    """A job of the schedule did not run on time."""
    rows = catalog.connection.execute("SELECT job, newspaper, due_at, patience FROM plans ORDER BY job, newspaper")
    for job, newspaper, due_at, patience in rows:
        late = instant - parse_warc_date(due_at)
        if late > timedelta(seconds=patience):
            figures = Late(due=parse_warc_date(due_at), late=late)
            yield Alarm(kind="late", newspaper=newspaper, subject=job, figures=figures)
