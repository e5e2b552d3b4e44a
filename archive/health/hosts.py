"""Finds hosts that fail far more often than usual, although repeated requests succeed in the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from archive.catalog import Catalog
from archive.catalog.host_requests import host_sums
from archive.health.alarm import Alarm, HostErrors

_DAY, _PAST = timedelta(days=1), timedelta(days=15)
_LEAST_FAILED, _SHARE, _TIMES = 10, 0.2, 3.0


def failing_hosts(catalog: Catalog, newspaper: str, last: datetime) -> Iterator[Alarm]:
    """Hosts of which more than a fifth of a day's requests failed, and three times the share of the fortnight before.

    Args:
        last: when the last run of the newspaper that ended began.
    """
    day = [one for one in host_sums(catalog.connection, newspaper, last - _DAY, last) if one.failed >= _LEAST_FAILED]
    if not day:
        return
    before = {one.host: one.share for one in host_sums(catalog.connection, newspaper, last - _PAST, last - _DAY)}
    for one in day:
        usual = before.get(one.host, 0.0)
        if one.share > max(_SHARE, _TIMES * usual):
            figures = HostErrors(share=one.share, usual=usual, requests=one.requests)
            yield Alarm(kind="host", newspaper=newspaper, subject=one.host, figures=figures)
