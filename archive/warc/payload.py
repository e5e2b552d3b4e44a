"""Digests of the payload in a block that holds an HTTP message and comes in pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archive.warc.chunks import Dechunker
from archive.warc.httphead import HeadFinder, HttpHead

# How much of a long block is looked at for the head of its HTTP message
LONGEST_MESSAGE_HEAD = 1024 * 1024


class PayloadHash:
    """Hashes of the payload in a block that comes in pieces: of the body as it stands, and as its chunks hold it."""

    def __init__(self, new: Callable[[], Any], *, may_hold_message: bool) -> None:
        """Hashes made by `new`; where there may be a message, its head is no payload."""
        self.message: HttpHead | None = None
        self.dechunker = Dechunker()
        self._raw, self._chunks = new(), new()
        self._start, self._awaits_message = bytearray(), may_hold_message
        self._finder = HeadFinder(self._start)

    @property
    def is_chunked(self) -> bool:
        """Whether it is a body with chunk framing."""
        return self.dechunker.is_chunked

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the block."""
        if not self._awaits_message:
            self._take(piece)
            return
        self._start += piece
        self.message = self._finder.find()
        if self.message is not None:
            self._begin()
        elif len(self._start) >= LONGEST_MESSAGE_HEAD:
            self.finish()

    def finish(self) -> None:
        """Take it that the block has ended, whatever is still looked for."""
        if self._awaits_message:
            self.message = self._finder.end()
            self._begin()

    def of_raw(self) -> bytes:
        """The digest of the body as it stands."""
        digest: bytes = self._raw.digest()
        return digest

    def of_chunks(self) -> bytes:
        """The digest of what stands in the body's chunks."""
        digest: bytes = self._chunks.digest()
        return digest

    def _begin(self) -> None:
        self._awaits_message, start = False, bytes(self._start)
        self._start.clear()
        self._take(start[self.message.body_start :] if self.message else start)

    def _take(self, piece: bytes) -> None:
        self._raw.update(piece)
        if self.message and self.message.is_chunked:
            for chunk in self.dechunker.feed(piece):
                self._chunks.update(chunk)
