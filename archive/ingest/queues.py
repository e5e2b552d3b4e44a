"""The two queues between a crawl and its writer thread: one limits the waiting bytes, the other forms groups."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Admission:
    """Admits up to `limit` bytes at a time, in order; a single larger exchange is admitted when nothing else is.

    Its methods may be called from any thread and do not block.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._inside = limit, 0
        self._lock = threading.Lock()
        self._waiting: deque[tuple[int, Future[None]]] = deque()

    def admit(self, size: int) -> Future[None]:
        """A future that is done at once, or when there is room."""
        promise: Future[None] = Future()
        with self._lock:
            if self._waiting or not self._has_room(size):
                self._waiting.append((size, promise))
                return promise
            self._inside += size
        promise.set_result(None)
        return promise

    def leave(self, size: int) -> None:
        """Free the room of an admitted exchange."""
        admitted: list[Future[None]] = []
        with self._lock:
            self._inside -= size
            while self._waiting and self._has_room(self._waiting[0][0]):
                wanted, promise = self._waiting.popleft()
                self._inside += wanted
                admitted.append(promise)
        for promise in admitted:
            promise.set_result(None)

    def _has_room(self, size: int) -> bool:
        return self._inside <= 0 or self._inside + size <= self._limit


class GroupQueue(Generic[T]):
    """Tasks from any thread for one thread, which takes them in groups.

    A group is closed `seconds` after its first task, or earlier with `count` tasks or `size` bytes. Waking the consumer
    for every task would cost the producers the interpreter's lock each time.
    """

    def __init__(self, *, seconds: float, count: int, size: int) -> None:
        self._seconds, self._count, self._limit = seconds, count, size
        self._lock = threading.Lock()
        self._tasks: list[T] = []
        self._size = 0
        self._is_closed = False
        self._begun, self._full = threading.Event(), threading.Event()

    def put(self, task: T, size: int = 0) -> None:
        """Add a task of so many bytes."""
        with self._lock:
            self._tasks.append(task)
            self._size += size
            is_first = len(self._tasks) == 1
            is_full = len(self._tasks) >= self._count or self._size >= self._limit
        if is_first:
            self._begun.set()
        if is_full:
            self._full.set()

    def close(self) -> None:
        """End the queue: no more tasks are put."""
        with self._lock:
            self._is_closed = True
        self._begun.set()
        self._full.set()

    def take(self, timeout: float | None) -> tuple[list[T], bool]:
        """The next group, and whether more may come; an empty one after `timeout` seconds without a task."""
        if not self._begun.wait(timeout):
            return [], True
        self._full.wait(self._seconds)
        with self._lock:
            group, self._tasks, self._size = self._tasks, [], 0
            if not self._is_closed:
                self._begun.clear()
                self._full.clear()
            return group, not self._is_closed
