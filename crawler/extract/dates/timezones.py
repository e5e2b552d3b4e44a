"""Time zones as texts name them: offsets from UTC, RFC 822's zones, abbreviations of the world's newspapers."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_FURTHEST_HOURS = 14
# Hours ahead of UTC. RFC 822, section 5.1, gives the American ones; where an abbreviation has several meanings
# (IST, CST, BST), the one that feeds print most stands.
_HOURS: Mapping[str, float] = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10, "AST": -4, "ADT": -3, "NST": -3.5, "NDT": -2.5, "BRT": -3, "ART": -3,
    "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3, "TRT": 3,
    "IST": 5.5, "PKT": 5, "NPT": 5.75, "ICT": 7, "WIB": 7, "WITA": 8, "WIT": 9, "HKT": 8, "SGT": 8, "MYT": 8, "PHT": 8,
    "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
# Names without a season: the offset hangs on the day.
_REGIONS: Mapping[str, str] = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
_OFFSET = r"(?P<sign{n}>[+\-−])\s?(?P<hours{n}>\d{{1,2}})(?::?(?P<minutes{n}>\d\d))?(?!\d)"
_BEHIND = re.compile(
    r"[\s,|]*[\[(]?\s*(?:(?:GMT|UTC|UT)\s*"
    + _OFFSET.format(n=1)
    # a bare offset has its sign close to two figures: "16:26 - 26/10/2018" and "16:26 -26/10/2018" hold none
    + r"|(?P<sign2>[+\-−])(?P<hours2>\d\d)(?::?(?P<minutes2>\d\d))?(?![\d/.:-])"
    r"|(?P<name>[A-Z]{1,5}|z)(?![\w+−-]|\.\w))"
)
_ANYWHERE = re.compile(r"\b(?:GMT|UTC)\s*" + _OFFSET.format(n=1), re.IGNORECASE)
_UNIVERSAL = re.compile(r"\b(?:GMT|UTC)\b(?!\s*[+\-−])")
_VIETNAMESE = re.compile(r"\bgiờ\s+(?:Việt\s+Nam|Hà\s+Nội|VN)\b", re.IGNORECASE)


@functools.lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """The zone of an IANA name."""
    return ZoneInfo(name)


def zone_behind(text: str, at: int) -> tzinfo | None:
    """The zone that stands right behind a clock or a day which ends at `at`; None where none does."""
    found = _BEHIND.match(text, at)
    if found is None:
        return None
    if found["name"]:
        return _named(found["name"].upper())
    n = 1 if found["sign1"] else 2
    return _shift(found[f"sign{n}"], found[f"hours{n}"], found[f"minutes{n}"])


def zone_within(text: str) -> tzinfo | None:
    """The zone that a text names anywhere: "GMT+7", "UTC", "giờ Việt Nam"."""
    if found := _ANYWHERE.search(text):
        return _shift(found["sign1"], found["hours1"], found["minutes1"])
    if _UNIVERSAL.search(text):
        return UTC
    return zone("Asia/Ho_Chi_Minh") if _VIETNAMESE.search(text) else None


def _named(name: str) -> tzinfo | None:
    if name in _REGIONS:
        return zone(_REGIONS[name])
    hours = _HOURS.get(name)
    if hours is None:
        return None
    return timezone(timedelta(hours=hours)) if hours else UTC


def _shift(sign: str, hours: str, minutes: str | None) -> tzinfo | None:
    shift = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if shift > timedelta(hours=_FURTHEST_HOURS) or int(minutes or 0) > 59:
        return None
    return timezone(shift if sign == "+" else -shift)
