"""Evaluates the alarms, and enters in one step what has changed and which reminders are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from archive.catalog import Catalog
from archive.collection import Collection
from archive.health.alarm import OUTSIDE, Alarm
from archive.health.alarms import examine
from archive.health.history import AlarmChange, record_alarms, remind


def evaluate(
    collection: Collection,
    catalog: Catalog,
    instant: datetime,
    notifiers: Sequence[str],
    outside: Sequence[Alarm] | None = None,
) -> AlarmChange:
    """Evaluate the alarms and enter the changes, in one transaction: two processes never enter two states in turn.

    Args:
        outside: the alarms of the kinds `alarm.OUTSIDE` that apply now; None where they were not looked for.
    """
    with catalog.transaction() as connection:
        found = [*examine(collection, catalog, instant), *(outside or ())]
        unexamined = OUTSIDE if outside is None else frozenset[str]()
        change = record_alarms(connection, found, instant, notifiers, unexamined=unexamined)
        remind(connection, instant, notifiers)
    return change
