"""The clock of a printed time: 16:26, 16h26, 16 giờ 26 phút, 4:26 PM, 4.26pm, 4 giờ 26 chiều."""

from __future__ import annotations

import re

CLOCK = re.compile(
    r"(?<![\d/])(?<!\d:)(?:(?P<half_before>오전|오후|午前|午後|上午|下午)\s*)?(?:"
    # T11:000 stands for T11:00:00; a minute of one figure is followed by its unit or by a blank
    r"(?P<hour>\d{1,2})\s*(?::|h|g|giờ|時|时|点|點|시|និង)\s*(?P<minute>\d\d|\d(?=\s*phút)|(?<=[hg])\d(?=['’]?\s))(?:(?<=00)0)?(?!\d)"
    r"(?::(?P<second>\d\d)(?!\d)(?:[.,]\d{1,9})?)?(?:\s*(?:phút|'|’|分|분|នាទី))?"
    r"|(?P<hour2>\d{1,2})\.(?P<minute2>\d\d)(?=\s*(?:uhr|[ap]\.?m)\b)"
    r"|(?<=\bkl )(?P<hour3>\d{1,2})\.(?P<minute3>\d\d)(?!\d)"
    r"|(?<=T)(?P<hour4>\d\d)(?P<minute4>\d\d)(?P<second4>\d\d)?(?!\d))"
    r"(?:\s*(?P<half>[AP]\.?\s?M\b\.?|SA\b|CH\b|sáng\b|trưa\b|chiều\b|tối\b|đêm\b))?",
    re.IGNORECASE,
)
_AFTERNOON = frozenset(("PM", "CH", "CHIỀU", "TỐI", "오후", "午後", "下午"))
_MORNING = frozenset(("AM", "SA", "SÁNG", "오전", "午前", "上午"))
_HOURS = ("hour", "hour2", "hour3", "hour4")
_MINUTES = ("minute", "minute2", "minute3", "minute4")


def clock_of(found: re.Match[str] | None) -> tuple[int, int, int]:
    """Hour of 24, minute, second. "00:01 AM" and "13:05 PM" are printed too, and mean what the 24-hour clock says."""
    if found is None:
        return 0, 0, 0
    hour, minute = (int(next(found[name] for name in names if found[name])) for names in (_HOURS, _MINUTES))
    half = (found["half"] or found["half_before"] or "").upper().replace(".", "").replace(" ", "")
    if hour < 12 and (half in _AFTERNOON or (half == "TRƯA" and hour < 4) or (half == "ĐÊM" and hour > 6)):
        hour += 12
    elif hour == 12 and (half in _MORNING or half == "ĐÊM"):
        hour = 0
    return hour, minute, min(int(found["second"] or found["second4"] or 0), 59)  # RFC 3339, 5.7: a leap second is 60
