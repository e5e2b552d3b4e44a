"""A limit to costly requests that one service answers at once, in one process or in several."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from starlette.exceptions import HTTPException

RETRY_AFTER = "30"  # seconds
_BETWEEN_TRIES_S = 0.05


class _Places(Protocol):
    """A number of places, each for one request at a time."""

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool: ...

    def release(self) -> None: ...


class _SharedPlaces:
    """Places of all processes that share a folder: a locked file each. A killed process gives its places back."""

    def __init__(self, folder: Path, most: int) -> None:
        folder.mkdir(exist_ok=True)
        self._paths = [folder / str(nth) for nth in range(most)]
        self._held: deque[FileLock] = deque()

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        ends = time.monotonic() + (timeout or 0.0 if blocking else 0.0)
        while not any(self._take(path) for path in self._paths):
            if time.monotonic() >= ends:
                return False
            time.sleep(_BETWEEN_TRIES_S)
        return True

    def _take(self, path: Path) -> bool:
        # one thread may give back what another took
        lock = FileLock(path, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            return False
        self._held.append(lock)
        return True

    def release(self) -> None:
        self._held.popleft().release()


class ConcurrencyLimit:
    """At most `most` requests at once; others wait up to `wait` seconds for one to end.

    Args:
        shared: a folder that this limit has in common with those of other processes.
    """

    def __init__(self, most: int, wait: float = 0.0, shared: Path | None = None) -> None:
        self._free: _Places = _SharedPlaces(shared, most) if shared else threading.Semaphore(most)
        self._wait = wait

    def acquire(self) -> None:
        """Count a request in; `release` counts it out.

        Raises:
            HTTPException: 503, the limit is reached.
        """
        if not (self._free.acquire(timeout=self._wait) if self._wait else self._free.acquire(blocking=False)):
            raise HTTPException(503, "the server is busy with such requests", headers={"Retry-After": RETRY_AFTER})

    def release(self) -> None:
        """Count a request out."""
        self._free.release()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Count a request in for the length of a block.

        Raises:
            HTTPException: as `acquire`.
        """
        self.acquire()
        try:
            yield
        finally:
            self.release()
