"""Errors of batch work on a Dask cluster."""

from __future__ import annotations

import enum

from archive.errors.base import BaotinhError


class DaskMissing(BaotinhError):
    """A scheduler was named, and the packages that reach it are not installed."""

    def __init__(self) -> None:
        super().__init__("--scheduler needs Dask, which is not installed: pip install 'baotinh[batch]'")


class SchedulerUnreachable(BaotinhError):
    """No Dask scheduler answers at `address`, or no worker came to it; nothing was done."""

    def __init__(self, address: str, reason: str) -> None:
        self.address, self.reason = address, reason
        super().__init__(
            f"the Dask scheduler at {address} cannot be used ({reason}); start 'dask scheduler' and 'dask worker "
            f"{address}', then try again"
        )


class ClusterLost(BaotinhError):
    """The scheduler at `address` went away in the middle of the work, or all its workers did; nothing was changed."""

    def __init__(self, address: str, reason: str) -> None:
        self.address, self.reason = address, reason
        super().__init__(
            f"the Dask scheduler at {address} cannot finish the work ({reason}); see that it and its workers run, then "
            "start the work again"
        )


class WorkerFault(enum.Enum):
    """What is wrong with a worker of a cluster."""

    NOT_INSTALLED = "this version of baotinh cannot be imported there"
    OTHER_VERSION = "it has another version of baotinh"
    NO_COLLECTION = "it cannot read the collection at this path"
    OTHER_COLLECTION = "it sees another collection at this path, or an older copy"
    OTHER_SEED = "its hashes are not those of the other workers"


_MENDS = {
    WorkerFault.NOT_INSTALLED: "install the version of this machine there, and start it with --preload baotinh",
    WorkerFault.OTHER_VERSION: "install the version of this machine there",
    WorkerFault.NO_COLLECTION: "mount the collection's folder there at the same path",
    WorkerFault.OTHER_COLLECTION: "mount the collection's folder there at the same path",
    WorkerFault.OTHER_SEED: "start all workers with PYTHONHASHSEED=0",
}


class WorkerUnfit(BaotinhError):
    """A worker of a cluster would not do what this process does: `fault` says why, `found` and `expected` what."""

    def __init__(self, worker: str, fault: WorkerFault, found: str = "", expected: str = "") -> None:
        self.worker, self.fault, self.found, self.expected = worker, fault, found, expected
        said = f": {found}" if found else ""
        said += f", not {expected}" if found and expected else ""
        super().__init__(f"the Dask worker {worker} cannot take part: {fault.value}{said}; {_MENDS[fault]}")
