"""A file in a store as a stream, of which only the ranges are fetched that are read."""

from __future__ import annotations

import io
from collections.abc import Callable

from archive.storage.block_cache import BlockCache

BLOCK = 256 * 1024
# Whoever reads so many blocks one after another reads the file from end to end
_FEW = 4
_LARGEST = 8 * 1024 * 1024

# The bytes from the first to before the second place of a file
Fetch = Callable[[int, int], bytes]


class RangedFile(io.RawIOBase):
    """A file of `size` bytes, read by ranges.

    Single records are read in blocks, which the cache keeps. Who reads on from there is given larger ranges, fetched
    anew each time, so that a check of all files neither fills the cache nor believes it.
    """

    def __init__(
        self, name: str, size: int, fetch: Fetch, cache: BlockCache | None, grown: Callable[[], int] | None = None
    ) -> None:
        """Open it. `grown` gives its size anew; it is asked once, where reading comes to the end of the size given."""
        super().__init__()
        self._grown = grown
        self._name, self._size, self._fetch, self._cache = name, size, fetch, cache
        self._position = 0
        self._start, self._held = 0, b""
        self._in_a_row = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The place of the next byte that is read."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place; nothing is fetched before it is read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative place {base + offset}")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: object, /) -> int:
        """Fill the buffer as far as what is held or fetched at once reaches.

        Raises:
            OSError: the store cannot be read.
        """
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if view and self._position >= self._size and self._grown is not None:
            self._size, self._grown = max(self._size, self._grown()), None
        if not view or self._position >= self._size:
            return 0
        if not self._start <= self._position < self._start + len(self._held):
            self._load(min(self._size, self._position + len(view)))
        begin = self._position - self._start
        piece = memoryview(self._held)[begin : begin + len(view)]
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _load(self, end: int) -> None:
        """Hold the bytes from the present place, at least a block of them, or up to `end` if they are more."""
        goes_on = self._held and self._position == self._start + len(self._held)
        self._in_a_row = self._in_a_row + 1 if goes_on else 0
        if self._cache is None or self._in_a_row >= _FEW:
            length = min(_LARGEST, BLOCK << max(0, self._in_a_row - _FEW + 1)) if goes_on else BLOCK
            self._start = self._position
            self._held = self._fetched(self._start, min(self._size, max(end, self._start + length)))
            return
        first = self._position // BLOCK
        numbers = range(first, max(first + 1, -(-min(end, self._position + _LARGEST) // BLOCK)))
        self._start, self._held = first * BLOCK, b"".join(self._blocks(numbers, self._cache))

    def _blocks(self, numbers: range, cache: BlockCache) -> list[bytes]:
        """Blocks of the cache; those from the first to the last that it lacks are fetched at once."""
        held = [cache.read(self._name, number, self._length(number)) for number in numbers]
        missing = [place for place, octets in enumerate(held) if octets is None]
        if missing:
            wanted = numbers[missing[0] : missing[-1] + 1]
            octets = self._fetched(wanted.start * BLOCK, min(self._size, wanted.stop * BLOCK))
            for place, number in enumerate(wanted, missing[0]):
                begin = (number - wanted.start) * BLOCK
                held[place] = block = octets[begin : begin + BLOCK]
                cache.write(self._name, number, block)
        return [octets for octets in held if octets is not None]

    def _length(self, number: int) -> int:
        return min(BLOCK, self._size - number * BLOCK)

    def _fetched(self, start: int, end: int) -> bytes:
        octets = self._fetch(start, end)
        if len(octets) != end - start:
            raise OSError(f"{self._name}: {len(octets)} of {end - start} bytes came from byte {start} on")
        return octets
