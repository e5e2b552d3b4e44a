"""Writes files and databases durably, and replaces them in one step."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from archive.readable import Readable

# of a file that is being written, or that a crash left unfinished
OPEN_SUFFIX = ".open"
PART_SUFFIX = ".part"
_STEP = 1 << 20
_NO_LINKS = (errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable (POSIX: a rename is on disk once its directory is synced)."""
    _sync(path, os.O_RDONLY)


def make_directory(path: Path) -> None:
    """Make a directory and its missing parents, durably; it may exist."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        sync_directory(folder.parent)


def make_folder(path: Path) -> None:
    """Make a folder within one that is there, durably; it may exist.

    Raises:
        FileNotFoundError: the folder around it is not there, as where a disk is not mounted.
    """
    if not path.is_dir():
        path.mkdir(exist_ok=True)
        sync_directory(path.parent)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def part_of(path: Path) -> Path:
    """The path at which a file is written before it is put in place."""
    return path.with_name(path.name + PART_SUFFIX)


def put(part: Path, path: Path) -> None:
    """Sync a finished part and rename it to `path`, durably."""
    _sync(part, os.O_RDWR)
    part.replace(path)
    sync_directory(path.parent)


def give_name(part: Path, path: Path) -> None:
    """Give a synced part a second name that no file has yet, durably."""
    try:
        path.hardlink_to(part)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # a disk without links: a process that is killed before the commit leaves a file that `verify` reports
        part.rename(path)
    sync_directory(path.parent)


def pieces_of(path: Readable, size: int | None = None) -> Iterator[bytes]:
    """The bytes of a file, or the first `size` of them, in pieces."""
    read = 0
    with path.open("rb") as stream:
        while piece := stream.read(_STEP if size is None else min(_STEP, size - read)):
            read += len(piece)
            yield piece


def pieces_within(path: Readable, place: range) -> Iterator[bytes]:
    """The bytes of a file at a place, piece by piece."""
    with path.open("rb") as stream:
        stream.seek(place.start)
        left = len(place)
        while left and (piece := stream.read(min(_STEP, left))):
            left -= len(piece)
            yield piece


def is_within(path: Readable, holder: Readable, place: range) -> bool:
    """Whether a file's bytes are those at the beginning of a place of another file."""
    try:
        size = path.stat().st_size
        if size > len(place):
            return False
        ours, theirs = pieces_of(path), pieces_within(holder, range(place.start, place.start + size))
        return all(one == other for one, other in itertools.zip_longest(ours, theirs))
    except OSError:
        return False


def crc32_of(path: Readable, size: int | None = None) -> int:
    """The CRC-32 of a file, or of its first `size` bytes."""
    return _crc32(pieces_of(path, size))


def crc32_within(path: Readable, place: range) -> int:
    """The CRC-32 of the bytes at a place of a file."""
    return _crc32(pieces_within(path, place))


def _crc32(pieces: Iterator[bytes]) -> int:
    crc32 = 0
    for piece in pieces:
        crc32 = zlib.crc32(piece, crc32)
    return crc32


def put_pieces(pieces: Iterator[bytes], path: Path) -> None:
    """Write a file durably, unless the same bytes are there already."""
    if (part := stage_pieces(pieces, path)) is not None:
        put(part, path)


def stage_pieces(pieces: Iterator[bytes], path: Path) -> Path | None:
    """Write the part of a file, without syncing; None, and no part, where the same bytes are there already."""
    part = part_of(path)
    try:
        with part.open("wb") as stream:
            for piece in pieces:
                stream.write(piece)
    except OSError:  # on a full disk it would take what room there is
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    if path.is_file() and path.stat().st_size == part.stat().st_size and crc32_of(path) == crc32_of(part):
        part.unlink()
        return None
    return part


class Reserve:
    """Room on a disk that is kept free, so that the end of a run can be entered when the disk is full.

    A context manager: the room is taken for the length of the block. Where there is none left it takes none.
    """

    SIZE = 1 << 21

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        with contextlib.suppress(OSError), self._path.open("wb") as stream:
            for _ in range(0, self.SIZE, _STEP):  # not posix_fallocate: not every file system has it
                stream.write(bytes(_STEP))
        return self

    def __exit__(self, *_exception: object) -> None:
        self.free()

    def free(self) -> None:
        """Give the room back to the disk."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def free_name(path: Path) -> Path:
    """`path`, with the first free number appended where it exists."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found


def copy_database(reading: sqlite3.Connection, target: Path) -> None:
    """Copy a database at one instant, also while it is written, to a file without a write-ahead log.

    Raises:
        sqlite3.Error, OSError: the source is no database, or the disk is full; then no target is left.
    """
    part = part_of(target)
    part.unlink(missing_ok=True)
    _forget_journals(part)
    try:
        with closing(sqlite3.connect(part)) as writing:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")
        _forget_journals(target)
        put(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _forget_journals(path: Path) -> None:
    """Remove the journals of a database that is not there any more: they would be applied to the next of its name."""
    for suffix in ("-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def keep_copy(path: Path, kept: Path) -> None:
    """Give a file that will be replaced a second name, durably; a copy where the disk has no links."""
    try:
        kept.hardlink_to(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        part = part_of(kept)
        shutil.copyfile(path, part)
        put(part, kept)
    sync_directory(kept.parent)


def swap_database(part: Path, path: Path, kept: Path | None) -> None:
    """Put a finished database in the place of another, which may be damaged or missing and is kept at `kept`.

    After a crash the name has the old or the new database. A write-ahead log beside a damaged database is kept with it,
    so that the new one does not read it.

    Raises:
        BlockingIOError: another process has used the old database for a minute.
    """
    with _alone(path) as is_sound:
        if kept is not None and path.exists():
            keep_copy(path, kept)
        if not is_sound:
            for suffix in ("-wal", "-journal"):
                beside = path.with_name(path.name + suffix)
                if beside.exists() and kept is not None:
                    beside.rename(kept.with_name(kept.name + suffix))
            _forget_journals(path)
            sync_directory(path.parent)
        put(part, path)


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Lock a database exclusively, with its log written back; False where it is too damaged for that."""
    with contextlib.ExitStack() as held:
        is_sound = False
        if path.exists():
            with contextlib.suppress(sqlite3.DatabaseError):
                try:
                    connection = held.enter_context(closing(connect(path, "rw")))
                    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
                    connection.execute("PRAGMA journal_mode = DELETE")
                    connection.execute("BEGIN EXCLUSIVE")
                    is_sound = True
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & 0xFF in _BUSY:
                        raise BlockingIOError(errno.EAGAIN, "it is in use by another process", str(path)) from error
        yield is_sound


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection to an existing database, to read ("ro") or to write ("rw")."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=60, isolation_level=None)
