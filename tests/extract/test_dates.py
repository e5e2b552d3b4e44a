"""Every printed form of a time, each with what it means; no other locale is tried."""

from __future__ import annotations

import pytest

from crawler.extract.dates import read_time

ZONE = "Asia/Ho_Chi_Minh"

FORMS = [
    ("08/01/2026 - 18:21", "2026-01-08T18:21:00+07:00"),
    ("17/06/2025 13:43", "2025-06-17T13:43:00+07:00"),
    ("Thứ Sáu, 26/10/2018 | 16:26", "2018-10-26T16:26:00+07:00"),
    ("Thứ Sáu, 29/06/2018, 08:20", "2018-06-29T08:20:00+07:00"),
    ("Thứ Tư, 08/04/2015, 08:11 [GMT+7]", "2015-04-08T08:11:00+07:00"),
    ("Thứ Tư, 08/04/2015, 08:11 (GMT+7)", "2015-04-08T08:11:00+07:00"),
    ("08/04/2015 08:11 GMT+0700", "2015-04-08T08:11:00+07:00"),
    ("08/04/2015 08:11 (UTC+0)", "2015-04-08T15:11:00+07:00"),
    ("Thứ 6, ngày 26 tháng 10 năm 2018 16:26", "2018-10-26T16:26:00+07:00"),
    ("Thứ 6, ngày 26 tháng 10 năm 2018, lúc 16h26", "2018-10-26T16:26:00+07:00"),
    ("ngày 26 tháng 10, 2018 16:26", "2018-10-26T16:26:00+07:00"),
    ("2018/10/26 16:26", "2018-10-26T16:26:00+07:00"),
    ("16h26, 26/10/2018", "2018-10-26T16:26:00+07:00"),
    ("16h26' ngày 26-10-2018", "2018-10-26T16:26:00+07:00"),
    ("16 giờ 26 phút, ngày 26.10.2018", "2018-10-26T16:26:00+07:00"),
    ("26/10/2018 16:26:09", "2018-10-26T16:26:09+07:00"),
    ("7/3/2026 00:01 AM", "2026-03-07T00:01:00+07:00"),
    ("7/3/2026 12:01 AM", "2026-03-07T00:01:00+07:00"),
    ("7/3/2026 12:01 PM", "2026-03-07T12:01:00+07:00"),
    ("7/3/2026 13:05 PM", "2026-03-07T13:05:00+07:00"),
    ("26/10/2018 4:26 CH", "2018-10-26T16:26:00+07:00"),
    ("26/10/2018 4:26:10 SA", "2018-10-26T04:26:10+07:00"),
    ("Cập nhật: 26/10/2018 16:26", "2018-10-26T16:26:00+07:00"),
    ("Cập nhật lúc 16h26, ngày 26/10/2018", "2018-10-26T16:26:00+07:00"),
    ("2026-03-07T11:00:00+07:00", "2026-03-07T11:00:00+07:00"),
    ("2026-03-07T11:00:00 +07:00", "2026-03-07T11:00:00+07:00"),
    ("2026-03-07T11:000 +07:00", "2026-03-07T11:00:00+07:00"),
    ("2026-03-07T11:00:00+0700", "2026-03-07T11:00:00+07:00"),
    ("2026-03-07T04:00:00Z", "2026-03-07T11:00:00+07:00"),
    ("2026-03-07T04:00:00.123Z", "2026-03-07T11:00:00+07:00"),
    ("2026-03-07T20:30:00-08:00", "2026-03-08T11:30:00+07:00"),
    ("2026-03-07T11:00:00", "2026-03-07T11:00:00+07:00"),
    ("2026-03-07 11:00", "2026-03-07T11:00:00+07:00"),
    ("2026-03-07 11:00 (GMT+7)", "2026-03-07T11:00:00+07:00"),
]


@pytest.mark.parametrize(("printed", "meant"), FORMS)
def test_a_printed_time_is_read(printed: str, meant: str) -> None:
    instant = read_time(printed, ZONE)
    assert instant is not None
    assert instant.at.isoformat() == meant
    assert not instant.day_only


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("Thứ 6, ngày 26 tháng 10 năm 2018", "2018-10-26T00:00:00+07:00"),
        ("26/10/2018", "2018-10-26T00:00:00+07:00"),
        ("2026-01-08", "2026-01-08T00:00:00+07:00"),
    ],
)
def test_a_day_without_a_clock_says_so(printed: str, meant: str) -> None:
    instant = read_time(printed, ZONE)
    assert instant is not None
    assert instant.at.isoformat() == meant
    assert instant.day_only


@pytest.mark.parametrize(
    "printed",
    ["", "hôm qua", "vừa xong", "16h26", "31/02/2018 10:00", "10/26/2018 10:00", "26/10/18", "26/10/2018 25:00",
     "2018-13-01T10:00:00", "Ngày 8-1", "0369/01/2026"],
)  # fmt: skip
def test_what_is_no_time_is_none(printed: str) -> None:
    instant = read_time(printed, ZONE)
    assert instant is None


def test_the_last_change_is_told_from_the_appearance() -> None:
    both = "Đăng lúc 08/01/2026 18:21 - Cập nhật: 09/01/2026 07:30"
    published, modified = read_time(both, ZONE), read_time(both, ZONE, updated=True)
    assert published is not None and published.at.isoformat() == "2026-01-08T18:21:00+07:00"
    assert modified is not None and modified.at.isoformat() == "2026-01-09T07:30:00+07:00"


def test_the_day_always_comes_before_the_month() -> None:
    instant = read_time("07/03/2026 09:00", ZONE)
    assert instant is not None and (instant.at.month, instant.at.day) == (3, 7)
