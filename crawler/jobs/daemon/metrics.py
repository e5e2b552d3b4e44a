"""The daemon's own metrics beside those of its collection, which may not be readable."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from archive.collection import Collection
from archive.daemon.outage import UNWRITABLE
from archive.errors import PortTaken
from archive.health.metrics import CollectionFigures
from crawler.jobs.daemon.daemon import Daemon
from crawler.jobs.unentered import UnenteredRuns

logger = logging.getLogger(__name__)


class DaemonFigures(Collector):
    """The metrics of a daemon and of its collection; of the daemon alone where the collection cannot be read."""

    def __init__(self, collection: Collection, daemon: Daemon) -> None:
        self._collection, self._daemon = collection, daemon

    def collect(self) -> Iterable[Metric]:
        """All metrics."""
        yield from self._own()
        with contextlib.suppress(*UNWRITABLE):
            yield from [*CollectionFigures(self._collection).collect()]

    def _own(self) -> Iterator[Metric]:
        beat = self._daemon.heartbeat
        try:
            remembered = len(UnenteredRuns(self._collection.root).read())
        except OSError:
            remembered = 0
        for name, said, value in (
            ("baotinh_daemon_start_timestamp_seconds", "When the daemon began.", beat.started_at.timestamp()),
            ("baotinh_daemon_beat_timestamp_seconds", "The daemon's last heartbeat.", beat.beat_at.timestamp()),
            ("baotinh_collection_writable", "Whether the collection can be written.", float(not self._daemon.outage)),
            ("baotinh_unentered_runs", "Runs that could not be entered in the catalog yet.", remembered),
            ("baotinh_schedule_valid", "Whether the schedule could be read again.", float(not beat.schedule_fault)),
        ):
            yield GaugeMetricFamily(name, said, value=value)


@contextlib.contextmanager
def serve_metrics(collection: Collection, daemon: Daemon, port: int | None) -> Iterator[None]:
    """Serve the metrics to Prometheus on a port of 127.0.0.1 for the length of the block, if one is given.

    Raises:
        PortTaken: another process listens there.
    """
    if port is None:
        yield
        return
    registry = CollectorRegistry(auto_describe=False)
    registry.register(DaemonFigures(collection, daemon))
    try:
        server, thread = start_http_server(port, "127.0.0.1", registry)
    except OSError as error:
        raise PortTaken("127.0.0.1", port, "--metrics-port") from error
    logger.info("figures at http://127.0.0.1:%s/metrics", server.server_port)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
