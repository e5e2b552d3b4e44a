"""The directory of a collection: its paths, creating and opening it, and its locks."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self, overload

import attrs
from filelock import FileLock, Timeout

from archive.catalog import Catalog
from archive.durable import OPEN_SUFFIX as OPEN_SUFFIX
from archive.durable import make_directory
from archive.durable import sync_directory as sync_directory
from archive.errors import (
    CatalogDamaged,
    CollectionBusy,
    CollectionError,
    CollectionMissing,
    CollectionOutdated,
    CollectionUnwritable,
    NewspaperLocked,
    PlaceFailed,
)
from archive.storage.located import LocatedFile, storage_of
from archive.storage.marks import marked_names

_CATALOG = "catalog.sqlite"
# No newspaper has such a name.
_WHOLE = ".whole"
# Seconds to wait for a process that holds this lock only to see whether it is free.
_INSTANT = 2.0
# The name is not *.lock, because those are of newspapers.
_PLACES, _MOVING, _BACKUP = "places", "moving", "backup"
_WARC_SUFFIXES = (".warc", ".warc.gz")


class Folder:
    """A folder of a collection, as an attribute of it: its path."""

    def __init__(self, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, collection: None, owner: type) -> Self: ...

    @overload
    def __get__(self, collection: Collection, owner: type) -> Path: ...

    def __get__(self, collection: Collection | None, owner: type) -> Path | Self:
        """The path within the root of the collection, or within another root that the collection has for it."""
        return self if collection is None else collection.root_of(self._name) / self._name


@attrs.frozen
class Collection:
    """The parts of a collection on disk.

    catalog.sqlite   the catalog            warc/      the captures
    jsonl/           the articles, a file for each run
    index/           the search index       cdxj/      a CDXJ file for each closed WARC file
    reports/         a report of each run   logs/      a log of each run
    sets/            frozen sets of articles
    locks/           one for each newspaper, one for the index, one for the whole collection
    storage.json     where WARC files were moved  cache/    what was read of those in a store
    """

    root: Path
    warc = Folder("warc")
    jsonl = Folder("jsonl")
    index = Folder("index")
    cdxj = Folder("cdxj")
    reports = Folder("reports")
    logs = Folder("logs")
    locks = Folder("locks")
    sets = Folder("sets")

    @classmethod
    def create(cls, root: Path) -> Collection:
        """Open the collection at `root` for writing, making it where there is none.

        Raises:
            CollectionUnwritable: the directory cannot be made or written.
            CollectionTooNew: a later version wrote it.
        """
        collection = cls(root.absolute())
        try:
            for folder in (collection.warc, collection.jsonl, collection.reports, collection.logs, collection.locks):
                make_directory(folder)
            if not os.access(collection.root, os.W_OK) or not os.access(collection.warc, os.W_OK):
                raise CollectionUnwritable(root, "permission denied")
            collection.catalog(writable=True).close()
        except OSError as error:
            raise CollectionUnwritable(root, error.strerror or str(error)) from error
        except sqlite3.DatabaseError as error:
            raise _of_database(root, error) from error
        return collection

    @classmethod
    def open(cls, root: Path) -> Collection:
        """Open an existing collection for reading; an older one is migrated to this version where it can be written.

        Raises:
            CollectionMissing: there is none at `root`.
            CatalogDamaged: its catalog is no database.
            CollectionTooNew: a later version wrote it.
            CollectionOutdated: an older version wrote it, and it cannot be changed.
        """
        collection = cls(root.absolute())
        if not collection.catalog_path.is_file():
            raise CollectionMissing(root, _near(root))
        try:
            collection._bring_up_to_date()
        except sqlite3.DatabaseError as error:
            raise _of_database(root, error) from error
        return collection

    def _bring_up_to_date(self) -> None:
        try:
            self.catalog().close()
        except CollectionOutdated:
            if not os.access(self.root, os.W_OK) or not os.access(self.catalog_path, os.W_OK):
                raise
            self.catalog(writable=True).close()

    def root_of(self, folder: str) -> Path:
        """The directory that holds a folder of the collection."""
        return self.root

    @property
    def index_lock(self) -> Path:
        """The lock of whoever writes the search index."""
        return self.locks / "index.lock"

    @property
    def catalog_path(self) -> Path:
        """The catalog's file."""
        return self.root / _CATALOG

    def catalog(self, *, writable: bool = False) -> Catalog:
        """A new connection to the catalog; the caller closes it."""
        return Catalog(self.catalog_path, writable=writable)

    def warc_file(self, name: str, *, is_fresh: bool = False) -> LocatedFile:
        """The WARC file of that name, wherever it stands when it is opened.

        Args:
            is_fresh: what a store holds is read from there, not from what is kept of it.
        """
        return LocatedFile(self.root, name, is_fresh)

    def stored_names(self) -> set[str]:
        """The names of the WARC files that were moved to other places.

        Raises:
            PlaceFailed: a place cannot be read.
            PlaceUnusable: nothing is installed that reaches it.
        """
        names: set[str] = set()
        for place in storage_of(self.root).places:
            try:
                names.update(marked_names(place))
            except OSError as error:
                raise PlaceFailed(place.url, error.strerror or str(error)) from error
        return {name for name in names if name.endswith(_WARC_SUFFIXES)}

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
        lock = FileLock(self.locks / name)
        try:
            lock.acquire(timeout=wait, poll_interval=0.02)
        except Timeout as error:
            raise refusal from error
        try:
            yield
        finally:
            lock.release()


_MOST_NEAR = 3
_CANNOT_WRITE = (errno.EACCES, errno.EROFS, errno.ENOENT, errno.EPERM)


def _near(root: Path) -> list[Path]:
    """Collections in a directory or beside it, the one that was written last first."""
    try:
        places = [root.absolute().parent, *(root.iterdir() if root.is_dir() else ())]
        found = [(path.stat().st_mtime, place) for place in places if (path := place / _CATALOG).is_file()]
    except OSError:
        return []
    names = [place if place.is_relative_to(root) else Path(os.path.relpath(place)) for _, place in sorted(found)[::-1]]
    return names[:_MOST_NEAR]


def _of_database(root: Path, error: sqlite3.DatabaseError) -> CollectionError:
    if isinstance(error, sqlite3.OperationalError):
        return CollectionUnwritable(root, f"catalog: {error}")
    return CatalogDamaged(root, str(error))
