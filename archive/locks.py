"""The locks of a collection; the system frees each when the process that holds it ends, however it ends."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from archive.durable import make_folder
from archive.errors import CollectionBusy, CollectionError, CollectionMissing, NewspaperLocked, SchedulerRunning

# No newspaper has such a name.
_WHOLE = ".whole"
# Seconds to wait for a process that holds this lock only to see whether it is free.
_INSTANT = 2.0
_BETWEEN_TRIES = 0.02  # seconds
# The names are not *.lock, because those are of newspapers.
_PLACES, _MOVING, _BACKUP, _JOBS, _PICTURES = "places", "moving", "backup", "jobs", "pictures"
_CANNOT_WRITE = (errno.EACCES, errno.EROFS, errno.ENOENT, errno.EPERM)


def _is_taken(descriptor: int) -> bool:
    """Whether the lock of an open file could be taken."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(lock: Path) -> bool:
    """Whether a process of this machine holds a lock; its file need not be there, nor be writable."""
    try:
        descriptor = os.open(lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


class LockHeld(Exception):
    """Another process, or another block of this one, holds a lock."""

    def __init__(self, lock: Path) -> None:
        self.lock = lock
        super().__init__(f"{lock} is held")


@contextmanager
def held(lock: Path, wait: float | None = None, *, flags: int = os.O_RDWR) -> Iterator[None]:
    """Hold a lock for the block, by flock(2). Its file is made where it is missing.

    filelock would make the folder too, in place of a disk that was taken out.

    Args:
        wait: seconds to wait for whoever holds it; None: as long as it takes.
        flags: how the file is opened.

    Raises:
        LockHeld: it is still held.
        FileNotFoundError: its folder is not there.
    """
    descriptor = os.open(lock, flags | os.O_CREAT, 0o644)
    try:
        ends_at = None if wait is None else time.monotonic() + wait
        while not _is_taken(descriptor):
            if ends_at is not None and time.monotonic() >= ends_at:
                raise LockHeld(lock)
            time.sleep(_BETWEEN_TRIES)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def held_or(busy: Exception, lock: Path, wait: float, *, flags: int = os.O_RDWR) -> Iterator[None]:
    """Hold a lock for the block, as `held` does; where it is still held after `wait` seconds, raise `busy`."""
    with ExitStack() as holding:
        try:
            holding.enter_context(held(lock, wait, flags=flags))
        except LockHeld as error:
            raise busy from error
        yield


@contextmanager
def held_alone(lock: Path, wait: float, busy: Exception) -> Iterator[None]:
    """Hold a lock for the block, as `held_or` does; its folder is made in a folder that is there."""
    make_folder(lock.parent)
    with held_or(busy, lock, wait):
        yield


class Locks:
    """The locks in a folder of a collection: one for each newspaper, one for the index, one for the whole, ..."""

    if TYPE_CHECKING:
        root: Path

        @property
        def locks(self) -> Path:
            """Their folder."""

    @property
    def index_lock(self) -> Path:
        """The lock of whoever writes the search index."""
        return self.locks / "index.lock"

    @property
    def pictures_lock(self) -> Path:
        """The lock of whoever hashes and compares the pictures."""
        return self.locks / _PICTURES

    def is_locked(self, newspaper: str) -> bool:
        """Whether a process holds the newspaper's lock, as every crawl of it does."""
        return is_held(self.locks / f"{newspaper}.lock")

    @property
    def jobs_lock(self) -> Path:
        """The lock of the daemon that runs the collection's jobs."""
        return self.locks / _JOBS

    @contextmanager
    def lock(self, newspaper: str) -> Iterator[None]:
        """Hold the newspaper's lock; the system frees it when the process ends, however it ends.

        Raises:
            NewspaperLocked: another process holds it.
            CollectionBusy: another process holds the whole collection.
        """
        self._refuse_busy()
        with self._held(f"{newspaper}.lock", 0, NewspaperLocked(newspaper, self.root)):
            # again: `lock_whole` takes the locks that exist then, and this one may be newer
            self._refuse_busy()
            yield

    def _refuse_busy(self) -> None:
        with self._held(_WHOLE, _INSTANT, CollectionBusy(self.root)):
            pass

    @contextmanager
    def lock_whole(self) -> Iterator[None]:
        """Hold the whole collection: no newspaper can be locked meanwhile.

        Raises:
            NewspaperLocked: a newspaper is being crawled.
            CollectionBusy: another process holds the whole collection.
        """
        with ExitStack() as held:
            held.enter_context(self._held(_WHOLE, _INSTANT, CollectionBusy(self.root)))
            held.enter_context(self.keep_places(waits=False))
            for path in sorted(self.locks.glob("*.lock")):
                if path != self.index_lock:
                    held.enter_context(self._held(path.name, 0, NewspaperLocked(path.stem, self.root)))
            yield

    @contextmanager
    def keep_places(self, *, waits: bool = True) -> Iterator[None]:
        """Keep every record where it is, for whoever reads many files by one state of the catalog; several may do so.

        Raises:
            CollectionBusy: records are being moved, and this is not to wait.
        """
        with self._flock(fcntl.LOCK_SH if waits else fcntl.LOCK_SH | fcntl.LOCK_NB):
            yield

    @contextmanager
    def move_places(self) -> Iterator[None]:
        """Be the only one who moves records, while nobody keeps their places.

        Raises:
            CollectionBusy: somebody does.
        """
        with self._flock(fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield

    @contextmanager
    def lock_backup(self) -> Iterator[None]:
        """Be the only one who copies the collection to a store.

        Raises:
            CollectionBusy: another process does.
        """
        with self._held(_BACKUP, 0, CollectionBusy(self.root)):
            yield

    @contextmanager
    def lock_moving(self) -> Iterator[None]:
        """Be the only one who moves files to other places.

        Raises:
            CollectionBusy: another process does.
        """
        with self._held(_MOVING, 0, CollectionBusy(self.root)):
            yield

    @contextmanager
    def lock_jobs(self) -> Iterator[None]:
        """Be the only one who runs the collection's jobs.

        The file is not opened for writing: its disk may be made read-only meanwhile.

        Raises:
            SchedulerRunning: another process does.
        """
        make_folder(self.locks)
        with held_or(SchedulerRunning(self.root), self.jobs_lock, _INSTANT, flags=os.O_RDONLY):
            yield

    @contextmanager
    def _flock(self, operation: int) -> Iterator[None]:
        path = self.locks / _PLACES
        try:
            try:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            except PermissionError:  # a reader of somebody else's collection
                descriptor = os.open(path, os.O_RDONLY)
        except OSError as error:
            if error.errno not in _CANNOT_WRITE or operation & fcntl.LOCK_EX:
                raise
            yield  # on a read-only disk no record is moved
            return
        try:
            try:
                fcntl.flock(descriptor, operation)
            except BlockingIOError as error:
                raise CollectionBusy(self.root) from error
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _held(self, name: str, wait: float, refusal: CollectionError) -> Iterator[None]:
        with ExitStack() as holding:
            try:
                holding.enter_context(held_or(refusal, self.locks / name, wait))
            except FileNotFoundError as error:
                raise CollectionMissing(self.root) from error
            yield
