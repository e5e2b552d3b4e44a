"""`baotinh backup s3://…`: a copy of a collection in a store, also while it is being crawled.

WARC files and texts are put first, then the catalog under a new name, last the manifest that names them all. A backup
that ends early leaves an earlier one valid, and the next one continues.
"""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import zstandard

from archive.backup.committed import copy_committed
from archive.backup.folder import BackedUp, CopyFault, end_what_goes_on
from archive.backup.manifest import (
    FOLDERS,
    Manifest,
    StoredCatalog,
    StoredText,
    folder_of,
    read_manifest,
    write_manifest,
)
from archive.backup.texts import Text, stamp, texts
from archive.catalog import Catalog, WarcFile
from archive.catalog.former_files import former_files
from archive.clock import Clock, now, timestamp14, warc_date
from archive.collection import Collection
from archive.durable import PART_SUFFIX, copy_database, pieces_of
from archive.errors import CollectionInconsistent, CollectionUnwritable, PlaceFailed, PlaceTaken
from archive.storage.checked import Digest, as_place_failed, digest_of, put_checked
from archive.storage.located import NamedPlace
from archive.storage.marks import MARK, Mark, read_mark, write_mark
from archive.storage.places import Place
from archive.warc.writer import is_joined

# Requests wait for the store most of the time
_AT_ONCE = 8
_CATALOG = "catalog-{}.sqlite.zst"
_LEVEL = 3


def back_up_to_store(collection: Collection, copy: NamedPlace, *, clock: Clock = now) -> BackedUp:
    """Copy a collection to a store: a new or empty prefix, or an earlier backup of it; crawls may go on meanwhile.

    Raises:
        PlaceTaken: the prefix holds something else, or a backup with files that the collection lacks.
        NoBackup: what lies there was written by another version.
        PlaceUnusable: nothing is installed that reaches the store.
        PlaceFailed: it cannot be read or written now, or gave back other bytes than were written.
        CollectionUnwritable: the disk of the collection, on which the catalog is copied, failed.
        CollectionBusy: another backup to a store is being made.
    """
    collection.stored_names()  # a place that does not answer is no reason for a copy without its files
    with collection.lock_backup():
        folder = collection.root / f"backup{PART_SUFFIX}"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir()
            with collection.keep_places():
                return _StoreBackup(collection, copy, folder, clock).make()
        except PlaceFailed:
            raise
        except OSError as error:
            raise CollectionUnwritable(collection.root, error.strerror or str(error)) from error
        except sqlite3.OperationalError as error:
            raise CollectionUnwritable(collection.root, f"catalog: {error}") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class _StoreBackup:
    def __init__(self, collection: Collection, copy: NamedPlace, folder: Path, clock: Clock) -> None:
        self._collection, self._copy, self._part, self._clock = collection, copy, folder, clock
        self._places = {name: folder_of(copy, name).open() for name in FOLDERS}
        self._said = BackedUp()
        self._warc: dict[str, tuple[int, int]] = {}
        self._texts: dict[str, StoredText] = {}

    def make(self) -> BackedUp:
        path = self._part / "catalog"
        with self._collection.catalog() as catalog:
            copy_database(catalog.connection, path)
        end_what_goes_on(path)
        with Catalog(path) as catalog:
            former = self._former(catalog)
            record = catalog.first_record()
            self._mark(record)
            self._copy_warc(catalog.warc_files(), former)
            self._copy_texts(catalog, former)
            self._said.captures, self._said.articles = catalog.count_captures(), catalog.count_articles()
            gone = [one.name for one in former_files(catalog.connection)]
        with as_place_failed(self._copy.url):
            place = self._copy.open()
            manifest = Manifest(
                collection=str(self._collection.root),
                record=record,
                finished_at=warc_date(self._clock()),
                catalog=self._put_catalog(path, place, former),
                warc=self._warc,
                texts=self._texts,
            )
            write_manifest(place, manifest, self._part / "manifest")
            self._remove(place, manifest, former, gone)
        return self._said

    def _former(self, catalog: Catalog) -> Manifest | None:
        """The manifest of the backup before.

        Raises:
            PlaceTaken: it is one of another collection, or the prefix holds other files.
        """
        with as_place_failed(self._copy.url):
            former = read_manifest(self._copy)
            if former is not None:
                if former.record is not None and catalog.capture(former.record) is None:
                    raise PlaceTaken(self._copy.url, former.collection)
                self._refuse_ahead(catalog, former)
                return former
            known = {file.name for file in catalog.warc_files()}
            other = [name for name in self._copy.open().names() if not name.startswith("catalog-")]
            other += [name for name in self._places["warc"].names() if name not in known and name != MARK]
        if other:
            raise PlaceTaken(self._copy.url, other[0])
        return None

    def _refuse_ahead(self, catalog: Catalog, former: Manifest) -> None:
        """Refuse to replace a backup that has what this collection lacks, as one of which this was restored before."""
        known = {file.name for file in catalog.warc_files()} | {one.name for one in former_files(catalog.connection)}
        for name in former.warc:
            if name not in known and not is_joined(name):
                raise PlaceTaken(self._copy.url, f"its {name} is not in this one")

    def _mark(self, record: str | None) -> None:
        """Say that the WARC files belong to a copy, so that no collection moves its own there.

        Raises:
            PlaceTaken: a collection did so before.
        """
        with as_place_failed(self._copy.url):
            mark = read_mark(named := folder_of(self._copy, "warc"))
            if mark is not None and not mark.is_copy:
                raise PlaceTaken(named.url, "moved there, as no copy is")
            if mark is None:
                write_mark(self._places["warc"], Mark(record, is_copy=True), self._part / "mark")

    # WARC files

    def _copy_warc(self, files: list[WarcFile], former: Manifest | None) -> None:
        held = former.warc if former else {}
        with as_place_failed(folder_of(self._copy, "warc").url):
            sizes = self._places["warc"].sizes()
        there = {name for name, (size, _) in held.items() if sizes.get(name) == size}
        wanted = []
        for file in files:
            if file.name in there and held[file.name] == (file.committed, file.crc32):
                self._warc[file.name] = held[file.name]
            else:
                wanted.append(file)
        self._said.files, self._said.kept = len(files), len(files) - len(wanted)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            outcomes = pool.map(self._put_warc, wanted, [file.name in there for file in wanted])
            for file, done in zip(wanted, outcomes, strict=True):
                if isinstance(done, Digest):
                    self._warc[file.name] = done.size, done.crc32
                    self._said.bytes_copied += done.size
                elif file.name in there:
                    self._warc[file.name] = held[file.name]
                if not isinstance(done, Digest) or done.crc32 != file.crc32:
                    self._said.wrong.append((file.name, done if isinstance(done, CopyFault) else CopyFault.CHANGED))

    def _put_warc(self, file: WarcFile, is_there: bool) -> Digest | CopyFault:
        part = self._part / file.name
        path = self._collection.warc / file.name
        try:
            if not (path.is_file() and path.stat().st_size == file.committed):
                copy_committed(self._collection, file, part)
                path = part
            expected = digest_of(pieces_of(path))
            if expected.crc32 != file.crc32 and is_there:
                return CopyFault.CHANGED  # the copy in the store may be the sound one
            with as_place_failed(folder_of(self._copy, "warc").url):
                return self._put(self._places["warc"], path, file.name, expected)
        except CollectionInconsistent:
            return CopyFault.SHORTER
        finally:
            part.unlink(missing_ok=True)

    def _put(self, place: Place, path: Path, name: str, expected: Digest) -> Digest:
        done = put_checked(place, path, name, expected)
        if done is None:
            raise OSError(f"{name} came back with other bytes than were written")
        return done

    # texts

    def _copy_texts(self, catalog: Catalog, former: Manifest | None) -> None:
        held = former.texts if former else {}
        sizes = {f"{folder}/{name}": size for folder in FOLDERS[1:] for name, size in self._sizes(folder).items()}
        held = {name: text for name, text in held.items() if sizes.get(name) == text.size}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            wanted = []
            for text in texts(self._collection, catalog):
                name = f"{text.folder}/{text.name}"
                found = stamp(text.path) if text.path else None
                before = held.get(name)
                if found and before and found == (before.size, before.written_ns):
                    self._texts[name] = before
                    continue
                wanted.append((text, found[1] if found else 0, self._staged(text)))
            for (text, written, _), digest in zip(wanted, pool.map(self._put_text, wanted), strict=True):
                self._texts[f"{text.folder}/{text.name}"] = StoredText(digest.size, written, digest.sha256)
        for name, before in held.items():
            if name.startswith("sets/"):  # one that was deleted since stays
                self._texts.setdefault(name, before)

    def _sizes(self, folder: str) -> dict[str, int]:
        with as_place_failed(folder_of(self._copy, folder).url):
            return self._places[folder].sizes()

    def _staged(self, text: Text) -> Path:
        if text.path is not None:
            return text.path
        part = self._part / text.name
        with part.open("wb") as stream:
            stream.writelines(text.pieces())
        return part

    def _put_text(self, wanted: tuple[Text, int, Path]) -> Digest:
        text, _, path = wanted
        with as_place_failed(folder_of(self._copy, text.folder).url):
            return self._put(self._places[text.folder], path, text.name, digest_of(pieces_of(path)))

    # catalog

    def _put_catalog(self, path: Path, place: Place, former: Manifest | None) -> StoredCatalog:
        digest = digest_of(pieces_of(path))
        if former and former.catalog.sha256 == digest.sha256 and former.catalog.name in place.names():
            return former.catalog
        packed = self._part / "packed"
        with path.open("rb") as source, packed.open("wb") as target:
            zstandard.ZstdCompressor(level=_LEVEL, threads=-1).copy_stream(source, target)
        name = _CATALOG.format(timestamp14(self._clock()))
        self._put(place, packed, name, digest_of(pieces_of(packed)))
        return StoredCatalog(name, digest.size, digest.sha256)

    def _remove(self, place: Place, manifest: Manifest, former: Manifest | None, gone: list[str]) -> None:
        """Remove the catalogs before this one, and the WARC files that were joined to others."""
        for name in place.names():
            if name.startswith("catalog-") and name != manifest.catalog.name:
                place.remove(name)
        for name in gone:
            if former and name in former.warc and name not in manifest.warc:
                self._places["warc"].remove(name)
