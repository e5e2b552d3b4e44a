"""Inflates deflate streams and gzip members as far as that goes, whatever is damaged or follows them.

`zippedflow.py` is the fast reader of WARC files, which stops at the first error. This one yields every octet before an
error, and does not trust a checksum: its caller decides what the octets are worth.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from archive.warc.members import header_length

_DEFLATE = -zlib.MAX_WBITS
_LONGEST_PIECE = 64 * 1024
_LONGEST_GZIP_HEADER = 64 * 1024
TRAILER = 8


class DeflateStream:
    """A deflate stream (RFC 1951) within a file; `behind` is the byte after what was read of it.

    `has_ended`: it was inflated to its end. `is_broken`: octets of it cannot be inflated. Neither: it is cut.
    """

    def __init__(self, stream: BinaryIO, start: int, end: int | None = None, *, step: int = 1024) -> None:
        """The stream that begins at byte `start`.

        Args:
            end: no byte from here on is read.
            step: coded octets that are inflated at once: in the last step before an error all output is lost.
        """
        self._stream, self._end, self._step = stream, end, step
        self.behind = start
        self.crc32, self.adler32, self.size = 0, 1, 0
        self.has_ended = self.is_broken = False

    def pieces(self) -> Iterator[bytes]:
        """What it holds, up to its end or to an error."""
        inflating, coded = zlib.decompressobj(_DEFLATE), b""
        while not inflating.eof:
            if not coded:
                coded = self.read(self.behind, self._step)
                self.behind += len(coded)
            is_all = not coded
            try:
                octets = inflating.decompress(coded, _LONGEST_PIECE)
            except zlib.error:
                self.behind -= len(coded)
                self.is_broken = True
                return
            coded = inflating.unconsumed_tail
            if octets:
                self.crc32, self.size = zlib.crc32(octets, self.crc32), self.size + len(octets)
                self.adler32 = zlib.adler32(octets, self.adler32)
                yield octets
            elif is_all and not inflating.eof:
                return
        self.behind -= len(inflating.unused_data)
        self.has_ended = True

    def read(self, offset: int, count: int) -> bytes:
        """Octets of the file, none of them from `end` on."""
        if self._end is not None:
            count = min(count, self._end - offset)
        self._stream.seek(offset)
        return self._stream.read(count) if count > 0 else b""

    def gzip_trailer(self) -> bytes:
        """The checksum and length that a gzip member with these contents ends with (RFC 1952, 2.3.1)."""
        return self.crc32.to_bytes(4, "little") + (self.size & 0xFFFFFFFF).to_bytes(4, "little")


class GzipMember:
    """A gzip member (RFC 1952, 2.3), inflated whatever its trailer says; `behind` is the byte after what was read."""

    def __init__(self, stream: BinaryIO, offset: int, end: int | None = None, *, step: int = 1024) -> None:
        """The member at `offset`; arguments as for `DeflateStream`."""
        self._deflated = DeflateStream(stream, offset, end, step=step)
        self._trailer = b""

    def pieces(self) -> Iterator[bytes]:
        """What it holds, up to its end or to an error."""
        deflated = self._deflated
        length = header_length(deflated.read(deflated.behind, _LONGEST_GZIP_HEADER))
        if length is None:
            deflated.is_broken = True
            return
        deflated.behind += length
        yield from deflated.pieces()
        if deflated.has_ended:
            self._trailer = deflated.read(deflated.behind, TRAILER)
            deflated.behind += len(self._trailer)

    @property
    def behind(self) -> int:
        """The byte after what was read of it."""
        return self._deflated.behind

    @property
    def has_ended(self) -> bool:
        """Whether its deflate stream was inflated to the end."""
        return self._deflated.has_ended

    @property
    def is_broken(self) -> bool:
        """Whether octets of it cannot be inflated."""
        return self._deflated.is_broken

    @property
    def is_contradicted(self) -> bool:
        """Whether it is broken, or its checksum, as far as that is there, is not that of its contents."""
        found = self._trailer[:4]
        return self.is_broken or not self._deflated.gzip_trailer().startswith(found)

    @property
    def is_trailer_damaged(self) -> bool:
        """Whether the trailer itself must have changed: its length is wrong too, or half of its checksum is right."""
        expected = self._deflated.gzip_trailer()
        right = sum(ours == theirs for ours, theirs in zip(expected[:4], self._trailer, strict=False))
        return self._trailer[4:] != expected[4:] or right >= 2
