"""Responses that are written while they are sent, a bounded number of them at once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import IO, cast

import anyio
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from archive.export.streaming import streamed
from archive.web.concurrency import ConcurrencyLimit

MOST_AT_ONCE = 3
"""Exports that one service writes at once."""


class _Download(StreamingResponse):
    """A streamed response that is counted out of the limit when it ends, also where the client went away."""

    def __init__(self, pieces: Generator[bytes], limit: ConcurrencyLimit, headers: Mapping[str, str]) -> None:
        super().__init__(pieces, headers=headers)
        self._pieces, self._limit = pieces, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the pieces."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._close)

    def _close(self) -> None:
        try:
            self._pieces.close()
        finally:
            self._limit.release()


class Downloads:
    """The exports of one service, a limited number at once; `shared`: see `ConcurrencyLimit`."""

    def __init__(self, most: int = MOST_AT_ONCE, shared: Path | None = None) -> None:
        self._limit = ConcurrencyLimit(most, shared=shared)

    def answer(self, request: Request, write: Callable[[IO[bytes]], object], name: str, media_type: str) -> Response:
        """The response to GET or HEAD with what `write` writes, to be kept as a file of that name (ASCII).

        Raises:
            HTTPException: 503, the limit is reached.
        """
        headers = {"Content-Type": media_type, "Content-Disposition": f'attachment; filename="{name}"'}
        if request.method == "HEAD":
            return Response(headers=headers)
        self._limit.acquire()
        return _Download(cast("Generator[bytes]", streamed(write)), self._limit, headers)
