"""Reading WARC files: all records in order, or one at its offset; judges nothing (see verify.py)."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archive.errors import NotAWarc, RecordDamaged
from archive.warc.http import HttpMessage, parse_message


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
        raise NotAWarc(path, error.strerror or str(error)) from error
    with stream:
        _refuse_other_files(path, stream)
        yield from _iterate(path, stream, first=0)


def read_record(path: Path, offset: int, length: int | None = None) -> Record:
    """The record that begins at `offset`; where `length` is given, no byte beyond it is read.

    Raises:
        RecordDamaged: no record can be read there.
    """
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            if length is None:
                records = _iterate(path, stream, first=offset)
            else:
                records = _iterate(path, io.BytesIO(stream.read(length)), first=offset, base=offset)
            record = next(records, None)
    except OSError as error:
        raise RecordDamaged(path, offset, "a record", error.strerror or str(error)) from error
    if record is None:
        raise RecordDamaged(path, offset, "a record", "the end of the file")
    return record


def _iterate(path: Path, stream: BinaryIO, first: int, base: int = 0) -> Iterator[Record]:
    """Records of a stream whose own byte 0 is the file's byte `base`; the first begins at the file's byte `first`."""
    records = ArchiveIterator(stream, no_record_parse=True)
    begins = first
    while True:
        try:
            record = next(records, None)
            if record is None:
                return
            block = record.raw_stream.read()
            declared = record.rec_headers.get_header("Content-Length")
            begins, length = base + records.get_record_offset(), records.get_record_length()
        except (ArchiveLoadFailed, zlib.error, OSError, EOFError, ValueError) as error:
            raise RecordDamaged(path, begins, "a WARC record", str(error) or type(error).__name__) from error
        if record.format != "warc":
            raise NotAWarc(path, f"an {record.format.upper()} record at byte {begins}")
        if declared is None or not declared.isdigit() or len(block) != int(declared):
            raise RecordDamaged(path, begins, f"a block of {declared} bytes", f"{len(block)} bytes")
        yield Record(path, begins, length, record.rec_headers.protocol, tuple(record.rec_headers.headers), block)
        begins += length


def _refuse_other_files(path: Path, stream: BinaryIO) -> None:
    first = stream.read(2)
    stream.seek(0)
    if first == b"\x1f\x8b":
        try:
            with gzip.open(stream) as member:
                first = member.read(8)
        except (OSError, EOFError, zlib.error) as error:
            raise NotAWarc(path, f"gzip cannot be read: {error}") from error
        finally:
            stream.seek(0)
    else:
        first = stream.read(8)
        stream.seek(0)
    if not first.startswith(b"WARC/"):
        raise NotAWarc(path, f"it begins with {first[:8]!r}" if first else "it is empty")
