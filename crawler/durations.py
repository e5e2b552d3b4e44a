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


def spoken(span: timedelta) -> str:
    """Write a span as `duration` reads it, in its largest unit that is whole."""
    seconds = round(span.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
