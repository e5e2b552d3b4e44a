"""Opens what the calls of a batch run in: this process, local worker processes, or the workers of a Dask cluster."""

from __future__ import annotations

from pathlib import Path

from archive.workers import WorkerPool, Workers


def open_pool(root: Path, number: int, scheduler: str | None = None) -> WorkerPool:
    """So many local processes for calls on the collection at `root`, or the workers of the scheduler at an address.

    Raises:
        DaskMissing: there is an address, and Dask is not installed.
    """
    if scheduler is None:
        return Workers(number)
    from archive.batch.cluster import DaskWorkers

    return DaskWorkers(scheduler, root)
