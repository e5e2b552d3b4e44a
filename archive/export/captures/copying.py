"""Copies the records of chosen captures byte for byte, each as the gzip member that it is."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

import attrs
from isal import isal_zlib

from archive.catalog import Capture
from archive.catalog.chosen import ChosenCaptures
from archive.collection import Collection
from archive.errors import RecordDamaged
from archive.export.captures.companions import Companions
from archive.export.captures.opened import OpenedFiles
from archive.export.captures.wanted import LeftOut
from archive.warc.members import GZIP_MAGIC
from archive.warc.reader import records_between
from archive.warc.recordhead import LONGEST_HEAD, HeadLines, find_lines, named_fields

_STEP = 256 * 1024
_USUAL_HEAD = 64 * 1024
_LEVEL, _GZIP_BITS = 2, 31
_NAMING = "warc-concurrent-to"


@attrs.frozen
class CopiedRecord:
    """A record to be written: its capture where it is one, and its bytes as a gzip member, piece by piece."""

    capture: Capture | None
    pieces: Iterator[bytes]


class Copying:
    """The records of the chosen captures, file by file. `left_out`: those that cannot be read."""

    def __init__(self, collection: Collection, chosen: ChosenCaptures) -> None:
        self._chosen, self._files = chosen, OpenedFiles(collection)
        self._companions = Companions(chosen)
        self.left_out: list[LeftOut] = []

    def records(self) -> Iterator[CopiedRecord]:
        """Each record once, in the order of its file; ahead of a file's captures its warcinfo records.

        Raises:
            CollectionInconsistent: a file is gone.
        """
        file, copied_to, infos = "", 0, list[tuple[int, int]]()
        with self._files:
            for capture in self._chosen.captures():
                if capture.file != file:
                    file, copied_to = capture.file, 0
                    infos = self._chosen.parts_of(file)
                stream, base = self._files.get(file)
                while infos and infos[0][0] <= capture.offset:
                    begin, end = infos.pop(0)
                    if capture.offset < end:
                        yield from self._warcinfo(stream, base, begin)
                try:
                    named = _checked(stream, base, capture)
                except _NotThere as error:
                    self.left_out.append(LeftOut(capture.record_id, capture.file, capture.offset, str(error)))
                    continue
                companions = self._companions.of(stream, base, capture, named)
                own = (capture.offset, capture.length)
                for offset, length in sorted({own, *((one.offset, one.length) for one in companions)}):
                    if offset >= copied_to:
                        copied_to = offset + length
                        is_capture = offset == capture.offset
                        yield CopiedRecord(capture if is_capture else None, _pieces(stream, base + offset, length))

    def _warcinfo(self, stream: BinaryIO, base: int, offset: int) -> Iterator[CopiedRecord]:
        """The record that begins a file, where it is a warcinfo record."""
        try:
            record = next(records_between(stream, base + offset, 1 << 62), None)
        except RecordDamaged:
            return
        if record is not None and record.type == "warcinfo":
            yield CopiedRecord(None, _pieces(stream, record.offset, record.length))


class _NotThere(Exception):
    """The record of a capture is not in its place; the text says what is there."""


def _checked(stream: BinaryIO, base: int, capture: Capture) -> frozenset[str]:
    """The records that a capture's own names.

    Raises:
        _NotThere: another record or none begins there, or the file ends within it.
    """
    lines = _head_lines(stream, base + capture.offset, capture.length, _USUAL_HEAD)
    lines = lines or _head_lines(stream, base + capture.offset, capture.length, LONGEST_HEAD + _USUAL_HEAD)
    if lines is None:
        raise _NotThere("no record begins there")
    fields = [(name.lower(), value.strip().strip("<>")) for name, value in named_fields(lines)]
    if ("warc-record-id", capture.record_id) not in fields:
        raise _NotThere("another record is there")
    if stream.seek(0, 2) < base + capture.offset + capture.length:
        raise _NotThere("the file ends within it")
    return frozenset(value for name, value in fields if name == _NAMING)


def _head_lines(stream: BinaryIO, offset: int, length: int, most: int) -> HeadLines | None:
    """The lines of the head of the record at an offset; None where it is none, or longer than so many bytes.

    Raises:
        _NotThere: the bytes there cannot be inflated.
    """
    stream.seek(offset)
    octets = stream.read(min(most, length))
    try:
        head = zlib.decompressobj(_GZIP_BITS).decompress(octets, most) if octets.startswith(GZIP_MAGIC) else octets
    except zlib.error as error:
        raise _NotThere(str(error)) from error
    return find_lines(head, 0) if head[:5].upper() == b"WARC/" else None


def _pieces(stream: BinaryIO, offset: int, length: int) -> Iterator[bytes]:
    """The bytes of a record as a gzip member: its own, or one that is made around an uncompressed record."""
    stream.seek(offset)
    first = stream.read(min(_STEP, length))
    if first.startswith(GZIP_MAGIC):
        yield from _rest(stream, first, length)
        return
    compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP_BITS)
    for piece in _rest(stream, first, length):
        yield compressor.compress(piece)
    yield compressor.flush()


def _rest(stream: BinaryIO, piece: bytes, length: int) -> Iterator[bytes]:
    while piece:
        yield piece
        length -= len(piece)
        piece = stream.read(min(_STEP, length))
