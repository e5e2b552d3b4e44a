"""Frozen sets: saved once, proved by their hash, compared with archives, kept by backup and rebuild."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.collection_builder import CollectionBuilder
from support.crawling import Demonstration, baotinh
from support.small_archive import edit, withdraw

from archive.backup.folder import back_up
from archive.collection import Collection
from archive.errors import BadSetName, SetDamaged, SetExists, UnknownSet
from archive.export.freezing import freeze
from archive.rebuild.whole import rebuild
from archive.search.filters import Filters
from archive.search.indexing.index import follow
from archive.search.query import search
from archive.search.selection import Selection
from archive.sets.check import SetFault, check
from archive.sets.files import FrozenSet, ListedSet, checked_name, find, listed, names, path_of, read, save

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def frozen(builder: CollectionBuilder) -> FrozenSet:
    follow(builder.collection)
    made = freeze(builder.collection, "hoc-bong", Selection.of("học bổng"), clock=lambda: NOON)
    save(builder.collection, made)
    return made


def found(collection: Collection, frozen: FrozenSet) -> list[tuple[SetFault, str]]:
    return [(one.fault, one.id.partition(":")[2]) for one in check(collection, frozen)]


def test_a_set_says_how_it_was_found_and_what_it_holds(builder: CollectionBuilder) -> None:
    follow(builder.collection)
    filters = Filters(newspaper="baocantho", since=NOON.date().replace(year=2025), changed=None)
    frozen = freeze(builder.collection, "a", Selection.of("học bổng", filters), clock=lambda: NOON)
    hits = search(builder.collection, Selection.of("học bổng", filters), limit=100).hits
    assert frozen.articles == tuple(sorted((hit.id, hit.version) for hit in hits)) and frozen.count == len(hits) == 3
    assert (frozen.query, frozen.scope, frozen.within) == ("học bổng", "typed", "text")
    assert frozen.filters == {"newspaper": "baocantho", "since": "2025-11-01"}
    assert (frozen.created_at, frozen.software) == ("2026-11-01T12:00:00.000000Z", "baotinh 0.1.0")


def test_the_file_is_read_back_and_its_hash_can_be_computed_by_anybody(
    builder: CollectionBuilder, frozen: FrozenSet
) -> None:
    path = path_of(builder.collection, "hoc-bong")
    assert find(builder.collection, "hoc-bong") == find(builder.collection, str(path)) == read(path) == frozen
    values = json.loads(path.read_text("utf-8"))
    said = values.pop("hash")
    canonical = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert said == frozen.hash == "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
    assert names(builder.collection) == ["hoc-bong"] and [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "change",
    [
        {"query": "lúa"},
        {"created_at": "2020-01-01T00:00:00Z"},
        {"articles": []},
        {"hash": "sha256:00"},
        {"format": "baotinh set 2"},
        {"extra": 1},
        {"articles": 5},
        {"articles": [["a"]]},
    ],
)
def test_a_set_that_was_changed_is_refused(
    builder: CollectionBuilder, frozen: FrozenSet, change: dict[str, Any], tmp_path: Path
) -> None:
    values = json.loads(path_of(builder.collection, "hoc-bong").read_text("utf-8"))
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(values | change), "utf-8")
    with pytest.raises(SetDamaged):
        read(path)


@pytest.mark.parametrize("change", [{"count": 9}, {"filters": []}, {"name": 5}, {"query": None}, {"created_at": "?"}])
def test_a_set_with_a_hash_of_its_own_and_other_kinds_of_values_is_refused(
    frozen: FrozenSet, change: dict[str, Any], tmp_path: Path
) -> None:
    forged = attrs.evolve(frozen, **change)
    (tmp_path / "a.json").write_text(json.dumps(attrs.asdict(forged) | {"hash": forged.hash}), "utf-8")
    with pytest.raises(SetDamaged):
        read(tmp_path / "a.json")


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"hash": 1, "articles": []}'])
def test_what_is_no_set_is_refused(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(text)
    with pytest.raises(SetDamaged):
        read(tmp_path / "a.json")


def test_a_list_reads_no_articles(builder: CollectionBuilder, frozen: FrozenSet) -> None:
    path = path_of(builder.collection, "hoc-bong")
    ((name, said),) = listed(builder.collection)
    assert isinstance(said, ListedSet) and (name, said.hash) == ("hoc-bong", frozen.hash)
    assert said == ListedSet(**{one: getattr(frozen, one) for one in attrs.fields_dict(ListedSet)})
    text = path.read_text("utf-8")
    path.write_text(text[: text.index('"articles": [') + 20], "utf-8")
    assert list(listed(builder.collection)) == [(name, said)]
    with pytest.raises(SetDamaged):
        find(builder.collection, name)
    # a program that lays the file out otherwise
    path.write_text(json.dumps(json.loads(text)), "utf-8")
    assert list(listed(builder.collection)) == [(name, said)]


@pytest.mark.parametrize("change", [("count", "x"), ("created_at", "?"), ("format", "other"), ("filters", [])])
def test_a_list_says_which_file_is_no_set(
    builder: CollectionBuilder, frozen: FrozenSet, change: tuple[str, Any]
) -> None:
    path = path_of(builder.collection, "hoc-bong")
    field, value = change
    lines = path.read_text("utf-8").splitlines()
    path.write_text(
        "\n".join(f" {json.dumps(field)}: {json.dumps(value)}," if f'"{field}"' in line else line for line in lines)
    )
    ((name, found),) = listed(builder.collection)
    assert name == "hoc-bong" and isinstance(found, SetDamaged)


def test_a_name_is_given_once(builder: CollectionBuilder, frozen: FrozenSet) -> None:
    with pytest.raises(SetExists):
        save(builder.collection, frozen)
    with pytest.raises(UnknownSet):
        find(builder.collection, "lua")


@pytest.mark.parametrize("name", ["", ".a", "../a", "a/b", "-a", "a b", "a\n", "a" * 61, "\x1b[31m", "\u202ea"])
def test_names_that_cannot_be_files_are_refused(name: str) -> None:
    with pytest.raises(BadSetName):
        checked_name(name)


def test_names_are_composed() -> None:
    assert checked_name("ho\u0323c-bo\u0302\u0309ng") == "học-bổng"


def test_a_check_says_what_is_missing_changed_and_withdrawn(
    builder: CollectionBuilder, frozen: FrozenSet, tmp_path: Path
) -> None:
    withdrawn = [(SetFault.WITHDRAWN, "196005")]
    assert found(builder.collection, frozen) == withdrawn  # it was withdrawn before the set was made
    copy = tmp_path / "copy"
    back_up(builder.collection, copy)
    assert found(Collection.open(copy), frozen) == withdrawn
    edit(builder, 1)
    withdraw(builder, "baocantho:196001")
    findings = [one for one in check(builder.collection, frozen) if one.id == "baocantho:196001"]
    assert [one.fault for one in findings] == [SetFault.CHANGED, SetFault.WITHDRAWN]
    assert findings[0].is_held and findings[0].latest == builder.catalog.article("baocantho:196001").content_hash
    assert found(Collection.open(copy), frozen) == withdrawn
    fewer = CollectionBuilder(tmp_path / "fewer")
    first = next(one for one in builder.catalog.versions_after(0) if one.article_id == "baocantho:196003").article()
    fewer.publish(first)  # an earlier version than that of the set
    by_id = {one.id: one for one in check(fewer.collection, frozen)}
    assert by_id.pop("baocantho:196003").fault is SetFault.CHANGED
    assert {one.fault for one in by_id.values()} == {SetFault.MISSING} and len(by_id) == frozen.count - 1


def test_backup_and_rebuild_keep_sets(demonstration: Demonstration, tmp_path: Path) -> None:
    root = tmp_path / "collection"
    shutil.copytree(demonstration.collection.root, root)
    collection = Collection.open(root)
    follow(collection)
    frozen = freeze(collection, "lua", Selection.of("lúa"))
    assert frozen.count > 0
    octets = save(collection, frozen).read_bytes()
    back_up(collection, tmp_path / "backup")
    save(collection, freeze(collection, "all", Selection()))
    back_up(collection, tmp_path / "backup")
    copy = Collection.open(tmp_path / "backup")
    assert names(copy) == ["all", "lua"] and path_of(copy, "lua").read_bytes() == octets
    for one in (collection, copy):
        one.catalog_path.unlink()
        rebuild(one.root)
        assert path_of(one, "lua").read_bytes() == octets
        assert list(check(one, find(one, "lua"))) == []
        done = baotinh("sets", "check", "lua", "--collection", one.root)
        assert done.returncode == 0 and "all are held as they were frozen" in done.stdout


# the command


def test_the_command_saves_lists_checks_and_exports(builder: CollectionBuilder, tmp_path: Path) -> None:
    where = ("--collection", builder.collection.root)
    done = baotinh("sets", "save", "lúa", "lúa", "--newspaper", "baocantho", *where)
    assert done.returncode == 0, done.stderr
    assert baotinh("sets", "save", "lúa", "lúa", *where).returncode == 2
    assert baotinh("sets", "save", "khac", "-lúa", "--no-pictures", *where).returncode == 0
    (listed,) = [
        json.loads(line) for line in baotinh("sets", "list", "--json", *where).stdout.splitlines() if "Cần" not in line
    ][1:]
    frozen = find(builder.collection, "lúa")
    assert (listed["hash"], listed["count"], listed["filters"]) == (frozen.hash, 2, {"newspaper": "baocantho"})
    assert frozen.hash in baotinh("sets", "list", *where).stdout
    assert baotinh("sets", "check", "lúa", *where).returncode == 0

    before = baotinh("sets", "export", "lúa", *where).stdout
    edit(builder, 2)
    done = baotinh("sets", "check", "lúa", "--json", *where)
    (finding,) = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, finding["fault"], finding["id"]) == (1, "changed", "baocantho:196002")
    assert "1 changed" in baotinh("sets", "check", "lúa", *where).stdout
    rows = [json.loads(line) for line in baotinh("export", "--set", "lúa", *where).stdout.splitlines()]
    assert [(row["id"], row["version"]) for row in rows] == list(frozen.articles)
    assert [row["text"] for row in rows] == [json.loads(line)["text"] for line in before.splitlines()]
    assert baotinh("export", "nông", "--set", "lúa", *where).returncode == 2
    assert baotinh("export", "--set", "lúa", "--changed", *where).returncode == 2
    assert baotinh("export", "--set", "không", *where).returncode == 2


def test_the_export_of_a_set_says_what_is_missing(
    builder: CollectionBuilder, frozen: FrozenSet, tmp_path: Path
) -> None:
    fewer = CollectionBuilder(tmp_path / "fewer")
    fewer.publish(builder.catalog.article("baocantho:196001").article())
    path, out = path_of(builder.collection, "hoc-bong"), tmp_path / "set.csv"
    done = baotinh("export", "--set", path, "--format", "csv", "--output", out, "--collection", fewer.collection.root)
    assert done.returncode == 1 and f"{frozen.count - 1} articles of the set missing" in done.stderr
    readme = (tmp_path / "set.csv.README.txt").read_text("utf-8")
    assert frozen.hash in readme and f"missing here: {frozen.count - 1}" in readme and "Query: học bổng" in readme


def test_a_damaged_set_is_named_and_the_others_are_listed(builder: CollectionBuilder, frozen: FrozenSet) -> None:
    path_of(builder.collection, "hong").write_text("{}", "utf-8")
    done = baotinh("sets", "list", "--collection", builder.collection.root)
    assert done.returncode == 1 and "hong.json is not a set" in done.stderr and frozen.hash in done.stdout
