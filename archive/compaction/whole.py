"""`baotinh compact`: joins small closed WARC files of a newspaper to few large ones, byte for byte.

In this order: the joined file is written as a part, synced and compared with its files; one transaction enters it,
moves the captures and the references of articles to it, and gives the part its name; CDXJ file and JSON lines are
written; then the files that it replaces are removed. A compaction that is killed loses nothing, and the next one ends
it.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3

import attrs

from archive.catalog import Catalog, WarcFile
from archive.catalog.former_files import former_file
from archive.collection import Collection
from archive.compaction.joining import Joined, NotJoined, is_sound, join
from archive.compaction.moving import StillReferred, behind, enter, write_lines
from archive.compaction.plan import candidates, groups, newspapers
from archive.durable import give_name
from archive.errors import CollectionBusy, CollectionUnwritable, NoRoom, UnknownNewspaper
from archive.ingest.parts import compacting_part, remove_part
from archive.projections import cdxj_files
from archive.projections.replaced_files import left_over, remove
from archive.warc.writer import ROTATE_BYTES, joined_name, stamps_of


@attrs.frozen
class JoinedFile:
    """A file that joins others; its name is None where they were not joined, but would be."""

    newspaper: str
    name: str | None
    files: tuple[str, ...]
    size: int


@attrs.define
class Compacted:
    """The joined files; names of damaged files, of those that a run names which goes on, and of those not removed."""

    joined: list[JoinedFile] = attrs.field(factory=list)
    damaged: list[str] = attrs.field(factory=list)
    in_use: list[str] = attrs.field(factory=list)
    not_removed: list[str] = attrs.field(factory=list)
    is_cut_short: bool = False
    """Whether it ended early because a check, a backup or a rebuild began; what was joined is whole."""


def compact(
    collection: Collection, newspaper: str | None = None, *, largest: int = ROTATE_BYTES, is_dry: bool = False
) -> Compacted:
    """Join the small files of a newspaper, or of each one, to files of at most `largest` bytes; crawls may go on.

    Args:
        is_dry: only find which files would be joined.

    Raises:
        UnknownNewspaper: the collection holds nothing of it.
        CollectionBusy: the collection is being checked, copied or made anew, or another compaction goes on.
        NoRoom: the disk has no room for a joined file beside its files.
        PlaceFailed: a place to which files were moved, which are left alone, cannot be read.
        CollectionUnwritable: the disk failed.
    """
    try:
        with collection.catalog(writable=not is_dry) as catalog:
            known = {*catalog.newspapers(), *newspapers(catalog)}
            if newspaper is not None and newspaper not in known:
                raise UnknownNewspaper(newspaper, sorted(known))
            return _Compaction(collection, catalog, newspaper, largest).run(is_dry=is_dry)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            free = shutil.disk_usage(collection.warc).free
            raise NoRoom(collection.warc, free + 1, free) from error
        raise CollectionUnwritable(collection.root, error.strerror or str(error)) from error
    except sqlite3.OperationalError as error:
        raise CollectionUnwritable(collection.root, f"catalog: {error}") from error


class _Compaction:
    def __init__(self, collection: Collection, catalog: Catalog, newspaper: str | None, largest: int) -> None:
        self._collection, self._catalog = collection, catalog
        self._newspaper, self._largest = newspaper, largest
        self._part = compacting_part(collection)
        self._said = Compacted()
        self._named_in: dict[int, frozenset[str]] = {}
        self._moved = collection.stored_names()

    def run(self, *, is_dry: bool) -> Compacted:
        if not is_dry:
            with self._collection.move_places():
                self._end_killed()
        try:
            for newspaper in [self._newspaper] if self._newspaper else newspapers(self._catalog):
                while group := self._next(newspaper, is_dry=is_dry):
                    if is_dry:
                        self._note(group, None)
                        continue
                    with self._collection.move_places():
                        self._join(group)
        except CollectionBusy:
            self._said.is_cut_short = True
        return self._said

    def _end_killed(self) -> None:
        remove_part(self._collection, self._part)
        formers = left_over(self._collection, self._catalog)
        if not formers:
            return
        cdxj_files.write_missing(self._collection, self._catalog)
        write_lines(self._collection, self._catalog, behind(self._collection, self._catalog, formers))
        self._said.not_removed = remove(self._collection, formers)

    def _next(self, newspaper: str, *, is_dry: bool) -> list[WarcFile] | None:
        """The next group of sound files; a file that is not sound is left alone, and its neighbours joined."""
        said = self._said
        while True:
            done = {name for joined in said.joined for name in joined.files} if is_dry else set()
            made = candidates(
                self._catalog, newspaper, self._largest, {*self._moved, *said.damaged, *said.in_use, *done}
            )
            found = groups(made, self._largest)
            if not found:
                return None
            damaged = [file.name for file in found[0] if not is_sound(self._collection, self._catalog, file)]
            if not damaged:
                return found[0]
            said.damaged += damaged

    def _join(self, group: list[WarcFile]) -> None:
        self._refuse_full(sum(file.committed for file in group))
        try:
            joined = join(self._collection, group, self._part)
            name = self._free_name(group)
            with self._catalog.transaction() as connection:
                changed = enter(connection, name, joined, self._named_in)
                give_name(self._part, self._collection.warc / name)
        except NotJoined as error:
            self._said.damaged.append(error.file.name)
            return
        except StillReferred:
            self._said.in_use += [file.name for file in group]
            return
        finally:
            remove_part(self._collection, self._part)
        self._replace(joined, changed)
        self._note(group, name)

    def _replace(self, joined: Joined, changed: set[int]) -> None:
        cdxj_files.write_missing(self._collection, self._catalog)
        write_lines(self._collection, self._catalog, changed)
        connection = self._catalog.connection
        formers = [former_file(connection, file.name) for file, _ in joined.places]
        self._said.not_removed += remove(self._collection, [former for former in formers if former is not None])

    def _note(self, group: list[WarcFile], name: str | None) -> None:
        size = sum(file.committed for file in group)
        self._said.joined.append(JoinedFile(group[0].newspaper, name, tuple(file.name for file in group), size))

    def _free_name(self, group: list[WarcFile]) -> str:
        stamps = [found for file in group if (found := stamps_of(file.name))]
        span = min(first for first, _ in stamps), max(last for _, last in stamps)
        serial = 0
        while True:
            name = joined_name(group[0].newspaper, span, serial)
            is_known = self._catalog.has_file(name) or former_file(self._catalog.connection, name)
            if not is_known and not self._collection.warc_file(name).exists():
                return name
            serial += 1

    def _refuse_full(self, needed: int) -> None:
        free = shutil.disk_usage(self._collection.warc).free
        if needed > free:
            raise NoRoom(self._collection.warc, needed, free)
