"""What the pages of runs and of a single run show; malformed parts of a report are left out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import attrs

from archive.catalog import Catalog, Run
from archive.collection import Collection
from archive.ingest.runs import deferred, outcome_of, read_report, who_ran
from archive.language.catalogue import gettext
from archive.web.queries.runs import RUNS_PER_PAGE, RunsQuery

LISTED = 200
_WITHOUT_END = ("running", "interrupted")


@attrs.frozen
class ListedRun:
    """A run and its outcome: `running` or `interrupted` where its end is not entered."""

    run: Run
    outcome: str


@attrs.frozen(kw_only=True)
class RunsView:
    """A page of runs, and the values of its filters."""

    query: RunsQuery
    runs: tuple[ListedRun, ...] = ()
    total: int = 0
    newspapers: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def pages(self) -> int:
        """How many pages the runs fill."""
        return math.ceil(self.total / RUNS_PER_PAGE)


def view_runs(collection: Collection, catalog: Catalog, query: RunsQuery) -> RunsView:
    """The runs for a query; unknown names give messages in `wrong`."""
    newspapers, jobs = who_ran(catalog)
    wrong = list(query.wrong)
    if query.newspaper and query.newspaper not in newspapers:
        name = query.newspaper[:60]
        wrong.append(gettext("There is no run of the newspaper “%(name)s”.", name=name))
    if query.job and query.job not in jobs:
        wrong.append(gettext("There is no run of the job “%(name)s”.", name=query.job[:60]))
    found = RunsView(query=query, newspapers=tuple(newspapers), jobs=tuple(jobs), wrong=tuple(wrong))
    if wrong:
        return found
    runs, total = _listed(collection, catalog, query)
    return attrs.evolve(found, runs=tuple(runs), total=total)


def _listed(collection: Collection, catalog: Catalog, query: RunsQuery) -> tuple[list[ListedRun], int]:
    """The runs of a page, and how many there are on all pages."""
    begin, count = (query.page - 1) * RUNS_PER_PAGE, catalog.count_runs(**query.arguments())
    outcome = query.outcome or None
    runs_of = partial(catalog.runs, job=query.job or None, newspaper=query.newspaper or None)
    if outcome not in _WITHOUT_END:
        runs = runs_of(RUNS_PER_PAGE, offset=begin, outcome=outcome)
        return [ListedRun(run, outcome_of(collection, run)) for run in runs], count
    # which of the runs without an end are interrupted, only the locks say; there is hardly more than one by newspaper
    open_runs = runs_of(catalog.unfinished_runs(), outcome="running")
    found = [one for run in open_runs if (one := ListedRun(run, outcome_of(collection, run))).outcome == outcome]
    total = len(found)
    if outcome == "interrupted":
        total += count
        ended = runs_of(begin + RUNS_PER_PAGE, outcome=outcome) if begin < total else []
        found = sorted([*found, *(ListedRun(run, outcome) for run in ended)], key=lambda one: -one.run.id)
    return found[begin : begin + RUNS_PER_PAGE], total


def lasted(run: Run) -> timedelta | None:
    """How long a run took; None while it is running."""
    return run.finished_at - run.started_at if run.finished_at else None


def deferred_requests(run: Run) -> int:
    """How many requests of a run were deferred: quiet hours, backoff, budgets."""
    return sum(deferred(run.counts).values())


@attrs.frozen(kw_only=True)
class Entry:
    """A page or address in a run's report, with details by kind or field."""

    url: str
    details: tuple[tuple[str, str], ...]
    article: str | None = None


@attrs.frozen(kw_only=True)
class UnreadPage:
    """A captured page that could not be read when a run ended: after how many tries, and why."""

    url: str
    failure: str
    tries: str


@attrs.frozen(kw_only=True)
class RunView:
    """A run with its report; long lists have their first LISTED entries, and the full count.

    Args:
        attempts: the scheduled run and those that made up for it, the oldest first; this one alone where none did.
    """

    run: Run
    outcome: str
    attempts: tuple[ListedRun, ...]
    files: tuple[str, ...]
    has_report: bool
    has_log: bool
    reason: str | None
    answers: tuple[tuple[str, int], ...]
    troubles: tuple[Entry, ...]
    trouble_count: int
    rejected: tuple[Entry, ...]
    rejected_count: int
    unread: tuple[UnreadPage, ...]
    unread_count: int
    doubtful: tuple[Entry, ...]
    doubtful_count: int


def view_run(collection: Collection, catalog: Catalog, name: str) -> RunView | None:
    """The run of that name, with its report if there is one; None if there is no such run."""
    run = catalog.run(name)
    if run is None:
        return None
    found = read_report(collection, run.name)
    report = found or {}
    troubles, doubtful = _dicts(report.get("troubles")), _dicts(report.get("doubtful"))
    unread = _dicts(report.get("unread"))
    rejected = _rejected(catalog, run, report)
    answers = report.get("answers")
    return RunView(
        run=run,
        outcome=outcome_of(collection, run),
        attempts=tuple(ListedRun(one, outcome_of(collection, one)) for one in catalog.attempts(run)),
        files=tuple(catalog.warc_files_of(run.id)),
        has_report=found is not None,
        has_log=bool(run.log) and (collection.logs / str(run.log)).is_file(),
        reason=_text(report.get("reason")) or None,
        answers=tuple((str(status), int(count)) for status, count in answers.items() if isinstance(count, int))
        if isinstance(answers, dict)
        else (),
        troubles=tuple(
            Entry(url=_text(one.get("url")), details=((_text(one.get("kind")), _text(one.get("reason"))),))
            for one in troubles[:LISTED]
        ),
        trouble_count=len(troubles),
        rejected=tuple(rejected[:LISTED]),
        rejected_count=len(rejected),
        unread=tuple(
            UnreadPage(url=_text(one.get("url")), failure=_text(one.get("failure")), tries=_text(one.get("tries")))
            for one in unread[:LISTED]
        ),
        unread_count=len(unread),
        doubtful=tuple(
            Entry(url=_text(one.get("url")), details=_pairs(one.get("doubts")), article=_text(one.get("id")) or None)
            for one in doubtful[:LISTED]
        ),
        doubtful_count=len(doubtful),
    )


def _rejected(catalog: Catalog, run: Run, report: Mapping[str, Any]) -> list[Entry]:
    """The pages that gave no article, from the catalog, or of older runs from the report."""
    return [
        Entry(url=url, details=tuple((field, str(reason)) for field, reason in reasons.items()))
        for url, _, reasons in catalog.rejections(run.id)
    ] or [
        Entry(url=_text(one.get("url")), details=_pairs(one.get("reasons"))) for one in _dicts(report.get("rejected"))
    ]


# A report may have been edited: parts that do not have the expected form are left out


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(details)) for name, details in value.items()) if isinstance(value, dict) else ()


def _text(value: Any) -> str:
    return "" if value is None else str(value)
