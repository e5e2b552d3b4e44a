"""`baotinh move`: moves closed WARC files to another disk or store, also while the collection is crawled and read.

A file is removed here only after all of it was read back from the place and had the bytes of ours, which have the
checksum that the catalog says. A process that is killed leaves a file in one place or in both; the next one goes on.
"""

from __future__ import annotations

import enum
import errno
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
from archive.errors import BackupInside, NoPlace, NoRoom, PlaceFailed, PlaceTaken
from archive.storage.checked import as_place_failed, digest_of, pieces_in, put_checked
from archive.storage.located import NamedPlace, Storage, save_storage, storage_of
from archive.storage.marks import MARK, Mark, marked_names, read_mark, same_places, write_mark
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
        BackupInside: it is a folder within the collection, or the collection's own by another name.
        CollectionBusy: files are being moved by another process.
        NoRoom: its disk is full.
    """
    before = storage_of(collection.root)
    named = place or next((one for one in before.places if not one.is_copy), None)
    if named is None:
        raise NoPlace(collection.root)
    _refuse_inside(collection, named)
    left = tuple(one for one in before.places if one.url != named.url)
    kept_bytes = before.cache_bytes if cache_bytes is None else cache_bytes
    home = NamedPlace(str(collection.warc))
    with collection.lock_moving():
        if not is_dry:
            _take(collection, named, is_known=named.url in [one.url for one in before.places])
            left = _apart(collection, named, (home, *left))[1:]
            save_storage(collection.root, Storage((named, *left), kept_bytes))
        moved = _Move(collection, named, (home, *left), clock() - closed_for, is_dry=is_dry).run()
        if left and not (moved.wrong or is_dry):
            save_storage(collection.root, Storage((named,), kept_bytes))
    return moved


def move_back(collection: Collection, *, is_dry: bool = False) -> Moved:
    """Move all files back into the collection's own folder. The errors are those of `move`."""
    storage = storage_of(collection.root)
    if not storage.places:
        raise NoPlace(collection.root)
    with collection.lock_moving():
        home = NamedPlace(str(collection.warc))
        places = storage.places if is_dry else _apart(collection, home, storage.places)
        moved = _Move(collection, home, places, None, is_dry=is_dry).run()
        if not (moved.wrong or is_dry):
            save_storage(collection.root, Storage())
    return moved


def _refuse_inside(collection: Collection, named: NamedPlace) -> None:
    place = named.open()
    if isinstance(place, Folder):
        path, root = place.path.resolve(), collection.root.resolve()
        if path.is_relative_to(root) or root.is_relative_to(path):
            raise BackupInside(place.path, collection.root)


def _apart(collection: Collection, named: NamedPlace, others: Sequence[NamedPlace]) -> tuple[NamedPlace, ...]:
    """Those of the other places that are not this one by another name: what is removed there would be gone here.

    Raises:
        BackupInside: the collection's own folder is it.
    """
    with _told(named, collection):
        same = same_places(named.open(), others, collection.warc / _PART)
    if NamedPlace(str(collection.warc)) in same:
        (collection.warc / MARK).unlink(missing_ok=True)
        raise BackupInside(Path(named.url), collection.root)
    return tuple(other for other in others if other not in same)


def _take(collection: Collection, named: NamedPlace, *, is_known: bool) -> None:
    """Mark a place as that of this collection, by its first record.

    Raises:
        PlaceTaken: it is marked as that of another, belongs to a backup, or holds files that the catalog does not know.
        PlaceFailed: files were moved there before, and it is empty now.
    """
    place = named.open()
    with _told(named, collection), collection.catalog() as catalog:
        if is_known:
            marked_names(named)
        mark = read_mark(named)
        if mark is not None and mark.is_copy:
            raise PlaceTaken(named.url, "a backup")
        if mark is not None and mark.record is not None:
            if catalog.capture(mark.record) is None:
                raise PlaceTaken(named.url, mark.record)
            return
        if isinstance(place, Folder) and (place.path.parent / collection.catalog_path.name).exists():
            raise PlaceTaken(named.url, str(place.path.parent / collection.catalog_path.name))
        known = (MARK,) if mark else ()
        other = next((name for name in place.names() if name not in known and not catalog.has_file(name)), None)
        if other is not None:
            raise PlaceTaken(named.url, other)
        write_mark(place, Mark(catalog.first_record()), collection.warc / _PART)


@contextmanager
def _told(named: NamedPlace, collection: Collection) -> Iterator[None]:
    """Raise what a place raises as an error that names it, and a full disk as one that has too little room."""
    try:
        with as_place_failed(named.url):
            yield
    except OSError as error:
        place = named.open()
        path = place.path if isinstance(place, Folder) else collection.root
        if error.errno == errno.EROFS:
            raise PlaceFailed(str(path), error.strerror or str(error)) from error
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
        with self._collection.catalog() as catalog:
            files = catalog.warc_files()  # first, so that those it says are closed are in the places' lists
        there = set(self._names(self._target))
        elsewhere = [(named, set(self._names(named))) for named in self._others]
        for file in files:
            holders = [named for named, names in elsewhere if file.name in names]
            if file.state != "closed":
                self._said.open += 1
            elif not holders and file.name in there:
                self._said.kept += 1
            elif not holders:
                self._miss(file)
            elif self._is_young(file):
                self._said.young += 1
            elif self._is_dry:
                self._count(file)
            else:
                self._move(file, holders, is_there=file.name in there)
        return self._said

    def _names(self, named: NamedPlace) -> list[str]:
        is_other = named in self._others and named.url != str(self._collection.warc)
        with _told(named, self._collection):
            return marked_names(named) if is_other else named.open().names()

    def _miss(self, file: WarcFile) -> None:
        with self._collection.keep_places(), self._collection.catalog() as catalog:
            if catalog.has_file(file.name):  # otherwise it was joined with others just now
                self._said.wrong.append((file.name, MoveFault.MISSING))

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
                fault = self._copy(file, holders[0], is_there=is_there)
            finally:
                self._part.unlink(missing_ok=True)
            if fault is not None:
                self._said.wrong.append((file.name, fault))
                return
            for named in holders:
                if named.is_copy:
                    continue
                with _told(named, self._collection):
                    named.open().remove(file.name)
            self._count(file)

    def _copy(self, file: WarcFile, source: NamedPlace, *, is_there: bool) -> MoveFault | None:
        """Put a file to the target and read it back, unless its bytes are there already; why it stays, or None."""
        with _told(source, self._collection):
            path = self._local(file, source.open())
            expected = digest_of(pieces_of(path))
        if expected.crc32 != file.crc32:
            return MoveFault.CHANGED
        target = self._target.open()
        with _told(self._target, self._collection):
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
