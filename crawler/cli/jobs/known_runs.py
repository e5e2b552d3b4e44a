"""Runs as `baotinh jobs` shows them: what their rows say, and what their processes say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any, Self

import attrs

from archive.catalog.runs import Run
from archive.cli.local_times import zoned
from archive.clock import now
from archive.collection import Collection
from archive.daemon.heartbeat import daemon_state, read_heartbeat
from archive.errors import CollectionMissing
from archive.ingest.runs import outcome_of
from archive.zones import utc_text
from crawler.jobs.planning import last_attempts, paused_jobs
from crawler.jobs.schedule import Schedule, ScheduleSource, newspapers_of

_COUNTED = {"new": "articles new", "changed": "articles changed", "errors": "errors"}


def row_of(attempts: Sequence[Run], outcome: str) -> dict[str, Any]:
    """A run and its retries, the oldest first, as one row: the end of the last, and the sums of their counts."""
    first, last = attempts[0], attempts[-1]
    return {
        "run": last.name,
        "newspaper": last.newspaper,
        "job": last.job,
        "started_at": utc_text(first.started_at, "seconds"),
        "seconds": round((last.finished_at - first.started_at).total_seconds()) if last.finished_at else None,
        "attempts": len(attempts),
        "outcome": outcome,
        **{name: sum(one.counts.get(count, 0) for one in attempts) for name, count in _COUNTED.items()},
        "failure": last.failure,
        "failure_kind": last.failure_kind,
    }


@attrs.frozen
class KnownRuns:
    """The last run of each job for each of its newspapers, with its retries, and what the daemon runs."""

    collection: Collection
    attempts: Mapping[tuple[str, str], Sequence[Run]]
    paused: Set[str]
    other_schedule: str | None = None
    """That the daemon runs another schedule than the file says; None where it does not."""

    @classmethod
    def of(cls, path: Path, planned: Schedule, schedule_path: Path) -> Self:
        """Those of the collection at `path`; none where there is no collection yet."""
        pairs = [*newspapers_of(planned)]
        try:
            held = Collection.open(path)
        except CollectionMissing:
            nothing: dict[tuple[str, str], Sequence[Run]] = {(job.name, one): () for job, one in pairs}
            return cls(Collection(path.absolute()), nothing, frozenset())
        with held.catalog() as catalog:
            found = {(job.name, newspaper): last_attempts(catalog, job, newspaper) for job, newspaper in pairs}
            paused = paused_jobs(catalog.connection)
        return cls(held, found, paused, _other_schedule(held, ScheduleSource(schedule_path, lambda: planned)))

    def outcome(self, run: Run) -> str:
        """The outcome of a run."""
        return outcome_of(self.collection, run)


def _other_schedule(held: Collection, source: ScheduleSource) -> str | None:
    beat = read_heartbeat(held)
    if beat is None or not daemon_state(held, beat, now()).is_alive or beat.schedule_digest == source.digest():
        return None
    read_at = zoned(beat.schedule_read_at)
    return (
        f"The daemon runs {beat.schedule} as it was at {read_at}, which is not this schedule: "
        "'baotinh jobs reload' lets it read the file again."
    )
