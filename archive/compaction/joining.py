"""Joins WARC files to one, byte for byte, after each was found sound."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import attrs

from archive.catalog import Catalog, WarcFile
from archive.collection import Collection, sync_directory
from archive.durable import pieces_of, pieces_within
from archive.errors import NotAWarc, RecordDamaged
from archive.warc.reader import Record, read_records
from archive.warc.writer import is_joined


@attrs.frozen
class Joined:
    """A part that joins files: its bytes, and of each file where its bytes are in it."""

    size: int
    crc32: int
    places: tuple[tuple[WarcFile, range], ...]


class NotJoined(Exception):
    """The joined file does not have the bytes of one of the files, which is left as it is."""

    def __init__(self, file: WarcFile) -> None:
        self.file = file
        super().__init__(file.name)


def is_sound(collection: Collection, catalog: Catalog, file: WarcFile) -> bool:
    """Whether the file's records can all be read and are those of the catalog, the first one its warcinfo record."""
    path = collection.warc / file.name
    captures = {capture.offset: capture.record_id for capture in catalog.every_capture(file=file.name)}
    end = 0
    try:
        if path.stat().st_size != file.committed:
            return False
        for record in read_records(path):
            if record.offset != end or captures.pop(end, record.record_id) != record.record_id:
                return False
            if end == 0 and not _is_first_of(file.name, record):
                return False
            end += record.length
    except (NotAWarc, RecordDamaged, OSError):
        return False
    return end == file.committed and not captures


def _is_first_of(name: str, record: Record) -> bool:
    """Whether a record is the warcinfo record of a file; a joined file begins with that of its first file."""
    said = record.header("WARC-Filename")
    return record.type == "warcinfo" and said is not None and (said == name or is_joined(name))


def join(collection: Collection, files: Sequence[WarcFile], part: Path) -> Joined:
    """Write a part that joins the files, durably, and compare it with each of them.

    Raises:
        NotJoined: a file has another checksum than its catalog says, or the part does not have its bytes.
        OSError: the disk failed.
    """
    digests, places, crc32, size = [], [], 0, 0
    with part.open("wb") as stream:
        for file in files:
            sha256, own = hashlib.sha256(), 0
            for piece in pieces_of(collection.warc / file.name):
                stream.write(piece)
                sha256.update(piece)
                own, crc32 = zlib.crc32(piece, own), zlib.crc32(piece, crc32)
            if own != file.crc32:
                raise NotJoined(file)
            digests.append(sha256.digest())
            places.append((file, range(size, size + file.committed)))
            size += file.committed
        stream.flush()
        os.fsync(stream.fileno())
    sync_directory(part.parent)
    for (file, place), expected in zip(places, digests, strict=True):
        sha256 = hashlib.sha256()
        for piece in pieces_within(part, place):
            sha256.update(piece)
        if sha256.digest() != expected:
            raise NotJoined(file)
    return Joined(size, crc32, tuple(places))
