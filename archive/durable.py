"""Makes files durable and puts them in place at once, databases among them."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

# of a file that is still written on, or that a crash left so
OPEN_SUFFIX = ".open"
PART_SUFFIX = ".part"
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable (POSIX: a rename is on disk once its directory is synced)."""
    _sync(path, os.O_RDONLY)


def make_directory(path: Path) -> None:
    """Make a directory, and those above it that are missing, durably; it may be there already."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        sync_directory(folder.parent)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def part_of(path: Path) -> Path:
    """Where a file is made before it is put in place."""
    return path.with_name(path.name + PART_SUFFIX)


def put(part: Path, path: Path) -> None:
    """Sync a finished part and put it in the place of `path`, at once and durably."""
    _sync(part, os.O_RDWR)
    part.replace(path)
    sync_directory(path.parent)


def free_name(path: Path) -> Path:
    """`path`, or where something has that name already, the name with the first free number behind it."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found


def copy_database(reading: sqlite3.Connection, target: Path) -> None:
    """Copy a database as it stands at one instant, whoever writes into it, to a file of its own without a log.

    Raises:
        sqlite3.Error, OSError: the source is no database, or the disk is full; there is no target then.
    """
    part = part_of(target)
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(part)) as writing:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")
        put(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def keep_copy(path: Path, kept: Path) -> None:
    """Give a file that is about to be replaced a second name, durably; where the disk knows no links, a copy."""
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
    """Put a finished database in the place of another, which may be damaged or missing; `kept` gets the other.

    A crash at any instant leaves the one or the other under the name. A log that a damaged database has beside it is
    kept with it: the new one must not find it.

    Raises:
        BlockingIOError: somebody has been reading or writing the other for a minute.
    """
    with _alone(path) as is_sound:
        if kept is not None and path.exists():
            keep_copy(path, kept)
        if not is_sound:
            for suffix in ("-wal", "-journal"):
                beside = path.with_name(path.name + suffix)
                if beside.exists() and kept is not None:
                    beside.rename(kept.with_name(kept.name + suffix))
                beside.unlink(missing_ok=True)
            path.with_name(path.name + "-shm").unlink(missing_ok=True)
            sync_directory(path.parent)
        put(part, path)


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Hold a database alone, its log written back into it; whether that could be done, it being sound enough."""
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
    """A connection to a database that is there, to read ("ro") or to write ("rw") it."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=60, isolation_level=None)
