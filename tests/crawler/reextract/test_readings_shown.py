"""Later readings: pages that gave no article, what readers see, and what copies of a collection keep."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from support.crawling import Demonstration, baotinh
from support.pseudo_terminal import on_terminal

from archive.article import article_of, to_dict
from archive.catalog.readings import readings_after
from archive.collection import Collection
from archive.ingest.release import Decision, release
from archive.revisit_policy import DEFAULT_POLICY
from archive.web.app import site_app

OTHER = '''"""Báo Cần Thơ with other rules."""

import attrs

from spiders.baocantho import BaoCanTho as Before


class BaoCanTho(Before):
    layouts = tuple(attrs.evolve(one, tags=None, related=None, kicker=".nowhere") for one in Before.layouts)
'''


@pytest.fixture
def collection(demonstration: Demonstration, tmp_path: Path) -> Collection:
    return Collection.open(Path(shutil.copytree(demonstration.collection.root, tmp_path / "held")))


@pytest.fixture
def other_rules(tmp_path: Path) -> str:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "baocantho.py").write_text(OTHER, "utf-8")
    return str(tmp_path / "own")


@pytest.fixture
def read_again(collection: Collection, other_rules: str) -> Collection:
    """The collection after pages were read by other rules."""
    apply(collection, BAOTINH_NEWSPAPERS=other_rules)
    return collection


def run(collection: Collection, command: str, *options: object, **environment: str) -> str:
    done = baotinh(command, *options, "--collection", collection.root, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def apply(collection: Collection, **environment: str) -> list[dict[str, Any]]:
    printed = run(collection, "reextract", "--apply", "--json", **environment)
    return [json.loads(line) for line in printed.splitlines()]


def one_of(collection: Collection) -> tuple[str, str]:
    """An article that was read again, and its version."""
    with collection.catalog() as catalog:
        version = catalog.article(readings_after(catalog.connection, 0)[0].article_id)
        return version.article_id, version.content_hash


def test_a_page_that_gave_no_article_becomes_one_of_its_capture(collection: Collection) -> None:
    with collection.catalog(writable=True) as catalog:
        version = next(one for one in catalog.versions_after(0) if one.values()["images"])
        (newspaper,) = catalog.connection.execute(
            "SELECT newspaper FROM articles WHERE id = ?", (version.article_id,)
        ).fetchone()
        catalog.connection.execute("PRAGMA foreign_keys = OFF")
        catalog.connection.execute("DELETE FROM versions WHERE seq = ?", (version.seq,))
        catalog.connection.execute("DELETE FROM articles WHERE id = ?", (version.article_id,))
        catalog.connection.execute(
            "INSERT INTO rejections (run_id, url, record_id, reasons) VALUES (?, ?, ?, '{}')",
            (version.run_id, version.values()["url"], version.record_id),
        )
    (gained,) = apply(collection)
    assert (gained["outcome"], gained["id"], gained["newspaper"]) == ("gained", version.article_id, newspaper)
    with collection.catalog() as catalog:
        again = catalog.article(version.article_id)
        assert (again.content_hash, again.captured_at) == (version.content_hash, version.captured_at)
        assert readings_after(catalog.connection, 0) == [] and again.article().reading is None
        assert any(image["capture"] for image in again.values()["images"])
    assert apply(collection) == []


def test_a_page_that_gives_no_article_any_more_keeps_its_version(
    collection: Collection, tmp_path: Path, other_rules: str
) -> None:
    rules = OTHER.replace('kicker=".nowhere"', "valid_until=__import__('datetime').date(2020, 1, 1)")
    (Path(other_rules) / "baocantho.py").write_text(rules, "utf-8")
    with collection.catalog() as catalog:
        before = catalog.versions_after(0, limit=1000)
    lost = apply(collection, BAOTINH_NEWSPAPERS=other_rules)
    assert lost and {one["outcome"] for one in lost} == {"lost"}
    with collection.catalog() as catalog:
        assert catalog.versions_after(0, limit=1000) == before


def test_a_capture_that_says_what_a_reading_says_is_a_duplicate(read_again: Collection) -> None:
    id, content_hash = one_of(read_again)
    with read_again.catalog(writable=True) as catalog, catalog.transaction() as connection:
        version = catalog.article(id)
        fresh = {name: value for name, value in to_dict(version.article()).items() if name != "reading"}
        released = release(connection, version.run_id, article_of(fresh), DEFAULT_POLICY, read_again)
        assert (released.decision, released.seq) == (Decision.DUPLICATE, version.seq)
        row = connection.execute("SELECT content_hash FROM addresses WHERE article_id = ?", (id,)).fetchone()
        assert row == (content_hash,)


def test_readers_see_the_newest_reading_and_can_have_the_former(read_again: Collection) -> None:
    id, content_hash = one_of(read_again)
    with closing(read_again.catalog()) as catalog:
        first = catalog.versions_after(0, limit=1000)
    released = next(one for one in first if one.article_id == id).values()
    with TestClient(site_app(read_again, "http://127.0.0.1:8081"), raise_server_exceptions=False) as client:
        shown = client.get(f"/api/v1/articles/{id}").json()
        assert shown["reading"] == 2 and shown["article"]["reading"]["version"] == content_hash
        assert shown["version"]["version"] == content_hash and len(shown["versions"]) == 1
        assert shown["article"]["tags"] == [] and len(shown["readings"]) == 2
        former = client.get(f"/api/v1/articles/{id}", params={"reading": 1}).json()
        assert former["article"] == released
        assert client.get(f"/api/v1/articles/{id}", params={"reading": 3}).status_code == 404
        page = client.get(f"/article/{id}", params={"version": content_hash, "reading": 1})
        assert page.status_code == 200 and 'class="notice"' in page.text
        assert client.get(f"/article/{id}").text.count("reading=1") == 1
        for wrong in ("0", "3", "x", "9" * 30):
            assert client.get(f"/article/{id}", params={"reading": wrong}).status_code == 404


def test_the_commands_say_which_reading_they_show(read_again: Collection) -> None:
    id, content_hash = one_of(read_again)
    lines = [json.loads(line) for line in run(read_again, "show", id, "--readings", "--json").splitlines()]
    assert ["reading" in line for line in lines] == [False, True]
    assert {line["content_hash"] for line in lines} == {content_hash}
    assert json.loads(run(read_again, "show", id, "--json")) == lines[1]
    printed = run(read_again, "show", id, "--readings")
    assert "reading 2: baotinh/" in printed and "read otherwise: " in printed and "tags" in printed
    assert "read again" in run(read_again, "show", id)
    for form in ("jsonl", "csv"):
        exported = run(read_again, "export", "--format", form)
        assert "extractor" in exported and "baotinh/" in exported


def test_the_screen_is_not_wider_than_80_columns(collection: Collection, other_rules: str) -> None:
    seen = on_terminal(80, 60, "reextract", "--apply", "--collection", collection.root, BAOTINH_NEWSPAPERS=other_rules)
    assert seen.code == 0 and b"Entered: " in seen.octets
    run(collection, "verify")


def test_a_frozen_set_and_its_versions_stay(collection: Collection, other_rules: str) -> None:
    done = baotinh("sets", "save", "tap", "", "--newspaper", "baocantho", "--collection", collection.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert apply(collection, BAOTINH_NEWSPAPERS=other_rules)
    done = baotinh("sets", "check", "tap", "--collection", collection.root)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_withheld_shows_no_reading(read_again: Collection) -> None:
    id, _ = one_of(read_again)
    run(read_again, "hide", id, "--reason", "privacy")
    with closing(read_again.for_readers.catalog()) as catalog:
        assert all(one.article_id != id for one in readings_after(catalog.connection, 0))
    with closing(read_again.catalog()) as catalog:
        assert any(one.article_id == id for one in readings_after(catalog.connection, 0))


def test_copies_have_the_readings(read_again: Collection, tmp_path: Path) -> None:
    def lines(collection: Collection) -> list[bytes]:
        with closing(collection.catalog()) as catalog:
            return sorted(one.raw for one in readings_after(catalog.connection, 0, limit=1000))

    expected = lines(read_again)
    assert baotinh("backup", tmp_path / "copy", "--collection", read_again.root).returncode == 0
    assert lines(Collection.open(tmp_path / "copy")) == expected
    merged = baotinh("merge", read_again.root, "--collection", tmp_path / "merged")
    assert merged.returncode == 0, merged.stdout + merged.stderr
    assert lines(Collection.open(tmp_path / "merged")) == expected
    run(read_again, "compact")
    run(read_again, "verify")
    run(read_again, "rebuild")
    run(read_again, "verify")
