"""The directory of a collection: its paths, creating and opening it."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path
from typing import Self, overload

import attrs

from archive.catalog import Catalog
from archive.durable import OPEN_SUFFIX as OPEN_SUFFIX
from archive.durable import make_directory
from archive.durable import sync_directory as sync_directory
from archive.errors import (
    CatalogDamaged,
    CollectionError,
    CollectionMissing,
    CollectionOutdated,
    CollectionUnwritable,
    PlaceFailed,
)
from archive.locks import Locks
from archive.storage.located import LocatedFile, storage_of
from archive.storage.marks import marked_names

_CATALOG = "catalog.sqlite"
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
class Collection(Locks):
    """The parts of a collection on disk.

    catalog.sqlite   the catalog            warc/      the captures
    jsonl/           the articles, a file for each run
    index/           the search index       cdxj/      a CDXJ file for each closed WARC file
    reports/         a report of each run   logs/      a log of each run
    sets/            frozen sets of articles
    locks/           one for each newspaper, one for the index, one for the whole collection
    storage.json     where WARC files were moved  cache/    what was read of those in a store
    withholdings.jsonl  what is withheld from readers, and what was
    withheld.aclj       the former for pywb

    Attributes:
        withholds: its catalog shows readers no articles and captures that are withheld from them.
    """

    root: Path
    withholds: bool = attrs.field(default=False, kw_only=True)
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
        collection._prepare()
        return collection

    @classmethod
    def write(cls, root: Path) -> Collection:
        """Open an existing collection for writing: where a disk is not mounted, none is made in its place.

        Raises:
            CollectionMissing: there is none at `root`.
            CollectionUnwritable, CollectionTooNew: as `create`.
        """
        collection = cls(root.absolute())
        try:
            is_there = stat.S_ISREG(collection.catalog_path.stat().st_mode)
        except FileNotFoundError:
            is_there = False
        except OSError as error:
            raise CollectionUnwritable(root, error.strerror or str(error)) from error
        if not is_there:
            raise CollectionMissing(root, _near(root))
        collection._prepare()
        return collection

    def _prepare(self) -> None:
        try:
            for folder in (self.warc, self.jsonl, self.reports, self.logs, self.locks):
                make_directory(folder)
            if not os.access(self.root, os.W_OK) or not os.access(self.warc, os.W_OK):
                raise CollectionUnwritable(self.root, "permission denied")
            Catalog(self.catalog_path, writable=True).close()
        except OSError as error:
            raise CollectionUnwritable(self.root, error.strerror or str(error)) from error
        except sqlite3.DatabaseError as error:
            raise _of_database(self.root, error) from error

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

    @property
    def for_readers(self) -> Self:
        """The collection without what is withheld from readers."""
        return attrs.evolve(self, withholds=True)

    @property
    def whole(self) -> Self:
        """The collection with all that it holds."""
        return attrs.evolve(self, withholds=False)

    def root_of(self, folder: str) -> Path:
        """The directory that holds a folder of the collection."""
        return self.root

    @property
    def catalog_path(self) -> Path:
        """The catalog's file."""
        return self.root / _CATALOG

    def catalog(self, *, writable: bool = False) -> Catalog:
        """A new connection to the catalog; the caller closes it. A missing catalog is not made.

        Raises:
            CollectionMissing: there is none to write to, as where its disk is no longer mounted.
        """
        if writable and not self.catalog_path.exists():
            raise CollectionMissing(self.root, ())
        return Catalog(self.catalog_path, writable=writable, withholds=self.withholds)

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


_MOST_NEAR = 3


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
