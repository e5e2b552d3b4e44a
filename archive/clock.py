"""Instants as the archive writes them; reads the clock only where a caller asks for now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def warc_date(instant: datetime) -> str:
    """The instant as a WARC-Date with microseconds (ISO 28500, 5.4): 2026-01-08T12:00:00.000000Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def timestamp14(instant: datetime) -> str:
    """The instant as the 14 digits of CDXJ and Memento addresses: 20260108120000."""
    return instant.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def parse_warc_date(text: str) -> datetime:
    """The instant of a WARC-Date (W3C profile of ISO 8601: a year up to nine fractional digits, in UTC).

    Raises:
        ValueError: the text is no such date.
    """
    if len(text) == 4:
        text += "-01-01"
    elif len(text) == 7:
        text += "-01"
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
