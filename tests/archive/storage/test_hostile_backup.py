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
from support.several_runs import small_files

from archive.backup.restore import restore
from archive.backup.store import back_up_to_store
from archive.catalog import migrations
from archive.errors import CollectionTooNew, NoBackup, PlaceFailed
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
