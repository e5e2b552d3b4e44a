"""Enters what today's rules read in archived pages: later readings of versions, and articles that none read before.

Under the locks of the newspapers, in a run of each newspaper of which anything is entered. A process that is killed
leaves whole readings, whose lines the next run writes; started again, it enters what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import attrs

from archive.article import from_json
from archive.catalog import Catalog
from archive.catalog.readings import enter_reading
from archive.clock import Clock, now
from archive.collection import Collection
from archive.errors import FailureKind
from archive.ingest.recovery import recover
from archive.ingest.release import Decision, release
from archive.ingest.repeats import EXTRACTOR
from archive.ingest.runs import RunDescription, begin_run, end_run
from archive.projections.json_lines import RunLines
from archive.revisit_policy import DEFAULT_POLICY, RevisitPolicy
from crawler.declaration.layout import Rules
from crawler.reextract.comparing import Compared, Difference, Outcome
from crawler.reextract.whole import reextract

READ_AGAIN = "reextract"
"""The source of such a run."""
_BATCH = 200


@attrs.define
class Applied:
    """How many later readings were entered, how many new articles and versions, and in which runs."""

    readings: int = 0
    new: int = 0
    changed: int = 0
    runs: list[str] = attrs.field(factory=list)


def apply(
    collection: Collection,
    rules: Callable[[], Mapping[str, Rules]],
    *,
    newspapers: frozenset[str] = frozenset(),
    since: datetime | None = None,
    processes: int | None = None,
    scheduler: str | None = None,
    policy: RevisitPolicy = DEFAULT_POLICY,
    clock: Clock = now,
) -> Iterator[Difference | Compared | Applied]:
    """Read archived pages as `reextract`, enter what differs, and yield it once it is entered; last what was entered.

    Raises:
        NewspaperLocked: one of the newspapers is being crawled; nothing is entered.
        CollectionInconsistent: what a killed run left contradicts the catalog.
        WorkerLost, DaskMissing, SchedulerUnreachable, WorkerUnfit, ClusterLost: as `reextract`; what was entered stays.
    """
    with ExitStack() as held:
        with collection.catalog() as catalog:
            wanted = newspapers or frozenset(catalog.newspapers())
        for newspaper in sorted(wanted):
            held.enter_context(collection.lock(newspaper))
        catalog = held.enter_context(collection.catalog(writable=True))
        for newspaper in sorted(wanted):
            recover(collection, catalog, newspaper)
        entry = _Entry(collection, catalog, policy, clock)
        results = reextract(
            collection, rules, newspapers=newspapers, since=since, processes=processes, scheduler=scheduler,
            read_at=entry.read_at,
        )  # fmt: skip
        try:
            yield from entry.enter_all(results)
        except BaseException as error:
            entry.end("stopped" if isinstance(error, KeyboardInterrupt | GeneratorExit) else "failed", str(error))
            raise
        yield entry.end("finished")


@attrs.define
class _Run:
    id: int
    name: str
    description: RunDescription
    counts: Counter[str] = attrs.field(factory=Counter)


class _Entry:
    """Enters readings and articles, some hundred in a transaction."""

    def __init__(self, collection: Collection, catalog: Catalog, policy: RevisitPolicy, clock: Clock) -> None:
        self._collection, self._catalog, self._policy, self._clock = collection, catalog, policy, clock
        self._runs: dict[str, _Run] = {}
        self._lost: list[Difference] = []
        self.read_at = clock()

    def enter_all(self, results: Iterable[Difference | Compared]) -> Iterator[Difference | Compared]:
        """Enter what is to be entered, and hand all results on."""
        waiting: list[Difference] = []
        for one in results:
            if isinstance(one, Difference) and one.line is not None:
                waiting.append(one)
            elif isinstance(one, Difference) and one.outcome is Outcome.LOST:
                self._lost.append(one)
            if len(waiting) >= _BATCH or isinstance(one, Compared):
                self._enter(waiting)
                waiting = []
            yield one
        self._enter(waiting)

    def _enter(self, waiting: list[Difference]) -> None:
        runs = [self._run(one.newspaper) for one in waiting]
        if not waiting:
            return
        with self._catalog.transaction() as connection:
            for one, run in zip(waiting, runs, strict=True):
                article = from_json(one.line or "")
                if one.outcome is Outcome.GAINED:
                    decision = release(connection, run.id, article, self._policy, self._collection).decision
                    if decision is not Decision.DUPLICATE:
                        run.counts[f"articles {decision.value}"] += 1
                elif enter_reading(connection, run.id, article, one.line) is not None:
                    run.counts["readings"] += 1

    def _run(self, newspaper: str) -> _Run:
        """The run of a newspaper, which begins with what is entered first."""
        if newspaper not in self._runs:
            said = RunDescription(
                newspaper=newspaper, source=READ_AGAIN, software=EXTRACTOR, settings={}, warcinfo={}
            )  # fmt: skip
            self._runs[newspaper] = _Run(*begin_run(self._catalog, said, self.read_at), said)
        return self._runs[newspaper]

    def end(self, outcome: str, failure: str | None = None) -> Applied:
        """Write the runs' JSON lines and reports, and enter their ends."""
        applied = Applied()
        for newspaper, run in self._runs.items():
            RunLines(self._collection, run.id, run.name).finish()
            report: dict[str, Any] = {"lost": [_said(one) for one in self._lost if one.newspaper == newspaper]}
            if outcome == "failed":
                report |= {"failure": failure, "failure_kind": FailureKind.OTHER.value}
            end_run(
                self._collection, self._catalog, run.id, run.description, outcome, self._clock(), run.counts, report
            )  # fmt: skip
            applied.readings += run.counts["readings"]
            applied.new += run.counts["articles new"]
            applied.changed += run.counts["articles changed"]
            applied.runs.append(run.name)
        return applied


def _said(one: Difference) -> dict[str, Any]:
    """A version whose page gives no article any more, for the report: the version stays."""
    return {"id": one.id, "version": one.version, "url": one.url, "missing": dict(one.missing)}
