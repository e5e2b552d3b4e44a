"""The reader of WARC files: all records in order, one at its offset, or a block piece by piece.

It is tolerant of the form of records and strict about their place: the block must be whole, two line ends must follow
it and, in a compressed file, the gzip member must be whole, sound and of this record alone.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import attrs

from archive.errors import NotAWarc, RecordDamaged, RecordsShareMember, no_archive
from archive.faults import Damage, Fault, as_text
from archive.readable import Readable
from archive.warc.flow import Flow, PlainFlow
from archive.warc.http import HttpMessage, parse_message
from archive.warc.members import GZIP_MAGIC, RECORD_END, MemberDamaged, is_zipped, line_ends, next_member
from archive.warc.recordhead import NoRecord, block_length, named_fields, next_lines
from archive.warc.zippedflow import ZippedFlow

# Blocks are read into memory; longer ones are refused, as decompression bombs.
LARGEST_BLOCK = 1 << 30
_BEGINNING = 64 * 1024
# Octets that are read at once for a single record
_SMALL_STEP = 16 * 1024
_EXCHANGES = ("response", "request", "revisit")
_OTHER_KINDS = {
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
    b"PK\x03\x04": "ZIP",
    b"%PDF": "PDF",
}
# A frame, and the dictionary that others put before the first one
_ZSTD = (b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18")

_UNNAMED = Path()

# Opens the file that a record was read from; the caller closes it
Opener = Callable[[], BinaryIO]


@attrs.frozen
class Record:
    """A record of a file; `offset` and `length` are of its member, or of its bytes in an uncompressed file."""

    path: Readable
    offset: int
    length: int
    version: str
    headers: tuple[tuple[str, str], ...]
    block: bytes

    def header(self, name: str) -> str | None:
        """The first value of a named field, whatever its letter case."""
        wanted = name.lower()
        for key, value in self.headers:
            if key == name or key.lower() == wanted:  # most writers use the standard's letter case
                return value
        return None

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
        """WARC-Target-URI without the angle brackets of the examples of WARC 1.0."""
        uri = self.header("WARC-Target-URI")
        return uri.strip("<>") if uri else None

    @property
    def http(self) -> HttpMessage | None:
        """The HTTP message in the block of a response, request or revisit, or None."""
        kind = (self.header("Content-Type") or "").lower()
        if not kind.startswith("application/http") and (kind or self.type not in _EXCHANGES):
            return None
        return parse_message(self.block)


def read_records(path: Readable) -> Iterator[Record]:
    """All records of a file, in order.

    Raises:
        NotAWarc: the file does not begin as a WARC file or cannot be opened.
        RecordDamaged: a record cannot be read; those before it were yielded.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise no_archive(path, error) from error
    with stream:
        yield from _records(path, _open(path, stream))


def read_on(path: Readable, damaged: int) -> Iterator[Record]:
    """The records after damage at an offset, from the next gzip member in which a record begins.

    Raises:
        RecordDamaged: further damage, at a greater offset.
    """
    with path.open("rb") as stream:
        if stream.read(3) == GZIP_MAGIC and (offset := next_member(stream, damaged)) is not None:
            flow = ZippedFlow(stream)
            flow.go_to(offset)
            yield from _records(path, flow)


def read_record(path: Readable, offset: int, length: int | None = None) -> Record:
    """The record that begins at `offset`; where `length` is given, no byte beyond it is read.

    Raises:
        RecordDamaged: no record can be read there.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            stream: BinaryIO = file if length is None else io.BytesIO(file.read(length))
            base = offset if length is not None else 0
            flow = _flow_at(stream, offset - base)
            record = next(_records(path, flow, base), None)
    except OSError as error:
        raise RecordDamaged(path, offset, Fault.of(Damage.UNREADABLE, found=error.strerror or str(error))) from error
    if record is None:
        raise RecordDamaged(path, offset, Fault.of(Damage.END_OF_FILE))
    return record


def records_between(stream: BinaryIO, start: int, end: int) -> Iterator[Record]:
    """The records of an open file from byte `start` on that end at byte `end` or before; `path` is of no use in them.

    Raises:
        RecordDamaged: a record cannot be read; those before it were yielded.
    """
    flow = _flow_at(stream, start)
    for record in _records(_UNNAMED, flow):
        if record.offset + record.length > end:
            return
        yield record
        if record.offset + record.length == end:
            return


def read_message_head(path: Readable, offset: int) -> HttpMessage | None:
    """The HTTP message of the record at `offset`, with the body cut after the first 64 KiB of the block.

    None where no head of a message can be read.
    """
    try:
        with path.open("rb") as stream:
            flow = _flow_at(stream, offset)
            flow.may_span = False
            if not flow.begin():
                return None
            flow.position = next_lines(flow)[1]
            flow.ensure(_BEGINNING)
            message = parse_message(flow.buffer[flow.position :])
    except (OSError, NoRecord, MemberDamaged):
        return None
    return message if message is not None and message.head.is_whole else None


def opener(path: Readable) -> Opener:
    """A function that opens the file."""
    return lambda: path.open("rb")


def read_block(stream: BinaryIO, offset: int, record_id: str) -> Iterator[bytes]:
    """The block of the record of that id, piece by piece; it begins at `offset`, or in the gzip member there.

    Raises:
        LookupError: there is no such record.
        MemberDamaged: it cannot be inflated.
        OSError: it cannot be read.
    """
    flow: Flow = ZippedFlow(stream) if is_zipped(stream) else PlainFlow(stream)
    flow.step = _SMALL_STEP  # segments may be small, and the flow moves to each of them
    flow.go_to(offset)
    while flow.begin():
        try:
            headers, length = _head(flow)
        except NoRecord as error:
            raise LookupError(str(error)) from error
        if length is None:
            break
        pieces = flow.pieces(length)
        if _first(headers, "warc-record-id").strip("<>") == record_id:
            yield from pieces
            return
        for _ in pieces:
            pass
        flow.ensure(len(RECORD_END))
        end = flow.buffer[flow.position : flow.position + len(RECORD_END)]
        flow.position += len(end) - len(end.lstrip(b"\r\n"))
    raise LookupError(record_id)


def _open(path: Readable, stream: BinaryIO) -> Flow:
    """The octets of a file, from its beginning.

    Raises:
        NotAWarc: it is neither a WARC file nor a compressed one.
    """
    first = stream.read(8)
    flow: Flow = ZippedFlow(stream) if first.startswith(GZIP_MAGIC) else PlainFlow(stream)
    try:
        while flow.begin() and flow.buffer[flow.position] in b"\r\n":
            flow.position += 1
        flow.ensure(len(first))
    except MemberDamaged as error:
        raise NotAWarc(path, error.fault) from error
    first = flow.buffer[flow.position : flow.position + 8]
    if not first.upper().startswith(b"WARC/"):
        raise NotAWarc(path, not_a_warc(first))
    return flow


def not_a_warc(first: bytes) -> Fault:
    """What is wrong with a file that begins with these octets and is not a WARC file."""
    if not first:
        return Fault.of(Damage.EMPTY_FILE)
    if first.startswith(_ZSTD):
        return Fault.of(Damage.ZSTD_FILE)
    for magic, kind in _OTHER_KINDS.items():
        if first.startswith(magic):
            return Fault.of(Damage.OTHER_KIND, found=kind)
    if first.startswith(b"filedesc"):
        return Fault.of(Damage.OTHER_KIND, found="ARC")
    return Fault.of(Damage.NO_WARC_FILE, found=as_text(first, 8))


def _flow_at(stream: BinaryIO, offset: int) -> Flow:
    """The octets of a file from the record at an offset."""
    stream.seek(offset)
    first = stream.read(len(GZIP_MAGIC))
    flow: Flow = ZippedFlow(stream) if first == GZIP_MAGIC else PlainFlow(stream)
    flow.step = _SMALL_STEP
    flow.go_to(offset)
    return flow


def _records(path: Readable, flow: Flow, base: int = 0) -> Iterator[Record]:
    """The records from the position of a flow, whose byte 0 is byte `base` of the file."""
    flow.may_span = False
    try:
        while flow.begin():
            if flow.buffer[flow.position] in b"\r\n":
                flow.position += 1
                continue
            place = flow.offset
            try:
                version, headers, block = _record(path, flow, base + place)
            except RecordDamaged:
                flow.finish_member()  # damage of the member is reported first
                if flow.goes_on:
                    raise RecordsShareMember(path, base + place, goes_on=True) from None
                raise
            rest, beginning = flow.finish_member()
            if beginning[:5].upper() == b"WARC/":
                raise RecordsShareMember(path, base + place)
            if rest:
                raise RecordDamaged(path, base + place, Fault.of(Damage.BEHIND_RECORD, size=rest))
            yield Record(path, base + place, flow.end - place, version, headers, block)
    except MemberDamaged as error:
        raise RecordDamaged(path, base + error.offset, error.fault) from error


def _record(path: Readable, flow: Flow, place: int) -> tuple[str, tuple[tuple[str, str], ...], bytes]:
    """Read the record at the position of the flow: version, named fields and block."""
    try:
        version = flow.buffer[flow.position : flow.position + 20].partition(b"\n")[0].rstrip(b"\r")
        headers, length = _head(flow)
    except NoRecord as error:
        raise RecordDamaged(path, place, error.fault) from error
    if length is None:
        raise RecordDamaged(path, place, Fault.of(Damage.NO_LENGTH, found=_first(headers, "content-length")))
    if length > LARGEST_BLOCK:
        raise MemberDamaged(place, Fault.of(Damage.BLOCK_TOO_LONG, limit=LARGEST_BLOCK >> 20))
    block = b"".join(flow.pieces(length))
    if len(block) != length:
        raise RecordDamaged(path, place, Fault.of(Damage.BLOCK_CUT, expected=length, found=len(block)))
    flow.ensure(len(RECORD_END))
    end = flow.buffer[flow.position : flow.position + len(RECORD_END)]
    line_end = line_ends(end, is_last=len(end) < len(RECORD_END))
    if line_end is None:
        raise RecordDamaged(path, place, Fault.of(Damage.NO_LINE_ENDS, length=length, found=as_text(end)))
    flow.position += line_end
    return version.decode().upper(), headers, block


def _head(flow: Flow) -> tuple[tuple[tuple[str, str], ...], int | None]:
    """Read the head of the record at the position of the flow: its named fields, and the length of its block."""
    found = next_lines(flow)
    flow.position = found[1]
    headers = named_fields(found)
    return headers, block_length(_first(headers, "content-length").encode())


def _first(headers: tuple[tuple[str, str], ...], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")
