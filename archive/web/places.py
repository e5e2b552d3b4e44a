"""Places for costly work: so many pieces of it run at once in one server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.exceptions import HTTPException

RETRY_AFTER = "30"  # seconds


class Places:
    """A number of places; who finds none free, waits up to `wait` seconds."""

    def __init__(self, most: int, wait: float = 0.0) -> None:
        self._free, self._wait = threading.Semaphore(most), wait

    def take(self) -> None:
        """Take a place; `give_back` frees it.

        Raises:
            HTTPException: 503, none became free.
        """
        if not (self._free.acquire(timeout=self._wait) if self._wait else self._free.acquire(blocking=False)):
            raise HTTPException(503, "the server is busy with such requests", headers={"Retry-After": RETRY_AFTER})

    def give_back(self) -> None:
        """Free a place that was taken."""
        self._free.release()

    @contextmanager
    def one(self) -> Iterator[None]:
        """A place for the length of a block.

        Raises:
            HTTPException: as `take`.
        """
        self.take()
        try:
            yield
        finally:
            self.give_back()
