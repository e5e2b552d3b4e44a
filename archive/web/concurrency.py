"""A limit to costly requests that one server answers at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.exceptions import HTTPException

RETRY_AFTER = "30"  # seconds


class ConcurrencyLimit:
    """At most `most` requests at once; others wait up to `wait` seconds for one to end."""

    def __init__(self, most: int, wait: float = 0.0) -> None:
        self._free, self._wait = threading.Semaphore(most), wait

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
