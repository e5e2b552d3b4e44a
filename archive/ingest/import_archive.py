"""Imports existing WARC files into a collection, unchanged.

A file is copied to a part, `importing-<newspaper>.part`, and synced; one transaction enters it and gives the part the
file's name as a second name; then the part's own name is removed. A process that is killed meanwhile leaves the part,
and the next run of the newspaper removes it with its second name, unless the catalog lists that.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import sqlite3
import zlib
from collections import Counter, OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs

from archive.catalog import Capture, Catalog
from archive.catalog.captures import CaptureRow, insert_captures
from archive.catalog.withheld import keep_captures_withheld
from archive.clock import parse_warc_date, warc_date
from archive.collection import OPEN_SUFFIX, Collection, sync_directory
from archive.durable import PART_SUFFIX, give_name
from archive.errors import ArchiveDamaged, OriginalMissing, RecordDamaged, RecordsShareMember, no_archive
from archive.faults import Damage, Fault
from archive.ingest.parts import PREFIXES, remove_part
from archive.originals import original_of, read_capture
from archive.urls import can_be_split, fully_escaped
from archive.warc.cdxj import urlkey
from archive.warc.http import HttpMessage
from archive.warc.reader import Record, read_records

_CAPTURES = ("response", "revisit", "resource")
_SUFFIXES = (".warc", ".warc.gz")
_GZIP = b"\x1f\x8b"
_MOST_LOOKED_UP = 10_000


@attrs.frozen
class ImportedArchive:
    """An imported archive, in which the pages of addresses are found."""

    collection: Collection
    path: Path
    files: frozenset[str] = attrs.field(metadata={"doc": "the collection's files that hold its records"})
    strangers: int = attrs.field(default=0, metadata={"doc": "captures not entered, because others have their ids"})
    _looked_up: OrderedDict[str, list[Capture]] = attrs.field(factory=OrderedDict, init=False, eq=False, repr=False)

    def find(self, catalog: Catalog, url: str) -> tuple[Capture, Capture] | None:
        """The archive's latest capture of an address whose bytes are held, and the one that holds them.

        The second is the original where the first is a revisit. Captures of exactly this address come first, then those
        with the same urlkey, then those of the address as many crawlers escape it.

        Raises:
            OriginalMissing: there are only revisits, and their originals are not held.
        """
        latest = sorted(
            self._captures(catalog, url), key=lambda capture: (capture.url == url, capture.captured_at), reverse=True
        )
        for capture in latest:
            original = original_of(self.collection, catalog, capture)
            if original is not None:
                return capture, original
        if latest:
            raise OriginalMissing(url, latest[0].record_id, self.path)
        return None

    def holds(self, catalog: Catalog, url: str) -> bool:
        """Whether the archive has a capture of this address."""
        return bool(self._captures(catalog, url))

    def addresses(self, catalog: Catalog) -> Iterator[str]:
        """The addresses of the archive's answers 200, in the order of their captures; one may come several times."""
        rows = catalog.connection.execute(
            """SELECT c.url FROM captures c JOIN warc_files f ON f.id = c.file_id
            WHERE f.name IN (SELECT value FROM json_each(?)) AND c.status = 200 ORDER BY c.captured_at, c.id""",
            (json.dumps(sorted(self.files)),),
        )
        return (url for (url,) in rows)

    def _captures(self, catalog: Catalog, url: str) -> list[Capture]:
        # a crawl that reads the archive again asks whether an address is held, and soon after for its capture
        if url in self._looked_up:
            self._looked_up.move_to_end(url)
            return self._looked_up[url]
        found: list[Capture] = []
        for key in dict.fromkeys((urlkey(url), urlkey(fully_escaped(url)))):
            found = found or [capture for capture in catalog.captures(key) if capture.file in self.files]
        self._looked_up[url] = found
        if len(self._looked_up) > _MOST_LOOKED_UP:
            self._looked_up.popitem(last=False)
        return found

    def read(self, original: Capture) -> Record:
        """The record of a capture."""
        return read_capture(self.collection, original)


def import_archive(
    collection: Collection, catalog: Catalog, newspaper: str, run_id: int, path: Path
) -> ImportedArchive:
    """Copy a WARC file into the collection, byte for byte, and enter its captures; a file that is held is not copied.

    To be called under the newspaper's lock.

    Raises:
        NotAWarc: it is no WARC file.
        RecordsShareMember: it is not compressed record by record.
        ArchiveDamaged: one of its records cannot be read, or it changed meanwhile; nothing is written.
        OSError, sqlite3.Error: the copy failed; nothing is entered, and no file is left.
    """
    measured = sha256, crc32, size = _measure(path)
    row = catalog.connection.execute("SELECT name FROM warc_files WHERE sha256 = ?", (sha256,)).fetchone()
    if row:
        return ImportedArchive(collection, path, frozenset(row))
    captures = [capture_row(record, record.http) for record in whole_archive(path) if is_capture(record)]
    held, strangers = _held(catalog, captures)
    if captures and sum(held.values()) == len(captures):
        return ImportedArchive(collection, path, frozenset(held))
    part = part_of_import(collection, newspaper)
    with part.open("xb") as copy:
        try:
            _copy(path, copy, measured)
            sync_directory(collection.warc)  # the part is durable before it has a second name
            with catalog.transaction() as connection:
                is_zipped = next(_pieces(path)).startswith(_GZIP)
                name = free_name(collection, connection, path.name, sha256, is_zipped=is_zipped)
                file_id = connection.execute(
                    """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32, sha256)
                    VALUES (?, ?, ?, 'imported', 'closed', ?, ?, ?)""",
                    (name, newspaper, run_id, size, crc32, sha256),
                ).lastrowid
                assert file_id is not None
                insert_captures(connection, file_id, run_id, captures, may_be_known=True)
                keep_captures_withheld(connection, (one.url for one in captures), urlkey)
                give_name(part, collection.warc / name)
        finally:
            end_import(collection, newspaper)
    return ImportedArchive(collection, path, frozenset([name, *held]), strangers)


def _copy(path: Path, copy: BinaryIO, measured: tuple[str, int, int]) -> None:
    if _measure(path, copy) != measured:
        raise ArchiveDamaged(path, 0, Fault.of(Damage.CHANGED))
    copy.flush()
    os.fsync(copy.fileno())


def end_import(collection: Collection, newspaper: str) -> None:
    """Remove the part of the newspaper's last import, and its second name unless the catalog lists that.

    To be called under the newspaper's lock, also after a crash. No other file is removed: only the holder of the lock
    makes such a part, and its second name has the same inode.
    """
    for prefix in PREFIXES:
        remove_part(collection, part_of_import(collection, newspaper, prefix))


def part_of_import(collection: Collection, newspaper: str, prefix: str = PREFIXES[0]) -> Path:
    """The part of the newspaper's import."""
    return collection.warc / f"{prefix}{newspaper}{PART_SUFFIX}"


def whole_archive(path: Path) -> Iterator[Record]:
    """All records of an archive.

    Raises:
        NotAWarc: it is no WARC file.
        RecordsShareMember: it is not compressed record by record.
        ArchiveDamaged: one of its records cannot be read, or has no date or no address.
    """
    try:
        for record in read_records(path):
            if is_capture(record):
                _captured_at(record)
                _refuse_no_address(record)
            yield record
    except RecordsShareMember:
        raise
    except RecordDamaged as error:
        raise ArchiveDamaged(path, error.offset, error.fault, is_repairable=True) from error


def _captured_at(record: Record) -> str:
    said = record.header("WARC-Date") or ""
    try:
        return warc_date(parse_warc_date(said.upper()))
    except (ValueError, OverflowError) as error:
        raise ArchiveDamaged(record.path, record.offset, Fault.of(Damage.NO_DATE, found=said)) from error


def _refuse_no_address(record: Record) -> None:
    url = record.url or ""
    if not can_be_split(url):
        raise ArchiveDamaged(record.path, record.offset, Fault.of(Damage.NO_ADDRESS, found=url[:100]))


def _held(catalog: Catalog, rows: list[CaptureRow]) -> tuple[dict[str, int], int]:
    """How many of these captures each file of the collection holds, and how many have the id of another capture.

    Two captures are the same where id, type, address, time and payload digest are.
    """
    found = catalog.connection.execute(
        """SELECT record_id, type, url, captured_at, payload_digest, f.name
        FROM captures c JOIN warc_files f ON f.id = c.file_id
        WHERE record_id IN (SELECT value FROM json_each(?))""",
        (json.dumps([row.record_id for row in rows]),),
    ).fetchall()
    files = {row[0]: str(row[5]) for row in found}
    known = {row[0]: tuple(row[1:5]) for row in found}
    held: Counter[str] = Counter()
    strangers = 0
    for row in rows:
        said = row.type, row.url, row.captured_at, row.payload_digest
        if known.setdefault(row.record_id, said) != said:
            strangers += 1
        elif row.record_id in files:
            held[files[row.record_id]] += 1
    return dict(held), strangers


def is_capture(record: Record) -> bool:
    """Whether the catalog lists the record: a response, revisit or resource with an address."""
    return record.type in _CAPTURES and bool(record.url)


def capture_row(record: Record, message: HttpMessage | None) -> CaptureRow:
    """The row of a record in the catalog; `message`: the HTTP message in it.

    Raises:
        ArchiveDamaged: it has no date.
    """
    url = record.url or ""
    return CaptureRow(
        record_id=record.record_id,
        offset=record.offset,
        length=record.length,
        type=record.type,
        url=url,
        urlkey=urlkey(url),
        captured_at=_captured_at(record),
        status=message.status if message else None,
        mime=message.mime if message else record.header("Content-Type"),
        payload_digest=record.header("WARC-Payload-Digest"),
        refers_to=(record.header("WARC-Refers-To") or "").strip("<>") or None,
    )


def _measure(path: Path, copy: BinaryIO | None = None) -> tuple[str, int, int]:
    """SHA-256, CRC-32 and number of a file's bytes, which also go to `copy`."""
    sha256, crc32, size = hashlib.sha256(), 0, 0
    for piece in _pieces(path):
        sha256.update(piece)
        crc32 = zlib.crc32(piece, crc32)
        size += len(piece)
        if copy is not None:
            copy.write(piece)
    return sha256.hexdigest(), crc32, size


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            while piece := stream.read(1 << 20):
                yield piece
    except OSError as error:
        raise no_archive(path, error) from error


def free_name(
    collection: Collection, connection: sqlite3.Connection, wanted: str, sha256: str, *, is_zipped: bool
) -> str:
    """A free name for a file in the collection: its own, with a prefix if it is taken, and a WARC file's suffix."""
    name = wanted.removesuffix(OPEN_SUFFIX)  # the copy is finished
    if not name.lower().endswith(_SUFFIXES):
        name += _SUFFIXES[is_zipped]
    known = {row[0] for row in connection.execute("SELECT name FROM warc_files")}
    marks = itertools.chain([""], (f"{sha256[:length]}-" for length in range(12, len(sha256))))
    names = (mark + name for mark in marks)
    return next(name for name in names if name not in known and not collection.warc_file(name).exists())
