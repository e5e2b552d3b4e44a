"""Records that are whole although their gzip member, or what stands behind them, is not; believes no checksum blindly.

A member that was cut in its last bytes, or whose checksum was hit, may hold its record to the last byte. It is whole
where its block has the length that Content-Length says and the digest that WARC-Block-Digest says; without a digest
only where nothing contradicts it. A checksum contradicts, unless it is seen that it was hit itself.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import attrs

from archive.warc.check.heads import Head, HeadReader
from archive.warc.check.verify import verify_stream
from archive.warc.members import header_length
from archive.warc.recordhead import LONGEST_HEAD, find_lines, is_version

_STEP = 64 * 1024
_DEFLATE = -15
# What comes out of so many bytes is lost where the bytes behind them cannot be inflated
_FINE_STEP = 1024
_LONGEST_GZIP_HEADER = 64 * 1024
_TRAILER = 8
_END = b"\r\n\r\n"


class LooseMember:
    """A gzip member, inflated as far as that goes whatever its trailer says."""

    def __init__(self, stream: BinaryIO, offset: int, end: int | None = None) -> None:
        """The member at `offset`, of which no byte lies behind `end`."""
        self._stream, self._offset, self._end = stream, offset, end
        self._crc32 = self._size = 0
        self._trailer = b""
        self.is_broken = self.has_ended = False
        # the byte behind what was read of it
        self.behind = offset

    def pieces(self) -> Iterator[bytes]:
        """What it holds, up to its end or to where it cannot be inflated."""
        self._stream.seek(self._offset)
        beginning = self._read(_LONGEST_GZIP_HEADER)
        start = header_length(beginning)
        if start is None:
            self.is_broken = True
            return
        self.behind = self._offset + start
        inflating = zlib.decompressobj(_DEFLATE)
        self._stream.seek(self.behind)
        while not inflating.eof and (coded := self._read(_STEP)):
            for at in range(0, len(coded), _FINE_STEP):
                part = coded[at : at + _FINE_STEP]
                try:
                    octets = inflating.decompress(part)
                except zlib.error:
                    self.is_broken = True
                    return
                self.behind += len(part) - len(inflating.unused_data)
                self._crc32, self._size = zlib.crc32(octets, self._crc32), self._size + len(octets)
                if octets:
                    yield octets
                if inflating.eof:
                    break
        self.has_ended = inflating.eof
        if self.has_ended:
            self._stream.seek(self.behind)
            self._trailer = self._read(_TRAILER)
            self.behind += len(self._trailer)

    @property
    def is_contradicted(self) -> bool:
        """Whether something says that what came out of it is not what went in."""
        said = self._trailer[:4]
        return self.is_broken or said != self._crc32.to_bytes(4, "little")[: len(said)]

    @property
    def is_trailer_hit(self) -> bool:
        """Whether the trailer itself must have changed: its length is wrong too, or half of its checksum is right."""
        crc32, size = self._crc32.to_bytes(4, "little"), (self._size & 0xFFFFFFFF).to_bytes(4, "little")
        right = sum(ours == theirs for ours, theirs in zip(crc32, self._trailer, strict=False))
        return self._trailer[4:] != size or right >= 2

    def _read(self, count: int) -> bytes:
        if self._end is not None:
            count = min(count, self._end - self._stream.tell())
        return self._stream.read(count) if count > 0 else b""


@attrs.frozen
class Whole:
    """A record that is whole: the byte behind what is left of it in the damaged file, and why it is taken for whole."""

    behind: int
    reason: str


def salvage(stream: BinaryIO, offset: int, end: int, out: BinaryIO, *, is_zipped: bool) -> Whole | None:
    """Write the record at `offset` to `out`, uncompressed, if it is whole; no byte from `end` on is looked at."""
    member = LooseMember(stream, offset, end) if is_zipped else None
    pieces = member.pieces() if member else between(stream, offset, end)
    with tempfile.TemporaryFile() as octets:
        found = copy_block(pieces, octets, is_strict=True)
        if found is None:
            return None
        length, behind_block = found
        line_ends = _shared_beginning(behind_block, _END)
        is_contradicted = line_ends < len(behind_block)
        if member:
            if is_contradicted:
                return None  # more than one record, or something else
            is_contradicted = member.is_contradicted
        octets.write(_END)
        is_proven = _is_sound(octets)
        if is_proven is None or (is_contradicted and not is_proven):
            return None
        if member and is_contradicted and (member.is_broken or not member.is_trailer_hit):
            return None  # then it is the record's head that changed
        octets.seek(0)
        while piece := octets.read(_STEP):
            out.write(piece)
    reason = "its block is what WARC-Block-Digest says"
    if not is_proven:
        reason = "its block is as long as Content-Length says, and nothing contradicts it"
    return Whole(member.behind if member else offset + length + line_ends, reason)


def copy_block(pieces: Iterator[bytes], octets: BinaryIO, *, is_strict: bool = False) -> tuple[int, bytes] | None:
    """Write head and block; how long they are and up to 5 bytes behind them; None where they are not whole.

    The lines of the head are written with CR LF, whatever they end with.

    Args:
        is_strict: a head that breaks a rule may have changed, and counts as not whole.
    """
    start, expected, size = b"", None, 0
    for piece in pieces:
        if expected is None:
            start += piece
            found = _read_head(start)
            if found is None:
                if len(start) > LONGEST_HEAD:
                    return None
                continue
            head, behind, lines = found
            if head.length is None or (is_strict and any(said.severity == "breach" for said in head.complaints)):
                return None  # what stands in it may have changed
            expected, piece = behind + head.length, start
            if not head.is_regular:
                octets.write(b"\r\n".join(lines) + _END)
                size, piece = behind, start[behind:]
        room = expected - size
        if len(piece) > room:
            octets.write(piece[:room])
            rest = piece[room:]
            for more in pieces:
                if len(rest) > len(_END):
                    break
                rest += more
            return expected, rest[: len(_END) + 1]
        octets.write(piece)
        size += len(piece)
    return (expected, b"") if expected is not None and size == expected else None


def _read_head(start: bytes) -> tuple[Head, int, list[bytes]] | None:
    found = find_lines(start, 0)
    if found is None or not is_version(found[0][0]):
        return None
    return HeadReader().read(found), found[1], found[0]


def _is_sound(octets: BinaryIO) -> bool | None:
    """Whether the one record in there is proven by its block digest; None where something is wrong with it."""
    verdicts = list(verify_stream(octets, ""))
    if len(verdicts) != 1:
        return None
    record, findings = verdicts[0]
    if record is None or any(finding.severity != "warning" for finding in findings):
        return None
    is_checked = not any(finding.rule.endswith(" 5.8") for finding in findings)
    return b"warc-block-digest" in record.head.fields and is_checked


def between(stream: BinaryIO, offset: int, end: int) -> Iterator[bytes]:
    """The bytes of a file from one place to another."""
    stream.seek(offset)
    while offset < end and (piece := stream.read(min(_STEP, end - offset))):
        offset += len(piece)
        yield piece


def _shared_beginning(one: bytes, other: bytes) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
