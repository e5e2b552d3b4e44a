"""Reading archived pages again: nothing differs without a change of rules; what a change would do, to the byte."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.crawling import ARTICLES, Demonstration, baotinh
from support.dask_cluster import Cluster, dask_cluster
from support.pseudo_terminal import on_terminal
from support.raw_server import raw_server

from archive.collection import Collection

CHANGED = '''"""Báo Cần Thơ with other rules."""

import attrs

from spiders.baocantho import BaoCanTho as Before


class BaoCanTho(Before):
    layouts = tuple(attrs.evolve(one, tags=None, related=None, {changes}) for one in Before.layouts)
'''


@pytest.fixture
def collection(demonstration: Demonstration, tmp_path: Path) -> Collection:
    return Collection.open(Path(shutil.copytree(demonstration.collection.root, tmp_path / "held")))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "cluster").mkdir()
    with dask_cluster(tmp_path / "cluster") as started:
        yield started


def own(folder: Path, changes: str = "") -> str:
    """The folder of an operator's declarations, with another one of Báo Cần Thơ."""
    place = folder / "own"
    place.mkdir(exist_ok=True)
    (place / "baocantho.py").write_text(CHANGED.replace("{changes}", changes), "utf-8")
    return str(place)


def reextract(collection: Collection, *options: object, code: int = 0, **environment: str) -> str:
    done = baotinh("reextract", "--collection", collection.root, *options, **environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def lines(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file() and "locks" not in path.parts}


def test_nothing_differs_without_a_change_of_rules(collection: Collection) -> None:
    before = contents(collection.root)
    for processes in (1, 2):
        assert reextract(collection, "--json", "--processes", processes) == ""
    with collection.catalog() as catalog:
        (rejected,) = catalog.connection.execute("SELECT count(DISTINCT record_id) FROM rejections").fetchone()
    count = ARTICLES + rejected
    assert f"Nothing would change: {count} pages read again, {count} as released." in reextract(collection)
    assert contents(collection.root) == before


def test_a_change_of_rules_is_shown_field_by_field_and_the_same_everywhere(
    collection: Collection, cluster: Cluster, tmp_path: Path
) -> None:
    folder = own(tmp_path)
    printed = [
        reextract(collection, "--json", *where, BAOTINH_NEWSPAPERS=folder)
        for where in (("--processes", 1), ("--processes", 2), ("--scheduler", cluster.address))
    ]
    assert printed[0] == printed[1] == printed[2]
    found = lines(printed[0])
    assert found and {one["outcome"] for one in found} == {"changed"}
    assert {one["newspaper"] for one in found} == {"baocantho"} and {*found[0]["fields"]} <= {"tags", "body"}
    with collection.catalog() as catalog:
        for one in found:
            released = catalog.article(one["id"])
            assert (one["version"], one["record_id"]) == (released.content_hash, released.record_id)
            assert one["fields"]["tags"] == {"released": released.values()["tags"], "today": []}
    shown = [
        reextract(collection, *where, BAOTINH_NEWSPAPERS=folder)
        for where in (("--processes", 1), ("--scheduler", cluster.address))
    ]
    assert shown[0] == shown[1]
    assert "{" not in shown[0]  # lists and objects are shown by what differs in them, not as JSON
    row = next(line for line in shown[0].splitlines() if line.split("│")[0].strip() == "tags")
    assert [cell.strip() for cell in row.split("│")] == ["tags", "0", "0", str(len(found))]
    assert f"{len(found)} with other fields." in shown[0] and "released" in shown[0]


def test_the_terminal_is_not_wider_than_80_columns(collection: Collection, tmp_path: Path) -> None:
    seen = on_terminal(80, 60, "reextract", "--collection", collection.root, BAOTINH_NEWSPAPERS=own(tmp_path))
    printed = re.sub(r"\x1b\[[0-9;]*m", "", seen.octets.decode()).splitlines()
    assert seen.code == 0 and any("Would change" in line for line in printed)
    assert all(len(line) <= 80 for line in printed)


def test_newspapers_and_days_narrow_it(collection: Collection, tmp_path: Path) -> None:
    folder = own(tmp_path)
    assert reextract(collection, "--json", "--newspaper", "baolaocai", BAOTINH_NEWSPAPERS=folder) == ""
    assert reextract(collection, "--json", "--newspaper", "baocantho", BAOTINH_NEWSPAPERS=folder)
    assert "0 pages read again" in reextract(collection, "--since", "2999-01-01", BAOTINH_NEWSPAPERS=folder)
    assert reextract(collection, "--json", "--since", "2020-01-01", BAOTINH_NEWSPAPERS=folder)
    assert "no such newspaper" not in reextract(collection, "--newspaper", "baocanthoo", code=2)
    reextract(collection, "--since", "yesterday", code=2)


def test_articles_that_are_lost_or_gained(collection: Collection, tmp_path: Path) -> None:
    folder = own(tmp_path, "valid_until=__import__('datetime').date(2020, 1, 1)")
    lost = lines(reextract(collection, "--json", BAOTINH_NEWSPAPERS=folder))
    assert {one["outcome"] for one in lost} == {"lost"}
    assert all("no layout is declared" in why for one in lost for why in one["missing"].values())
    assert "no article any more" in reextract(collection, BAOTINH_NEWSPAPERS=folder)
    with collection.catalog(writable=True) as catalog:
        version = catalog.article(lost[0]["id"])
        catalog.connection.execute("PRAGMA foreign_keys = OFF")
        catalog.connection.execute("DELETE FROM versions WHERE seq = ?", (version.seq,))
        catalog.connection.execute(
            "INSERT INTO rejections (run_id, url, record_id, reasons) VALUES (?, ?, ?, '{}')",
            (version.run_id, version.values()["url"], version.record_id),
        )
    (gained,) = lines(reextract(collection, "--json"))
    assert (gained["outcome"], gained["id"]) == ("gained", version.article_id)
    assert gained["fields"]["title"] == {"released": None, "today": version.values()["title"]}
    assert f"1 an article now\n  {version.article_id}" in reextract(collection)


def test_a_page_that_cannot_be_read_is_named(collection: Collection) -> None:
    with collection.catalog() as catalog:
        version = catalog.versions_after(0)[0]
        capture = catalog.capture(version.record_id)
        assert capture is not None
    path = collection.warc_file(capture.file).path
    octets = bytearray(path.read_bytes())
    octets[capture.offset + capture.length // 2] ^= 0xFF
    path.write_bytes(octets)
    (one,) = lines(reextract(collection, "--json", code=1))
    assert (one["outcome"], one["id"], one["version"]) == ("unreadable", version.article_id, version.content_hash)
    assert capture.file in one["missing"]["record"]
    assert "1 that cannot be read" in reextract(collection, code=1)


def test_an_article_over_several_pages_is_joined_again(tmp_path: Path) -> None:
    """Of a newspaper that nobody declares; one of its pages was not there."""
    words = "Chiều qua bến đò Cái Nai chật người; ai cũng muốn về trước khi trời tối, vì nước ròng ghe lớn không cập."

    def answer(text: str) -> bytes:
        page = (
            "<html lang='vi'><head><meta charset='utf-8'>"
            "<meta property='article:published_time' content='2026-03-07T08:06:00+07:00'></head><body>"
            f"<h1>Bến đò</h1><div class='noidung'><p>{text}</p><p>{text[::-1]}</p></div>"
            "<p><a href='?page=2'>2</a> <a href='?page=3'>3</a></p></body></html>"
        ).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page) + page

    answers: dict[str, Any] = {
        "/bai-a12.html": [answer(words)],
        "/bai-a12.html?page=2": [answer(words.upper())],
        "/bai-a12.html?page=3": [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"],
    }
    with raw_server(answers) as served:
        place = f"127.0.0.1:{served.port}"
        done = baotinh("capture", "http://bao.test/bai-a12.html", "--loopback", place, "--collection", tmp_path / "c")
    assert done.returncode == 0, done.stderr
    assert "Nothing would change: 1 page read again, 1 as released." in reextract(Collection.open(tmp_path / "c"))
