"""`baotinh restore`: makes a collection of a backup in a store, whole or with its WARC files left there.

Of an earlier restored copy only what is new is fetched, so that it can be kept up to date as a replica of a site.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import attrs

from archive.backup.fetched_catalog import fetch_catalog, first_lacking, goes_on
from archive.backup.folder import MARK, write_mark
from archive.backup.manifest import FOLDERS, Manifest, StoredText, folder_of, read_manifest
from archive.backup.texts import stamp
from archive.collection import Collection
from archive.durable import PART_SUFFIX, crc32_of, make_directory, part_of, pieces_of, put, swap_database
from archive.errors import CollectionBusy, CollectionUnwritable, NoBackup, NotABackup, PlaceFailed
from archive.projections import cdxj_files
from archive.storage.checked import as_place_failed, digest_of, pieces_in
from archive.storage.located import CACHE_BYTES, NamedPlace, Storage, save_storage, storage_of

_AT_ONCE = 8
_Item = TypeVar("_Item")


@attrs.define
class Restored:
    """How many WARC files were fetched, were there, or stay in the store, and bytes; `wrong`: those that differ."""

    files: int = 0
    kept: int = 0
    linked: int = 0
    size: int = 0
    captures: int = 0
    articles: int = 0
    finished_at: str = ""
    wrong: list[str] = attrs.field(factory=list)


def restore(copy: NamedPlace, target: Path, *, is_linked: bool = False, cache_bytes: int = CACHE_BYTES) -> Restored:
    """Make a collection at `target`, a new or empty directory or an earlier restored copy of the same backup.

    Args:
        is_linked: WARC files stay in the store, and are read from there by range.
        cache_bytes: how many bytes of them are kept here then.

    Raises:
        NoBackup: there is no backup.
        NotABackup: `target` holds something else, or captures that the backup lacks.
        PlaceUnusable: nothing is installed that reaches the store.
        PlaceFailed: it cannot be read now, or its files are not as the manifest says; an earlier copy stays as it is.
        CollectionUnwritable: `target` cannot be written.
        CollectionBusy: it is in use.
    """
    with as_place_failed(copy.url):
        manifest = read_manifest(copy)
    if manifest is None:
        raise NoBackup(copy.url, "nothing")
    collection = Collection(target.absolute())
    try:
        _begin(collection, manifest)
        with collection.lock_whole():
            return _Restoring(copy, manifest, collection, is_linked=is_linked).run(cache_bytes)
    except BlockingIOError as error:
        raise CollectionBusy(target) from error
    except PlaceFailed:
        raise
    except OSError as error:
        raise CollectionUnwritable(target, error.strerror or str(error)) from error


def _begin(collection: Collection, manifest: Manifest) -> None:
    """Make the folders, and say first of which collection this is a copy.

    Raises:
        NotABackup: the directory holds something else.
    """
    mark = collection.root / MARK
    if mark.exists():
        try:
            record = json.loads(mark.read_text("utf-8"))["record"]
        except (ValueError, LookupError, TypeError) as error:
            raise NotABackup(collection.root, f"its {MARK} cannot be read") from error
        if record != manifest.record:
            raise NotABackup(collection.root, "it is a copy of another collection")
    elif collection.root.exists() and any(collection.root.iterdir()):
        raise NotABackup(collection.root, f"it holds files, and no {MARK}")
    for folder in (*FOLDERS, "cdxj", "locks", "logs"):
        make_directory(collection.root / folder)
    _note(collection, manifest, None)


def _note(collection: Collection, manifest: Manifest, finished_at: str | None) -> None:
    said = {"collection": manifest.collection, "record": manifest.record, "finished_at": finished_at}
    write_mark(collection, said)


class _Restoring:
    def __init__(self, copy: NamedPlace, manifest: Manifest, collection: Collection, *, is_linked: bool) -> None:
        self._copy, self._manifest, self._collection = copy, manifest, collection
        self._said = Restored(finished_at=manifest.finished_at)
        self._staged: list[tuple[Path, Path]] = []
        self._is_linked = is_linked
        self._stored: set[str] = set()

    def run(self, cache_bytes: int) -> Restored:
        collection = self._collection
        part = part_of(collection.catalog_path)
        try:
            fetch_catalog(self._copy, self._manifest.catalog, part)
            if (lacking := first_lacking(collection.catalog_path, part)) is not None:
                raise NotABackup(collection.root, f"its capture {lacking} is not in that backup")
            if self._is_linked:
                self._find_stored()
            else:
                _each(self._fetch_warc, self._wanted())
            _each(self._fetch_text, list(self._manifest.texts.items()))
            self._put_in_place(part, cache_bytes)
        finally:
            part.unlink(missing_ok=True)
        with collection.catalog() as catalog:
            cdxj_files.write_missing(collection, catalog)
            self._said.captures, self._said.articles = catalog.count_captures(), catalog.count_articles()
        _note(collection, self._manifest, self._manifest.finished_at)
        return self._said

    def _wanted(self) -> list[str]:
        """The names of the WARC files that are not here as the backup has them."""
        vouched = _vouched(self._collection)
        wanted = []
        for name, (size, crc32) in self._manifest.warc.items():
            path = self._collection.warc / name
            is_held = path.is_file() and path.stat().st_size == size
            if is_held and (vouched.get(name) == (size, crc32) or crc32_of(path) == crc32):
                self._said.kept += 1
            else:
                wanted.append(name)
        return wanted

    def _fetch_warc(self, name: str) -> None:
        size, crc32 = self._manifest.warc[name]
        path = self._collection.warc / name
        part = part_of(path)
        named = folder_of(self._copy, "warc")
        with as_place_failed(named.url), part.open("wb") as target:
            target.writelines(pieces_in(named.open(), name, size))
        if crc32_of(part) != crc32:
            part.unlink()
            self._said.wrong.append(name)
            return
        self._said.files += 1
        self._said.size += size
        self._stage(part, path)

    def _fetch_text(self, item: tuple[str, StoredText]) -> None:
        name, said = item
        path = self._collection.root / name
        if said.written_ns and stamp(path) == (said.size, said.written_ns):
            return
        folder, _, file = name.partition("/")
        part = part_of(path)
        named = folder_of(self._copy, folder)
        with as_place_failed(named.url), part.open("wb") as target:
            target.writelines(pieces_in(named.open(), file, said.size))
        if digest_of(pieces_of(part)).sha256 != said.sha256:
            part.unlink()
            self._said.wrong.append(name)
            return
        os.utime(part, ns=(said.written_ns, said.written_ns))
        self._stage(part, path)

    def _stage(self, part: Path, path: Path) -> None:
        """Put a file in place; one that replaces another waits for the catalog that knows it."""
        if path.exists():
            self._staged.append((part, path))
        else:
            put(part, path)

    def _put_in_place(self, part: Path, cache_bytes: int) -> None:
        collection = self._collection
        if not goes_on(collection.catalog_path, part):
            shutil.rmtree(collection.index, ignore_errors=True)  # versions may have other numbers
        for staged, path in self._staged:
            if path.parent == collection.warc:
                cdxj_files.path_of(collection, path.name).unlink(missing_ok=True)
            put(staged, path)
        former = _vouched(collection)
        swap_database(part, collection.catalog_path, None)
        self._save_places(cache_bytes)  # before what is here and also there is removed
        with collection.catalog() as catalog:
            for path in collection.warc.iterdir():
                is_in_store = path.name in self._stored
                # its records are in a larger file now, or it is read from the store
                if (
                    is_in_store
                    or path.suffix == PART_SUFFIX
                    or (path.name in former and not catalog.has_file(path.name))
                ):
                    path.unlink()
            for path in collection.cdxj.iterdir():
                if not catalog.has_file(path.name.removesuffix(".cdxj")):
                    path.unlink()

    def _save_places(self, cache_bytes: int) -> None:
        own = [place for place in storage_of(self._collection.root).places if not place.is_copy]
        if self._is_linked:
            own.append(attrs.evolve(folder_of(self._copy, "warc"), is_copy=True))
        save_storage(self._collection.root, Storage(tuple(own), cache_bytes))

    def _find_stored(self) -> None:
        """Find the WARC files that stay in the store; those that it lacks are wrong, and stay here if they are here."""
        named = folder_of(self._copy, "warc")
        with as_place_failed(named.url):
            sizes = named.open().sizes()
        for name, (size, _) in self._manifest.warc.items():
            if sizes.get(name, -1) >= size:
                self._stored.add(name)
            else:
                self._said.wrong.append(name)
        self._said.linked = len(self._stored)


def _each(fetch: Callable[[_Item], None], items: list[_Item]) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(fetch, items):
            pass


def _vouched(collection: Collection) -> dict[str, tuple[int, int]]:
    """Length and CRC-32 of the files of the copy that is there; none without one."""
    try:
        with collection.catalog() as catalog:
            return {file.name: (file.committed, file.crc32) for file in catalog.warc_files()}
    except (sqlite3.Error, OSError):
        return {}
