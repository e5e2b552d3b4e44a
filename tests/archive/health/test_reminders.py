"""Active alarms are sent again after growing pauses, unless they are acknowledged or muted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.collection import Collection
from archive.health.alarm import Alarm, DaemonDead
from archive.health.history import acknowledge, active_alarms, mark_sent, record_alarms, remind, unsent
from archive.health.mutes import Mute, Selector, end_mute, enter_mute, mutes_at

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SILENT = Alarm(kind="silence", newspaper="baocantho", subject="Kinh tế/xã hội", detail="x")
FULL = Alarm(kind="disk", newspaper=None, subject="", detail="y")
BOTH = ("webhook", "email")


class Told:
    """A collection whose alarms are evaluated and sent hour by hour; `told`: what each notifier sent, and when."""

    def __init__(self, root: Path) -> None:
        self.collection = Collection.create(root)
        self.told: list[tuple[float, str, str, str]] = []

    def hour(self, after: timedelta, found: Sequence[Alarm], working: Sequence[str] = BOTH) -> None:
        instant = NOON + after
        with self.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
            record_alarms(connection, found, instant, BOTH)
            remind(connection, instant, BOTH)
            for notifier in working:
                what = unsent(connection, notifier, instant)
                for state in ("raised", "reminded", "cleared"):
                    for one in getattr(what, state):
                        self.told.append((after / DAY, notifier, state, one.alarm.kind))
                mark_sent(connection, notifier, what)

    def through(self, days: float, found: Sequence[Alarm], since: float = 0) -> None:
        for hours in range(round(since * 24), round(days * 24)):
            self.hour(hours * HOUR, found)

    def of(self, notifier: str) -> list[tuple[float, str]]:
        return [(day, state) for day, one, state, _ in self.told if one == notifier]

    def mute(self, selector: str, since: timedelta, until: timedelta) -> None:
        with self.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
            mute = Mute(selector=Selector.read(selector), reason="r", muted_at=NOON + since, ends_at=NOON + until)
            enter_mute(connection, mute)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path / "held")


def test_reminders_come_after_growing_pauses_up_to_a_week(told: Told) -> None:
    told.through(30, [SILENT])
    told.hour(30 * DAY, [])
    days = [(0, "raised"), *((day, "reminded") for day in (1, 3, 7, 14, 21, 28)), (30, "cleared")]
    assert told.of("webhook") == told.of("email") == days


def test_a_notifier_that_failed_sends_the_new_alarm_as_new_and_the_other_the_reminder(told: Told) -> None:
    for hours in range(24):
        told.hour(hours * HOUR, [SILENT], working=["email"])
    told.through(2, [SILENT], since=1)
    assert told.of("email") == [(0, "raised"), (1, "reminded")] and told.of("webhook") == [(1, "raised")]


def test_nobody_is_reminded_of_what_is_acknowledged_and_its_end_is_told(told: Told) -> None:
    told.through(0.5, [SILENT])
    with told.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        (record,) = active_alarms(connection)
        acknowledge(connection, record.id, NOON + 12 * HOUR, "tòa soạn biết rồi")
    told.through(20, [SILENT], since=0.5)
    told.hour(20 * DAY, [])
    told.through(21, [SILENT], since=20.5)
    assert told.of("email") == [(0, "raised"), (20, "cleared"), (20.5, "raised")]


def test_what_is_muted_from_the_beginning_is_told_when_the_mute_ends(told: Told) -> None:
    told.mute("silence/baocantho", -HOUR, 3 * DAY)
    told.through(5, [SILENT])
    assert told.of("email") == [(3, "raised"), (4, "reminded")]


def test_what_was_told_before_the_mute_is_told_again_when_it_ends(told: Told) -> None:
    told.hour(timedelta(0), [SILENT])
    told.mute("*/baocantho", HOUR, 6 * HOUR)
    told.through(0.9, [SILENT], since=1 / 24)
    assert told.of("email") == [(0, "raised"), (0.25, "reminded")]


def test_of_what_began_and_ended_muted_nobody_is_told(told: Told) -> None:
    told.mute("silence", -HOUR, DAY)
    told.through(0.5, [SILENT])
    told.through(3, [], since=0.5)
    assert told.told == []


def test_what_was_told_and_ends_muted_is_over_when_the_mute_ends(told: Told) -> None:
    told.hour(timedelta(0), [SILENT])
    told.mute("silence", HOUR, DAY)
    told.through(2, [], since=1 / 12)
    assert told.of("webhook") == [(0, "raised"), (1, "cleared")]


def test_a_mute_can_be_ended_and_concerns_its_alarms_alone(told: Told) -> None:
    told.mute("silence/baocantho/Kinh tế/xã hội", -HOUR, 3 * DAY)
    told.through(0.5, [SILENT, FULL])
    with told.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        assert end_mute(connection, Selector.read("silence/baocantho"), NOON + 12 * HOUR) == 0
        assert end_mute(connection, Selector.read("silence/baocantho/Kinh tế/xã hội"), NOON + 12 * HOUR) == 1
        assert mutes_at(connection, NOON + 12 * HOUR) == []
    told.through(0.6, [SILENT, FULL], since=0.5)
    assert [(day, kind) for day, notifier, _, kind in told.told if notifier == "email"] == [
        (0, "disk"),
        (0.5, "silence"),
    ]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("disk", Selector(kind="disk")),
        ("failing/baocantho", Selector(kind="failing", newspaper="baocantho")),
        ("*/baocantho", Selector(kind="*", newspaper="baocantho")),
        ("silence/*/A/B", Selector(kind="silence", subject="A/B")),
    ],
)
def test_a_selector_is_written_as_it_is_read(text: str, read: Selector) -> None:
    assert Selector.read(text) == read and str(read) == text


def test_what_nobody_looked_for_stays(told: Told) -> None:
    dead = Alarm(kind="daemon", newspaper=None, subject="", figures=DaemonDead())
    with told.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        record_alarms(connection, [dead], NOON)
        assert record_alarms(connection, [], NOON + HOUR).cleared == ()
        assert record_alarms(connection, [], NOON + HOUR, unexamined=()).cleared[0].alarm == dead
