"""`baotinh backup`: a copy of a collection at one instant, also while it is being crawled.

First the catalog is copied beside its place in the backup; then the committed bytes of the WARC files that it lists,
JSON lines, reports and frozen sets; last the new catalog takes its place. A backup that ends early leaves an earlier
one valid, and the next one continues.
"""

from __future__ import annotations

import enum
import errno
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs

from archive.backup.committed import copy_committed
from archive.backup.texts import copy_texts
from archive.catalog import Catalog, WarcFile
from archive.catalog.former_files import former_files
from archive.clock import Clock, now, warc_date
from archive.collection import Collection
from archive.durable import (
    PART_SUFFIX,
    copy_database,
    crc32_of,
    is_within,
    make_directory,
    part_of,
    put,
    swap_database,
    sync_directory,
)
from archive.errors import (
    BackupInside,
    CollectionBusy,
    CollectionInconsistent,
    CollectionUnwritable,
    NoRoom,
    NotABackup,
    UsageError,
)
from archive.projections import cdxj_files
from archive.projections.replaced_files import first_file_in, remove_former

MARK = "backup.json"


class CopyFault(enum.StrEnum):
    """Why a WARC file was not copied correctly."""

    SHORTER = "shorter"  # it is missing, or has fewer bytes than the catalog says
    CHANGED = "changed"  # it has another checksum than the catalog says


@attrs.define
class BackedUp:
    """How much a backup copied, and how much was there already; `wrong`: the files that were not copied correctly."""

    files: int = 0
    kept: int = 0
    bytes_copied: int = 0
    captures: int = 0
    articles: int = 0
    wrong: list[tuple[str, CopyFault]] = attrs.field(factory=list)


def back_up(collection: Collection, target: Path, *, clock: Clock = now) -> BackedUp:
    """Copy a collection to `target`, a new or empty directory or an earlier backup of it; crawls may go on meanwhile.

    The copy is a complete collection: its files are closed at their committed length, its runs are ended. The search
    index is not copied; the first search makes it.

    Raises:
        BackupInside: one of the two lies within the other.
        NotABackup: `target` holds other files.
        NoRoom: the disk has too little room.
        CollectionUnwritable: `target` cannot be written.
        CollectionBusy: another backup is being made into it.
        PlaceFailed: a place to which WARC files were moved cannot be read now.
    """
    collection.stored_names()  # a place that does not answer is no reason for a copy without its files
    target = target.absolute()
    _refuse_nesting(collection.root, target)
    copy = Collection(target)
    try:
        mark = _mark(copy)
        make_directory(target)
        if not mark:  # first, so that the next backup recognises this one, even if it ends early
            mark = {"collection": str(collection.root), "record": None, "finished_at": None}
            write_mark(copy, mark)
        for folder in (copy.warc, copy.jsonl, copy.reports, copy.cdxj, copy.locks, copy.sets):
            folder.mkdir(exist_ok=True)
        sync_directory(target)
        with copy.lock_whole(), collection.keep_places():
            return _Backup(collection, copy, mark).make(clock)
    except BlockingIOError as error:
        raise CollectionBusy(target) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoom(target, _free(target) + 1, _free(target)) from error
        raise CollectionUnwritable(target, error.strerror or str(error)) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise NoRoom(target, _free(target) + 1, _free(target)) from error
        raise CollectionUnwritable(target, f"catalog: {error}") from error


def _refuse_nesting(root: Path, target: Path) -> None:
    inner, outer = target.resolve(), root.resolve()
    if inner.is_relative_to(outer) or outer.is_relative_to(inner):
        raise BackupInside(target, root)


def _mark(copy: Collection) -> dict[str, Any]:
    """The mark that an earlier backup wrote; nothing where the directory is new or empty.

    Raises:
        NotABackup: the directory holds files that no backup wrote.
    """
    if not copy.root.exists():
        return {}
    if not copy.root.is_dir():
        raise NotABackup(copy.root, "it is a file")
    try:
        mark = json.loads((copy.root / MARK).read_text("utf-8"))
        if isinstance(mark, dict):
            return mark
    except FileNotFoundError:
        found = next((path.name for path in copy.root.iterdir() if path.name != MARK + PART_SUFFIX), None)
        if found is None:
            return {}
        raise NotABackup(copy.root, f"it holds {found}, and no {MARK}") from None
    except ValueError:
        pass
    raise NotABackup(copy.root, f"its {MARK} cannot be read")


def _free(path: Path) -> int:
    there = next(parent for parent in (path, *path.parents) if parent.exists())
    return shutil.disk_usage(there).free


def write_mark(copy: Collection, mark: dict[str, Any]) -> None:
    """Say durably in a copy of which collection it is, and when it was finished."""
    path = copy.root / MARK
    part = part_of(path)
    part.write_text(json.dumps(mark, ensure_ascii=False) + "\n", encoding="utf-8")
    put(part, path)


class _Backup:
    def __init__(self, source: Collection, copy: Collection, mark: dict[str, Any]) -> None:
        self._source, self._copy, self._mark = source, copy, mark
        self._part = part_of(copy.catalog_path)
        self._said = BackedUp()
        self._grown: list[tuple[Path, Path]] = []
        self._moved: list[tuple[Path, Path]] = []

    def make(self, clock: Clock) -> BackedUp:
        try:
            with self._source.catalog() as catalog:
                copy_database(catalog.connection, self._part)
            with Catalog(self._part) as catalog:
                self._copy_from(catalog)
            end_what_goes_on(self._part)
            # versions may have other numbers now, so the next search makes the index anew
            shutil.rmtree(self._copy.index, ignore_errors=True)
            self._put_grown()
            swap_database(self._part, self._copy.catalog_path, None)
            # lines behind the catalog name former files, which it knows; of lines ahead of it no catalog would know
            for part, path in self._moved:
                put(part, path)
            self._remove_former()
        finally:
            self._part.unlink(missing_ok=True)
        with self._copy.catalog() as catalog:
            cdxj_files.write_missing(self._copy, catalog)
        write_mark(self._copy, self._mark | {"finished_at": warc_date(clock())})
        return self._said

    def _copy_from(self, catalog: Catalog) -> None:
        files = catalog.warc_files()
        self._refuse_other(catalog, files)
        self._mark = {
            "collection": str(self._source.root),
            "record": self._mark.get("record") or catalog.first_record(),
            "finished_at": None,
        }
        write_mark(self._copy, self._mark)
        vouched = _vouched(self._copy)
        wanted = [file for file in files if not self._is_held(file, vouched)]
        self._refuse_full(wanted)
        for file in wanted:
            self._copy_warc(file)
        for part, path in copy_texts(self._source, catalog, self._copy):
            has_grown = is_within(path, part, range(part.stat().st_size))
            (self._grown if has_grown else self._moved).append((part, path))
        self._said.files, self._said.kept = len(files), len(files) - len(wanted)
        self._said.captures, self._said.articles = catalog.count_captures(), catalog.count_articles()

    def _refuse_other(self, catalog: Catalog, files: list[WarcFile]) -> None:
        """Refuse a backup of another collection: its marked record and all its files must be in the catalog."""
        noted = self._mark.get("record")
        if noted and catalog.capture(noted) is None:
            raise NotABackup(self._copy.root, f"it is a backup of {self._mark.get('collection')}, another collection")
        known = {file.name for file in files} | {former.name for former in former_files(catalog.connection)}
        for path in self._copy.warc.iterdir():
            if path.name.removesuffix(PART_SUFFIX) not in known and first_file_in(path) not in known:
                raise NotABackup(self._copy.root, f"the catalog does not know its file {path.name}")

    def _is_held(self, file: WarcFile, vouched: dict[str, tuple[int, int]]) -> bool:
        """Whether the copy has the committed bytes of the file, by an earlier backup's catalog or by its checksum."""
        path = self._copy.warc / file.name
        if not path.is_file() or path.stat().st_size != file.committed:
            return False
        return vouched.get(file.name) == (file.committed, file.crc32) or crc32_of(path) == file.crc32

    def _refuse_full(self, wanted: list[WarcFile]) -> None:
        needed, free = sum(file.committed for file in wanted), _free(self._copy.root)
        if needed > free:
            raise NoRoom(self._copy.root, needed, free)

    # copying

    def _copy_warc(self, file: WarcFile) -> None:
        path = self._copy.warc / file.name
        part = part_of(path)
        try:
            crc32 = copy_committed(self._source, file, part)
        except CollectionInconsistent:
            self._said.wrong.append((file.name, CopyFault.SHORTER))
            return
        if crc32 != file.crc32:
            self._said.wrong.append((file.name, CopyFault.CHANGED))
            if path.exists():  # the copy in the backup may be the sound one
                part.unlink()
                return
        if path.exists():
            self._grown.append((part, path))  # put in place together with the catalog that has its length
        else:
            put(part, path)
        self._said.bytes_copied += file.committed

    def _put_grown(self) -> None:
        for part, path in self._grown:
            if path.parent == self._copy.warc:
                cdxj_files.path_of(self._copy, path.name).unlink(missing_ok=True)
            put(part, path)

    def _remove_former(self) -> None:
        """Remove from the copy what the files hold to which the source's records were moved since."""
        with self._copy.catalog() as catalog:
            remove_former(self._copy, catalog)


def end_what_goes_on(path: Path) -> None:
    """Close the files in the copied catalog, and end its runs at their last capture."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("UPDATE warc_files SET state = 'closed'")
        connection.execute(
            """UPDATE runs SET outcome = 'interrupted', finished_at = coalesce(
            (SELECT max(captured_at) FROM captures WHERE run_id = runs.id), started_at) WHERE finished_at IS NULL"""
        )
        connection.execute("COMMIT")


def _vouched(copy: Collection) -> dict[str, tuple[int, int]]:
    """Length and CRC-32 of the files that an earlier backup copied; none without one."""
    try:
        with copy.catalog() as catalog:
            return {file.name: (file.committed, file.crc32) for file in catalog.warc_files()}
    except (sqlite3.Error, UsageError):
        return {}
