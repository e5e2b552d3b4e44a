"""A ZIP file that is generated as it is read: its members are stored uncompressed.

Layout after APPNOTE.TXT 6.3.10: local headers (4.3.7), central directory (4.3.12), ZIP64 where needed (4.5.3).
"""

from __future__ import annotations

import bisect
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import attrs

CHUNK = 256 * 1024
MAX_16 = 0xFFFF
MAX_32 = 0xFFFFFFFF
VERSION_ZIP64 = 45
VERSION_PLAIN = 20
UTF8_NAMES = 0x0800
MIDNIGHT_1980 = (0, 0x0021)


class Member(Protocol):
    """A file within the ZIP."""

    @property
    def name(self) -> str:
        """Its path within the ZIP."""

    @property
    def size(self) -> int:
        """How many bytes it holds."""

    @property
    def crc32(self) -> int:
        """Their checksum (APPNOTE, 4.4.7)."""

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end), piece by piece."""


@attrs.frozen
class Held:
    """A member that is held in memory."""

    name: str
    content: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    @property
    def crc32(self) -> int:
        """CRC-32 of the content."""
        return zlib.crc32(self.content)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end)."""
        yield self.content[start:end]


@attrs.frozen
class Masked:
    """A member of which only some bytes are given away: zeros stand in the place of others, beside its checksum.

    `shown`: which of the bytes [start, end) are given away, in order.
    """

    member: Member
    shown: Callable[[int, int], Sequence[range]]

    @property
    def name(self) -> str:
        """The member's name."""
        return self.member.name

    @property
    def size(self) -> int:
        """The member's size."""
        return self.member.size

    @property
    def crc32(self) -> int:
        """The checksum of the member's own bytes."""
        return self.member.crc32

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end)."""
        shown, nth = self.shown(start, end), 0
        for piece in self.member.read(start, end):
            held, until = bytearray(len(piece)), start + len(piece)
            while nth < len(shown) and shown[nth].start < until:
                first, last = max(shown[nth].start, start), min(shown[nth].stop, until)
                if first < last:
                    held[first - start : last - start] = piece[first - start : last - start]
                if shown[nth].stop > until:
                    break
                nth += 1
            yield bytes(held)
            start = until


@attrs.frozen
class Segment:
    """A piece of a ZIP: its first byte's place, how many there are, and what reads [start, end) of them."""

    start: int
    size: int
    read: Callable[[int, int], Iterator[bytes]]


class StoredZip:
    """The ZIP of these members, in their order."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._segments: list[Segment] = []
        self.size = 0
        directory = bytearray()
        for member in members:
            directory += central_header(member, offset=self.size)
            self._hold(local_header(member))
            self._add(member.size, member.read)
        begins = self.size
        self._hold(bytes(directory) + end_of_directory(len(members), begins, len(directory)))
        self._starts = [segment.start for segment in self._segments]

    def _hold(self, content: bytes) -> None:
        self._add(len(content), Held("", content).read)

    def _add(self, size: int, read: Callable[[int, int], Iterator[bytes]]) -> None:
        if size:
            self._segments.append(Segment(self.size, size, read))
            self.size += size

    def end_of(self, start: int, end: int) -> int:
        """Where the bytes that are there from `start` on end, at `end` at the latest."""
        return min(end, self.size)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end) of the ZIP, piece by piece; a range beyond its end is cut."""
        end = min(end, self.size)
        index = bisect.bisect_right(self._starts, start) - 1
        while start < end:
            segment = self._segments[index]
            until = min(end, segment.start + segment.size)
            yield from segment.read(start - segment.start, until - segment.start)
            start, index = until, index + 1


def local_header(member: Member) -> bytes:
    """What stands right ahead of a member's bytes (4.3.7)."""
    name = member.name.encode()
    wide = member.size >= MAX_32
    extra = struct.pack("<HHQQ", 1, 16, member.size, member.size) if wide else b""
    size = MAX_32 if wide else member.size
    return (
        struct.pack(
            "<IHHHHHIIIHH", 0x04034B50, VERSION_ZIP64 if wide else VERSION_PLAIN, UTF8_NAMES, 0, *MIDNIGHT_1980,
            member.crc32, size, size, len(name), len(extra),
        )
        + name
        + extra
    )  # fmt: skip


def central_header(member: Member, offset: int) -> bytes:
    """The member's entry in the directory (4.3.12); `offset`: where its local header stands."""
    name = member.name.encode()
    wide = b""
    if member.size >= MAX_32:
        wide += struct.pack("<QQ", member.size, member.size)
    if offset >= MAX_32:
        wide += struct.pack("<Q", offset)
    extra = struct.pack("<HH", 1, len(wide)) + wide if wide else b""
    version = VERSION_ZIP64 if wide else VERSION_PLAIN
    size = min(member.size, MAX_32)
    return (
        struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, version, version, UTF8_NAMES, 0, *MIDNIGHT_1980, member.crc32, size,
            size, len(name), len(extra), 0, 0, 0, 0, min(offset, MAX_32),
        )
        + name
        + extra
    )  # fmt: skip


def end_of_directory(count: int, offset: int, size: int) -> bytes:
    """What ends a ZIP of `count` members, whose directory stands at `offset` (4.3.14 to 4.3.16)."""
    wide = b""
    if count >= MAX_16 or offset >= MAX_32 or size >= MAX_32:
        wide = struct.pack(
            "<IQHHIIQQQQ", 0x06064B50, 44, VERSION_ZIP64, VERSION_ZIP64, 0, 0, count, count, size, offset
        ) + struct.pack("<IIQI", 0x07064B50, 0, offset + size, 1)
    few = min(count, MAX_16)
    return wide + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, few, few, min(size, MAX_32), min(offset, MAX_32), 0)
