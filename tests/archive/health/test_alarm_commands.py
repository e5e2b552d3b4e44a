"""`baotinh alarms`: an operator acknowledges and mutes alarms, with a reason and an end."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from support.crawling import baotinh
from support.past_runs import Past

from archive.clock import now, warc_date
from archive.errors.declared import UnknownAlarm
from archive.health.alarm import Alarm
from archive.health.history import active_alarms, record_alarms


@pytest.fixture
def failing(tmp_path: Any) -> Past:
    """A newspaper whose last two runs failed, just now."""
    past = Past(tmp_path / "held")
    for minutes in (9, 5):
        past.run(timedelta(0), "failed", "no connection")
        at = warc_date(now() - timedelta(minutes=minutes))
        past.write("UPDATE runs SET started_at = ?, finished_at = ? WHERE id = (SELECT max(id) FROM runs)", at, at)
    return past


def alarms(past: Past, *arguments: object) -> Any:
    return baotinh("alarms", *arguments, "--collection", past.collection.root)


def listed(past: Past) -> Any:
    said = json.loads(alarms(past, "list", "--json").stdout)
    return next(one for one in said["alarms"] if one["kind"] == "failing"), said["mutes"]


def test_a_muted_alarm_is_listed_and_does_not_count(failing: Past) -> None:
    assert baotinh("jobs", "health", "--collection", failing.collection.root).returncode == 1
    muted = alarms(failing, "mute", "failing/baocantho", "--reason", "đổi máy chủ", "--for", "3d")
    assert muted.returncode == 0 and muted.stdout.startswith("muted: failing/baocantho until 20")
    alarms(failing, "mute", "disk", "--reason", "the machine that tests", "--for", "1d")
    health = baotinh("jobs", "health", "--collection", failing.collection.root)
    assert health.returncode == 0 and "no connection" in health.stdout and ": đổi máy chủ" in health.stdout
    found, mutes = listed(failing)
    assert found["muted"]["reason"] == "đổi máy chủ" and mutes[0]["selector"] == "failing/baocantho"
    assert alarms(failing, "unmute", "failing/baocantho").returncode == 0
    assert baotinh("jobs", "health", "--collection", failing.collection.root).returncode == 1
    again = alarms(failing, "unmute", "failing/baocantho")
    assert again.returncode == 2 and "is not muted; muted are disk" in again.stderr


def test_an_alarm_is_acknowledged_by_selector_also_before_it_is_recorded(failing: Past) -> None:
    said = alarms(failing, "acknowledge", "failing", "--reason", "tòa soạn biết rồi")
    assert said.returncode == 0 and said.stdout == "acknowledged: failing/baocantho\n"
    found, _ = listed(failing)
    assert found["acknowledged"]["reason"] == "tòa soạn biết rồi" and found["muted"] is None
    lines = alarms(failing, "list").stdout
    assert "baocantho failing: the last runs failed" in lines and "acknowledged 20" in lines


def test_an_alarm_is_acknowledged_by_its_number(failing: Past) -> None:
    with failing.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        record_alarms(connection, [Alarm(kind="failing", newspaper="baocantho", subject="", detail="x")], now())
        (record,) = active_alarms(connection)
    assert listed(failing)[0]["id"] == record.id
    assert alarms(failing, "acknowledge", record.id, "--reason", "r").returncode == 0
    assert listed(failing)[0]["acknowledged"]["reason"] == "r"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mute", "disk", "--reason", " ", "--for", "1d"], "--reason is empty"),
        (["acknowledge", "errors", "--reason", "r"], "no alarm that applies now is 'errors'; there are"),
        (["acknowledge", "failing"], "--reason"),
        (["mute", "failing", "--reason", "r"], "say when the mute ends"),
        (["mute", "failing", "--reason", "r", "--for", "3d", "--until", "2999-01-01"], "say when the mute ends"),
        (["mute", "failing", "--reason", "r", "--for", "soon"], "--for cannot be 'soon'"),
        (["mute", "failing", "--reason", "r", "--until", "2020-01-01"], "has passed"),
        (["mute", "failing", "--reason", "r", "--until", "x"], "must be a day such as"),
        (["mute", "fallling", "--reason", "r", "--for", "1d"], "no kind of alarm is called 'fallling'"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(failing: Past, arguments: list[str], said: str) -> None:
    refused = alarms(failing, *arguments)
    assert refused.returncode == 2 and said in " ".join(refused.stderr.split())
    found, mutes = listed(failing)
    assert found["acknowledged"] is None and mutes == []


def test_a_glance_fits_a_terminal_and_a_message(failing: Past) -> None:
    said = baotinh("status", "--collection", failing.collection.root)
    assert said.returncode == 1 and "failing: the last runs failed" in said.stdout
    assert max(len(line) for line in said.stdout.splitlines()[1:]) <= 80  # a path is not broken
    many = str(UnknownAlarm("9", [f"failing/paper{number}" for number in range(98)]))
    assert many.endswith("failing/paper9 and 88 more ('baotinh alarms list')")
