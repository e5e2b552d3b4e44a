"""A queue whose consumer is woken once a group, not once a task."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class GroupQueue(Generic[T]):
    """Tasks from any thread for one thread, which takes them in groups.

    A group is closed `seconds` after its first task, or earlier with `count` tasks or `size` bytes. A consumer that is
    woken by every task would take the interpreter's lock from the producers as often.
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
        """Say that nothing more will come."""
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
