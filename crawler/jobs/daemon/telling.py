"""What the daemon tells people: alarms of the collection, and those that the collection cannot hold."""

from __future__ import annotations

from collections.abc import Callable

from archive.clock import now
from archive.collection import Collection
from archive.health.alarms import examine
from archive.health.heartbeat import Heartbeat
from archive.health.history import record_alarms
from archive.health.outage import Outage
from crawler.jobs.notifiers import Notifiers, notify


class Telling:
    """Tells by the notifiers of the schedule in force."""

    def __init__(self, collection: Collection, notifiers: Callable[[], Notifiers]) -> None:
        self._collection, self._notifiers = collection, notifiers

    def tick(self, beat: Heartbeat) -> None:
        """Evaluate the alarms, and send what is not sent yet."""
        instant = now()
        with self._collection.catalog(writable=True) as catalog:
            found = examine(self._collection, catalog, instant)
            with catalog.transaction() as connection:
                record_alarms(connection, found, instant, self._notifiers().channels)
        notify(self._notifiers(), self._collection)

    def outage_began(self, outage: Outage) -> None:
        """The collection cannot be written."""

    def outage_over(self, outage: Outage) -> None:
        """It can be written again."""
