"""The table of what each host was sent in a run, repeated requests included, and how much of it failed."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import attrs

from archive.clock import warc_date

MOST_HOSTS = 30
"""So many hosts of a run are entered, those with the most requests first: pages may name pictures anywhere."""
_KEPT_RUNS = 5000  # of all newspapers; alarms compare a fortnight


@attrs.frozen(kw_only=True)
class HostSum:
    """The requests to a host in some runs, and how many of them failed."""

    host: str
    requests: int
    failed: int

    @property
    def share(self) -> float:
        """The share that failed."""
        return self.failed / max(self.requests, 1)


def enter_hosts(connection: sqlite3.Connection, run_id: int, hosts: object) -> None:
    """Enter the `hosts` of a run's report, within a transaction; what does not have that form is left out.

    Of a run without a report (None) what its captures show is entered: requests without any answer lack.
    """
    found = list(_captured(connection, run_id) if hosts is None else _reported(hosts))
    most = sorted(found, key=lambda one: (-one[1], one[0]))[:MOST_HOSTS]
    connection.execute("DELETE FROM host_requests WHERE run_id = ? OR run_id <= ?", (run_id, run_id - _KEPT_RUNS))
    connection.executemany("INSERT INTO host_requests VALUES (?, ?, ?, ?)", [(run_id, *one) for one in most])


def _captured(connection: sqlite3.Connection, run_id: int) -> Iterator[tuple[str, int, int]]:
    requests, failed = Counter[str](), Counter[str]()
    rows = connection.execute(
        """SELECT url, coalesce(c.status, 0) FROM runs JOIN captures c ON c.run_id = runs.id
        WHERE runs.id = ? AND source IN ('network', 'demonstration') AND type <> 'resource'""",
        (run_id,),
    )
    for url, status in rows:
        host = urlsplit(url).netloc.rpartition("@")[2].lower()
        requests[host] += 1
        failed[host] += status >= 500
    return ((host, count, failed[host]) for host, count in requests.items() if host)


def _reported(hosts: object) -> Iterator[tuple[str, int, int]]:
    for host, figures in hosts.items() if isinstance(hosts, Mapping) else ():
        found: Any = figures if isinstance(figures, Mapping) else {}
        answers = found.get("answers")
        refused = answers.get("5xx", 0) if isinstance(answers, Mapping) else 0
        requests, failed = found.get("requests"), found.get("failed")
        if isinstance(requests, int) and isinstance(failed, int) and isinstance(refused, int) and requests > 0:
            yield str(host), requests, min(failed + refused, requests)


_SUMS = """SELECT host, sum(requests), sum(failed) FROM runs CROSS JOIN host_requests ON run_id = runs.id
    WHERE newspaper = ? AND started_at > ? AND started_at <= ? AND finished_at IS NOT NULL
    AND source IN ('network', 'demonstration') AND coalesce(outcome, '') NOT IN ('failed', 'interrupted')
    GROUP BY host ORDER BY 2 DESC, 1 LIMIT ?"""


def host_sums(connection: sqlite3.Connection, newspaper: str, since: datetime, until: datetime) -> list[HostSum]:
    """The hosts of a newspaper's runs that began after one instant and up to another; the most requested first.

    Runs that failed as a whole are left out.
    """
    rows = connection.execute(_SUMS, (newspaper, warc_date(since), warc_date(until), MOST_HOSTS))
    return [HostSum(host=host, requests=requests, failed=failed) for host, requests, failed in rows]
