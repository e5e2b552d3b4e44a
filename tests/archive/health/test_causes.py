"""One cause rings once: what only follows from another alarm is not raised, and not over while that lasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from support.past_runs import DAY, HOUR, NOW, Past
from support.past_runs import past as past

from archive.clock import warc_date
from archive.errors import FailureKind
from archive.health import evaluation
from archive.health.alarm import (
    Alarm,
    Confidence,
    DaemonDead,
    Disk,
    Doubtful,
    Errors,
    Failing,
    Figures,
    HostErrors,
    Lacking,
    Late,
    Layout,
    Robots,
    Silence,
    UnreadPages,
    Unwritable,
)
from archive.health.alarms import examine_whole
from archive.health.causes import Examined, separate
from archive.health.evaluation import evaluate
from archive.health.history import active_alarms

SHARE = {"share": 0.9, "before": 0.1, "articles": 30}


def alarm(kind: str, figures: Figures, subject: str = "", newspaper: str | None = "baocantho") -> Alarm:
    return Alarm(kind=kind, newspaper=newspaper, subject=subject, figures=figures)


def failing(kind: FailureKind = FailureKind.OTHER) -> Alarm:
    return alarm("failing", Failing(failure="x", last_good=None, failure_kind=kind))


def unread(lists: int) -> Alarm:
    return alarm("unread", UnreadPages(pages=2, since=NOW, named=(), lists=lists))


def late(job: str, due: timedelta, newspaper: str = "baocantho") -> Alarm:
    return alarm("late", Late(due=NOW - due, late=due), job, newspaper)


ERRORS = alarm("errors", Errors(share=0.5, usual=0.0, run="a", within_a_day=False))
HOST = alarm("host", HostErrors(share=0.5, usual=0.0, requests=100), "a.test")
LAYOUT = alarm("layout", Layout(rejected=9, beside=0, read=10, reasons=()))
BESIDE = alarm("layout", Layout(rejected=0, beside=9, read=10, reasons=()))
SILENT = alarm("silence", Silence(since=NOW - DAY, silent=DAY, longest=HOUR), "Thời sự")
ROBOTS = alarm("robots", Robots(since=NOW, lists=2, named=(), articles=0, of_articles=50))
NO_ARTICLES = alarm("robots", Robots(since=NOW, lists=0, named=(), articles=40, of_articles=50))
FIELD, DOUBT = alarm("field", Lacking(**SHARE), "byline"), alarm("doubt", Doubtful(**SHARE), "byline")
UNSURE = alarm("confidence", Confidence(mean=0.5, before=0.9, articles=30), "byline")
FULL = alarm("disk", Disk(free=1, days=0.0, fastest=None), newspaper=None)
FILLING = alarm("disk", Disk(free=10**12, days=9.0, fastest=None), newspaper=None)
READ_ONLY = alarm("unwritable", Unwritable(reason="x"), newspaper=None)
DEAD = alarm("daemon", DaemonDead(), newspaper=None)
NO_SECTION = failing(FailureKind.SECTIONS_UNREAD)


@pytest.mark.parametrize(
    ("causes", "consequences"),
    [
        ([failing()], [ERRORS, HOST, unread(0)]),
        ([ERRORS], [HOST]),
        ([unread(1)], [NO_SECTION]),
        ([NO_SECTION], [unread(0), LAYOUT]),
        ([LAYOUT], [SILENT, FIELD, DOUBT, UNSURE]),
        ([BESIDE, SILENT], [FIELD]),
        ([failing(), LAYOUT], []),
        ([ROBOTS], [SILENT, NO_SECTION]),
        ([NO_ARTICLES, SILENT, NO_SECTION], []),
        ([FIELD], [DOUBT, UNSURE]),
        ([DOUBT], [UNSURE]),
        ([FULL], [failing(FailureKind.UNWRITABLE)]),
        ([FILLING, failing(FailureKind.UNWRITABLE)], []),
        ([READ_ONLY], [failing(FailureKind.UNWRITABLE), late("hourly", 3 * HOUR)]),
        ([DEAD], [late("hourly", 3 * HOUR), late("hourly", 3 * HOUR, "baolaocai")]),
        ([late("nightly", 9 * HOUR)], [late("hourly", 3 * HOUR)]),
        ([late("a", HOUR), late("a", HOUR, "baolaocai")], [late("b", HOUR)]),
        ([failing(), late("hourly", 3 * HOUR)], []),
    ],
)
def test_one_cause_rings_once(past: Past, causes: Sequence[Alarm], consequences: Sequence[Alarm]) -> None:
    with past.collection.catalog() as catalog:
        found = separate([*consequences, *causes], catalog, NOW)
        assert {*found.alarms} == {*causes} and {*found.consequences} == {*consequences}
        alone = separate([alarm for alarm in consequences if alarm.kind != "late"][:1], catalog, NOW)
        assert alone.consequences == ()


def test_alarms_of_another_newspaper_are_no_consequence(past: Past) -> None:
    other = [alarm("errors", Errors(share=0.5, usual=0.0, run="a", within_a_day=False), newspaper="baolaocai")]
    with past.collection.catalog() as catalog:
        assert separate([failing(), *other], catalog, NOW).consequences == ()


def test_a_job_that_waits_for_a_run_of_a_failing_newspaper_is_not_late_besides(past: Past) -> None:
    under_way = past.run(HOUR)
    past.write("UPDATE runs SET finished_at = NULL, outcome = NULL WHERE id = ?", under_way)
    with past.collection.catalog() as catalog:
        found = separate([failing(), late("hourly", 3 * HOUR)], catalog, NOW)
    assert found == Examined(alarms=(failing(),), consequences=(late("hourly", 3 * HOUR),))


def test_fields_do_not_ring_behind_a_layout_that_was_mended(past: Past) -> None:
    past.write(
        """INSERT INTO alarms (kind, newspaper, subject, detail, raised_at, cleared_at)
        VALUES ('layout', 'baocantho', '', '', ?, ?)""", warc_date(NOW - 3 * DAY), warc_date(NOW - DAY),
    )  # fmt: skip
    with past.collection.catalog() as catalog:
        assert separate([FIELD, SILENT], catalog, NOW).alarms == (SILENT,)
        assert separate([FIELD], catalog, NOW + 3 * DAY).alarms == (FIELD,)


def test_fields_do_not_ring_at_the_instant_at_which_a_layout_is_cleared(past: Past) -> None:
    past.write(
        "INSERT INTO alarms (kind, newspaper, subject, detail, raised_at) VALUES ('layout', 'baocantho', '', '', ?)",
        warc_date(NOW - DAY),
    )
    with past.collection.catalog() as catalog:
        assert separate([FIELD], catalog, NOW) == Examined(alarms=(), consequences=(FIELD,))


def test_runs_that_fail_after_errors_do_not_end_the_errors(past: Past) -> None:
    """The alarm of errors that was raised stays until requests succeed again, and is told of no more."""

    def change() -> tuple[list[str], list[str]]:
        with past.collection.catalog(writable=True) as catalog:
            found = evaluate(past.collection, catalog, NOW, ())
        kinds = [one.kind for one in found.raised], [one.alarm.kind for one in found.cleared]
        return [kind for kind in kinds[0] if kind != "disk"], kinds[1]

    past.run(HOUR / 2, pages=20, errors=15)
    assert change() == (["errors"], [])
    past.run(HOUR / 3, "failed", "no connection", errors=9)
    past.run(HOUR / 4, "failed", "no connection", errors=9)
    past.run(HOUR / 5)  # nothing was due
    assert change() == (["failing"], [])
    with past.collection.catalog() as catalog:
        assert {one.alarm.kind for one in active_alarms(catalog.connection)} >= {"failing"}
    past.run(HOUR / 6, pages=400)
    assert change()[1][0] in ("errors", "failing") and past.found() == {}


def test_the_errors_of_a_run_that_failed_alone_do_not_ring(past: Past) -> None:
    past.run(HOUR / 2, "failed", "no connection", pages=2, errors=30)
    past.run(HOUR / 3)  # nothing was due
    assert past.found() == {}


def test_what_changes_while_alarms_are_evaluated_is_seen(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run ends between the look at the catalog and the entry of what was found."""
    looked: list[int] = []

    def look(*arguments: Any) -> Examined:
        found = examine_whole(*arguments)
        if not looked:
            past.run(HOUR / 3, "failed", "no connection")
            past.run(HOUR / 4, "failed", "no connection")
        looked.append(1)
        return found

    monkeypatch.setattr(evaluation, "examine_whole", look)
    with past.collection.catalog(writable=True) as catalog:
        change = evaluate(past.collection, catalog, NOW, ())
    assert "failing" in {alarm.kind for alarm in change.raised} and len(looked) == 2
