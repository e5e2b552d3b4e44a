"""A record in the place of records that were removed: as long as they were, so that others stay where they are."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from datetime import datetime

from archive.clock import warc_date
from archive.warc.members import GZIP_HEADER

_STORED = 65_535  # octets in a stored block (RFC 1951, 3.2.4)
_EMPTY = struct.pack("<BHH", 0, 0, 0xFFFF)
_END = b"\r\n\r\n"
# how many octets of padding are tried: the length of what is compressed changes with the digits of Content-Length
_TRIED = 120


class TooShort(ValueError):
    """The place of `length` octets is too short for the record, which needs `least`."""

    def __init__(self, length: int, least: int) -> None:
        self.length, self.least = length, least
        super().__init__(f"a record of {least} octets does not fit into {length}")


def tombstone(
    length: int,
    record_id: str,
    removed_at: datetime,
    fields: Sequence[tuple[str, str]],
    *,
    header: bytes | None = GZIP_HEADER,
) -> bytes:
    """A metadata record of exactly `length` octets.

    Its block has the fields, as `application/warc-fields`, and spaces behind the last value. In a gzip member these are
    stored, behind the rest, which is compressed.

    Args:
        header: that of the gzip member, 10 octets, as others in the file have it; None: the file is not compressed.

    Raises:
        TooShort: it does not fit.
    """
    text = "".join(f"{name}: {value}\r\n" for name, value in fields).encode().removesuffix(b"\r\n")
    make = _Plain(record_id, removed_at, text) if header is None else _Zipped(record_id, removed_at, text, header)
    most = length - make.size(0)
    for padding in range(max(0, most - 5 * (most // _STORED) - _TRIED), max(0, most) + 1):
        if (octets := make.octets(padding, length)) is not None:
            return octets
    raise TooShort(length, _least(make, length))


def _least(make: _Plain | _Zipped, above: int) -> int:
    """The least length above one that can be had."""
    return next(size for size in range(max(above, make.size(0)), above + make.size(0) + 20) if make.octets(0, size))


class _Plain:
    """The record as it stands in a file that is not compressed."""

    def __init__(self, record_id: str, removed_at: datetime, text: bytes) -> None:
        self._head = f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <{record_id}>\r\n".encode()
        self._head += f"WARC-Date: {warc_date(removed_at)}\r\nContent-Type: application/warc-fields\r\n".encode()
        self._text = text

    def ahead(self, padding: int) -> bytes:
        """What stands ahead of the padding."""
        return self._head + b"Content-Length: %d\r\n\r\n" % (len(self._text) + padding + 2) + self._text

    def behind(self, padding: int) -> bytes:
        """The padding, and what stands behind it."""
        return b" " * padding + b"\r\n" + _END

    def size(self, padding: int) -> int:
        """How long the record is with so much padding."""
        return len(self.ahead(padding)) + padding + 2 + len(_END)

    def octets(self, padding: int, length: int) -> bytes | None:
        """The record, if it has that length."""
        if self.size(padding) == length:
            return self.ahead(padding) + self.behind(padding)
        if self.size(padding) == length - 1:  # one more digit of Content-Length would be one octet too many
            return (self.ahead(padding) + self.behind(padding)).replace(b"metadata\r\n", b"metadata \r\n", 1)
        return None


class _Zipped(_Plain):
    """The record as a gzip member."""

    def __init__(self, record_id: str, removed_at: datetime, text: bytes, header: bytes) -> None:
        super().__init__(record_id, removed_at, text)
        self._gzip_header = header

    def size(self, padding: int) -> int:
        """How long the member is with so much padding."""
        behind = padding + 2 + len(_END)
        return len(self._gzip_header) + len(self._compressed(padding)) + behind + 5 * -(-behind // _STORED) + 8

    def octets(self, padding: int, length: int) -> bytes | None:
        """The member, if it can have that length; empty stored blocks take five octets each."""
        missing = length - self.size(padding)
        if missing < 0 or missing % 5:
            return None
        plain = self.ahead(padding) + self.behind(padding)
        deflated = self._compressed(padding) + _EMPTY * (missing // 5) + _stored(self.behind(padding))
        return self._gzip_header + deflated + struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)

    def _compressed(self, padding: int) -> bytes:
        """What stands ahead of the padding, compressed up to an octet's end."""
        compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        return compressor.compress(self.ahead(padding)) + compressor.flush(zlib.Z_SYNC_FLUSH)


def _stored(octets: bytes) -> bytes:
    pieces = []
    for start in range(0, len(octets), _STORED):
        part = octets[start : start + _STORED]
        is_last = start + _STORED >= len(octets)
        pieces.append(struct.pack("<BHH", is_last, len(part), 0xFFFF ^ len(part)) + part)
    return b"".join(pieces)
