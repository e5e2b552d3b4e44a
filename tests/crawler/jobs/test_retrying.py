"""When a run is made up for: growing pauses with a bound, and what is not retried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalog.runs import Run
from archive.clock import warc_date
from archive.collection import Collection
from archive.errors import FailureKind
from crawler.jobs.planning import due, pause, plan, resume
from crawler.jobs.retrying import Retry, retry_at
from crawler.jobs.schedule import Job, Schedule

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def attempt(number: int, outcome: str | None, kind: FailureKind | None = None, minutes: int = 1) -> Run:
    began = NOON + number * timedelta(minutes=10)
    ended = began + minutes * MINUTE if outcome else None
    of = None if number == 0 else "run-0"
    name, failure = f"run-{number}", "it failed" if kind else None
    return Run(
        number, name, "baocantho", began, ended, outcome, "network", "", {}, {}, "south", None, failure, kind, of
    )


@pytest.mark.parametrize("outcome", ["failed", "interrupted"])
def test_the_pauses_grow_up_to_a_bound(outcome: str) -> None:
    retry, attempts, pauses = Retry(first=MINUTE, most=4), [], []
    for number in range(5):
        attempts.append(attempt(number, outcome))
        at = retry_at(attempts, retry)
        pauses.append(None if at is None else at - attempts[-1].finished_at)  # type: ignore[operator]
    assert pauses[4] is None
    for number, wait in enumerate(pauses[:4]):
        assert wait is not None and MINUTE * 2**number <= wait <= MINUTE * 2**number * 1.2


@given(st.integers(0, 19), st.floats(0, 1))
def test_a_pause_is_longer_by_a_fifth_at_most(retries: int, jitter: float) -> None:
    pause = Retry(first=MINUTE).pause(retries, jitter=jitter) / (MINUTE * 2**retries)
    assert 1 <= pause <= 1.2 + 1e-6


@pytest.mark.parametrize(
    "last",
    [
        attempt(0, "finished"),
        attempt(0, None),
        attempt(0, "stopped"),
        attempt(0, "failed", FailureKind.MISUSED),
        attempt(0, "failed", FailureKind.FRUITLESS),
    ],
)
def test_what_a_retry_cannot_mend_is_not_retried(last: Run) -> None:
    assert retry_at([last], Retry()) is None


def test_none_is_retried_where_that_is_off() -> None:
    assert retry_at([attempt(0, "failed")], None) is None


def test_a_run_that_was_ended_with_the_daemon_goes_on_at_once_and_counts_as_no_retry() -> None:
    stopped = attempt(0, "stopped")
    assert retry_at([stopped], Retry(), was_ended=True) == stopped.finished_at
    attempts = [stopped, attempt(1, "failed")]
    at = retry_at(attempts, Retry(first=MINUTE, most=1))
    assert at is not None and at - attempts[-1].finished_at >= MINUTE  # type: ignore[operator]


def test_the_interval_is_counted_from_the_scheduled_run_and_beats_a_later_retry() -> None:
    job = Job(name="south", newspapers=("baocantho",), every=timedelta(hours=1), retry=Retry(first=MINUTE * 5))
    schedule = Schedule(jobs={"south": job})
    attempts = [attempt(0, "failed"), attempt(1, "failed")]
    first = due(schedule, job, attempts[:1], NOON + 2 * MINUTE)
    assert first.retry_of == "run-0" and NOON + 6 * MINUTE <= first.at <= NOON + 7 * MINUTE
    late = due(schedule, job, [*attempts, attempt(5, "failed")], NOON + 52 * MINUTE)
    assert late.retry_of is None and late.at == NOON + 60 * MINUTE
    missed = due(schedule, job, attempts, NOON + 300 * MINUTE)
    assert missed.retry_of is None and missed.at == NOON + 300 * MINUTE
    done = due(schedule, job, [*attempts, attempt(3, "finished")], NOON + 40 * MINUTE)
    assert done.retry_of is None and done.at == NOON + 60 * MINUTE


def test_what_is_paused_while_its_run_ends_is_not_planned(tmp_path: Path) -> None:
    job = Job(name="south", newspapers=("baocantho",), every=timedelta(hours=1))
    schedule = Schedule(jobs={"south": job})
    with Collection.create(tmp_path / "held").catalog(writable=True) as catalog:

        def planned() -> list[str]:
            with catalog.transaction() as connection:
                plan(connection, schedule, job, "baocantho", NOON)
            return [at for (at,) in catalog.connection.execute("SELECT due_at FROM plans")]

        with catalog.transaction() as connection:
            pause(connection, "south", NOON)
        assert planned() == []
        with catalog.transaction() as connection:
            resume(connection, "south")
        assert planned() == planned() == [warc_date(NOON)]
