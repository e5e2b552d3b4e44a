"""Spans of time as people write them, `90s`, `30m`, `1h`, `1d`; knows no clock."""

from __future__ import annotations

import re
from datetime import timedelta

_DURATION = re.compile(r"(\d{1,6}) ?([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str, least: float = 60) -> timedelta:
    """Read `90s`, `30m`, `1h` or `1d`.

    Raises:
        ValueError: it is none, or below `least` seconds.
    """
    found = _DURATION.fullmatch(text.strip())
    read = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
    if read is None or read.total_seconds() < least:
        raise ValueError(text)
    return read
