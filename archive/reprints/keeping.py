"""Brings the comparison of a collection's articles up to date: one by one, or all at once where that is quicker."""

from __future__ import annotations

import contextlib
import sqlite3

from archive.catalog.reprints import progress
from archive.collection import Collection
from archive.errors import ReprintsBusy
from archive.reprints.placing import FEW, follow
from archive.reprints.signature import METHOD
from archive.reprints.whole import rebuild
from archive.workers import Workers, worth_starting

_MUCH = 20_000
"""Versions that are sooner compared with all others at once."""
_FOR_A_PROCESS = 2000


def keep_compared(collection: Collection, *, wait: float = 0, processes: int | None = None) -> None:
    """Compare what was released since the last time, and all where nothing was compared yet.

    Where another process compares, or the catalog cannot be written, nothing is done: the next one does it.
    """
    with contextlib.suppress(ReprintsBusy, OSError, sqlite3.OperationalError):
        with collection.catalog() as catalog:
            reached, last = progress(catalog.connection), catalog.last_seq()
        if (reached.method != METHOD and last > FEW) or last - reached.seq > _MUCH:
            with Workers(processes or worth_starting(last, _FOR_A_PROCESS)) as workers:
                rebuild(collection, workers, wait=wait, told=lambda _step, _count: None)
        else:
            follow(collection, wait=wait)
