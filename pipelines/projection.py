"""Keeps a projection of the catalog up to date during a crawl, off the reactor's thread; knows none by name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Projection:
    """Calls a `follow` function after every `every` articles, never twice at the same time."""

    def __init__(self, follow: Callable[[], int], every: int) -> None:
        self._follow, self._every, self._since = follow, every, 0
        self._running: asyncio.Future[int] | None = None

    def released(self) -> None:
        """Note one article more."""
        self._since += 1
        if self._since >= self._every and (self._running is None or self._running.done()):
            self._since = 0
            self._running = asyncio.ensure_future(asyncio.to_thread(self._follow))

    async def settle(self) -> None:
        """Wait for what is running."""
        if self._running is not None:
            await self._running
