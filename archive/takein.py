"""Taking existing WARC files into a collection, unchanged; reads no article out of them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from archive.catalog import Capture, Catalog
from archive.clock import parse_warc_date, warc_date
from archive.collection import OPEN_SUFFIX, Collection, sync_directory
from archive.errors import ArchiveDamaged, NotAWarc, RecordDamaged
from archive.warc.cdxj import urlkey
from archive.warc.reader import Record, read_record, read_records

_CAPTURES = ("response", "revisit", "resource")


@attrs.frozen
class TakenIn:
    """An archive that was taken in: where its pages are looked up."""

    collection: Collection
    path: Path
    files: frozenset[str] = attrs.field(metadata={"doc": "the collection's files that hold its records"})

    def find(self, catalog: Catalog, url: str) -> Capture | None:
        """The archive's latest capture of an address: of exactly this one, else of one with the same urlkey."""
        found = [capture for capture in catalog.captures(urlkey(url)) if capture.file in self.files]
        exact = [capture for capture in found if capture.url == url]
        preferred = exact or found
        return preferred[-1] if preferred else None

    def read(self, catalog: Catalog, capture: Capture) -> Record:
        """The record of a capture; of a revisit whose original is held, the original's."""
        capture = catalog.original_of(capture) or capture
        return read_record(self.collection.warc_path(capture.file), capture.offset, capture.length)


def take_in(collection: Collection, catalog: Catalog, newspaper: str, run_id: int, path: Path) -> TakenIn:
    """Copy a WARC file into the collection, byte for byte, and enter its captures. Known content is not copied again.

    Raises:
        NotAWarc: it is no WARC file.
        ArchiveDamaged: one of its records cannot be read; nothing was written.
        OSError: the copy failed; nothing was entered.
    """
    sha256, crc32, size = _measure(path)
    row = catalog.connection.execute("SELECT name FROM warc_files WHERE sha256 = ?", (sha256,)).fetchone()
    if row:
        return TakenIn(collection, path, frozenset(row))
    captures = [capture_row(record) for record in whole_archive(path) if is_capture(record)]
    held = _files_that_hold(catalog, [str(row[0]) for row in captures])
    if captures and sum(held.values()) == len(captures):
        return TakenIn(collection, path, frozenset(held))
    name = _free_name(collection, path, sha256)
    _copy(path, collection.warc / name)
    with catalog.transaction() as connection:
        file_id = connection.execute(
            """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32, sha256)
            VALUES (?, ?, ?, 'taken in', 'closed', ?, ?, ?)""",
            (name, newspaper, run_id, size, crc32, sha256),
        ).lastrowid
        _enter(connection, file_id, run_id, captures)
    return TakenIn(collection, path, frozenset([name, *held]))


def whole_archive(path: Path) -> Iterator[Record]:
    """All records of an archive that is to be read.

    Raises:
        NotAWarc: it is no WARC file.
        ArchiveDamaged: one of its records cannot be read, or has no date.
    """
    try:
        for record in read_records(path):
            if is_capture(record):
                _captured_at(record)
            yield record
    except RecordDamaged as error:
        raise ArchiveDamaged(path, error.offset, error.found) from error


def _captured_at(record: Record) -> str:
    said = record.header("WARC-Date") or ""
    try:
        return warc_date(parse_warc_date(said.upper()))
    except (ValueError, OverflowError) as error:
        raise ArchiveDamaged(record.path, record.offset, f"WARC-Date {said!r} is no date") from error


def _files_that_hold(catalog: Catalog, record_ids: list[str]) -> dict[str, int]:
    """How many of these records each file of the collection holds already."""
    rows = catalog.connection.execute(
        """SELECT f.name, count(*) FROM captures c JOIN warc_files f ON f.id = c.file_id
        WHERE record_id IN (SELECT value FROM json_each(?)) GROUP BY f.name""",
        (json.dumps(record_ids),),
    )
    return dict(rows.fetchall())


def _enter(connection: sqlite3.Connection, file_id: int | None, run_id: int, rows: list[tuple[object, ...]]) -> None:
    connection.executemany(
        """INSERT INTO captures (file_id, run_id, record_id, offset, length, type, url, urlkey, captured_at, status,
        mime, payload_digest, refers_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
        [(file_id, run_id, *row) for row in rows],
    )


def is_capture(record: Record) -> bool:
    """Whether the catalog lists the record: a response, revisit or resource with an address."""
    return record.type in _CAPTURES and bool(record.url)


def capture_row(record: Record) -> tuple[Any, ...]:
    """What the catalog says of a record, in this order: record id, offset, length, type, url, urlkey, captured at,
    status, mime, payload digest, refers to.

    Raises:
        ArchiveDamaged: it has no date.
    """
    url, message = record.url or "", record.http
    return (
        record.record_id,
        record.offset,
        record.length,
        record.type,
        url,
        urlkey(url),
        _captured_at(record),
        message.status if message else None,
        message.mime if message else record.header("Content-Type"),
        record.header("WARC-Payload-Digest"),
        (record.header("WARC-Refers-To") or "").strip("<>") or None,
    )


def _measure(path: Path) -> tuple[str, int, int]:
    sha256, crc32, size = hashlib.sha256(), 0, 0
    try:
        for piece in _pieces(path):
            sha256.update(piece)
            crc32 = zlib.crc32(piece, crc32)
            size += len(piece)
    except OSError as error:
        raise NotAWarc(path, error.strerror or str(error)) from error
    return sha256.hexdigest(), crc32, size


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            yield piece


def _free_name(collection: Collection, path: Path, sha256: str) -> str:
    name = path.name.removesuffix(OPEN_SUFFIX)  # whatever it was, it is finished now
    return f"{sha256[:12]}-{name}" if collection.warc_path(name).exists() else name


def _copy(path: Path, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(path, part)
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.rename(target)
        sync_directory(target.parent)
    finally:
        part.unlink(missing_ok=True)
