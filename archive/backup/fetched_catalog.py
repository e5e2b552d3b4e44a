"""The catalog of a backup in a store: fetched, checked, and compared with that of an earlier restored copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import zstandard

from archive.backup.manifest import StoredCatalog, is_file_name
from archive.catalog import Catalog
from archive.durable import connect, pieces_of
from archive.errors import CollectionOutdated, NoBackup, PlaceFailed
from archive.storage.checked import as_place_failed, digest_of
from archive.storage.located import NamedPlace

_STEP = 1 << 20


def fetch_catalog(copy: NamedPlace, said: StoredCatalog, part: Path) -> None:
    """Fetch the catalog of a copy, as a database of this version.

    Raises:
        PlaceFailed: it cannot be read now, or is not as the manifest says.
        NoBackup: it is no catalog, or its names lead out of a collection.
        CollectionTooNew: a later version wrote it.
    """
    place = copy.open()
    with as_place_failed(copy.url), place.open(said.name, None) as source, part.open("wb") as target:
        try:
            _unpack(source, target, said.size)
        except zstandard.ZstdError as error:
            raise OSError(f"{said.name}: {error}") from error
    found = digest_of(pieces_of(part))
    if (found.size, found.sha256) != (said.size, said.sha256):
        raise PlaceFailed(copy.url, f"{said.name} is not as it was written")
    _check(copy, part, said.name)


def _unpack(source: BinaryIO, target: BinaryIO, size: int) -> None:
    """Unpack at most a byte more than `size`: a few bytes of a store could stand for any number."""
    left = size + 1
    with zstandard.ZstdDecompressor().stream_reader(source) as stream:
        while left and (piece := stream.read(min(left, _STEP))):
            left -= len(piece)
            target.write(piece)


def _check(copy: NamedPlace, part: Path, name: str) -> None:
    """Refuse a fetched catalog that is none, or whose names lead out of the collection; bring an older one up to date.

    Raises:
        NoBackup: it is so.
        CollectionTooNew: a later version wrote it.
    """
    try:
        try:
            Catalog(part).close()
        except CollectionOutdated:
            _bring_up_to_date(part)
        with Catalog(part) as catalog:
            names = catalog.connection.execute(
                "SELECT name FROM warc_files UNION ALL SELECT name FROM former_files UNION ALL SELECT name FROM runs"
            )
            strange = next((one for (one,) in names if not is_file_name(one)), None)
    except sqlite3.DatabaseError as error:
        raise NoBackup(copy.url, f"{name} is no catalog: {error}") from error
    if strange is not None:
        raise NoBackup(copy.url, f"{name} names {strange!r}")


def _bring_up_to_date(part: Path) -> None:
    with Catalog(part, writable=True) as catalog:
        catalog.connection.execute("PRAGMA journal_mode = DELETE")
    for kept in part.parent.glob(f"{part.name}.v*"):  # the store has it
        kept.unlink()


def first_lacking(before: Path, after: Path) -> str | None:
    """The record id of a capture that a catalog has and another lacks; None without one."""
    with _both(before, after) as connection:
        if connection is None:
            return None
        row = connection.execute(
            """SELECT o.record_id FROM former.captures o WHERE NOT EXISTS
            (SELECT 1 FROM captures n WHERE n.record_id = o.record_id) LIMIT 1"""
        ).fetchone()
    return str(row[0]) if row else None


def goes_on(before: Path, after: Path) -> bool:
    """Whether every version and every later reading in a catalog has the same number in another."""
    with _both(before, after) as connection:
        if connection is None:
            return False
        held, same = connection.execute(
            """SELECT count(*), count(n.seq) FROM former.versions o LEFT JOIN versions n ON n.seq = o.seq
            AND n.article_id = o.article_id AND n.content_hash = o.content_hash AND n.record_id = o.record_id"""
        ).fetchone()
        lacking = connection.execute(
            """SELECT 1 FROM former.readings o WHERE NOT EXISTS (SELECT 1 FROM readings n
            WHERE n.id = o.id AND n.version_seq = o.version_seq AND n.content_hash = o.content_hash) LIMIT 1"""
        ).fetchone()
    return bool(held == same) and lacking is None


@contextmanager
def _both(before: Path, after: Path) -> Iterator[sqlite3.Connection | None]:
    """A connection to a catalog, with the one before it as `former`; None where there was none."""
    if not before.exists():
        yield None
        return
    with closing(connect(after, "ro")) as connection:
        connection.execute("ATTACH ? AS former", (before.absolute().as_uri() + "?mode=ro",))
        yield connection
