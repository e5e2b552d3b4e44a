"""What the daemon tells people: alarms of the collection, and those that the collection cannot hold."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from archive.clock import now
from archive.collection import Collection
from archive.daemon.heartbeat import HANGS_AFTER, Heartbeat
from archive.daemon.outage import Outage, OutageWatch
from archive.health.alarm import Alarm, Unwritable
from archive.health.outside import daemon_alarm, schedule_alarms
from crawler.jobs.notifiers import Notifiers, tell, tick


class Telling:
    """Tells by the notifiers of the schedule in force; what could not be sent is sent with the next call."""

    def __init__(self, collection: Collection, notifiers: Callable[[], Notifiers]) -> None:
        self._collection, self._notifiers = collection, notifiers
        self._unsent: list[tuple[bool, Alarm, Sequence[str]]] = []  # whether it is over, and by which channels
        self._changing = threading.Lock()

    def tick(self, beat: Heartbeat) -> None:
        """Evaluate the alarms, and send what is not sent yet."""
        tick(self._collection, self._notifiers(), now(), outside=schedule_alarms(beat))

    def send(self) -> None:
        """Send what the catalog does not hold and is not sent yet."""
        with self._changing:
            waiting, self._unsent = self._unsent, []
        for is_over, alarm, channels in waiting:
            raised, cleared = ([], [alarm]) if is_over else ([alarm], [])
            if failed := tell(self._notifiers(), raised, cleared=cleared, channels=channels):
                self._add(is_over, alarm, failed)

    def outage_began(self, outage: Outage) -> None:
        """The collection cannot be written."""
        self._add(False, _alarm_of(outage))

    def outage_over(self, outage: Outage) -> None:
        """It can be written again."""
        self._add(True, _alarm_of(outage))

    def daemon_died(self, beat: Heartbeat) -> None:
        """The daemon before this one died; it is told where nothing ran for some time."""
        if now() - beat.beat_at >= HANGS_AFTER:
            self._add(True, daemon_alarm(beat, now()))

    def _add(self, is_over: bool, alarm: Alarm, channels: Sequence[str] | None = None) -> None:
        with self._changing:
            self._unsent.append((is_over, alarm, channels or self._notifiers().channels))


def tell_outage(collection: Collection, notifiers: Notifiers, error: Exception | None) -> None:
    """Tell that nothing could begin because the collection cannot be written; once for each outage.

    Args:
        error: why; None where it can be written again.
    """
    telling = Telling(collection, lambda: notifiers)
    OutageWatch(collection.root, telling.outage_began, telling.outage_over).see(error)
    telling.send()


def _alarm_of(outage: Outage) -> Alarm:
    figures = Unwritable(reason=outage.reason, since=outage.since)
    return Alarm(kind="unwritable", newspaper=None, subject="", figures=figures)
