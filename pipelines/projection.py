"""Keeps a projection of the catalog up to date during a crawl, off the reactor's thread; knows none by name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class Projection:
    """Calls a `follow` function after releases, `seconds` apart at least and never twice at the same time."""

    def __init__(self, follow: Callable[[], int], seconds: float) -> None:
        self._follow, self._seconds = follow, seconds
        self._due_at = time.monotonic() + seconds
        self._running: asyncio.Future[int] | None = None

    def released(self) -> None:
        """Note one article more."""
        if time.monotonic() >= self._due_at and (self._running is None or self._running.done()):
            self._due_at = time.monotonic() + self._seconds
            self._running = asyncio.ensure_future(asyncio.to_thread(self._follow))

    async def settle(self) -> None:
        """Wait for what is running."""
        if self._running is not None:
            await self._running
