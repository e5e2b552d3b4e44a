"""A collection that cannot be written is searched all the same, by an index that is made for the command alone."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from support.collection_builder import CollectionBuilder, make_article
from support.crawling import baotinh

from archive.collection import Collection
from archive.search.indexing.elsewhere import indexed_elsewhere
from archive.search.indexing.index import follow
from archive.search.query import search


@pytest.fixture
def held(tmp_path: Path) -> Collection:
    """Two articles, the second of which came after the index was made last."""
    builder = CollectionBuilder(tmp_path / "c")
    builder.publish(make_article(1, title="Lúa chín đầu mùa"))
    follow(builder.collection)
    builder.publish(make_article(2, title="Lúa chín cuối mùa"))
    return builder.collection


def forbid(collection: Collection) -> None:
    """Let nobody write the index, not even an administrator: a file lies where the folder of the locks would."""
    shutil.rmtree(collection.locks)
    collection.locks.write_text("")


@pytest.mark.parametrize("has_index", [True, False])
def test_what_the_index_lacks_is_found(held: Collection, has_index: bool) -> None:
    if not has_index:
        shutil.rmtree(held.index)
    forbid(held)
    files = sorted(path for path in held.root.rglob("*"))
    done = baotinh("search", "lúa chín", "--json", "--collection", held.root)
    assert done.returncode == 0 and "cannot be written; a temporary one" in done.stderr
    assert {json.loads(line)["title"] for line in done.stdout.splitlines()} == {"Lúa chín đầu mùa", "Lúa chín cuối mùa"}
    assert sorted(path for path in held.root.rglob("*")) == files


def test_an_index_that_is_current_is_used_where_it_lies(held: Collection) -> None:
    follow(held)
    forbid(held)
    assert indexed_elsewhere(held) is None
    done = baotinh("search", "lúa chín", "--collection", held.root)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("2 articles, as typed\n")


def test_the_temporary_index_goes_with_the_process(held: Collection, tmp_path: Path) -> None:
    forbid(held)
    (tmp_path / "tmp").mkdir()
    baotinh("search", "lúa", "--collection", held.root, TMPDIR=str(tmp_path / "tmp"))
    assert list((tmp_path / "tmp").iterdir()) == []


def test_where_there_is_no_room_at_all_it_is_said(held: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(held)
    monkeypatch.setattr(tempfile, "tempdir", str(held.locks))
    with pytest.raises(OSError):
        indexed_elsewhere(held)


def test_a_collection_that_can_be_written_is_indexed_where_it_lies(held: Collection) -> None:
    shutil.rmtree(held.index)
    assert indexed_elsewhere(held) is None
    follow(held)
    assert search(held, "lúa chín").total == 2
