"""Forecasts when the disk of a collection is full, by the growth of its WARC files."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.catalog import Catalog
from archive.clock import parse_warc_date, warc_date

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
    rows = catalog.connection.execute(
        """SELECT newspaper, min(started_at), sum(json_extract(counts, '$."WARC bytes"')) FROM runs
        WHERE started_at >= ? AND source IN ('network', 'demonstration') GROUP BY newspaper""",
        (warc_date(instant - _GROWTH),),
    )
    found = {}
    for newspaper, first, octets in rows:
        days = (instant - parse_warc_date(first)) / timedelta(days=1)
        if octets and days >= 1:
            found[newspaper] = octets / days
    return found
