"""Every printed form of a time, each with what it means; no other locale is tried."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis.strategies import datetimes, integers, just, text

from crawler.extract.dates.parsing import read_time

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
    # zones by name and by offset, behind months in figures and in words
    ("Mon, 16 Jun 2025 20:30:00 GMT", "2025-06-17T03:30:00+07:00"),
    ("Mon, 16 Jun 2025 20:30:00 +0000", "2025-06-17T03:30:00+07:00"),
    ("Tue, 17 Jun 2025 03:30:00 +0700", "2025-06-17T03:30:00+07:00"),
    ("Mon, 16 Jun 25 16:30 EDT", "2025-06-17T03:30:00+07:00"),
    ("16 Jun 2025 20:30 Z", "2025-06-17T03:30:00+07:00"),
    ("Monday, 16-Jun-25 20:30:00 GMT", "2025-06-17T03:30:00+07:00"),
    ("Mon Jun 16 20:30:00 UTC 2025", "2025-06-17T03:30:00+07:00"),
    ("Mon Jun 16 20:30:00 2025", "2025-06-16T20:30:00+07:00"),
    ("Mon Jun 16 2025 20:30:00 GMT+0000 (Coordinated Universal Time)", "2025-06-17T03:30:00+07:00"),
    ("2024-10-02 13:00:00 UTC", "2024-10-02T20:00:00+07:00"),
    ("2024-10-02 13:00:00 +0000 UTC", "2024-10-02T20:00:00+07:00"),
    ("2024-10-02 13:00:00 EST", "2024-10-03T01:00:00+07:00"),
    ("June 16, 2025 4:30 p.m. ET", "2025-06-17T03:30:00+07:00"),
    ("January 16, 2025 3:30 p.m. ET", "2025-01-17T03:30:00+07:00"),
    ("2026-03-07T20:30:00−08:00", "2026-03-08T11:30:00+07:00"),
    ("23:13 GMT+7 08/07/2005", "2005-07-08T23:13:00+07:00"),
    ("16:13 GMT 08/07/2005", "2005-07-08T23:13:00+07:00"),
    ("08/07/2005 23:13 (giờ Việt Nam)", "2005-07-08T23:13:00+07:00"),
    # a dash before the day is no offset, words in capitals no zone
    ("16:26 - 26/10/2018", "2018-10-26T16:26:00+07:00"),
    ("16:26 -08/10/2018", "2018-10-08T16:26:00+07:00"),
    ("26/10/2018 16:26 TTXVN", "2018-10-26T16:26:00+07:00"),
    # ISO 8601: weeks, days of the year, the basic format, the end of a day, a leap second
    ("2025-W25-2T03:30:00+07:00", "2025-06-17T03:30:00+07:00"),
    ("2025-168T03:30Z", "2025-06-17T10:30:00+07:00"),
    ("2025168T033000Z", "2025-06-17T10:30:00+07:00"),
    ("20250617T033000Z", "2025-06-17T10:30:00+07:00"),
    ("20250617T0330+0700", "2025-06-17T03:30:00+07:00"),
    ("20250617033015", "2025-06-17T03:30:15+07:00"),
    ("2026-03-07T24:00:00+07:00", "2026-03-08T00:00:00+07:00"),
    ("2016-12-31T23:59:60Z", "2017-01-01T06:59:59+07:00"),
    ("1750105800", "2025-06-17T03:30:00+07:00"),
    ("1750105800000", "2025-06-17T03:30:00+07:00"),
    # American systems print the month first, without noughts and with seconds
    ("1/8/2026 10:02:01 AM", "2026-01-08T10:02:01+07:00"),
    ("9/30/2026 10:56:42 PM", "2026-09-30T22:56:42+07:00"),
    ("08/01/2026 10:02:01 AM", "2026-01-08T10:02:01+07:00"),
    # a year of two figures beside nothing but its weekday and clock
    ("Do 25.04.24 | 14:07 Uhr | Von Anna Berg", "2024-04-25T14:07:00+07:00"),
    ("05-03-20 08:20", "2020-03-05T08:20:00+07:00"),
    ("Thứ Năm, ngày 05-03-20, 8h20", "2020-03-05T08:20:00+07:00"),
    # months in Vietnamese words
    ("5 Tháng Ba, 2020 08:20", "2020-03-05T08:20:00+07:00"),
    ("Tháng Mười Hai 5, 2020 lúc 10:30", "2020-12-05T10:30:00+07:00"),
    ("17 juillet 2025 à 13:43", "2025-07-17T13:43:00+07:00"),
    ("17.06.2025, 13.43 Uhr", "2025-06-17T13:43:00+07:00"),
    ("2025. 6. 17. 오후 1:43", "2025-06-17T13:43:00+07:00"),
    ("2025年6月17日 13時43分", "2025-06-17T13:43:00+07:00"),
]


@pytest.mark.parametrize(("printed", "meant"), FORMS)
def test_a_printed_time_is_read(printed: str, meant: str) -> None:
    instant = read_time(printed, ZONE)
    assert instant is not None
    assert instant.at.isoformat() == meant
    assert not instant.day_only


@pytest.mark.parametrize(
    "printed",
    [
        "Wed, 10/02/2024 - 20:05",  # the weekday tells that the month comes first
        "2024-10-02t13:05:00z", "20241002 20:05", "1727874300.25", "/Date(1727874300000)/",
        "/Date(1727874300000+0700)/", "2 Oct 2024 1.05pm GMT", "2/10/2024 8:05 chiều", "02/10/2024 8 giờ 05 tối",
        "20 giờ 5 phút, ngày 2 tháng 10 năm 2024",
        "20h5 ngày 2/10/2024", "20:05 2 thg 10, 2024", "Th10 2, 2024 20:05", "Thứ tư 02 Tháng 10 2024 - 20:05",
        "Tháng 10 2, 2024 - 8:05 Chiều", "2 октября 2024 20:05", "02/Oct/2024:20:05:00 +0700", "2024-Oct-02 20:05",
    ],
)  # fmt: skip
def test_forms_of_browsers_servers_and_speech_are_read(printed: str) -> None:
    instant = read_time(printed, ZONE)
    assert instant is not None
    assert instant.at.isoformat()[:16] == "2024-10-02T20:05"
    assert not instant.day_only


def test_a_weekday_in_vietnamese_does_not_turn_the_day_around() -> None:
    instant = read_time("Thứ Tư, 10/02/2024 20:05", ZONE)
    assert instant is not None and instant.at.isoformat() == "2024-02-10T20:05:00+07:00"


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("Thứ 6, ngày 26 tháng 10 năm 2018", "2018-10-26T00:00:00+07:00"),
        ("26/10/2018", "2018-10-26T00:00:00+07:00"),
        ("2026-01-08", "2026-01-08T00:00:00+07:00"),
        ("2026-01-08Z", "2026-01-08T00:00:00+07:00"),
        ("05-03-20", "2020-03-05T00:00:00+07:00"),
        ("2025W252", "2025-06-17T00:00:00+07:00"),
        ("2025-168", "2025-06-17T00:00:00+07:00"),
        ("20250617", "2025-06-17T00:00:00+07:00"),
        ("Tháng Ba 5, 2020", "2020-03-05T00:00:00+07:00"),
    ],
)
def test_a_day_without_a_clock_says_so(printed: str, meant: str) -> None:
    instant = read_time(printed, ZONE)
    assert instant is not None
    assert instant.at.isoformat() == meant
    assert instant.day_only


@pytest.mark.parametrize(
    "printed",
    ["", "hôm qua", "vừa xong", "16h26", "31/02/2018 10:00", "10/26/2018 10:00", "giá 26/10/18 đồng",
     "26/10/2018 25:00",
     "2018-13-01T10:00:00", "Ngày 8-1", "0369/01/2026",
     "2025-W60-1", "2025-400", "20251301", "29/02/2023", "0912345678", "16:26 - 26/10"],
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


def test_figures_that_may_be_read_both_ways_keep_the_other_reading() -> None:
    both, one = read_time("08/01/2026 10:02", ZONE), read_time("28/01/2026 10:02", ZONE)
    assert both is not None and both.other is not None and (both.other.month, both.other.day) == (8, 1)
    assert one is not None and one.other is None


# Each form as a program prints it of an aware instant, whole minutes apart from UTC.
PRINTED: dict[str, Callable[[datetime], str]] = {
    "RFC 2822": format_datetime,
    "RFC 2822 in GMT": lambda at: format_datetime(at.astimezone(UTC), usegmt=True),
    "RFC 3339": datetime.isoformat,
    "RFC 3339 with a blank": lambda at: at.isoformat(" ", "milliseconds"),
    "RFC 3339 in UTC": lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "basic": lambda at: at.strftime("%Y%m%dT%H%M%S%z"),
    "week": lambda at: at.strftime("%G-W%V-%uT%H:%M:%S") + at.isoformat()[19:],
    "day of the year": lambda at: at.strftime("%Y-%jT%H:%M:%S%z"),
    "asctime": lambda at: at.astimezone(UTC).strftime("%a %b %d %H:%M:%S UTC %Y"),
    "JavaScript": lambda at: at.strftime("%a %b %d %Y %H:%M:%S GMT%z"),
    "Vietnamese": lambda at: at.strftime("%d/%m/%Y | %H:%M:%S [GMT %z]"),
    "clock first": lambda at: at.strftime("%Hh%M (GMT%z), ngày %d tháng %m năm %Y"),
    "seconds since 1970": lambda at: f"{int(at.timestamp())}",
}


@pytest.mark.parametrize("form", PRINTED)
@given(
    at=datetimes(min_value=datetime(2002, 1, 1), max_value=datetime(2060, 12, 30), timezones=just(None)),
    quarters=integers(-48, 56),
)
def test_an_instant_is_read_back_from_whatever_form_it_is_printed_in(form: str, at: datetime, quarters: int) -> None:
    aware = at.replace(second=0, microsecond=0, tzinfo=timezone(timedelta(minutes=15 * quarters)))
    instant = read_time(PRINTED[form](aware), ZONE)
    assert instant is not None and not instant.day_only
    assert instant.at == aware


@given(text(alphabet="0123456789/-.:TZW+ ngàythángnăm GMTAMjuin", max_size=60))
def test_any_text_is_a_time_or_none(printed: str) -> None:
    instant = read_time(printed, ZONE)
    assert instant is None or instant.at.tzinfo is not None
