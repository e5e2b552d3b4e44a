"""The time zone of the newspapers, and times in UTC as answers write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def utc_text(instant: datetime, timespec: str = "auto") -> str:
    """The instant in UTC as JSON answers have it (RFC 3339): 2026-01-08T12:00:00Z; `timespec` as in `isoformat`."""
    return instant.astimezone(UTC).isoformat(timespec=timespec).removesuffix("+00:00") + "Z"
