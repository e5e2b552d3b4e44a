"""Days of scheduled crawls of three papers: what stood long enough is held, at few requests, and alarms ring."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from days import Simulation, simulation
from judging import Judgement, alarms, judge, silence_rings_at, told
from policy import POLICY, SLACK
from script import DAY, HOUR, script_of

from archive.checking.collection import verify
from archive.health.history import AlarmRecord
from crawler.newsroom.edits import KINDS

DAYS = int(os.environ.get("BAOTINH_DAYS", "5"))
MOST_OF_BASELINE = 0.15


@pytest.fixture(scope="module")
def acted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    with simulation(script_of(DAYS), tmp_path_factory.mktemp("days")) as days:
        for _ in days.run():
            pass
        yield days


@pytest.fixture(scope="module")
def judged(acted: Simulation) -> Judgement:
    for line in told(acted):
        print(line)
    return judge(acted)


def rang(acted: Simulation, *kinds: str) -> list[AlarmRecord]:
    return [one for one in alarms(acted) if one.alarm.kind in kinds]


def is_about(instant: datetime | None, at: datetime) -> bool:
    """Whether something happened in the round of that instant."""
    return instant is not None and at <= instant < at + SLACK


def test_every_run_goes_well_while_the_server_answers(acted: Simulation) -> None:
    script = acted.script
    for one in acted.rounds:
        is_down = script.closed_from <= one.at < script.closed_until
        outcomes = [(ended.exit_code, ended.run.outcome) for ended in one.ended]
        assert is_down or outcomes == [(0, "finished")] * 3, one.at
    assert len(acted.rounds) == script.days * DAY // script.round


def test_nothing_that_stood_long_enough_is_missed_and_nothing_held_is_wrong(judged: Judgement) -> None:
    assert judged.wrong == []
    assert judged.held_articles == judged.articles > 400 + 50 * (DAYS - 1)
    assert judged.held_versions == judged.versions > judged.articles + 4 * DAYS
    assert judged.changes_of_status >= DAYS


def test_every_kind_of_edit_makes_a_version_and_nothing_else_does(judged: Judgement) -> None:
    """Neither the redesign nor the day on which no rule fits its pages makes a version: both make readings."""
    assert judged.unprinted == {}
    assert set(judged.edits) >= set(KINDS)
    assert judged.readings["layout"] > 0


def test_few_requests_are_enough(acted: Simulation) -> None:
    rounds_of_an_hour = acted.script.round / HOUR
    assert acted.requests <= MOST_OF_BASELINE * rounds_of_an_hour * acted.baseline


def test_an_outage_rings_from_its_second_failed_run_to_its_end(acted: Simulation) -> None:
    script, found = acted.script, rang(acted, "failing")
    assert sorted(one.alarm.newspaper or "" for one in found) == ["baobaclieu", "baocantho", "baolaocai"]
    for one in found:
        failed = [
            around.at
            for around in acted.rounds
            for ended in around.ended
            if (ended.run.newspaper, ended.run.outcome) == (one.alarm.newspaper, "failed")
        ]
        assert script.closed_from <= failed[0] and failed[-1] < script.closed_until
        assert failed[1] <= script.closed_from + POLICY.list_most + script.round
        assert is_about(one.raised_at, failed[1])
        assert one.cleared_at is not None
        assert script.closed_until <= one.cleared_at < script.closed_until + POLICY.list_most + script.round


def test_a_section_that_fell_silent_rings_when_its_silence_is_long(acted: Simulation) -> None:
    due = silence_rings_at(acted)
    [one] = rang(acted, "silence")
    assert due is not None and is_about(one.raised_at, due) and one.cleared_at is None
    assert (one.alarm.newspaper, one.alarm.subject) == ("baolaocai", "Văn hóa")


def test_a_redesign_rings_on_its_day_and_until_the_rules_are_mended(acted: Simulation) -> None:
    script = acted.script
    [layout] = rang(acted, "layout")
    assert layout.alarm.newspaper == "baocantho"
    assert script.redesigned_at <= layout.raised_at < script.redesigned_at + timedelta(hours=15)
    assert (
        layout.cleared_at is not None and script.mended_at < layout.cleared_at <= script.mended_at + DAY + script.round
    )
    for one in rang(acted, "field", "doubt", "confidence"):
        assert one.alarm.newspaper == "baocantho"
        assert script.redesigned_at <= one.raised_at <= script.mended_at + DAY and one.cleared_at is not None


def test_nothing_else_rings(acted: Simulation) -> None:
    expected = ("failing", "silence", "layout", "field", "doubt", "confidence")
    assert [one for one in alarms(acted) if one.alarm.kind not in expected] == []


@pytest.mark.skipif(DAYS > 10, reason="a long collection is verified by its shorter form")
def test_the_collection_is_sound(acted: Simulation) -> None:
    assert verify(acted.collection).findings == []
