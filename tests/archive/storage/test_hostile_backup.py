"""Backups in a store into which somebody else may write, and copies that are more than copies."""

from __future__ import annotations

import hashlib
import json
import resource
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from support.object_store import ObjectStore
from support.several_runs import answers, crawled, small_files

from archive.backup.restore import restore
from archive.backup.store import back_up_to_store
from archive.catalog import migrations
from archive.checking.collection import verify
from archive.collection import Collection
from archive.errors import CollectionTooNew, NoBackup, NotABackup, PlaceFailed
from archive.storage.located import NamedPlace

Change = Callable[[dict[str, Any]], Any]


def change_manifest(store: ObjectStore, copy: NamedPlace, change: Change) -> None:
    path = f"{copy.url}/backup.json"
    manifest = json.loads(store.files().cat_file(path))
    change(manifest)
    store.files().pipe_file(path, json.dumps(manifest).encode())


def change_catalog(store: ObjectStore, copy: NamedPlace, work: Path, statement: str) -> None:
    """Change the catalog of a backup, and the manifest that vouches for it."""

    def replace(manifest: dict[str, Any]) -> None:
        path = f"{copy.url}/{manifest['catalog']['name']}"
        work.write_bytes(zstandard.ZstdDecompressor().decompress(store.files().cat_file(path), max_output_size=1 << 28))
        with sqlite3.connect(work) as connection:
            connection.execute(statement)
        connection.close()
        octets = work.read_bytes()
        store.files().pipe_file(path, zstandard.ZstdCompressor().compress(octets))
        manifest["catalog"] |= {"size": len(octets), "sha256": hashlib.sha256(octets).hexdigest()}

    change_manifest(store, copy, replace)


TEXT = {"size": 6, "written_ns": 1, "sha256": hashlib.sha256(b"wicked").hexdigest()}
CHANGES: dict[str, Change] = {
    "a WARC file above": lambda held: held["warc"].update({"../../above.warc.gz": [6, 0]}),
    "a WARC file by its whole path": lambda held: held["warc"].update({"/tmp/above.warc.gz": [6, 0]}),
    "a WARC file that is none": lambda held: held["warc"].update({"storage.json": [6, 0]}),
    "a text above": lambda held: held["texts"].update({"jsonl/../../above.jsonl": TEXT}),
    "a text in no folder": lambda held: held["texts"].update({"storage.json": TEXT}),
    "a text in a folder of programs": lambda held: held["texts"].update({"locks/a.json": TEXT}),
    "a catalog above": lambda held: held["catalog"].update(name="../../catalog-20260101000000.sqlite.zst"),
    "a negative length": lambda held: held["warc"].update({"a.warc.gz": [-5, 0]}),
    "a length of no disk": lambda held: held["catalog"].update(size=1 << 70),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_names_that_lead_out_of_the_copy_are_refused(tmp_path: Path, store: ObjectStore, change: Change) -> None:
    copy = store.place("copy")
    back_up_to_store(small_files(tmp_path / "a", 1, 1), copy)
    change_manifest(store, copy, change)
    with pytest.raises(NoBackup, match=r"its backup\.json names"):
        restore(copy, tmp_path / "work" / "b")
    assert not (tmp_path / "work").exists()


def test_a_manifest_that_is_nested_without_end_is_refused(tmp_path: Path, store: ObjectStore) -> None:
    copy = store.place("copy")
    store.files().pipe_file(f"{copy.url}/backup.json", b"[" * 200_000)
    with pytest.raises(NoBackup):
        restore(copy, tmp_path / "b")


@pytest.mark.parametrize("table", ["warc_files", "runs"])
def test_names_in_the_catalog_that_lead_out_are_refused(tmp_path: Path, store: ObjectStore, table: str) -> None:
    copy = store.place("copy")
    back_up_to_store(small_files(tmp_path / "a", 2, 1), copy)
    change_catalog(store, copy, tmp_path / "work.sqlite", f"UPDATE {table} SET name = '../../above' WHERE id = 1")
    with pytest.raises(NoBackup, match="above"):
        restore(copy, tmp_path / "b")
    assert not (tmp_path / "b" / "catalog.sqlite").exists()


def test_a_few_bytes_that_unpack_to_many_fill_no_disk(tmp_path: Path, store: ObjectStore) -> None:
    copy = store.place("copy")
    back_up_to_store(small_files(tmp_path / "a", 3, 1), copy)
    (path,) = [path for path in store.files().ls(copy.url, detail=False) if "catalog-" in path]
    store.files().pipe_file(path, zstandard.ZstdCompressor().compress(bytes(1 << 30)))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, limits[1]))
    try:
        with pytest.raises(PlaceFailed, match="is not as it was written"):
            restore(copy, tmp_path / "b")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_backup_of_another_version(tmp_path: Path, store: ObjectStore) -> None:
    copy = store.place("copy")
    back_up_to_store(small_files(tmp_path / "a", 4, 1), copy)
    restore(copy, tmp_path / "b")
    before = (tmp_path / "b" / "catalog.sqlite").read_bytes()
    change_catalog(store, copy, tmp_path / "work.sqlite", f"PRAGMA user_version = {migrations.VERSION + 1}")
    with pytest.raises(CollectionTooNew):
        restore(copy, tmp_path / "b")
    assert (tmp_path / "b" / "catalog.sqlite").read_bytes() == before


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_copy_into_which_was_crawled_loses_nothing(tmp_path: Path, store: ObjectStore, is_linked: bool) -> None:
    held, copy = small_files(tmp_path / "a", 5, 2), store.place("copy")
    back_up_to_store(held, copy)
    restore(copy, tmp_path / "b", is_linked=is_linked)
    crawled(tmp_path / "b", 9, [(1, "chín"), (2, "mười")])  # as after a disaster
    before = answers(Collection.open(tmp_path / "b"))
    with pytest.raises(NotABackup, match="is not in that backup"):
        restore(copy, tmp_path / "b", is_linked=is_linked)
    assert answers(Collection.open(tmp_path / "b")) == before


def test_a_backup_before_the_copy_does_not_replace_it(tmp_path: Path, store: ObjectStore) -> None:
    held, former, copy = small_files(tmp_path / "a", 6, 2), store.place("former"), store.place("copy")
    back_up_to_store(held, former)
    crawled(held.root, 9, [(1, "chín")])
    back_up_to_store(held, copy)
    restore(copy, tmp_path / "b")
    with pytest.raises(NotABackup):
        restore(former, tmp_path / "b")
    assert answers(Collection.open(tmp_path / "b")) == answers(held)


def test_files_of_others_stay_in_the_copy(tmp_path: Path, store: ObjectStore) -> None:
    copy = store.place("copy")
    back_up_to_store(small_files(tmp_path / "a", 7, 1), copy)
    restore(copy, tmp_path / "b")
    (tmp_path / "b" / "warc" / "by-hand.warc.gz").write_bytes(b"only here")
    restore(copy, tmp_path / "b")
    assert (tmp_path / "b" / "warc" / "by-hand.warc.gz").read_bytes() == b"only here"


def test_what_the_store_lacks_stays_in_the_copy_and_is_named(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 8, 2), store.place("copy")
    back_up_to_store(held, copy)
    restore(copy, tmp_path / "b")
    names = sorted(path.name for path in held.warc.iterdir())
    store.files().rm_file(f"{copy.url}/warc/{names[0]}")
    store.files().pipe_file(f"{copy.url}/warc/{names[1]}", b"half")
    done = restore(copy, tmp_path / "b", is_linked=True)
    assert sorted(done.wrong) == names[:2] and done.linked == len(names) - 2
    replica = Collection.open(tmp_path / "b")
    assert answers(replica) == answers(held) and verify(replica).findings == []


def test_a_prefix_that_a_console_made_is_empty(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 9, 1), store.place("copy")
    for folder in ("", "warc/"):
        store.files().pipe_file(f"{copy.url}/{folder}", b"")
    assert back_up_to_store(held, copy).wrong == []
    restore(copy, tmp_path / "b")
    assert answers(Collection.open(tmp_path / "b")) == answers(held)
