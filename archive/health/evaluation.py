"""Evaluates the alarms: enters what has changed and which reminders are due, and says how each alarm stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs

from archive.catalog import Catalog
from archive.collection import Collection
from archive.health.alarm import OUTSIDE, Alarm
from archive.health.alarms import examine_whole
from archive.health.history import AlarmChange, AlarmRecord, active_alarms, record_alarms, remind
from archive.health.mutes import Mute, mute_of, mutes_at
from archive.health.outside import outside_alarms
from archive.zones import utc_text


def evaluate(
    collection: Collection,
    catalog: Catalog,
    instant: datetime,
    notifiers: Sequence[str],
    outside: Sequence[Alarm] | None = None,
) -> AlarmChange:
    """Evaluate the alarms and enter the changes, of one state of the catalog: two processes never enter two in turn.

    Args:
        outside: the alarms of the kinds `alarm.OUTSIDE` that apply now; None where they were not looked for.
    """
    state = _state(catalog)
    found = examine_whole(collection, catalog, instant, outside or ())
    with catalog.transaction() as connection:
        if _state(catalog) != state:  # seldom, and what was read of WARC files is known by now
            found = examine_whole(collection, catalog, instant, outside or ())
        unexamined = OUTSIDE if outside is None else frozenset[str]()
        change = record_alarms(
            connection, found.alarms, instant, notifiers, consequences=found.consequences, unexamined=unexamined
        )
        remind(connection, instant, notifiers, except_of=found.consequences)
    return change


def _state(catalog: Catalog) -> int:
    """A number that changes when another connection changes the catalog."""
    found: int = catalog.connection.execute("PRAGMA data_version").fetchone()[0]
    return found


@attrs.frozen(kw_only=True)
class Standing:
    """An alarm that applies now, what was recorded of it, and until when nobody is notified of it."""

    alarm: Alarm
    record: AlarmRecord | None
    mute: Mute | None

    @property
    def id(self) -> int | None:
        """Its number in the history; None where it is not recorded yet."""
        return self.record.id if self.record else None

    @property
    def since(self) -> datetime | None:
        """When it was raised; None where it is not recorded yet."""
        return self.record.raised_at if self.record else None

    def values(self) -> dict[str, Any]:
        """The alarm as plain JSON values."""
        record = self.record
        acknowledged = (
            {"at": utc_text(record.acknowledged_at), "reason": record.acknowledgement or ""}
            if record and record.acknowledged_at
            else None
        )
        return self.alarm.values() | {
            "id": self.id,
            "raised_at": utc_text(self.since) if self.since else None,
            "reminders": record.reminders if record else 0,
            "acknowledged": acknowledged,
            "muted": self.mute.values() if self.mute else None,
        }


@attrs.frozen(kw_only=True)
class Stand:
    """How the alarms stand: those that apply now, and the keys of those that only follow from one of them."""

    alarms: tuple[Standing, ...]
    consequences: frozenset[tuple[str, str | None, str]]

    @property
    def unmuted(self) -> tuple[Standing, ...]:
        """The alarms that are not muted."""
        return tuple(one for one in self.alarms if one.mute is None)


def stand(collection: Collection, catalog: Catalog, instant: datetime) -> Stand:
    """How the alarms stand, with those that the processes of this machine show and no row of the catalog."""
    records = {one.alarm.key: one for one in active_alarms(catalog.connection)}
    found = examine_whole(collection, catalog, instant, outside_alarms(collection, instant))
    mutes = mutes_at(catalog.connection, instant)
    return Stand(
        alarms=tuple(
            Standing(alarm=alarm, record=records.get(alarm.key), mute=mute_of(alarm, mutes)) for alarm in found.alarms
        ),
        consequences=frozenset(alarm.key for alarm in found.consequences),
    )
