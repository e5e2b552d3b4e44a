"""A collection that several processes rebuild is the same; one that is killed leaves the former catalog in place."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.sessions import NOON, article, exchange, nothing, session, write
from support.warc_samples import sound_records, zipped
from support.worker_processes import with_killed_worker

from archive.checking.collection import verify
from archive.collection import Collection
from archive.durable import part_of
from archive.projections import cdxj_files
from archive.projections.json_lines import RunLines
from archive.rebuild.whole import rebuild
from archive.search.query import search


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four runs, with edits and revisits; a damaged file, a torn one, lines that are none, and an imported file."""
    root = tmp_path_factory.mktemp("collection") / "built"
    for number in range(1, 5):
        at = NOON + timedelta(hours=number)
        writing = session(root, clock=lambda at=at: at)  # runs of one second would not be in the order of their names
        lines = RunLines(writing.collection, writing.run_id, writing.run_name)
        for part in range(1, 4):
            url = f"http://baocantho.test/b-a{part}.html"
            held = write(writing, exchange(url, b"<p>%d" % (number // 2 + part), began_at=at))
            released = article(held, f"lúa {number // part}")
            writing.release(attrs.evolve(released, article_id=str(part), url=url, captured_at=at)).result(60)
        lines.finish()
        writing.close("finished", nothing)
    (root / "other.warc.gz").write_bytes(zipped(sound_records()))
    writing = session(root)
    writing.import_archive(root / "other.warc.gz")
    writing.close("finished", nothing)
    collection = Collection.open(root)
    files = sorted(collection.warc.glob("BAOTINH*"))
    octets = bytearray(files[1].read_bytes())
    octets[len(octets) // 2] ^= 0xFF
    files[1].write_bytes(octets)
    files[3].rename(f"{files[3]}.open")
    with Path(f"{files[3]}.open").open("ab") as stream:
        stream.write(octets[:77])
    lines_of = sorted(collection.jsonl.iterdir())
    lines_of[0].write_bytes(b"[]\nnonsense\n" + lines_of[0].read_bytes().replace(b'"offset":', b'"offset":1'))
    return root


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "copy")
    return tmp_path / "copy"


def everything(root: Path) -> dict[str, Any]:
    """All rows of the catalog, the files that are made from it, and what a search finds."""
    made: dict[str, Any] = {path.name: path.read_bytes() for path in sorted((root / "cdxj").iterdir())}
    made |= {path.name: path.read_bytes() for path in sorted((root / "jsonl").iterdir())}
    with closing(sqlite3.connect(root / "catalog.sqlite")) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (table,) in tables:
            made[table] = connection.execute(f"SELECT * FROM {table}").fetchall()
    made["found"] = [hit.values() for hit in search(Collection.open(root), "lúa").hits]
    return made


def test_several_processes_make_the_same(built: Path, tmp_path: Path) -> None:
    accounts, made = [], []
    for processes in (1, 3):
        root = tmp_path / "collection"
        shutil.copytree(built, root)
        accounts.append(rebuild(root, clock=lambda: NOON + timedelta(days=9), processes=processes))
        made.append(everything(root))
        shutil.rmtree(root)
    assert accounts[0] == accounts[1] and made[0] == made[1]
    account = accounts[0]
    assert account.left_out and account.kept and account.moved and account.versions and made[0]["found"]
    assert sum(fault.fault.code == "no_article" for fault in account.left_out) == 2


def assert_nothing_changed(root: Path, before: bytes, done: subprocess.CompletedProcess[str]) -> None:
    assert (done.returncode, done.stdout) == (1, "")
    assert "was killed by SIGKILL before its work was done" in done.stderr and "nothing was changed" in done.stderr
    assert (root / "catalog.sqlite").read_bytes() == before
    assert {path.name for path in root.glob("catalog*")} <= {f"catalog.sqlite{end}" for end in ("", "-wal", "-shm")}


def test_a_worker_that_is_killed_while_warc_files_are_read(root: Path, tmp_path: Path) -> None:
    before = (root / "catalog.sqlite").read_bytes()
    read = sorted((root / "warc").iterdir())[2]
    assert_nothing_changed(root, before, with_killed_worker("rebuild", root, tmp_path / "killing", read.name))


def test_a_worker_that_is_killed_while_lines_are_read(root: Path, tmp_path: Path) -> None:
    before = (root / "catalog.sqlite").read_bytes()
    read = sorted((root / "jsonl").iterdir())[2]
    assert_nothing_changed(root, before, with_killed_worker("rebuild", root, tmp_path / "killing", read.name))
    assert rebuild(root, processes=2).articles == 3  # all locks are free
    assert not [one for one in verify(Collection.open(root)).findings if one.rule == "JSON lines"]


def test_a_worker_that_is_killed_once_the_catalog_is_in_place(root: Path, tmp_path: Path) -> None:
    """What it left is made without it: by then the catalog is whole."""
    rebuild(root, processes=1)
    with Collection.open(root).catalog() as catalog:
        *_, last = [cdxj_files.path_of(Collection(root), name) for name in catalog.closed_files()]
    last.unlink()
    done = with_killed_worker("rebuild", root, tmp_path / "killing", part_of(last).name)
    assert done.stderr == "" and "Rebuilt: " in done.stdout and last.exists()
    assert not [one for one in verify(Collection.open(root)).findings if one.rule in ("CDXJ", "JSON lines")]
    assert search(Collection.open(root), "lúa").total == 3
