"""Why a run did not ask for an address that stays due, and how its counts name that."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

_BEGINNING = "kept back: "


class Deferral(Enum):
    """A reason to ask later; its value stands in counts, reports and JSON."""

    QUIET_HOURS = "quiet hours"
    HOST_RESTS = "host rests"
    HOST_DOWN = "host down"
    REQUEST_BUDGET = "budget of requests"
    BYTE_BUDGET = "budget of bytes"

    @property
    def count_name(self) -> str:
        """Its name among a run's counts."""
        return _BEGINNING + self.value


def deferred(counts: Mapping[str, int]) -> dict[Deferral, int]:
    """How many requests of a run were put off, by reason, in the order of the reasons."""
    return {reason: count for reason in Deferral if (count := counts.get(reason.count_name, 0))}
