"""The search index opened for reading, beside its catalog: what is withheld from readers is left out."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import attrs
import tantivy

from archive.catalog import Catalog
from archive.catalog.withholdings import withheld_seqs
from archive.collection import Collection
from archive.errors import CollectionInconsistent
from archive.search.indexing.index import count_behind, position
from archive.search.indexing.papers import Profiles
from archive.search.indexing.readers_searcher import ReadersSearcher


def readable(folder: Path) -> Path:
    """The index's folder, or a copy of it on a read-only disk, since readers create a lock file in it."""
    return folder if os.access(folder, os.W_OK) else _copy(folder)


@functools.cache
def _copy(folder: Path) -> Path:
    kept = Path(tempfile.mkdtemp(prefix="baotinh-index-"))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    return Path(shutil.copytree(folder, kept / folder.name))


@attrs.frozen
class IndexState:
    """One state of the index in a folder: tantivy replaces `meta.json` with every commit."""

    folder: Path
    inode: int
    changed: int

    @classmethod
    def of(cls, folder: Path) -> IndexState:
        """The state that the index has now; to be read before it is opened.

        Raises:
            OSError: there is no index.
        """
        found = (folder / "meta.json").stat()
        return cls(folder, found.st_ino, found.st_mtime_ns)


@attrs.frozen
class Searching:
    """An opened index beside its catalog; `searcher` is None where there is no index yet."""

    catalog: Catalog
    profiles: Profiles
    searcher: tantivy.Searcher | None  # or one that leaves out what is withheld
    behind: int
    """Versions that are not indexed yet."""
    state: IndexState | None = None
    folder: Path | None = None
    """The folder of the index."""


_MOST_OPENED = 12
_opened: dict[IndexState, tantivy.Searcher] = {}


def index_searcher(folder: Path) -> tantivy.Searcher:
    """The searcher of the present state of an index within the folder of the search index.

    Raises:
        ValueError, OSError: the index is damaged, or there is none.
    """
    return _searcher(IndexState.of(folder))


def _searcher(state: IndexState) -> tantivy.Searcher:
    """The searcher of a state of the index, which is opened once: opening reads the list and the head of all segments.

    Raises:
        ValueError, OSError: the index is damaged.
    """
    found = _opened.get(state)
    if found is None:
        found = tantivy.Index.open(str(state.folder)).searcher()
        for other in [one for one in list(_opened) if one.folder == state.folder or len(_opened) >= _MOST_OPENED]:
            _opened.pop(other, None)  # another thread may have dropped it
        _opened[state] = found
    return found


@contextlib.contextmanager
def searching(collection: Collection) -> Iterator[Searching]:
    """Open the index and the catalog of a collection.

    Raises:
        CollectionInconsistent: the index is damaged; also when what is done with it finds this.
    """
    reached = position(collection)
    with collection.catalog() as catalog:
        searcher = state = folder = None
        try:
            if reached is not None:
                folder = readable(collection.index / reached.folder)
                state = IndexState.of(folder)
                searcher = _searcher(state)
            if searcher is not None and catalog.withholds and (seqs := withheld_seqs(catalog.connection)):
                searcher, state = cast("tantivy.Searcher", ReadersSearcher(searcher, seqs)), None
            behind = count_behind(catalog, reached)
            yield Searching(catalog, catalog.newspapers(), searcher, behind, state, folder)
        except (ValueError, OSError) as error:
            raise CollectionInconsistent(collection.index, f"search index: {error}") from error
