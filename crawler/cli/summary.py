"""The result of crawls: a table for people, a line of JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from archive.catalog.runs import Run
from archive.cli.terminal import Console
from archive.collection import Collection
from archive.errors import failure_kind
from archive.ingest.runs import deferred, report_path
from archive.printable import json_text, say
from archive.reasons import reason_words
from archive.zones import utc_text
from crawler.runs.run import Outcome

_SHOWN = 10
_PLAINLY: Any = {"soft_wrap": True}
ROWS = (
    ("pages", "pages"),
    ("drawn", "drawn"),
    ("refused", "refused"),
    ("articles", "articles new"),
    ("changed", "articles changed"),
    ("unchanged", "articles duplicate"),
    ("doubtful", "doubtful"),
    ("pictures", "pictures"),
    ("pictures asked again", "pictures requested again"),
    ("pictures exchanged", "pictures exchanged"),
    ("not modified", "not modified"),
    ("missing", "missing"),
    ("gone", "gone"),
    ("forbidden by robots.txt", "forbidden by robots.txt"),
    ("removed by order", "removed by order"),
    ("unreadable", "rejected"),
    ("unread", "unread"),
    ("read again", "read again"),
    ("WARC records", "WARC records"),
    ("WARC bytes", "WARC bytes"),
    ("errors", "errors"),
)
_ALWAYS = {"pages", "articles", "pictures", "WARC records", "WARC bytes", "errors"}


def summary(outcomes: Sequence[Outcome]) -> Table:
    """The counts of the crawls: a row for each count, a column for each newspaper, without rows of zeros."""
    table = Table(title="Crawled", title_justify="left", show_edge=False)
    table.add_column("")
    for outcome in outcomes:
        table.add_column(outcome.newspaper, justify="right")
    if len(outcomes) > 1:
        table.add_column("all", justify="right")
    for label, name in ROWS:
        values = [outcome.counts.get(name, 0) for outcome in outcomes]
        if label in _ALWAYS or any(values):
            cells = values if len(values) == 1 else [*values, sum(values)]
            table.add_row(label, *(f"{value:,}" for value in cells))
    return table


def print_summary(console: Console, outcomes: Sequence[Outcome], root: object) -> None:
    """Print the summary, the pages without an article with their reasons, and the paths of the reports."""
    console.print(summary(outcomes))
    rejected = [part for outcome in outcomes for part in outcome.rejected]
    if rejected:
        console.print("\nPages that gave no article (archived; they can be read again later):")
    for url, _, reasons in rejected[:_SHOWN]:
        values = "; ".join(f"{field}: {reason_words(reason)}" for field, reason in reasons.items())
        console.print(f"  {url}\n    {values}", **_PLAINLY)
    if len(rejected) > _SHOWN:
        console.print(f"  and {len(rejected) - _SHOWN} more")
    unread = [page for outcome in outcomes for page in outcome.unread]
    if unread:
        console.print("\nPages that are archived and could not be read; the next run tries it again:")
    for page in sorted(unread, key=lambda page: -page.tries)[:_SHOWN]:
        console.print(f"  {page.url}\n    tried {page.tries} times: {page.reason}", **_PLAINLY)
    if len(unread) > _SHOWN:
        console.print(f"  and {len(unread) - _SHOWN} more: see the report")
    _print_troubles(console, outcomes)
    _print_refused(console, [one for outcome in outcomes for one in outcome.refused])
    kept = [
        f"  {outcome.newspaper}: {count:,} by {reason.value}"
        for outcome in outcomes
        for reason, count in deferred(outcome.counts).items()
    ]
    if kept:
        console.print("\nDeferred, and still due:", *kept, sep="\n", **_PLAINLY)
    for outcome in outcomes:
        if outcome.counts.get("missing") and not outcome.counts.get("pages"):
            console.print(f"{outcome.newspaper}: the archive holds no page of its sections.", **_PLAINLY)
        if outcome.reason != "finished":
            console.print(f"{outcome.newspaper}: stopped before the end; crawl again to go on.", **_PLAINLY)
    for outcome in outcomes:
        console.print(f"Report: {root}/reports/{outcome.run}.json", **_PLAINLY)


def _print_troubles(console: Console, outcomes: Sequence[Outcome]) -> None:
    troubles = [trouble for outcome in outcomes for trouble in outcome.troubles]
    troubles.sort(key=lambda trouble: trouble.kind != "section")
    if troubles:
        console.print("\nAddresses that gave nothing:")
    for trouble in troubles[:_SHOWN]:
        console.print(f"  {trouble.url}\n    {trouble.kind}: {reason_words(trouble.reason)}", **_PLAINLY)
    if len(troubles) > _SHOWN:
        console.print(f"  and {len(troubles) - _SHOWN} more: see the report")


def _print_refused(console: Console, refused: Sequence[dict[str, Any]]) -> None:
    if refused:
        console.print("\nRequests of drawn pages that were not made:")
    for one in refused[:_SHOWN]:
        console.print(f"  {one['count']:,} to {one['host'] or 'no host'}: {one['reason']}", **_PLAINLY)
    if len(refused) > _SHOWN:
        console.print(f"  and {len(refused) - _SHOWN} more: see the report")


def print_lines(collection: Collection, outcomes: Sequence[Outcome]) -> None:
    """Print a line for each crawl."""
    with collection.catalog() as catalog:
        for outcome in outcomes:
            run = catalog.run(outcome.run)
            assert run is not None
            say(as_line(collection, run, outcome))


def as_line(collection: Collection, run: Run, outcome: Outcome | None) -> str:
    """A run as a JSON object on one line.

    Args:
        run: its row of the catalog.
        outcome: None if its process did not report one.
    """
    report, log = report_path(collection, run.name), collection.logs / run.log if run.log else None
    counts = run.counts or (outcome.counts if outcome else {})
    values = {
        "newspaper": run.newspaper,
        "run": run.name,
        "job": run.job,
        "source": run.source,
        "outcome": run.outcome,
        "reason": outcome.reason if outcome else None,
        "failure": str(outcome.failure) if outcome and outcome.failure else run.failure,
        "failure_kind": failure_kind(outcome.failure) if outcome and outcome.failure else run.failure_kind,
        "started_at": utc_text(run.started_at),
        "finished_at": utc_text(run.finished_at) if run.finished_at else None,
        "seconds": round((run.finished_at - run.started_at).total_seconds(), 3) if run.finished_at else None,
        "counts": counts,
        "deferred": (left := {reason.value: count for reason, count in deferred(counts).items()}),
        "kept_back": left,  # the former name of `deferred`, until the next version
        "answers": outcome.answers if outcome else {},
        "hosts": outcome.hosts if outcome else {},
        "troubles": len(outcome.troubles) if outcome else 0,
        "rejected": len(outcome.rejected) if outcome else 0,
        "unread": len(outcome.unread) if outcome else 0,
        "report": str(report.absolute()) if report.exists() else None,
        "log": str(log.absolute()) if log and log.exists() else None,
    }
    return json_text(values)
