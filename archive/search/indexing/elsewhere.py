"""An index in a temporary folder, for a read-only collection whose own index is outdated."""

from __future__ import annotations

import atexit
import contextlib
import shutil
import tempfile
from pathlib import Path

import attrs
import tantivy

from archive.collection import Collection
from archive.durable import make_folder
from archive.locks import LockHeld, held
from archive.search.indexing.index import position


@attrs.frozen
class IndexedElsewhere(Collection):
    """A read-only collection whose index and lock are in a temporary folder."""

    place: Path

    def root_of(self, folder: str) -> Path:
        """The temporary folder for index and locks."""
        return self.place if folder in ("index", "locks") else self.root


def indexed_elsewhere(collection: Collection) -> Collection | None:
    """The collection with an index in a temporary folder if its own is outdated and cannot be written; else None.

    Its own index is copied first. The folder is removed when the process ends.

    Raises:
        OSError: no temporary folder can be created.
    """
    if _may_be_written(collection):
        return None
    reached = position(collection)
    is_there = reached is not None and tantivy.Index.exists(str(collection.index / reached.folder))
    with contextlib.closing(collection.catalog()) as catalog:
        if is_there and reached is not None and not reached.is_behind(catalog):
            return None
    place = Path(tempfile.mkdtemp(prefix="baotinh-index-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    if is_there:
        shutil.copytree(collection.index, place / "index")
    return IndexedElsewhere(collection.root, place, withholds=collection.withholds)


def _may_be_written(collection: Collection) -> bool:
    try:
        make_folder(collection.locks)
        make_folder(collection.index)
        with held(collection.index_lock, 0), tempfile.TemporaryFile(dir=collection.index):
            return True
    except LockHeld:
        return True  # the process that writes the index can
    except OSError:
        return False
