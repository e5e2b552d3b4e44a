"""How many runs go on at the same time."""

from __future__ import annotations

import threading


class Places:
    """So many runs at the same time; the number may change meanwhile."""

    def __init__(self, most: int) -> None:
        self._most, self._taken = most, 0
        self._free = threading.Condition()

    def change(self, most: int) -> None:
        """Let so many run from now on; those that run are left alone."""
        with self._free:
            self._most = most
            self._free.notify_all()

    def __enter__(self) -> None:
        with self._free:
            self._free.wait_for(lambda: self._taken < self._most)
            self._taken += 1

    def __exit__(self, *_exception: object) -> None:
        with self._free:
            self._taken -= 1
            self._free.notify_all()
