"""When jobs run: the days of cron, missed runs caught up once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from archive.durations import parse_duration
from crawler.jobs.schedule import Job, cron_trigger, next_run, weekdays

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday; 19:00 in Vietnam
ZONE = "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("*", "*"), ("0", "sun"), ("7", "sun"), ("1-5", "mon,tue,wed,thu,fri"), ("5-7", "fri,sat,sun"),
        ("6-1", "sat,sun,mon"), ("*/2", "sun,tue,thu,sat"), ("mon,thu", "mon,thu"), ("1-5/2", "mon,wed,fri"),
    ],
)  # fmt: skip
def test_days_are_counted_as_cron_counts_them(field: str, days: str) -> None:
    assert weekdays(field) == days


@pytest.mark.parametrize("field", ["8", "x", "mond", "1--2", ""])
def test_days_that_are_none(field: str) -> None:
    with pytest.raises(ValueError):
        weekdays(field)


def test_cron_is_meant_in_the_schedules_time_zone() -> None:
    fire = cron_trigger("30 3 * * 3", ZONE).get_next_fire_time(None, NOON)
    assert fire == datetime(2026, 11, 25, 3, 30, tzinfo=ZoneInfo(ZONE))


def test_durations() -> None:
    assert parse_duration("90m") == timedelta(minutes=90)
    assert parse_duration("0s", least=0) == timedelta(0)
    for text in ("", "h", "1.5h", "-1h", "59s", "1w"):
        with pytest.raises(ValueError):
            parse_duration(text)


def hourly(**more: object) -> Job:
    return Job(name="a", newspapers=("baocantho",), **more)  # type: ignore[arg-type]


def test_missed_runs_are_caught_up_once() -> None:
    every, cron = hourly(every=timedelta(hours=1)), hourly(cron="7 * * * *")
    days_ago, just_now = NOON - timedelta(days=3), NOON - timedelta(minutes=2)
    assert next_run(every, ZONE, days_ago, NOON) == NOON
    assert next_run(cron, ZONE, days_ago, NOON) == NOON
    assert next_run(every, ZONE, just_now, NOON) == just_now + timedelta(hours=1)
    assert next_run(cron, ZONE, just_now, NOON) == NOON + timedelta(minutes=7)


def test_a_run_of_a_clock_that_was_ahead_does_not_keep_the_next_from_coming() -> None:
    ahead = NOON + timedelta(days=1500)
    assert next_run(hourly(every=timedelta(hours=1)), ZONE, ahead, NOON) == NOON + timedelta(hours=1)
    assert next_run(hourly(cron="7 * * * *"), ZONE, ahead, NOON) == NOON + timedelta(minutes=7)


def test_a_job_that_never_ran_runs_at_once() -> None:
    assert next_run(hourly(cron="7 * * * *"), ZONE, None, NOON) == NOON
