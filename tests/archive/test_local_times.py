"""Times as the commands show them: by one zone's clock, with its distance from UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.cli.local_times import local, local_day, offset_name, zone_line, zoned
from archive.zones import VIETNAM, utc_text

AT = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)
SUMMER = AT - timedelta(days=150)


def test_vietnam_is_the_zone() -> None:
    assert (local(AT), local_day(AT)) == ("01/12/2026 00:30", "01/12/2026")
    assert zoned(AT) == "01/12/2026 00:30 UTC+7" and zone_line() == "Times: Asia/Ho_Chi_Minh, UTC+7"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Asia/Kathmandu", "UTC+5:45"),
        ("America/St_Johns", "UTC-3:30"),
        ("UTC", "UTC+0"),
        ("Pacific/Kiritimati", "UTC+14"),
    ],
)
def test_other_zones(zone: str, name: str) -> None:
    assert offset_name([AT], ZoneInfo(zone)) == name
    assert zone_line(ZoneInfo(zone), [AT]) == f"Times: {zone}, {name}"


def test_a_zone_whose_clock_was_changed_has_no_one_name() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert offset_name([AT, SUMMER], berlin) == "" and zone_line(berlin, [AT, SUMMER]) == "Times: Europe/Berlin"
    assert (zoned(AT, berlin), zoned(SUMMER, berlin)) == ("30/11/2026 18:30 UTC+1", "03/07/2026 19:30 UTC+2")


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))
def test_an_answer_gives_the_instant(naive: datetime) -> None:
    instant = naive.replace(tzinfo=VIETNAM)
    assert utc_text(instant).endswith("Z") and datetime.fromisoformat(utc_text(instant)) == instant
