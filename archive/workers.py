"""Calls functions in worker processes, and hands on their results in the order of the calls.

Results that wait for their turn are held as bytes, and few: memory does not grow with the number of calls.
"""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Any, Protocol, Self

import attrs

from archive.errors import WorkerLost
from archive.fork_server import END, PARTS, ForkServer

# Bytes of results that wait while those of an earlier call are not complete
_MOST_WAITING = 8 * 1024 * 1024


def usable_cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def worth_starting(size: int, each: int) -> int:
    """How many processes are worth their start for work of that size: one for `each`, and no more than usable cores."""
    return max(1, min(usable_cores(), size // each))


class WorkerPool(Protocol):
    """What runs calls: `Workers`, or the workers of a cluster. A context manager; for one thread at a time."""

    @property
    def are_several(self) -> bool:
        """Whether calls run in other processes."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_exception: object) -> None: ...

    def prepare(self, function: Callable[..., Iterable[Any]]) -> None:
        """Begin to load what calls of the function will need, while this process does something else."""

    def each(self, function: Callable[..., Iterable[Any]], calls: Iterable[tuple[Any, ...]]) -> Iterator[Iterator[Any]]:
        """For each call, in order, what the function yields with these arguments; read one before the next.

        The function stands in a module, is pure, and it, its arguments and what it yields can be pickled.
        """


@attrs.define(eq=False)
class _Call:
    """A call under way: its results that wait, and whether they are all there."""

    waiting: deque[bytes] = attrs.field(factory=deque)
    is_complete: bool = False


class _Worker:
    """A worker process, and the call that it is busy with."""

    def __init__(self, server: ForkServer) -> None:
        self._server = server
        self._number, self.connection = server.fork()
        self.call: _Call | None = None
        self.error: WorkerLost | None = None

    def begin(self, call: _Call, function: Callable[..., Iterable[Any]], arguments: tuple[Any, ...]) -> None:
        self.call = call
        try:
            self.connection.send((function, arguments))
        except OSError as error:
            raise self.lost() from error

    def receive(self) -> bytes:
        try:
            return self.connection.recv_bytes()
        except (EOFError, OSError) as error:
            raise self.lost() from error

    def lost(self) -> WorkerLost:
        self.error = self.error or self._server.lost(self._number)  # which can be asked once
        return self.error


class Workers:
    """So many worker processes, forked with the first calls; with a number of 1 the calls run in this process.

    A context manager, which ends them. For one thread at a time.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._server: ForkServer | None = None
        self._workers: list[_Worker] = []
        self._under_way: deque[_Call] = deque()
        self._left: Iterator[tuple[Callable[..., Iterable[Any]], tuple[Any, ...]]] = iter(())

    @property
    def are_several(self) -> bool:
        """Whether calls run in other processes."""
        return self._number > 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
        for worker in self._workers:
            worker.connection.close()
        self._workers.clear()

    def prepare(self, function: Callable[..., Iterable[Any]]) -> None:
        """Begin to load the function's module in the processes to come, while this one does something else."""
        if self._number > 1:
            self._server_for(function)

    def each(self, function: Callable[..., Iterable[Any]], calls: Iterable[tuple[Any, ...]]) -> Iterator[Iterator[Any]]:
        """For each call, in order, what the function yields with these arguments; read one before the next.

        The function stands in a module, and it, its arguments and what it yields can be pickled.

        Raises:
            WorkerLost: a worker process ended that was not told to; there are no further results, of no further calls.
            Exception: what the function raised.
        """
        for worker in self._workers:
            if worker.error is not None:
                raise worker.error
        if self._number == 1:
            for arguments in calls:
                yield iter(function(*arguments))
            return
        self._under_way.clear()  # of calls whose results were all read
        self._left = ((function, arguments) for arguments in calls)
        self._hand_out()
        while self._under_way:
            call = self._under_way[0]
            results = self._results(call)
            yield results
            for _ in results:
                pass
            self._under_way.popleft()
            self._hand_out()

    def _hand_out(self) -> None:
        """Give a further call to each worker that has none, where results do not wait in great number."""
        while len(self._under_way) < 4 * self._number and self._waiting() < _MOST_WAITING:
            worker = next((one for one in self._workers if one.call is None), None)
            if worker is None and len(self._workers) == self._number:
                return
            following = next(self._left, None)
            if following is None:
                return
            if worker is None:
                self._workers.append(worker := _Worker(self._server_for(following[0])))
            call = _Call()
            self._under_way.append(call)
            worker.begin(call, *following)

    def _server_for(self, function: Callable[..., Iterable[Any]]) -> ForkServer:
        """The fork server, told to load the function's module."""
        self._server = self._server or ForkServer()
        self._server.load(function.__module__)
        return self._server

    def _waiting(self) -> int:
        return sum(len(octets) for call in self._under_way for octets in call.waiting)

    def _results(self, call: _Call) -> Iterator[Any]:
        while True:
            while call.waiting:
                yield from pickle.loads(call.waiting.popleft())
            if call.is_complete:
                return
            self._receive(call)

    def _receive(self, wanted: _Call) -> None:
        """Take a message of each worker that has sent one; where much waits already, of the one that is waited for."""
        is_full = self._waiting() >= _MOST_WAITING
        listened = {
            worker.connection: worker
            for worker in self._workers
            if worker.call is not None and (worker.call is wanted or not is_full)
        }
        for connection in wait(list(listened)):
            worker = listened[connection]  # type: ignore[index]
            assert worker.call is not None
            octets = worker.receive()
            kind, content = octets[:1], octets[1:]
            if kind == PARTS:
                worker.call.waiting.append(content)
            elif kind == END:
                worker.call.is_complete = True
                worker.call = None
            else:
                raise pickle.loads(content)
        self._hand_out()
