"""Saves records that are whole although their gzip member, or the octets after them, are damaged.

A member that was cut in its last bytes, or whose trailer changed, may hold its record to the last byte. The record is
whole where its block has the length that Content-Length says and the digest that WARC-Block-Digest says; without a
digest only where nothing contradicts it. A wrong checksum contradicts, unless the trailer itself must have changed.
"""

from __future__ import annotations

import enum
import tempfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import attrs

from archive.warc.check.findings import Departure, Finding
from archive.warc.check.heads import Head, HeadReader
from archive.warc.check.verdicts import Checked
from archive.warc.check.verify import verify_stream
from archive.warc.deflate import GzipMember
from archive.warc.recordhead import LONGEST_HEAD, find_lines, is_version

_STEP = 64 * 1024
# The codes of a block digest that is wrong, or cannot be checked
_UNCHECKED = frozenset(
    (
        Departure.NO_DIGEST,
        Departure.UNKNOWN_ALGORITHM,
        Departure.IMPOSSIBLE_DIGEST,
        Departure.WRONG_DIGEST,
        Departure.DIGEST_OF_PAYLOAD,
    )
)
_END = b"\r\n\r\n"


class KeepReason(enum.StrEnum):
    """Why a record is kept although something is wrong."""

    BLOCK_DIGEST = "block_digest"  # its block has the digest that WARC-Block-Digest says
    BLOCK_LENGTH = "block_length"  # its block has the length that Content-Length says, and nothing contradicts it
    MEMBER_CHECKSUM = "member_checksum"  # the checksum of its gzip member is right
    REWRITTEN = "rewritten"  # the copy has the line ends of the standard


@attrs.frozen
class Whole:
    """A record that is whole: the byte after what is left of it in the damaged file, and the reason for keeping it."""

    behind: int
    reason: KeepReason


def salvage(stream: BinaryIO, offset: int, end: int, out: BinaryIO, *, is_zipped: bool) -> Whole | None:
    """Write the record at `offset` to `out`, uncompressed, if it is whole; no byte from `end` on is read."""
    member = GzipMember(stream, offset, end) if is_zipped else None
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
        if member and is_contradicted and (member.is_broken or not member.is_trailer_damaged):
            return None  # the head of the record must have changed
        octets.seek(0)
        while piece := octets.read(_STEP):
            out.write(piece)
    reason = KeepReason.BLOCK_DIGEST if is_proven else KeepReason.BLOCK_LENGTH
    return Whole(member.behind if member else offset + length + line_ends, reason)


def copy_block(pieces: Iterator[bytes], octets: BinaryIO, *, is_strict: bool = False) -> tuple[int, bytes] | None:
    """Write head and block; their length, and up to 5 bytes behind them; None where they are not whole.

    The lines of the head are written with CR LF.

    Args:
        is_strict: a head that breaks a rule counts as not whole, because it may have changed.
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
                return None  # its fields may have changed
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
    """Whether the block digest proves the one record that `octets` holds; None where something is wrong with it."""
    verdicts = list(verify_stream(octets, ""))
    if len(verdicts) != 1:
        return None
    record, findings = verdicts[0]
    if record is None or any(finding.severity != "warning" for finding in findings):
        return None
    return is_proven_by_digest(record, findings)


def has_block_digest(record: Checked) -> bool:
    """Whether a record states a digest of its block."""
    return b"warc-block-digest" in record.head.fields


def is_proven_by_digest(record: Checked, findings: Sequence[Finding]) -> bool:
    """Whether the block of a record has the digest that WARC-Block-Digest says."""
    return has_block_digest(record) and not any(
        finding.fault.code in _UNCHECKED and finding.fault["field"] == "WARC-Block-Digest" for finding in findings
    )


def between(stream: BinaryIO, offset: int, end: int) -> Iterator[bytes]:
    """The bytes of a file from one place to another."""
    stream.seek(offset)
    while offset < end and (piece := stream.read(min(_STEP, end - offset))):
        offset += len(piece)
        yield piece


def _shared_beginning(one: bytes, other: bytes) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
