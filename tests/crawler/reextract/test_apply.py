"""`baotinh reextract --apply`: later readings of versions are no versions, and are kept as articles are."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from support.crawling import NO_CONFIGURATION, Demonstration, baotinh

from archive.article import from_json, to_json
from archive.catalog.readings import readings_after, readings_of
from archive.collection import Collection

CHANGED = '''"""Báo Cần Thơ with other rules."""

import attrs

from spiders.baocantho import BaoCanTho as Before


class BaoCanTho(Before):
    layouts = tuple(attrs.evolve(one, {changes}) for one in Before.layouts)
'''


@pytest.fixture
def collection(demonstration: Demonstration, tmp_path: Path) -> Collection:
    return Collection.open(Path(shutil.copytree(demonstration.collection.root, tmp_path / "held")))


@pytest.fixture
def other_rules(tmp_path: Path) -> str:
    """A folder with a declaration of Báo Cần Thơ that finds no tags, and other blocks in the body."""
    return declared(tmp_path / "own", "tags=None, related=None")


def declared(folder: Path, changes: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "baocantho.py").write_text(CHANGED.replace("{changes}", changes), "utf-8")
    return str(folder)


def run(collection: Collection, command: str, *options: object, code: int = 0, **environment: str) -> str:
    done = baotinh(command, *options, "--collection", collection.root, **environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def apply(collection: Collection, *options: object, **environment: str) -> list[dict[str, Any]]:
    printed = run(collection, "reextract", "--apply", "--json", *options, **environment)
    return [json.loads(line) for line in printed.splitlines()]


def contents(root: Path) -> dict[str, bytes]:
    """The bytes of a collection's files, without locks and what SQLite keeps while the catalog is open."""
    return {
        str(path): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "locks" not in path.parts and not path.name.endswith(("-wal", "-shm"))
    }


def released(collection: Collection) -> list[tuple[Any, ...]]:
    with collection.catalog() as catalog:
        return catalog.connection.execute(
            """SELECT article_id, content_hash, record_id, captured_at, unpacked_line(line) FROM versions
            ORDER BY article_id, captured_at, content_hash"""
        ).fetchall()


def entered(collection: Collection) -> list[str]:
    with collection.catalog() as catalog:
        rows = catalog.connection.execute("SELECT unpacked_line(line) FROM readings")
        return sorted(line for (line,) in rows)


def described(collection: Collection) -> list[tuple[Any, ...]]:
    with collection.catalog() as catalog:
        return catalog.connection.execute("SELECT * FROM articles ORDER BY id").fetchall()


def newest(collection: Collection) -> dict[str, Any]:
    with collection.catalog() as catalog:
        return {one.article_id: one.values() for one in catalog.latest_versions(0, catalog.last_seq(), 1000)}


def test_without_a_change_of_rules_no_file_changes(collection: Collection) -> None:
    before = contents(collection.root)
    assert apply(collection) == []
    printed = run(collection, "reextract", "--apply")
    assert "Nothing changed" in printed and "Entered" not in printed
    assert contents(collection.root) == before


def test_readings_are_entered_and_are_no_versions(collection: Collection, other_rules: str) -> None:
    versions, before = released(collection), newest(collection)
    found = apply(collection, BAOTINH_NEWSPAPERS=other_rules)
    assert found and released(collection) == versions
    with collection.catalog() as catalog:
        stored = readings_after(catalog.connection, 0)
        assert len(stored) == len(found)
        for one in stored:
            version = catalog.article(one.article_id)
            (reading,) = readings_of(catalog.connection, version.seq)
            assert reading == one and version.raw == one.raw and len(catalog.versions(one.article_id)) == 1
            article = version.article()
            assert to_json(article).encode() == one.raw
            assert article.reading is not None and article.tags == ()
            assert article.content_hash == version.content_hash == before[one.article_id]["content_hash"]
            assert (article.own_hash(), article.reading.extractor) == (one.content_hash, one.extractor)
            assert article.reading.rules == one.rules and (one.rules or "").startswith("sha256:")
            places = [image["capture"] for image in before[one.article_id]["images"]]
            assert [image["capture"] for image in version.values()["images"]] == places
        (run_row,) = [one for one in catalog.every_run() if one.source == "reextract"]
        assert run_row.outcome == "finished"
    lines = (collection.jsonl / f"{run_row.name}.jsonl").read_text("utf-8").splitlines()
    assert sorted(lines) == entered(collection)
    assert apply(collection, BAOTINH_NEWSPAPERS=other_rules) == []
    run(collection, "verify")


def test_the_search_finds_the_newest_reading(collection: Collection, other_rules: str) -> None:
    id, tag = _tag_of_one(collection)
    assert id in _found(collection, tag)
    apply(collection, BAOTINH_NEWSPAPERS=other_rules)
    assert id not in _found(collection, tag)
    other = next(one for one in newest(collection).values() if one["id"] == id)
    assert id in _found(collection, other["title"])


def _tag_of_one(collection: Collection) -> tuple[str, str]:
    """An article, and a tag of it that stands nowhere else in it."""
    for id, values in newest(collection).items():
        rest = to_json(from_json(json.dumps(values | {"tags": []}))).lower()
        for tag in values["tags"]:
            if id.startswith("baocantho:") and tag.lower() not in rest:
                return id, tag
    raise AssertionError("no article has such a tag")


def _found(collection: Collection, words: str) -> set[str]:
    printed = run(collection, "export", f'"{words}"', "--format", "jsonl")
    return {json.loads(line)["id"] for line in printed.splitlines() if line.startswith("{")}


def test_a_rebuild_has_the_same_readings(collection: Collection, other_rules: str) -> None:
    apply(collection, BAOTINH_NEWSPAPERS=other_rules)
    versions, readings, shown = released(collection), entered(collection), newest(collection)
    rows = {row[0]: row[-2:] for row in described(collection)}
    collection.catalog_path.unlink()
    run(collection, "rebuild")
    assert (released(collection), entered(collection), newest(collection)) == (versions, readings, shown)
    assert {row[0]: row[-2:] for row in described(collection)} == rows
    run(collection, "verify")
    assert apply(collection, BAOTINH_NEWSPAPERS=other_rules) == []


def test_a_damaged_reading_is_found(collection: Collection, other_rules: str) -> None:
    apply(collection, BAOTINH_NEWSPAPERS=other_rules)
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        connection.execute(
            "UPDATE readings SET line = packed_line(replace(unpacked_line(line), 'baotinh/', 'other/')) WHERE id = 1"
        )
        connection.execute("UPDATE readings SET content_hash = 'sha256:0' WHERE id = 2")
    printed = run(collection, "verify", code=1)
    assert "extractor is other/" in printed and "sha256:0 in the catalog" in printed and "line 1" in printed


def test_a_newspaper_that_is_crawled_is_refused(collection: Collection, other_rules: str) -> None:
    with collection.lock("baocantho"):
        printed = run(collection, "reextract", "--apply", code=1, BAOTINH_NEWSPAPERS=other_rules)
    assert "baocantho is already being crawled" in printed and entered(collection) == []


def test_killed_runs_leave_nothing_twice_and_nothing_out(
    collection: Collection, other_rules: str, tmp_path: Path
) -> None:
    whole = Collection.open(Path(shutil.copytree(collection.root, tmp_path / "whole")))
    expected = {line.split('"reading"')[0] for line in _entered_by(whole, other_rules)}
    for kept in (0, 1, 3):
        _kill_after(collection, kept, other_rules)
    apply(collection, BAOTINH_NEWSPAPERS=other_rules)
    lines = entered(collection)
    assert {line.split('"reading"')[0] for line in lines} == expected and len(lines) == len(expected)
    written = [
        line for path in collection.jsonl.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()
        if from_json(line).reading is not None
    ]  # fmt: skip
    assert sorted(written) == lines
    run(collection, "verify")


def _entered_by(collection: Collection, rules: str) -> list[str]:
    apply(collection, BAOTINH_NEWSPAPERS=rules)
    return entered(collection)


def _kill_after(collection: Collection, kept: int, rules: str) -> None:
    """Kill the command once more than so many readings are in the catalog, or it has ended."""
    options = ("reextract", "--apply", "--processes", "1", "--collection", str(collection.root))
    begun = subprocess.Popen(
        [str(Path(sys.executable).with_name("baotinh")), *options],
        env=dict(os.environ) | {"BAOTINH_NEWSPAPERS": rules, "XDG_CONFIG_HOME": NO_CONFIGURATION},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ends_at = time.monotonic() + 120
    while begun.poll() is None and len(entered(collection)) <= kept and time.monotonic() < ends_at:
        time.sleep(0.005)
    begun.send_signal(signal.SIGKILL)
    begun.wait()
