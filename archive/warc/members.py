"""The pieces of a WARC file before they are records: gzip members, or the bytes of an uncompressed file."""

from __future__ import annotations

import re
import zlib
from typing import BinaryIO

_STEP = 256 * 1024
_GZIP_BITS = 31
GZIP_MAGIC = b"\x1f\x8b\x08"
# The line that begins a record
RECORD = re.compile(rb"WARC/\d{1,3}\.\d{1,3}\r?\n", re.IGNORECASE)
LONGEST_VERSION = 16
# Two line ends stand behind a block (ISO 28500, 4)
RECORD_END = b"\r\n\r\n"
_LINE_ENDS = re.compile(rb"(?:\r\n){1,2}|\n{1,2}|")


def line_ends(behind: bytes, *, is_last: bool) -> int | None:
    """How many of the octets behind a block are its line ends, two at most; None where the record is not whole there.

    Some writers put one line end there, or LF alone: nothing is lost by that where the next record begins at once.

    Args:
        behind: the 4 octets behind the block, or fewer where no more are there.
        is_last: nothing can follow them: then they may be fewer, or none.
    """
    match = _LINE_ENDS.match(behind)
    length = match.end() if match else 0
    rest = behind[length:]
    if behind.count(b"\n", 0, length) == 2 or (length and rest and b"WARC/".startswith(rest.upper())):
        return length
    if behind == b"\n\r\n\r":  # one too many before the two: the next record is looked for behind them
        return 1
    return len(behind) if is_last and rest in (b"", b"\r") else None


class MemberDamaged(Exception):
    """A gzip member that cannot be inflated, or whose checksum is wrong (RFC 1952, 2.3.1)."""

    def __init__(self, offset: int, found: str) -> None:
        self.offset, self.found = offset, found
        super().__init__(f"at byte {offset}: {found}")


def next_member(stream: BinaryIO, after: int) -> int | None:
    """Where the next member that holds the beginning of a record starts behind damage at `after`, or None."""
    position = after + 1
    stream.seek(position)
    window = b""
    while piece := stream.read(_STEP):
        window += piece
        found = window.find(GZIP_MAGIC)
        while found >= 0:
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
    """Whether a file is made of gzip members: it begins with one, or what can be read of it first is one."""
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
    """Where the first uncompressed record begins before byte `until`, or None."""
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
