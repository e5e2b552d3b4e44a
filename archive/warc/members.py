"""Gzip members (RFC 1952): writes a record as one, finds members in a file, and compares their headers."""

from __future__ import annotations

import enum
import re
import struct
import zlib
from collections import deque
from typing import BinaryIO

from isal import isal_zlib

from archive.faults import Fault, damage_words

_STEP = 256 * 1024
_GZIP_BITS = 31
GZIP_MAGIC = b"\x1f\x8b\x08"
# The line that begins a record
RECORD = re.compile(rb"WARC/\d{1,3}\.\d{1,3}\r?\n", re.IGNORECASE)
LONGEST_VERSION = 16
# Two line ends follow a block (ISO 28500, 4)
RECORD_END = b"\r\n\r\n"
_LINE_ENDS = re.compile(rb"(?:\r\n){1,2}|\n{1,2}|")

_FLAG_CRC, _FLAG_EXTRA, _FLAG_NAME, _FLAG_COMMENT = 2, 4, 8, 16

# Offsets in a header after the method
_TIME, _EXTRA_FLAGS, _SYSTEM = range(1, 5), 5, 6
# RFC 1952, 2.3.1
_SYSTEMS = frozenset((*range(14), 255))

# On newspaper pages 3 % larger than isal's densest level and 14 % larger than zlib's 6, at ten times the speed of that.
_LEVEL = 2
# No name, no time, no system (RFC 1952, 2.3): the same record gives the same member
GZIP_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_LONGEST_STORED = 0xFFFF
_SAMPLE = 4096


def gzip_member(head: bytes, block: bytes) -> bytes:
    """A record's head, its block and the two line ends behind it as one gzip member (ISO 28500, annex D.2).

    A block that cannot be compressed, such as a picture, is stored, because trying takes most of the time of a record.
    """
    if _is_dense(block):
        return _stored_member(head, block, RECORD_END)
    compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP_BITS)
    return b"".join(
        (compressor.compress(head), compressor.compress(block), compressor.compress(RECORD_END), compressor.flush())
    )


def _stored_member(*pieces: bytes) -> bytes:
    """The pieces as a gzip member of stored blocks (RFC 1951, 3.2.4): copied once; a compressor copies three times."""
    octets: list[bytes | memoryview] = [GZIP_HEADER]
    crc32 = size = 0
    for piece in pieces:
        crc32, size = isal_zlib.crc32(piece, crc32), size + len(piece)
        view = memoryview(piece)
        for start in range(0, len(view), _LONGEST_STORED):
            part = view[start : start + _LONGEST_STORED]
            octets += (struct.pack("<BHH", 0, len(part), 0xFFFF ^ len(part)), part)
    octets += (struct.pack("<BHH", 1, 0, 0xFFFF), struct.pack("<II", crc32, size & 0xFFFFFFFF))
    return b"".join(octets)


def _is_dense(block: bytes) -> bool:
    if len(block) < 4 * _SAMPLE:
        return False
    # after the heads of the answer and of a picture
    sample = block[2 * _SAMPLE : 3 * _SAMPLE]
    return len(isal_zlib.compress(sample, 0)) > 0.95 * _SAMPLE


def line_ends(behind: bytes, *, is_last: bool) -> int | None:
    """How many of the octets behind a block are its line ends, two at most; None where the record is damaged there.

    Some writers write one line end, LF alone or nothing, which is accepted where the next record follows.

    Args:
        behind: the 4 octets behind the block, or fewer where no more are there.
        is_last: nothing can follow them: then they may be fewer, or none.
    """
    match = _LINE_ENDS.match(behind)
    length = match.end() if match else 0
    rest = behind[length:]
    if behind.count(b"\n", 0, length) == 2 or (rest and b"WARC/".startswith(rest.upper()) and len(behind) == 4):
        return length
    if behind == b"\n\r\n\r":  # one more than two: the next record follows them
        return 1
    return len(behind) if is_last and rest in (b"", b"\r") else None


class MemberDamaged(Exception):
    """A gzip member that cannot be inflated, or whose checksum is wrong (RFC 1952, 2.3.1)."""

    def __init__(self, offset: int, fault: Fault) -> None:
        self.offset, self.fault = offset, fault
        super().__init__(f"at byte {offset}: {damage_words(fault)}")


def next_member(stream: BinaryIO, after: int, before: int | None = None) -> int | None:
    """The offset of the next member after damage at `after` in which a record begins; None where there is none.

    Args:
        before: the byte from which on no member is looked for.
    """
    position = after + 1
    stream.seek(position)
    window = b""
    while (before is None or position < before) and (piece := stream.read(_STEP)):
        window += piece
        found = window.find(GZIP_MAGIC)
        while found >= 0:
            if before is not None and position + found >= before:
                return None
            head = window[found : found + 4096]
            if _holds_record(head):
                return position + found
            found = window.find(GZIP_MAGIC, found + 1)
        keep = min(len(window), 4096)
        position += len(window) - keep
        window = window[-keep:]
    return None


def _holds_record(head: bytes) -> bool:
    try:
        return zlib.decompressobj(_GZIP_BITS).decompress(head, 5) == b"WARC/"
    except zlib.error:
        return False


def is_zipped(stream: BinaryIO) -> bool:
    """Whether a file consists of gzip members: it begins with one, or the first record that can be read is in one."""
    stream.seek(0)
    first = stream.read(LONGEST_VERSION)
    if RECORD.match(first):
        return False
    looks_zipped = first.startswith(GZIP_MAGIC)
    member = next_member(stream, -1)
    if member == 0:
        return True
    plain = _first_record(stream, member)
    return looks_zipped if member is None and plain is None else plain is None


def _first_record(stream: BinaryIO, until: int | None) -> int | None:
    """The offset of the first uncompressed record before byte `until`, or None."""
    stream.seek(0)
    position, window = 0, b""
    while (until is None or position < until) and (piece := stream.read(_STEP)):
        window += piece
        if match := RECORD.search(window):
            found = position + match.start()
            return found if until is None or found < until else None
        position += max(0, len(window) - LONGEST_VERSION)
        window = window[-LONGEST_VERSION:]
    return None


class OddHeader(enum.Enum):
    """How a gzip header differs from all headers around it."""

    TIME = "a time where the others have none"
    EXTRA_FLAGS = "extra flags"
    LEVEL = "extra flags that may tell how well it is compressed"
    FLAGS_OR_SYSTEM = "flags or system"


def header_length(octets: bytes) -> int | None:
    """The length of a gzip header (RFC 1952, 2.3); None where there is none, or it does not end within the octets."""
    if len(octets) < 10 or not octets.startswith(GZIP_MAGIC):
        return None
    flags, length = octets[3], 10
    if flags & _FLAG_EXTRA:
        length += 2 + int.from_bytes(octets[length : length + 2], "little")
    for flag in (_FLAG_NAME, _FLAG_COMMENT):
        if flags & flag:
            length = octets.find(b"\0", length) + 1
            if not length:
                return None
    length += 2 if flags & _FLAG_CRC else 0
    return length if length <= len(octets) else None


class GzipHeaders:
    """Compares gzip headers with those around them, to find flipped bits that no checksum covers (RFC 1952, 2.3.1)."""

    def __init__(self) -> None:
        self._runs: deque[tuple[int, bytes, int]] = deque(maxlen=3)
        self._odd: list[tuple[int, OddHeader]] = []

    def see(self, offset: int, header: bytes) -> None:
        """Add the header of the next member, without its magic number and method."""
        runs = self._runs
        if runs and runs[-1][1] == header:
            first, _, count = runs[-1]
            runs[-1] = first, header, count + 1
            if count == 1 and len(runs) == 2 and runs[0][2] == 1:  # the first member of the file differs
                self._compare(runs[0][0], runs[0][1], header)
            return
        runs.append((offset, header, 1))
        if len(runs) == 3 and runs[1][2] == 1 and runs[0][1] == header:
            self._compare(runs[1][0], runs[1][1], header)

    def odd(self) -> list[tuple[int, OddHeader]]:
        """Members whose header is not like those around it: offset, and what differs."""
        runs = self._runs
        if len(runs) > 1 and runs[-1][2] == 1 and runs[-2][2] > 1:
            self._compare(runs[-1][0], runs[-1][1], runs[-2][1])
        return self._odd

    def _compare(self, offset: int, odd: bytes, usual: bytes) -> None:
        # only where the others have no time: times may differ
        if len(odd) != len(usual) or len(usual) != 7 or usual[1:5] != b"\0\0\0\0":
            return
        changed = [place for place in range(7) if odd[place] != usual[place]]
        if len(changed) != 1:
            return
        (place,) = changed
        is_flip = (odd[place] ^ usual[place]).bit_count() == 1
        if place in _TIME:
            self._odd.append((offset, OddHeader.TIME))
        elif place == _EXTRA_FLAGS:
            # 2 and 4 tell the level of compression, which may differ
            is_level = odd[place] in (0, 2, 4)
            self._odd.append((offset, OddHeader.LEVEL if is_level else OddHeader.EXTRA_FLAGS))
        elif is_flip or (place == _SYSTEM and odd[place] not in _SYSTEMS):
            self._odd.append((offset, OddHeader.FLAGS_OR_SYSTEM))
