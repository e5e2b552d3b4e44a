"""Spans of time as they are written in settings and schedules: `90s`, `30m`, `1h`, `1d`."""

from __future__ import annotations

import re
from datetime import timedelta

_DURATION = re.compile(r"(\d{1,6}) ?([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: str, least: float = 60) -> timedelta:
    """Read `90s`, `30m`, `1h` or `1d`.

    Raises:
        ValueError: the text is no such span, or the span is below `least` seconds.
    """
    found = _DURATION.fullmatch(text.strip())
    read = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
    if read is None or read.total_seconds() < least:
        raise ValueError(text)
    return read


def format_duration(span: timedelta) -> str:
    """Write a span as `parse_duration` reads it, in the largest unit of which it is a whole number."""
    seconds = round(span.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
