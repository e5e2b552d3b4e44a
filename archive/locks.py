"""The locks of a collection; the system frees each when the process that holds it ends, however it ends."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from archive.durable import make_folder
from archive.errors import CollectionBusy, CollectionError, CollectionMissing, NewspaperLocked, SchedulerRunning

# No newspaper has such a name.
_WHOLE = ".whole"
# Seconds to wait for a process that holds this lock only to see whether it is free.
_INSTANT = 2.0
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


class FolderLock(FileLock):
    """A lock whose file is made only in a folder that is there: filelock makes one in place of an unmounted disk."""

    def acquire(self, *arguments: Any, **options: Any) -> Any:
        """Take it, as filelock does.

        Raises:
            FileNotFoundError: its folder is not there.
        """
        folder = Path(self.lock_file).parent
        if not folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
        return super().acquire(*arguments, **options)


@contextmanager
def held_alone(lock: Path, wait: float, busy: Exception) -> Iterator[None]:
    """Hold a lock for the block; its folder is made where it is missing.

    Args:
        wait: seconds to wait for another process that holds it.
        busy: is raised where that process still holds it then.
    """
    make_folder(lock.parent)
    held = FolderLock(lock)
    try:
        held.acquire(timeout=wait)
    except Timeout as error:
        raise busy from error
    try:
        yield
    finally:
        held.release()


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
        descriptor = os.open(self.jobs_lock, os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            ends_at = time.monotonic() + _INSTANT
            while not _is_taken(descriptor):
                if time.monotonic() > ends_at:
                    raise SchedulerRunning(self.root)
                time.sleep(0.05)
            yield
        finally:
            os.close(descriptor)

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
        lock = FolderLock(self.locks / name)
        try:
            lock.acquire(timeout=wait, poll_interval=0.02)
        except Timeout as error:
            raise refusal from error
        except FileNotFoundError as error:
            raise CollectionMissing(self.root) from error
        try:
            yield
        finally:
            lock.release()
