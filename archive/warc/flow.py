"""The octets of a WARC file in bounded memory, whether it is compressed (`zippedflow.py`) or not.

A flow holds a window of the file, `buffer`; `position` is the next octet to read. The window grows on demand, and what
was read is dropped, so that memory is limited by the largest part that is requested at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from archive.warc.members import LONGEST_VERSION, RECORD

STEP = 1024 * 1024


class Flow:
    """A stream of octets; `offset` is the place in the file of the record at `position`."""

    def __init__(self, stream: BinaryIO, limit: int | None = None) -> None:
        """The octets of a stream, up to byte `limit` of the file on disk if given."""
        self.buffer, self.position = b"", 0
        # whether a record may continue in the next gzip member
        self.may_span = True
        # octets of the file that are read at once
        self.step = STEP
        self._stream, self._limit = stream, limit

    @property
    def offset(self) -> int:
        """The offset in the file of the record at `position`: of its member, or of its first octet."""
        raise NotImplementedError

    def begin(self) -> bool:
        """Make sure that there is an octet to read; False at the end of the file.

        Raises:
            MemberDamaged: what stands there cannot be inflated.
        """
        raise NotImplementedError

    def fill(self) -> bool:
        """Extend the window; False where the record can have no more octets.

        Raises:
            MemberDamaged: what stands there cannot be inflated.
        """
        raise NotImplementedError

    @property
    def end(self) -> int:
        """The offset in the file up to which it was read; after `finish_member`, the end of the last record."""
        raise NotImplementedError

    def finish_member(self) -> tuple[int, bytes]:
        """Read the rest of a gzip member: how many octets other than line ends it has, and the first of them.

        Raises:
            MemberDamaged: it cannot be inflated.
        """
        return 0, b""

    @property
    def goes_on(self) -> bool:
        """Whether another gzip member follows in which no record begins."""
        return False

    def recover(self, offset: int) -> bool:
        """After MemberDamaged at `offset`: go to the next place where a record may begin; False where there is none."""
        raise NotImplementedError

    def go_to(self, offset: int) -> None:
        """Move to an offset in the file, at which a member begins if the file is compressed."""
        raise NotImplementedError

    def glimpse(self, offset: int) -> bytes:
        """The first octets at a damaged place, as far as they can be read; the flow cannot be used afterwards."""
        return b""

    def ensure(self, count: int) -> bool:
        """Extend the window to `count` octets after the position, if there are so many."""
        while len(self.buffer) - self.position < count:
            if not self.fill():
                return False
        return True

    def pieces(self, count: int) -> Iterator[bytes]:
        """The next `count` octets piece by piece, read as they are given; fewer where the flow ends."""
        while count:
            if self.position == len(self.buffer) and not self.fill():
                return
            piece = self.buffer[self.position : self.position + min(count, STEP)]
            self.position += len(piece)
            count -= len(piece)
            yield piece

    def seek_record(self) -> int | None:
        """Move to the next line that can begin a record; how many octets were skipped, or None where there is none.

        Then the flow is at its end.
        """
        passed = 0
        while True:
            match = RECORD.search(self.buffer, self.position)
            if match:
                passed += match.start() - self.position
                self.position = match.start()
                return passed
            keep = min(len(self.buffer) - self.position, LONGEST_VERSION)
            passed += len(self.buffer) - self.position - keep
            self.position = len(self.buffer) - keep
            if not self.fill():
                self.position = len(self.buffer)
                return None

    def _read(self, count: int) -> bytes:
        if self._limit is not None:
            count = min(count, self._limit - self._stream.tell())
        return self._stream.read(count) if count > 0 else b""


class PlainFlow(Flow):
    """An uncompressed file."""

    def __init__(self, stream: BinaryIO, limit: int | None = None) -> None:
        super().__init__(stream, limit)
        self._base = 0
        stream.seek(0, 2)
        self.size = stream.tell() if limit is None else min(limit, stream.tell())
        stream.seek(0)

    @property
    def offset(self) -> int:
        return self._base + self.position

    @property
    def end(self) -> int:
        return self.offset

    def begin(self) -> bool:
        return self.position < len(self.buffer) or self.fill()

    def fill(self) -> bool:
        more = self._read(self.step)
        if not more:
            return False
        self._base += self.position
        self.buffer = self.buffer[self.position :] + more
        self.position = 0
        return True

    def recover(self, offset: int) -> bool:
        return False  # only members can be damaged

    def go_to(self, offset: int) -> None:
        if self._base <= offset <= self._base + len(self.buffer):
            self.position = offset - self._base
        else:
            self._stream.seek(offset)
            self.buffer, self.position, self._base = b"", 0, offset

    def peek(self, offset: int, count: int) -> bytes:
        """Octets at another offset of the file; the position does not change."""
        if self._base <= offset and offset + count <= self._base + len(self.buffer):
            return self.buffer[offset - self._base : offset - self._base + count]
        place = self._stream.tell()
        self._stream.seek(offset)
        found = self._read(count)
        self._stream.seek(place)
        return found
