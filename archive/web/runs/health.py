"""The state of the collection, as the page of runs shows it first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from archive.catalog import Catalog
from archive.collection import Collection
from archive.health.disk import growth_a_day
from archive.health.history import AlarmRecord, alarm_history
from archive.status import Status, status

CLEARED_SHOWN = 30
_REMEMBERED = 1000


@attrs.frozen(kw_only=True)
class Health:
    """The collection's status, the cleared alarms, and how many bytes each newspaper adds a day."""

    status: Status
    cleared: tuple[AlarmRecord, ...]
    growth: Mapping[str, float]


def health(collection: Collection, catalog: Catalog, instant: datetime) -> Health:
    """The health at an instant; recorded alarms that no longer apply count as cleared."""
    found = status(collection, catalog, instant)
    now = {one.alarm.key for one in found.standing.alarms} | found.standing.consequences
    past = [one for one in alarm_history(catalog.connection, _REMEMBERED) if one.cleared_at or one.alarm.key not in now]
    past.sort(key=lambda one: one.cleared_at or instant, reverse=True)
    growth = growth_a_day(catalog, instant)
    return Health(
        status=found,
        cleared=tuple(past[:CLEARED_SHOWN]),
        growth=dict(sorted(growth.items(), key=lambda one: -one[1])),
    )
