"""The metrics of a collection for Prometheus."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from archive.catalog import Catalog
from archive.catalog.counts import count_due, held, run_counts
from archive.catalog.host_requests import host_sums
from archive.clock import now, parse_warc_date, warc_date
from archive.collection import Collection
from archive.daemon.heartbeat import daemon_state, read_heartbeat
from archive.health.evaluation import stand
from archive.ingest.runs import CRAWLED, who_ran

_HOSTS = 10  # of a newspaper, the most requested first
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_OF_RUNS = {
    "pages": ("baotinh_last_run_pages", "Pages that the last ended run read."),
    "errors": ("baotinh_last_run_errors", "Requests of the last ended run that failed."),
    "rejected": ("baotinh_last_run_rejected", "Pages of the last ended run that gave no article."),
    "articles new": ("baotinh_last_run_articles_new", "Articles that the last ended run brought."),
    "articles changed": ("baotinh_last_run_articles_changed", "Articles that the last ended run found changed."),
}


class CollectionFigures(Collector):
    """The metrics, read from the catalog at each scrape."""

    def __init__(self, collection: Collection, clock: Callable[[], datetime] = now) -> None:
        self._collection, self._clock = collection, clock

    def collect(self) -> Iterable[Metric]:
        """All metrics, from one state of the catalog."""
        with self._collection.catalog() as catalog, catalog.snapshot():
            return [*_runs(catalog), *_held(catalog, self._clock()), *self._alarms(catalog)]

    def _alarms(self, catalog: Catalog) -> Iterator[Metric]:
        ringing = _gauge("baotinh_alarm", "An active alarm that is not muted.", "kind", "newspaper", "subject")
        for one in stand(self._collection, catalog, self._clock()).unmuted:
            ringing.add_metric([one.alarm.kind, one.alarm.newspaper or "", one.alarm.subject], 1)
        yield ringing
        if beat := read_heartbeat(self._collection):
            last = _gauge("baotinh_daemon_last_heartbeat_timestamp_seconds", "The last heartbeat of the jobs' daemon.")
            last.add_metric([], beat.beat_at.timestamp())
            up = _gauge("baotinh_daemon_up", "Whether the jobs' daemon is alive.")
            up.add_metric([], float(daemon_state(self._collection, beat, self._clock()).is_alive))
            yield from (last, up)
        free = _gauge("baotinh_disk_free_bytes", "Free bytes on the disk of the collection.")
        free.add_metric([], shutil.disk_usage(self._collection.root).free)
        yield free


def exposition(collection: Collection) -> bytes:
    """The metrics in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(CollectionFigures(collection))
    return generate_latest(registry)


def _gauge(name: str, said: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, said, labels=labels)


def _runs(catalog: Catalog) -> Iterator[Metric]:
    ended = _gauge("baotinh_runs", "Runs that ended, by outcome.", "newspaper", "outcome")
    of_outcome: Counter[tuple[str, str]] = Counter()
    for one in run_counts(catalog.connection):
        if one.outcome != "running":
            of_outcome[one.newspaper, one.outcome] += one.count
    for labels, count in sorted(of_outcome.items()):
        ended.add_metric(labels, count)
    yield ended
    began = _gauge("baotinh_last_run_timestamp_seconds", "When the last ended run began.", "newspaper")
    took = _gauge("baotinh_last_run_duration_seconds", "How long the last ended run took.", "newspaper")
    counted = {name: _gauge(metric, said, "newspaper") for name, (metric, said) in _OF_RUNS.items()}
    for newspaper in who_ran(catalog)[0]:
        last = next(
            (run for run in catalog.latest_runs(newspaper, 10) if run.finished_at and run.source in CRAWLED), None
        )
        if last is None or last.finished_at is None:
            continue
        began.add_metric([newspaper], last.started_at.timestamp())
        took.add_metric([newspaper], (last.finished_at - last.started_at).total_seconds())
        for name, metric in counted.items():
            metric.add_metric([newspaper], last.counts.get(name, 0))
    yield from (began, took, *counted.values())
    yield from _hosts(catalog)


def _hosts(catalog: Catalog) -> Iterator[Metric]:
    requests = _gauge("baotinh_host_requests", "Requests of a day, repeated ones too.", "newspaper", "host")
    failed = _gauge("baotinh_host_failed_requests", "Requests of a day that failed.", "newspaper", "host")
    for newspaper in who_ran(catalog)[0]:
        last = next((run for run in catalog.latest_runs(newspaper, 10) if run.finished_at), None)
        if last is not None:
            since = last.started_at - timedelta(days=1)
            for one in host_sums(catalog.connection, newspaper, since, last.started_at)[:_HOSTS]:
                requests.add_metric([newspaper, one.host], one.requests)
                failed.add_metric([newspaper, one.host], one.failed)
    yield from (requests, failed)


def _held(catalog: Catalog, instant: datetime) -> Iterator[Metric]:
    connection = catalog.connection
    for name, said, counts in (
        ("baotinh_articles", "Articles held.", held(connection, "articles")),
        ("baotinh_warc_bytes", "Bytes of WARC files.", held(connection, "WARC bytes")),
        ("baotinh_unread_pages", "Pages captured that could not be read yet.", _unread(connection)),
        ("baotinh_addresses", "Addresses known.", held(connection, "addresses")),
        ("baotinh_addresses_due", "Addresses that are due.", _due(connection, instant)),
    ):
        metric = _gauge(name, said, "newspaper")
        for newspaper, count in counts.items():
            metric.add_metric([newspaper], count)
        yield metric
    newest = _gauge("baotinh_newest_article_timestamp_seconds", "When the newest article was published.", "newspaper")
    for newspaper in held(connection, "articles"):
        (at,) = connection.execute(
            "SELECT max(published_at) FROM articles WHERE newspaper = ?", (newspaper,)
        ).fetchone()
        if at:
            newest.add_metric([newspaper], parse_warc_date(at).timestamp())
    yield newest


def _unread(connection: sqlite3.Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT newspaper, count(*) FROM unread GROUP BY newspaper").fetchall())


def _due(connection: sqlite3.Connection, instant: datetime) -> dict[str, int]:
    counts = {name: count_due(connection, name, warc_date(instant)) for name in held(connection, "addresses")}
    return {name: count for name, count in counts.items() if count}
