"""Showing crawls on a terminal while they run and what came of them; counts nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from scrapy.crawler import Crawler

from crawler.archiving import Archiving
from crawler.restraint import KEPT_BACK
from crawler.run import Outcome

_SHOWN = 10
_PLAINLY: Any = {"markup": False, "highlight": False, "soft_wrap": True}
ROWS = (
    ("pages", "pages"),
    ("articles", "articles new"),
    ("changed", "articles changed"),
    ("unchanged", "articles duplicate"),
    ("doubtful", "doubtful"),
    ("pictures", "pictures"),
    ("not modified", "not modified"),
    ("missing", "missing"),
    ("gone", "gone"),
    ("forbidden by robots.txt", "forbidden by robots.txt"),
    ("unreadable", "rejected"),
    ("WARC records", "WARC records"),
    ("WARC bytes", "WARC bytes"),
    ("errors", "errors"),
)
_ALWAYS = {"pages", "articles", "pictures", "WARC records", "WARC bytes", "errors"}


class Bars:
    """One bar a crawl: requests done of requests known."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("[dim]{task.fields[said]}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._tasks: dict[int, object] = {}

    def __enter__(self) -> Bars:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._progress.stop()

    def show(self, crawlers: list[Crawler]) -> None:
        """Bring the bars up to date."""
        for number, crawler in enumerate(crawlers):
            if crawler.spider is None or not hasattr(crawler.spider, "session"):
                continue
            self._progress.start()
            if number not in self._tasks:
                name = getattr(crawler.spider, "title", crawler.spider.name)
                self._tasks[number] = self._progress.add_task(name, total=None, said="")
            self._update(self._tasks[number], crawler)

    def _update(self, task: object, crawler: Crawler) -> None:
        assert crawler.stats is not None
        archiving = crawler.get_extension(Archiving) if crawler.stats.get_stats() else None
        counts = archiving.counts() if archiving else {}
        done = crawler.stats.get_value("scheduler/dequeued", 0)
        articles = counts.get("articles new", 0) + counts.get("articles changed", 0)
        said = f"articles {articles}, pictures {counts.get('pictures', 0)}, errors {counts.get('errors', 0)}"
        self._progress.update(
            task,  # type: ignore[arg-type]
            total=crawler.stats.get_value("scheduler/enqueued", 0) or None,
            completed=done,
            said=said,
        )


def summary(outcomes: Sequence[Outcome]) -> Table:
    """What came of the crawls: a row a count, a column a newspaper; counts that are nowhere above zero are left out."""
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


def tell(console: Console, outcomes: Sequence[Outcome], root: object) -> None:
    """Print the summary, the pages that gave no article with their reasons, and where the reports lie."""
    console.print(summary(outcomes))
    rejected = [part for outcome in outcomes for part in outcome.rejected]
    if rejected:
        console.print("\nPages that gave no article (archived; they can be read again later):")
    for url, _, reasons in rejected[:_SHOWN]:
        said = "; ".join(f"{field}: {reason}" for field, reason in reasons.items())
        console.print(f"  {url}\n    {said}", **_PLAINLY)
    if len(rejected) > _SHOWN:
        console.print(f"  and {len(rejected) - _SHOWN} more")
    troubles = [trouble for outcome in outcomes for trouble in outcome.troubles]
    troubles.sort(key=lambda trouble: trouble.kind != "section")
    if troubles:
        console.print("\nAddresses that gave nothing:")
    for trouble in troubles[:_SHOWN]:
        console.print(f"  {trouble.url}\n    {trouble.kind}: {trouble.reason}", **_PLAINLY)
    if len(troubles) > _SHOWN:
        console.print(f"  and {len(troubles) - _SHOWN} more: see the report")
    kept = [
        f"  {outcome.newspaper}: {count:,} by {name.removeprefix(KEPT_BACK)}"
        for outcome in outcomes
        for name, count in sorted(outcome.counts.items())
        if name.startswith(KEPT_BACK)
    ]
    if kept:
        console.print("\nKept back, and still due:", *kept, sep="\n", **_PLAINLY)
    for outcome in outcomes:
        if outcome.counts.get("missing") and not outcome.counts.get("pages"):
            console.print(f"{outcome.newspaper}: the archive holds no page of its sections.", **_PLAINLY)
        if outcome.reason != "finished":
            console.print(f"{outcome.newspaper}: stopped before the end; crawl again to go on.", **_PLAINLY)
    for outcome in outcomes:
        console.print(f"Report: {root}/reports/{outcome.run}.json", **_PLAINLY)
