"""Lets a daemon and its crawls go by a clock that a file sets: seconds that it is ahead of the machine's."""

import os
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

if place := os.environ.get("CLOCK_OFFSET_FILE"):
    from apscheduler.schedulers import base  # type: ignore[import-untyped]

    from archive.clock import set_clock

    def offset() -> timedelta:
        return timedelta(seconds=float(Path(place).read_text("utf-8") or 0))

    class Shifted(datetime):
        """The scheduler's datetime."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + offset()

    set_clock(lambda: datetime.now(UTC) + offset())
    base.datetime = Shifted
