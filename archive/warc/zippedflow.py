"""Reads a file of gzip members, inflated member by member in bounded memory."""

from __future__ import annotations

import zlib
from typing import Any, BinaryIO

from isal import isal_zlib

from archive.faults import Damage, Fault, as_text
from archive.warc.deflate import GzipMember
from archive.warc.flow import STEP, Flow
from archive.warc.members import GZIP_MAGIC, GzipHeaders, MemberDamaged, OddHeader, next_member

_GLIMPSE = 16 * 1024
_GZIP_BITS = 31
_BROKEN: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment]
# RFC 1952, 2.3.1: an implementation must not accept members with these bits set
_RESERVED_FLAGS = 0xE0


class NoMember(MemberDamaged):
    """No gzip member begins where one should."""


class ZippedFlow(Flow):
    """A file of gzip members. The window never holds octets of two members, unless a record spans them."""

    def __init__(self, stream: BinaryIO, limit: int | None = None, until: int | None = None) -> None:
        """The members of a stream, up to byte `limit` of the file on disk, or those that begin before byte `until`."""
        super().__init__(stream, limit)
        self._until = until
        stream.seek(0)
        self._raw, self._at, self._raw_base = b"", 0, 0
        self._guess = 4096
        self._inflating: Any = None
        self._headers = GzipHeaders()
        self.member = 0
        # how many records continued in another member
        self.spans = 0

    @property
    def offset(self) -> int:
        return self.member

    @property
    def end(self) -> int:
        """The byte up to which the file was read: the end of the last member, if `has_ended`."""
        return self._raw_base + self._at

    @property
    def has_ended(self) -> bool:
        """Whether the whole member was inflated and its checksum is right."""
        return self._inflating is None

    def begin(self) -> bool:
        while self.position >= len(self.buffer):
            if self._inflating is None and (self._is_over() or not self._open()):
                return False
            self.inflate()
        return True

    def fill(self) -> bool:
        while self._inflating is not None:
            if self.inflate():
                return True
        # the member has ended: the record may continue in the next one, unless that begins with a record
        if not self.may_span or self._begins_record() or not self._open():
            return False
        self.spans += 1
        return self.fill()

    @property
    def goes_on(self) -> bool:
        return self._inflating is None and not self._begins_record()

    def recover(self, offset: int) -> bool:
        found = next_member(self._stream, offset)
        if found is None or (self._limit is not None and found >= self._limit):
            self._inflating = None
            self.buffer, self.position = b"", 0
            return False
        self.go_to(found)
        return True

    def go_to(self, offset: int) -> None:
        self._inflating = None
        self.buffer, self.position = b"", 0
        self._stream.seek(offset)
        self._raw, self._at, self._raw_base = b"", 0, offset

    def glimpse(self, offset: int) -> bytes:
        octets = b""
        for piece in GzipMember(self._stream, offset, offset + _GLIMPSE, step=8).pieces():
            octets += piece
            if len(octets) > _GLIMPSE:
                break
        return octets

    def finish_member(self) -> tuple[int, bytes]:
        count, beginning = 0, b""
        while True:
            rest = self.buffer[self.position :]
            if not count:
                rest = rest.lstrip(b"\r\n")
            count += len(rest)
            beginning = (beginning + rest[:8])[:8]
            self.buffer, self.position = b"", 0
            if self._inflating is None:
                return count, beginning
            self.inflate()

    def odd_headers(self) -> list[tuple[int, OddHeader]]:
        """The offsets of members whose header differs from those around them, and what differs."""
        return self._headers.odd()

    def _is_over(self) -> bool:
        return self._until is not None and self.end >= self._until

    def _open(self) -> bool:
        if len(self._raw) - self._at < 10:
            self._load(10)
        header = self._raw[self._at : self._at + 10]
        if not header:
            return False
        self.member = self._raw_base + self._at
        if not header.startswith(GZIP_MAGIC[: len(header)]):
            raise NoMember(self.member, Fault.of(Damage.NO_MEMBER, found=as_text(header[:8])))
        if len(header) > 3 and header[3] & _RESERVED_FLAGS:
            raise MemberDamaged(self.member, Fault.of(Damage.RESERVED_FLAGS))
        self._headers.see(self.member, header[3:])
        self._inflating = isal_zlib.decompressobj(_GZIP_BITS)
        return True

    def inflate(self) -> bool:
        """Inflate one more piece of the member; whether that gave octets."""
        if len(self._raw) - self._at < self._guess:
            self._load(self._guess)
        coded = self._raw[self._at : self._at + self._guess]
        if not coded:
            raise MemberDamaged(self.member, Fault.of(Damage.MEMBER_CUT, size=self.end - self.member))
        inflating = self._inflating
        try:
            piece = inflating.decompress(coded, STEP)
        except _BROKEN as error:
            raise MemberDamaged(self.member, Fault.of(Damage.NOT_INFLATED, found=str(error))) from error
        if inflating.eof:
            self._at += len(coded) - len(inflating.unused_data)
            self._inflating = None
            self._guess = min(max(2 * (self.end - self.member), 1024), STEP)
        else:
            used = len(coded) - len(inflating.unconsumed_tail)
            if not used and not piece:
                raise MemberDamaged(self.member, Fault.of(Damage.NO_PROGRESS))
            self._at += used
        if self.position == len(self.buffer):
            self.buffer, self.position = piece, 0
        else:
            self.buffer, self.position = self.buffer[self.position :] + piece, 0
        return bool(piece)

    def _load(self, count: int) -> None:
        if more := self._read(max(count, self.step)):
            self._raw_base += self._at
            self._raw, self._at = self._raw[self._at :] + more, 0

    def _begins_record(self) -> bool:
        if len(self._raw) - self._at < 4096:
            self._load(4096)
        coded = self._raw[self._at : self._at + 4096]
        try:
            return zlib.decompressobj(_GZIP_BITS).decompress(coded, 5).upper() in (b"WARC/", b"")
        except zlib.error:
            return True  # garbage: no record continues in it
