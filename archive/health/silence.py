"""Finds sections that published nothing for far longer than ever before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from archive.catalog import Catalog
from archive.clock import parse_warc_date, warc_date
from archive.health.alarm import Alarm, Silence

# A section is silent when nothing was published for this multiple of its longest silence of the last 90 days. Its
# history must be long enough to hold weekends.
SILENCE, WINDOW, LEAST_HISTORY = 1.5, timedelta(days=90), timedelta(days=14)
_LEAST_ARTICLES = 5
# How long the alarm of a silent section lasts.
_LONGEST_MISSED = timedelta(days=400)
_LEAST_SILENCE = timedelta(hours=1)

_SECTIONS = """SELECT DISTINCT section FROM published_months WHERE newspaper = ? AND month >= ? AND section <> ''
    ORDER BY section"""
_TIMES = """SELECT published_at FROM articles WHERE newspaper = ? AND section = ? AND published_at >= ?
    AND published_at <= ? ORDER BY published_at DESC"""


def silence(catalog: Catalog, newspaper: str, last_good: datetime | None) -> Iterator[Alarm]:
    """A section published nothing for far longer than ever before, as of the last complete run.

    Args:
        last_good: when that run began; None where there is none.
    """
    if last_good is None:
        return
    since = last_good - _LONGEST_MISSED - WINDOW
    # a month earlier, for the months are of another clock
    months = (newspaper, (since - timedelta(days=31)).isoformat()[:7])
    first: datetime | None = None
    for (section,) in catalog.connection.execute(_SECTIONS, months).fetchall():
        found = _silence(catalog, newspaper, section, since, last_good)
        if found is None:
            continue
        if found.silent > WINDOW:
            first = first or _first_run(catalog, newspaper)
            if first > found.since + SILENCE * found.longest:
                continue  # it was silent long before the first crawl
        yield Alarm(kind="silence", newspaper=newspaper, subject=section, figures=found)


def _silence(catalog: Catalog, newspaper: str, section: str, since: datetime, last_good: datetime) -> Silence | None:
    """How long a section is silent, if that is unusual; its articles are read back to a silence that was as long."""
    rows = catalog.connection.execute(_TIMES, (newspaper, section, warc_date(since), warc_date(last_good)))
    last = at = None
    longest, count = _LEAST_SILENCE * 0, 0
    for (published_at,) in rows:
        before = parse_warc_date(published_at)
        if last is None or at is None:
            last = at = before
        if last - before > WINDOW:
            break
        longest, at, count = max(longest, at - before), before, count + 1
        if last_good - last <= SILENCE * max(longest, _LEAST_SILENCE):
            return None
    if last is None or at is None or count < _LEAST_ARTICLES or last_good - at < LEAST_HISTORY:
        return None
    return Silence(since=last, silent=last_good - last, longest=longest)


def _first_run(catalog: Catalog, newspaper: str) -> datetime:
    query = "SELECT min(started_at) FROM runs WHERE newspaper = ?"
    return parse_warc_date(catalog.connection.execute(query, (newspaper,)).fetchone()[0])
