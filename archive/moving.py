"""`baotinh move`: moves closed WARC files to another disk or store, also while the collection is crawled and read.

A file is removed here only after all of it was read back from the place and had the bytes of ours, which have the
checksum that the catalog says. A process that is killed leaves a file in one place or in both; the next one goes on.
"""

from __future__ import annotations

import enum
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import attrs

from archive.catalog import WarcFile
from archive.clock import Clock, now
from archive.collection import Collection
from archive.durable import PART_SUFFIX, pieces_of
from archive.errors import BackupInside, NoPlace, NoRoom, PlaceTaken
from archive.storage.checked import as_place_failed, digest_of, pieces_in, put_checked
from archive.storage.located import NamedPlace, Storage, save_storage, storage_of
from archive.storage.marks import Mark, read_mark, write_mark
from archive.storage.places import Folder, Place

_PART = f"moving{PART_SUFFIX}"


class MoveFault(enum.StrEnum):
    """Why a file was not moved; it stays where it was."""

    MISSING = "missing"  # it is nowhere
    CHANGED = "changed"  # it has another checksum or length than the catalog says
    DIFFERS = "differs"  # what was read back from the place differs from what was written to it


@attrs.define
class Moved:
    """How many files and bytes were moved, were there already, or stay: because they are open, or were just closed."""

    place: str
    files: int = 0
    size: int = 0
    kept: int = 0
    open: int = 0
    young: int = 0
    wrong: list[tuple[str, MoveFault]] = attrs.field(factory=list)
    is_dry: bool = False


def move(
    collection: Collection,
    place: NamedPlace | None = None,
    *,
    cache_bytes: int | None = None,
    closed_for: timedelta = timedelta(0),
    is_dry: bool = False,
    clock: Clock = now,
) -> Moved:
    """Move the closed WARC files to a place; crawls, readers and checks go on.

    Args:
        place: by default that to which files were moved before. Files in that place are moved on to another one.
        cache_bytes: how many bytes of what is read from a store are kept on this disk.
        closed_for: files that were closed later than so long ago stay.
        is_dry: only count.

    Raises:
        NoPlace: none was named now or before.
        PlaceTaken: it holds files of another collection.
        PlaceUnusable: nothing is installed that reaches it.
        PlaceFailed: it cannot be read or written now.
        BackupInside: it is a folder within the collection.
        CollectionBusy: files are being moved by another process.
        NoRoom: its disk is full.
    """
    before = storage_of(collection.root)
    named = place or next((one for one in before.places if not one.is_copy), None)
    if named is None:
        raise NoPlace(collection.root)
    _refuse_inside(collection, named)
    left = tuple(one for one in before.places if one.url != named.url)
    storage = Storage((named, *left), before.cache_bytes if cache_bytes is None else cache_bytes)
    home = NamedPlace(str(collection.warc))
    with collection.lock_moving():
        if not is_dry:
            _take(collection, named)
            save_storage(collection.root, storage)
        moved = _Move(collection, named, (home, *left), clock() - closed_for, is_dry=is_dry).run()
        if left and not (moved.wrong or is_dry):
            save_storage(collection.root, attrs.evolve(storage, places=(named,)))
    return moved


def move_back(collection: Collection, *, is_dry: bool = False) -> Moved:
    """Move all files back into the collection's own folder. The errors are those of `move`."""
    storage = storage_of(collection.root)
    if not storage.places:
        raise NoPlace(collection.root)
    with collection.lock_moving():
        moved = _Move(collection, NamedPlace(str(collection.warc)), storage.places, None, is_dry=is_dry).run()
        if not (moved.wrong or is_dry):
            save_storage(collection.root, Storage())
    return moved


def _refuse_inside(collection: Collection, named: NamedPlace) -> None:
    place = named.open()
    if isinstance(place, Folder):
        path, root = place.path.resolve(), collection.root.resolve()
        if path.is_relative_to(root) or root.is_relative_to(path):
            raise BackupInside(place.path, collection.root)


def _take(collection: Collection, named: NamedPlace) -> None:
    """Mark a place as that of this collection, by its first record.

    Raises:
        PlaceTaken: it is marked as that of another, or holds files that the catalog does not know.
    """
    place = named.open()
    with _told(named), collection.catalog() as catalog:
        mark = read_mark(named)
        if mark is not None:
            if mark.is_copy:
                raise PlaceTaken(named.url, "a backup")
            if mark.record is None or catalog.capture(mark.record) is None:
                raise PlaceTaken(named.url, str(mark.record))
            return
        if (other := next((name for name in place.names() if not catalog.has_file(name)), None)) is not None:
            raise PlaceTaken(named.url, other)
        row = catalog.connection.execute("SELECT record_id FROM captures ORDER BY id LIMIT 1").fetchone()
        if row is not None:
            write_mark(place, Mark(row[0]), collection.warc / _PART)


@contextmanager
def _told(named: NamedPlace) -> Iterator[None]:
    """Raise what a place raises as an error that names it, and a full disk as one that has too little room."""
    try:
        with as_place_failed(named.url):
            yield
    except OSError as error:
        place = named.open()
        path = place.path if isinstance(place, Folder) else Path.cwd()
        free = shutil.disk_usage(path).free
        raise NoRoom(path, free + 1, free) from error


class _Move:
    """One pass over the closed files, which moves each from the places that hold it to the target."""

    def __init__(
        self,
        collection: Collection,
        target: NamedPlace,
        others: Sequence[NamedPlace],
        before: datetime | None,
        *,
        is_dry: bool,
    ) -> None:
        self._collection, self._target, self._others = collection, target, others
        self._before, self._is_dry = before, is_dry
        self._part = collection.warc / _PART
        self._said = Moved(target.url, is_dry=is_dry)

    def run(self) -> Moved:
        self._part.unlink(missing_ok=True)
        there = self._names(self._target)
        elsewhere = [(named, self._names(named)) for named in self._others]
        with self._collection.catalog() as catalog:
            files = catalog.warc_files()
        for file in files:
            holders = [named for named, names in elsewhere if file.name in names]
            if file.state != "closed":
                self._said.open += 1
            elif not holders and file.name in there:
                self._said.kept += 1
            elif not holders:
                self._said.wrong.append((file.name, MoveFault.MISSING))
            elif self._is_young(file):
                self._said.young += 1
            elif self._is_dry:
                self._count(file)
            else:
                self._move(file, holders, is_there=file.name in there)
        return self._said

    def _names(self, named: NamedPlace) -> set[str]:
        with _told(named):
            return set(named.open().names())

    def _is_young(self, file: WarcFile) -> bool:
        try:
            closed = (self._collection.warc / file.name).stat().st_mtime
        except FileNotFoundError:
            return False
        return self._before is not None and closed > self._before.timestamp()

    def _count(self, file: WarcFile) -> None:
        self._said.files += 1
        self._said.size += file.committed

    def _move(self, file: WarcFile, holders: list[NamedPlace], *, is_there: bool) -> None:
        with self._collection.keep_places(), self._collection.catalog() as catalog:
            if not catalog.has_file(file.name):
                return  # it was joined with others just now
            try:
                fault = self._copy(file, holders[0].open(), is_there=is_there)
            finally:
                self._part.unlink(missing_ok=True)
            if fault is not None:
                self._said.wrong.append((file.name, fault))
                return
            for named in holders:
                if named.is_copy:
                    continue
                with _told(named):
                    named.open().remove(file.name)
            self._count(file)

    def _copy(self, file: WarcFile, source: Place, *, is_there: bool) -> MoveFault | None:
        """Put a file to the target and read it back, unless its bytes are there already; why it stays, or None."""
        path = self._local(file, source)
        expected = digest_of(pieces_of(path))
        if expected.crc32 != file.crc32:
            return MoveFault.CHANGED
        target = self._target.open()
        with _told(self._target):
            if is_there and digest_of(pieces_in(target, file.name)) == expected:
                return None
            return None if put_checked(target, path, file.name, expected) else MoveFault.DIFFERS

    def _local(self, file: WarcFile, source: Place) -> Path:
        if isinstance(source, Folder):
            return source.path / file.name
        with self._part.open("wb") as copy:
            for piece in pieces_in(source, file.name):
                copy.write(piece)
        return self._part
