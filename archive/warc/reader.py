"""Reading WARC files: all records in order, or one at its offset; judges nothing (see verify.py)."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs

from archive.errors import NotAWarc, RecordDamaged, RecordsShareMember, no_archive
from archive.warc.http import HttpMessage, parse_message
from archive.warc.members import GZIP_MAGIC, RECORD_END, MemberDamaged, gzip_members, line_ends, next_member

# A record's head is some hundred bytes; one that is longer than this is none.
_LONGEST_HEAD = 1024 * 1024
_VERSION = re.compile(rb"WARC/\d+\.\d+", re.IGNORECASE)
_BEGINNING = 64 * 1024
_GZIP_BITS = 31


@attrs.frozen
class Record:
    """A record as it stands in its file: `offset` and `length` of its member (or of its bytes, uncompressed)."""

    path: Path
    offset: int
    length: int
    version: str
    headers: tuple[tuple[str, str], ...]
    block: bytes

    def header(self, name: str) -> str | None:
        """The first value of a named field, whatever its letter case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def type(self) -> str:
        """WARC-Type."""
        return self.header("WARC-Type") or ""

    @property
    def record_id(self) -> str:
        """WARC-Record-ID without its angle brackets."""
        return (self.header("WARC-Record-ID") or "").strip("<>")

    @property
    def url(self) -> str | None:
        """WARC-Target-URI; the angle brackets that WARC 1.0 examples put around it are taken off."""
        uri = self.header("WARC-Target-URI")
        return uri.strip("<>") if uri else None

    @property
    def http(self) -> HttpMessage | None:
        """The HTTP message in the block of a response, request or revisit, or None."""
        if not (self.header("Content-Type") or "").lower().startswith("application/http"):
            return None
        return parse_message(self.block)


def read_records(path: Path) -> Iterator[Record]:
    """All records of a file, in order.

    Raises:
        NotAWarc: the file does not begin as a WARC file or cannot be opened.
        RecordDamaged: a record cannot be read; those before it were given.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise no_archive(path, error) from error
    with stream:
        is_zipped = _refuse_other_files(path, stream)
        yield from _zipped(path, stream, 0) if is_zipped else _plain(path, stream, 0)


def read_on(path: Path, damaged: int) -> Iterator[Record]:
    """The records behind damage at a byte, from the next gzip member on that begins one; none where none follows.

    Raises:
        RecordDamaged: further damage; its offset lies behind `damaged`.
    """
    with path.open("rb") as stream:
        if stream.read(3) == GZIP_MAGIC and (offset := next_member(stream, damaged)) is not None:
            yield from _zipped(path, stream, offset)


def read_record(path: Path, offset: int, length: int | None = None) -> Record:
    """The record that begins at `offset`; where `length` is given, no byte beyond it is read.

    Raises:
        RecordDamaged: no record can be read there.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            stream: BinaryIO = file if length is None else io.BytesIO(file.read(length))
            base = offset if length is not None else 0
            is_zipped = stream.read(3) == GZIP_MAGIC
            read = _zipped if is_zipped else _plain
            record = next(read(path, stream, offset - base, base), None)
    except OSError as error:
        raise RecordDamaged(path, offset, "a record", error.strerror or str(error)) from error
    if record is None:
        raise RecordDamaged(path, offset, "a record", "the end of the file")
    return record


def read_message_head(path: Path, offset: int) -> HttpMessage | None:
    """The HTTP message of the compressed record at `offset`, without what its first 64 KiB do not hold of the body.

    None where no head of a message can be read there.
    """
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            octets = zlib.decompressobj(_GZIP_BITS).decompress(stream.read(_BEGINNING), _BEGINNING)
    except (OSError, zlib.error):
        return None
    block = octets.partition(RECORD_END)[2]
    message = parse_message(block)
    return message if message is not None and message.head.is_whole else None


def _zipped(path: Path, stream: BinaryIO, offset: int, base: int = 0) -> Iterator[Record]:
    """Records of a stream whose own byte 0 is the file's byte `base`."""
    try:
        for member in gzip_members(stream, offset):
            place = base + member.offset
            record, behind = _parse(path, io.BytesIO(member.octets), place)
            rest = member.octets[behind:].lstrip(b"\r\n")
            if rest[:5].upper() == b"WARC/":
                raise RecordsShareMember(path, place)
            if rest:
                raise RecordDamaged(path, place, "one record in a gzip member", f"{len(rest)} bytes behind the first")
            yield attrs.evolve(record, length=member.length)
    except MemberDamaged as error:
        raise RecordDamaged(path, base + error.offset, "a gzip member", error.found) from error


def _plain(path: Path, stream: BinaryIO, offset: int, base: int = 0) -> Iterator[Record]:
    while (offset := _next_octet(stream, offset)) >= 0:
        stream.seek(offset)
        record, behind = _parse(path, stream, base + offset)
        yield attrs.evolve(record, length=behind - offset)
        offset = behind


def _next_octet(stream: BinaryIO, offset: int) -> int:
    """The place of the next octet that belongs to no empty line; -1 where none comes."""
    stream.seek(offset)
    while octet := stream.read(1):
        if octet not in b"\r\n":
            return offset
        offset += 1
    return -1


def _parse(path: Path, stream: BinaryIO, place: int) -> tuple[Record, int]:
    """The record at the stream's position, and where the stream stands behind it."""
    version = stream.readline(1024).rstrip(b"\r\n")
    if not _VERSION.fullmatch(version):
        raise RecordDamaged(path, place, "WARC/ and a version", repr(version[:20]))
    headers = tuple(_headers(path, stream, place))
    declared = next((value for name, value in headers if name.lower() == "content-length"), "")
    if not declared.isascii() or not declared.isdigit() or len(declared) > 18:
        raise RecordDamaged(path, place, "a Content-Length in digits", repr(declared))
    block = stream.read(int(declared))
    if len(block) != int(declared):
        raise RecordDamaged(path, place, f"a block of {declared} bytes", f"{len(block)} bytes")
    block_end = stream.tell()
    end = stream.read(len(RECORD_END))
    length = line_ends(end, is_last=len(end) < len(RECORD_END))
    if length is None:
        raise RecordDamaged(path, place, "two line ends behind the block", repr(end))
    stream.seek(block_end + length)
    return Record(path, place, 0, version.decode().upper(), headers, block), stream.tell()


def _headers(path: Path, stream: BinaryIO, place: int) -> Iterator[tuple[str, str]]:
    name, value, size = "", "", 0
    while True:
        line = stream.readline(_LONGEST_HEAD)
        size += len(line)
        if not line.endswith(b"\n") or size > _LONGEST_HEAD:
            raise RecordDamaged(path, place, "an empty line behind the named fields", "none")
        text = line.rstrip(b"\r\n").decode("utf-8", "replace")
        if text[:1] in (" ", "\t") and name:  # folded, ISO 28500, 4
            value += " " + text.strip()
            continue
        if name:
            yield name, value.strip()
        if not text:
            return
        name, colon, value = text.partition(":")
        name = name.strip() if colon else ""


def _refuse_other_files(path: Path, stream: BinaryIO) -> bool:
    """Whether the file is compressed.

    Raises:
        NotAWarc: it is neither a WARC file nor a compressed one.
    """
    first = stream.read(8)
    stream.seek(0)
    is_zipped = first.startswith(GZIP_MAGIC)
    if is_zipped:
        try:
            first = next(member.octets for member in gzip_members(stream))[:8]
        except (MemberDamaged, StopIteration) as error:
            raise NotAWarc(path, f"gzip cannot be read: {error}") from error
    if not first.upper().startswith(b"WARC/"):
        raise NotAWarc(path, f"it begins with {first!r}" if first else "it is empty")
    return is_zipped
