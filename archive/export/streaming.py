"""What is written to a file, as pieces for a server to send: in bounded memory, and no further than they are taken."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import IO, cast

PIECE = 256 * 1024
"""Bytes of a piece; the last may be shorter."""
_PIECES_WAITING = 4
_LOOK_EVERY = 0.5  # seconds


class ReaderGone(Exception):
    """Who read the stream closed it."""


class Appended:
    """A file that can only be appended to, as writers of tables want one: it says how much it holds."""

    closed = False

    def __init__(self, append: Callable[[bytes], object]) -> None:
        self._append, self._written = append, 0

    def write(self, octets: bytes) -> int:
        """Append octets; whatever appending them raises is raised."""
        size = len(memoryview(octets).cast("B"))
        self._append(octets)
        self._written += size
        return size

    def tell(self) -> int:
        """How many octets were written."""
        return self._written

    def flush(self) -> None:
        """Nothing: what stands behind is flushed as a whole."""


class _Pieces:
    """What was appended, in pieces; waits while as many pieces as allowed are not taken yet."""

    def __init__(self) -> None:
        self.waiting: queue.Queue[bytes | BaseException | None] = queue.Queue(_PIECES_WAITING)
        self.abandoned = threading.Event()
        self._kept = bytearray()

    def append(self, octets: bytes) -> None:
        """Append octets.

        Raises:
            ReaderGone: the stream was closed.
        """
        self._kept += octets
        while len(self._kept) >= PIECE:
            self.put(bytes(self._kept[:PIECE]))
            del self._kept[:PIECE]

    def finish(self) -> None:
        """Put what is left, and the end."""
        if self._kept:
            self.put(bytes(self._kept))
        self.put(None)

    def put(self, piece: bytes | BaseException | None) -> None:
        """Wait for room in the queue, and put a piece, an error or the end there."""
        while not self.abandoned.is_set():
            try:
                self.waiting.put(piece, timeout=_LOOK_EVERY)
            except queue.Full:
                continue
            return
        raise ReaderGone


def streamed(write: Callable[[IO[bytes]], object]) -> Iterator[bytes]:
    """The pieces of what a function writes, as it writes it in a thread of its own.

    When the iterator is closed early, the function's next write raises `ReaderGone`. An error of the function is raised
    to whoever takes the pieces.
    """
    pieces = _Pieces()

    def run() -> None:
        try:
            write(cast("IO[bytes]", Appended(pieces.append)))
            pieces.finish()
        except ReaderGone:
            return
        except BaseException as error:  # handed to the thread that takes the pieces
            try:
                pieces.put(error)
            except ReaderGone:
                return

    thread = threading.Thread(target=run, name="export", daemon=True)
    thread.start()
    try:
        while (piece := pieces.waiting.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        pieces.abandoned.set()
        thread.join()
