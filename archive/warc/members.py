"""The pieces of a WARC file before they are records: gzip members, or the bytes of an uncompressed file."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

import attrs

_STEP = 256 * 1024
_GZIP_BITS = 31
GZIP_MAGIC = b"\x1f\x8b\x08"


class MemberDamaged(Exception):
    """A gzip member that cannot be inflated, or whose checksum is wrong (RFC 1952, 2.3.1)."""

    def __init__(self, offset: int, found: str) -> None:
        self.offset, self.found = offset, found
        super().__init__(f"at byte {offset}: {found}")


@attrs.frozen
class Member:
    """One gzip member: where it lies, and what it holds."""

    offset: int
    length: int
    octets: bytes


def gzip_members(stream: BinaryIO, offset: int = 0) -> Iterator[Member]:
    """The members from `offset` on, one after the other.

    Raises:
        MemberDamaged: one of them is damaged or cut short; those before it were given.
    """
    stream.seek(offset)
    rest = b""
    while True:
        member, rest = _member(stream, offset, rest)
        if member is None:
            return
        yield member
        offset += member.length


def _member(stream: BinaryIO, offset: int, rest: bytes) -> tuple[Member | None, bytes]:
    inflating = zlib.decompressobj(_GZIP_BITS)
    pieces: list[bytes] = []
    taken = 0
    while not inflating.eof:
        coded = rest or stream.read(_STEP)
        if not coded:
            if not taken:
                return None, b""
            raise MemberDamaged(offset, f"the file ends within the member, after {taken} bytes of it")
        rest = b""
        try:
            pieces.append(inflating.decompress(coded))
        except zlib.error as error:
            raise MemberDamaged(offset, f"gzip: {error}") from error
        taken += len(coded)
    rest = inflating.unused_data
    return Member(offset, taken - len(rest), b"".join(pieces)), rest


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
