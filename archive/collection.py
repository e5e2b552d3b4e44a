"""The directory of a collection: its paths, making and opening it, a lock per newspaper; writes no record itself."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
from filelock import FileLock, Timeout

from archive.catalog import Catalog
from archive.errors import CatalogDamaged, CollectionError, CollectionMissing, CollectionUnwritable, NewspaperLocked

OPEN_SUFFIX = ".open"


@attrs.frozen
class Collection:
    """Where a collection's parts lie.

    catalog.sqlite   what is held           warc/      the captures
    jsonl/           the articles, a run a file   index/     the search index
    reports/         what each run did      logs/      how it went, line by line
    locks/           one per newspaper, one for the index
    """

    root: Path

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
                folder.mkdir(parents=True, exist_ok=True)
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
        """Open an existing collection for reading.

        Raises:
            CollectionMissing: there is none at `root`.
            CatalogDamaged: its catalog is no database.
            CollectionTooNew: a later version wrote it.
        """
        collection = cls(root.absolute())
        if not collection.catalog_path.is_file():
            raise CollectionMissing(root)
        try:
            collection.catalog().close()
        except sqlite3.DatabaseError as error:
            raise _of_database(root, error) from error
        return collection

    @property
    def warc(self) -> Path:
        """Folder of the WARC files."""
        return self.root / "warc"

    @property
    def jsonl(self) -> Path:
        """Folder of the JSON lines, one file a run."""
        return self.root / "jsonl"

    @property
    def index(self) -> Path:
        """Folder of the search index."""
        return self.root / "index"

    @property
    def reports(self) -> Path:
        """Folder of the runs' reports."""
        return self.root / "reports"

    @property
    def logs(self) -> Path:
        """Folder of the runs' logs."""
        return self.root / "logs"

    @property
    def locks(self) -> Path:
        """Folder of the locks."""
        return self.root / "locks"

    @property
    def catalog_path(self) -> Path:
        """The catalog's file."""
        return self.root / "catalog.sqlite"

    def catalog(self, *, writable: bool = False) -> Catalog:
        """A new connection to the catalog; the caller closes it."""
        return Catalog(self.catalog_path, writable=writable)

    def warc_path(self, name: str) -> Path:
        """The WARC file of that name as it stands on disk now: with '.open' while it is being written."""
        path = self.warc / name
        return path if path.exists() else path.with_name(name + OPEN_SUFFIX)

    @contextmanager
    def lock(self, newspaper: str) -> Iterator[None]:
        """Hold the newspaper's lock; the system frees it when the process ends, however it ends.

        Raises:
            NewspaperLocked: another process holds it.
        """
        lock = FileLock(self.locks / f"{newspaper}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise NewspaperLocked(newspaper, self.root) from error
        try:
            yield
        finally:
            lock.release()


def _of_database(root: Path, error: sqlite3.DatabaseError) -> CollectionError:
    if isinstance(error, sqlite3.OperationalError):
        return CollectionUnwritable(root, f"catalog: {error}")
    return CatalogDamaged(root, str(error))


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable (POSIX: a rename is on disk once its directory is synced)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
