"""Forecasts when the disk of a collection is full, by the growth of its WARC files."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.catalog import Catalog
from archive.clock import parse_warc_date, warc_date
from archive.ingest.runs import who_ran

_GROWTH = timedelta(days=14)


def forecast(catalog: Catalog, free: int, instant: datetime) -> tuple[float | None, str | None]:
    """In how many days the disk is full, by the growth of the last 14 days, and the newspaper that grows most.

    None where nothing grew, or there are runs of less than a day.
    """
    growth = growth_a_day(catalog, instant)
    total = sum(growth.values())
    if total <= 0:
        return None, None
    return free / total, max(growth, key=lambda newspaper: growth[newspaper])


def growth_a_day(catalog: Catalog, instant: datetime) -> dict[str, float]:
    """Bytes of WARC files that the runs of each newspaper added a day, over the last 14 days or since the first run."""
    found = {}
    for newspaper in who_ran(catalog)[0]:
        first, octets = catalog.connection.execute(
            """SELECT min(started_at), sum(warc_bytes) FROM runs WHERE newspaper = ? AND started_at >= ?
            AND source IN ('network', 'demonstration')""",
            (newspaper, warc_date(instant - _GROWTH)),
        ).fetchone()
        days = (instant - parse_warc_date(first)) / timedelta(days=1) if first else 0
        if octets and days >= 1:
            found[newspaper] = octets / days
    return found
