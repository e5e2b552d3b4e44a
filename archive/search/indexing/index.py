"""The search index: a projection of the catalog that can be deleted and is then rebuilt."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import attrs
import tantivy

from archive.catalog import Catalog
from archive.catalog.changes import last_change_entered
from archive.catalog.readings import last_reading
from archive.catalog.reprint_clusters import last_story_change
from archive.collection import Collection, sync_directory
from archive.durable import make_folder
from archive.errors import IndexBusy
from archive.locks import held_alone
from archive.search.indexing.changed import changed_documents, open_changed
from archive.search.indexing.former import follow_former
from archive.search.terms.document import (
    documents_between,
    documents_changed,
    documents_of_stories,
    documents_read_again,
    open_index,
)
from archive.workers import WorkerPool, Workers

# Incremented when what is indexed, or how, changes: an index of another version is rebuilt.
INDEX_VERSION = 6
BATCH = 200
BATCHES_A_COMMIT = 50
HEAP = 64_000_000
_LESS_HEAP = 15_000_000

POSITION = "position.json"
_OS_ERROR = re.compile(r"os error (\d+)")


@attrs.frozen
class Position:
    """How far the index has come: `folder` within the index folder, `seq` of the last version considered.

    `reading`, `change`, `story`: the ids of the last later reading of a version, of the last change of an article, and
    of the last change of the articles that print one text that were considered.
    """

    folder: str
    seq: int
    reading: int = 0
    change: int = 0
    story: int = 0

    def is_behind(self, catalog: Catalog) -> bool:
        """Whether the catalog holds what was not considered yet, or less than what was."""
        return attrs.astuple(self)[1:] != _ends(catalog)


def _ends(catalog: Catalog) -> tuple[int, int, int, int]:
    connection = catalog.connection
    return (
        catalog.last_seq(), last_reading(connection), last_change_entered(connection), last_story_change(connection),
    )  # fmt: skip


def position(collection: Collection) -> Position | None:
    """How far the index has come; None where there is none that this version can read."""
    try:
        read = json.loads((collection.index / POSITION).read_text("utf-8"))
        if read["version"] != INDEX_VERSION:
            return None
        numbers = (int(read[name]) for name in ("seq", "reading", "change", "story"))
        return Position(str(read["folder"]), *numbers)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def count_behind(catalog: Catalog, reached: Position | None) -> int:
    """How many versions and later readings the index lacks that has come so far."""
    seq, reading = (reached.seq, reached.reading) if reached is not None else (0, 0)
    return max(0, catalog.last_seq() - seq) + max(0, last_reading(catalog.connection) - reading)


def follow(collection: Collection, *, wait: float = 0, rebuild: bool = False, workers: WorkerPool | None = None) -> int:
    """Update the index from the catalog, and return how many articles were indexed.

    Safe to call at any time and to repeat; an index that is missing, of another version, damaged or ahead of the
    catalog is rebuilt.

    Args:
        wait: seconds to wait for another process that is writing the index.
        workers: processes that make the documents.

    Raises:
        IndexBusy: another process was still writing it.
        OSError: the disk failed.
        WorkerLost: a worker process was killed; the index is not complete.
    """
    collection = collection.whole  # what is withheld is left out by queries, as that may end any day
    with (
        held_alone(collection.index_lock, wait, IndexBusy(collection.index)),
        contextlib.closing(collection.catalog()) as catalog,
        _refusals(collection.index),
    ):
        try:
            return _follow(collection, catalog, rebuild, workers or Workers(1))
        except ValueError as error:
            if _OS_ERROR.search(str(error)):
                raise
            # a killed writer may have left a file that keeps the next one from starting
            return _follow(collection, catalog, True, workers or Workers(1))


@contextlib.contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Raise the system's errors as OSError: tantivy raises ValueError for everything."""
    try:
        yield
    except ValueError as error:
        if found := _OS_ERROR.search(str(error)):
            raise OSError(int(found[1]), os.strerror(int(found[1])), str(path)) from error
        raise


def _follow(collection: Collection, catalog: Catalog, rebuild: bool, workers: WorkerPool) -> int:
    found = None if rebuild else position(collection)
    target, reading, change, story = ends = _ends(catalog)
    is_ahead = found is None or any(one > end for one, end in zip(attrs.astuple(found)[1:], ends, strict=True))
    opened = None if is_ahead or found is None else _open(collection, found)
    if found is None or opened is None:
        found = _begin(collection)
        opened = open_index(collection.index / found.folder)
    if attrs.astuple(found)[1:] == ends:
        return 0
    # nothing is deleted from an index that holds nothing: no article has two latest versions, and each document is
    # of the newest reading
    is_empty = opened.searcher().num_docs == 0
    writer = opened.writer(HEAP, 1)
    count = 0
    # a version that is not the latest of its article never becomes the latest again, and is skipped
    for span, documents in _spans(documents_between, collection, workers, found.seq, target):
        count += _put(writer, documents, is_empty=is_empty)
        if (span.stop - found.seq) % (BATCH * BATCHES_A_COMMIT) == 0:
            writer.commit()
            _store(collection, attrs.evolve(found, seq=span.stop))
    if not is_empty:
        for _, documents in _spans(documents_read_again, collection, workers, found.reading, reading):
            count += _put(writer, documents)
        for _, documents in _spans(partial(documents_changed, found.seq), collection, workers, found.change, change):
            count += _put(writer, documents)
        for _, documents in _spans(documents_of_stories, collection, workers, found.story, story):
            _put(writer, documents)
    follow_former(collection, collection.index / found.folder, (found.seq, target), (found.reading, reading))
    _follow_changed(collection, workers, found, change)
    writer.commit()
    _store(collection, Position(found.folder, *ends))
    writer.wait_merging_threads()
    return count


def _follow_changed(collection: Collection, workers: WorkerPool, found: Position, until: int) -> None:
    """Update the index of changed words up to a change."""
    if found.change == until:
        return
    opened = open_changed(collection.index / found.folder)
    is_empty, writer = opened.searcher().num_docs == 0, opened.writer(_LESS_HEAP, 1)
    for _, documents in _spans(changed_documents, collection, workers, found.change, until):
        _put(writer, documents, is_empty=is_empty)
    writer.commit()
    writer.wait_merging_threads()


_Documents = Iterator[tuple[str, tantivy.Document]]


def _spans(
    function: Callable[[Path, int, int], _Documents],
    collection: Collection,
    workers: WorkerPool,
    after: int,
    until: int,
) -> Iterator[tuple[range, _Documents]]:
    """What the function makes of each span of so many numbers, and the span: from `start`, up to `stop`."""
    spans = [range(start, min(start + BATCH, until)) for start in range(after, until, BATCH)]
    calls = ((collection.root, span.start, span.stop) for span in spans)
    yield from zip(spans, workers.each(function, calls), strict=True)


def _put(writer: tantivy.IndexWriter, documents: _Documents, *, is_empty: bool = False) -> int:
    """Put documents into the index, in place of those of the same articles unless it is empty; how many."""
    count = 0
    for article_id, document in documents:
        if not is_empty:
            writer.delete_documents_by_term("id", article_id)
        writer.add_document(document)
        count += 1
    return count


def _open(collection: Collection, found: Position) -> tantivy.Index | None:
    """The index at that position, or None where it is damaged."""
    path = collection.index / found.folder
    try:
        opened = open_index(path) if tantivy.Index.exists(str(path)) else None
        if opened is not None:
            opened.searcher().search(tantivy.Query.all_query(), limit=1)
    except (ValueError, OSError):
        return None
    return opened


def _begin(collection: Collection) -> Position:
    """A new empty index in its own folder; remains of others are removed."""
    make_folder(collection.index)
    former = [path for path in collection.index.iterdir() if path.is_dir()]
    number = max((int(path.name) for path in former if path.name.isdigit()), default=0) + 1
    begun = Position(f"{number:04d}", 0)
    (collection.index / begun.folder).mkdir()
    open_index(collection.index / begun.folder)
    open_changed(collection.index / begun.folder)
    _store(collection, begun)
    for path in former:
        shutil.rmtree(path, ignore_errors=True)
    return begun


def _store(collection: Collection, reached: Position) -> None:
    # tantivy renames its own list of segments into place, and leaves the directory unsynced
    sync_directory(collection.index / reached.folder)
    path = collection.index / POSITION
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump({"version": INDEX_VERSION, **attrs.asdict(reached)}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_directory(collection.index)
