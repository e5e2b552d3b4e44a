"""Calls functions on the workers of a Dask cluster, as `archive.workers` does in local processes.

What a call yields stays on its worker until its turn comes. A call whose worker is gone is made again elsewhere.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import pickle
import secrets
import sqlite3
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Self

import attrs

from archive import VERSION
from archive.batch.catalogs import closing_catalogs
from archive.collection import Collection
from archive.errors import (
    BaotinhError,
    ClusterLost,
    DaskMissing,
    SchedulerUnreachable,
    WorkerFault,
    WorkerUnfit,
)
from archive.fork_server import pickled_error

# Seconds: to reach the scheduler, between two looks at it, for its answer, and at first for a call's results
_CONNECT, _LOOK, _ANSWER, _FETCH = 10.0, 1.0, 30.0, 60.0
# Calls under way for each thread of the workers, and how many results are pickled at once
_FOR_EACH_THREAD, _AT_ONCE = 2, 512
_PARTS, _ERROR, _UNFIT = b"P", b"X", b"U"
_HASHED = b"baotinh"


@attrs.frozen
class Expected:
    """What a worker must have in common with the process that asks.

    `records`: ids of the first and the last capture of the collection at `root`. `hashed`: the hash of some bytes,
    which is the same in all workers. `job`: a name of this work, as a worker checks itself once for each.
    """

    version: str
    root: Path
    records: tuple[str, ...]
    hashed: int
    job: str


class DaskWorkers:
    """The workers of a Dask scheduler: a context manager, whose beginning checks all that are there.

    For one thread at a time.
    """

    are_several = True

    def __init__(self, address: str, root: Path, patience: float = 30.0) -> None:
        """Take the scheduler's address and the collection's root.

        Args:
            patience: seconds after which a cluster without any worker is given up.

        Raises:
            DaskMissing: the packages are not installed.
        """
        self._address, self._root, self._patience = address, root.absolute(), patience
        self._client: Any = None
        self._threads = 0
        self._looked_at = 0.0
        self._deserted_at: float | None = None
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise DaskMissing from error
        self._connect: Callable[..., Any] = distributed.Client
        for name in ("distributed", "distributed.client", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is raised here

    def __enter__(self) -> Self:
        """Connect, and check each worker.

        Raises:
            SchedulerUnreachable: there is no scheduler, or no worker.
            WorkerUnfit: a worker has another version, or does not see the collection.
        """
        try:
            with warnings.catch_warnings(action="ignore"):  # of other versions of libraries
                self._client = self._connect(self._address, timeout=min(_CONNECT, self._patience), set_as_default=False)
            self._await_workers()
            self._expected = self._check()
        except (OSError, ValueError, ClusterLost) as error:
            self.__exit__()
            reason = error.reason if isinstance(error, ClusterLost) else _reason(error)
            raise SchedulerUnreachable(self._address, reason) from error
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._client is not None:
            with suppress(Exception):
                self._client.close(timeout=_ANSWER)
            self._client = None

    def prepare(self, function: Callable[..., Iterable[Any]]) -> None:
        """Nothing: its workers load a function with the first call of it."""

    def each(self, function: Callable[..., Iterable[Any]], calls: Iterable[tuple[Any, ...]]) -> Iterator[Iterator[Any]]:
        """As `Workers.each`; the results of one call are held as a whole.

        Raises:
            ClusterLost: the scheduler is gone, or all workers are, or a call ended one worker after the other.
            WorkerUnfit: a worker that joined later has another version, or does not see the collection.
            Exception: what the function raised.
        """
        left, under_way = iter(calls), deque[_Call]()
        try:
            while True:
                if time.monotonic() - self._looked_at > _LOOK:  # workers may have joined
                    self._look()
                most = max(2, _FOR_EACH_THREAD * self._threads)
                for arguments in islice(left, most - len(under_way)):
                    under_way.append(self._begin(function, arguments))
                if not under_way:
                    return
                results = self._results(under_way[0])
                yield results
                for _ in results:
                    pass
                under_way.popleft().future.release()
        finally:
            for call in under_way:
                with suppress(Exception, asyncio.CancelledError):
                    call.future.cancel()

    def _begin(self, function: Callable[..., Iterable[Any]], arguments: tuple[Any, ...]) -> _Call:
        octets = pickle.dumps((function, arguments), protocol=5)
        try:
            return _Call(self._client.submit(_answer, octets, self._expected, pure=False))
        except (Exception, asyncio.CancelledError) as error:
            raise ClusterLost(self._address, _reason(error)) from error

    def _results(self, call: _Call) -> Iterator[Any]:
        for part in self._parts(call):
            kind, content = part[:1], part[1:]
            if kind == _UNFIT:
                raise WorkerUnfit(*pickle.loads(content))
            if kind == _ERROR:
                raise pickle.loads(content)
            yield from pickle.loads(content)

    def _parts(self, call: _Call) -> list[bytes]:
        """Wait until the call is done, and fetch what it gave.

        Raises:
            ClusterLost: it will never be.
        """
        wait = _FETCH
        while True:
            while not call.is_done.wait(_LOOK):
                self._look()
            try:
                return call.future.result(timeout=wait)  # type: ignore[no-any-return]
            except TimeoutError:  # its worker went away meanwhile, or the network is slow
                self._look()
                wait *= 2
            except (Exception, asyncio.CancelledError) as error:
                raise ClusterLost(self._address, _reason(error)) from error

    def _look(self) -> None:
        """See that the scheduler answers, and has workers.

        Raises:
            ClusterLost: it does not, or has had none for as long as may be.
        """
        client, self._looked_at = self._client, time.monotonic()
        try:
            self._threads = sum(client.sync(client.scheduler.ncores, callback_timeout=_ANSWER).values())
        except Exception as error:
            raise ClusterLost(self._address, _reason(error)) from error
        if self._threads:
            self._deserted_at = None
            return
        self._deserted_at = self._deserted_at or time.monotonic()
        if time.monotonic() - self._deserted_at > self._patience:
            raise ClusterLost(self._address, f"no worker for {self._patience:g} s")

    def _await_workers(self) -> None:
        self._look()
        while not self._threads:
            time.sleep(_LOOK / 5)
            self._look()

    def _check(self) -> Expected:
        hashes = self._run(_hash)
        with Collection(self._root).catalog() as catalog:
            records = tuple(filter(None, map(catalog.record_id_of, _ends(catalog.connection))))
        job = secrets.token_hex(8)
        expected = Expected(VERSION, self._root, records, next(iter(hashes.values())), job)
        for worker, found in self._run(_unfitness, expected).items():
            if found is not None:
                raise WorkerUnfit(worker, *found)
        return expected

    def _run(self, function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
        """What a function gives on each worker, by the worker's address."""
        try:
            given = self._client.run(function, *arguments, on_error="return")
        except Exception as error:
            raise SchedulerUnreachable(self._address, _reason(error)) from error
        for worker, found in sorted(given.items()):
            if isinstance(found, OSError):  # it went away
                raise SchedulerUnreachable(self._address, f"{worker}: {_reason(found)}")
            if isinstance(found, BaseException):  # the functions themselves raise nothing
                raise WorkerUnfit(worker, WorkerFault.NOT_INSTALLED, _reason(found))
        return dict(sorted(given.items()))


class _Call:
    """A call under way."""

    def __init__(self, future: Any) -> None:
        self.future, self.is_done = future, threading.Event()
        is_done = self.is_done  # the future shall not hold itself
        future.add_done_callback(lambda _future: is_done.set())


def _reason(error: BaseException) -> str:
    """What went wrong, in one line, without Dask's names of calls."""
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError

    if isinstance(error, KilledWorker):
        return f"a call ended {error.allowed_failures + 1} workers, the last {error.last_worker.address}"
    if isinstance(error, FutureCancelledError):
        return error.reason.replace("-", " ")
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _ends(connection: sqlite3.Connection) -> tuple[int, int]:
    """The numbers of the first and the last capture; 0 where there is none."""
    return connection.execute("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM captures").fetchone()  # type: ignore[no-any-return]


# on a worker


def _hash() -> int:
    return hash(_HASHED)


@functools.lru_cache(maxsize=8)
def _unfitness(expected: Expected) -> tuple[WorkerFault, str, str] | None:
    """Why this worker cannot take part, with what was found and what was expected; None where it can."""
    if expected.version != VERSION:
        return WorkerFault.OTHER_VERSION, VERSION, expected.version
    if expected.hashed != _hash():
        return WorkerFault.OTHER_SEED, "", ""
    try:
        with Collection(expected.root).catalog() as catalog:
            is_same = all(catalog.capture(record_id) is not None for record_id in expected.records)
    except (BaotinhError, sqlite3.Error, OSError) as error:
        return WorkerFault.NO_COLLECTION, f"{expected.root}: {error}", ""
    return None if is_same else (WorkerFault.OTHER_COLLECTION, str(expected.root), "")


def _answer(octets: bytes, expected: Expected) -> list[bytes]:
    """What a call yields, pickled in parts, the last of which may be what it raised."""
    from distributed import get_worker

    if (unfit := _unfitness(expected)) is not None:
        return [_UNFIT + pickle.dumps((get_worker().address, *unfit))]
    parts = []
    try:
        function, arguments = pickle.loads(octets)
        with closing_catalogs():
            results = iter(function(*arguments))
            while batch := list(islice(results, _AT_ONCE)):
                parts.append(_PARTS + pickle.dumps(batch, protocol=5))
    except Exception as error:
        parts.append(_ERROR + pickled_error(error))
    return parts
