"""Why a run deferred a request to a later run, and the names of such counts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

_PREFIX = "deferred: "
_FORMER_PREFIX = "kept back: "  # in reports until catalog version 8


class Deferral(Enum):
    """A reason to send a request later; its value stands in counts, reports and JSON."""

    QUIET_HOURS = "quiet hours"
    HOST_RESTS = "host rests"
    HOST_DOWN = "host down"
    REQUEST_BUDGET = "budget of requests"
    BYTE_BUDGET = "budget of bytes"

    @property
    def count_name(self) -> str:
        """Its name among a run's counts."""
        return _PREFIX + self.value

    @property
    def former_count_name(self) -> str:
        """Its name among the counts of an older version's run."""
        return _FORMER_PREFIX + self.value


def deferred(counts: Mapping[str, int]) -> dict[Deferral, int]:
    """How many requests of a run were deferred, by reason, in the order of the reasons."""
    return {
        reason: count
        for reason in Deferral
        if (count := counts.get(reason.count_name, 0) or counts.get(reason.former_count_name, 0))
    }
