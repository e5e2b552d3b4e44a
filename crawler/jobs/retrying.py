"""When a run that failed, was interrupted or was ended with the daemon is made up for."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from archive.catalog.runs import Run
from archive.errors import FailureKind

# A retry cannot mend these: a setting, an argument, an archive without pages.
_HOPELESS = (FailureKind.MISUSED, FailureKind.FRUITLESS)
_JITTER = 0.2


@attrs.frozen(kw_only=True)
class Retry:
    """How a job retries: the pause before the first retry, doubled each time, and how many there are at most."""

    first: timedelta = timedelta(minutes=5)
    most: int = 5

    def pause(self, retries: int, *, jitter: float | None = None) -> timedelta:
        """The pause after so many retries, longer by up to a fifth.

        Args:
            jitter: from 0 to 1, how much of the fifth; random by default, so that machines that failed together do
                not come back together.
        """
        share = random.random() if jitter is None else jitter
        return timedelta(seconds=self.first.total_seconds() * 2**retries * (1 + _JITTER * share))

    @property
    def longest(self) -> timedelta:
        """The longest that all pauses take together."""
        return sum((self.pause(retries, jitter=1) for retries in range(self.most)), timedelta(0))


def retry_at(attempts: Sequence[Run], retry: Retry | None, *, was_ended: bool = False) -> datetime | None:
    """When a run is made up for; None where it is not.

    Args:
        attempts: the scheduled run and its retries, the oldest first; at least one.
        was_ended: the last was stopped because the daemon ended or the collection could not be written, and not for
            taking too long or by an operator.
    """
    last = attempts[-1]
    if retry is None or last.finished_at is None:
        return None
    if last.outcome == "stopped":
        return last.finished_at if was_ended else None
    if last.outcome not in ("failed", "interrupted") or last.failure_kind in _HOPELESS:
        return None
    retries = sum(run.outcome != "stopped" for run in attempts[:-1])
    return last.finished_at + retry.pause(retries) if retries < retry.most else None
