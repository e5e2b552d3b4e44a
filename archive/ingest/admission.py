"""Admission to a queue that is bounded in bytes."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future


class Admission:
    """Lets in up to `limit` bytes at a time, first come, first served; what alone is larger comes in when it is empty.

    Its methods may be called from any thread and do not block.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._inside = limit, 0
        self._lock = threading.Lock()
        self._waiting: deque[tuple[int, Future[None]]] = deque()

    def admit(self, size: int) -> Future[None]:
        """A promise that is kept at once, or when enough has left."""
        promise: Future[None] = Future()
        with self._lock:
            if self._waiting or not self._has_room(size):
                self._waiting.append((size, promise))
                return promise
            self._inside += size
        promise.set_result(None)
        return promise

    def leave(self, size: int) -> None:
        """Give back the room of what was admitted."""
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
