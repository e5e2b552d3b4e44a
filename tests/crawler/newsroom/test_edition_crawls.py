"""The editions of the newsroom in English, Khmer and Chinese, crawled into one collection with the Vietnamese paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.crawling import baotinh

from archive.collection import Collection
from crawler.newsroom import RunningNewsroom, serve_newsroom

CHINESE = """from spiders.families.a_id import AIdFamily


class Chinese(AIdFamily):
    name = "baocanthocn"
    title = "Báo Cần Thơ, 中文"
    province = "Cần Thơ"
    provinces_before = ("Cần Thơ",)
    edition_of = "baocantho"
    language = "zh"
    hosts = ("baocantho.com.vn",)
    paths = ("/cn/",)
"""
FIELDS = ("title", "lead", "body", "authors", "byline", "published_at", "url")


@pytest.fixture(scope="module")
def printing() -> Iterator[RunningNewsroom]:
    with serve_newsroom(seed=5, articles=24, editions=True) as running:
        yield running


@pytest.fixture(scope="module")
def crawled(printing: RunningNewsroom, tmp_path_factory: pytest.TempPathFactory) -> Collection:
    folder = tmp_path_factory.mktemp("editions")
    (folder / "cn.py").write_text(CHINESE, "utf-8")
    for what in ("baocantho", "baocanthoen", "baocanthokhmer", folder / "cn.py"):
        options = ["--section", "thoi-su", "--section", "kinh-te"] if what == "baocantho" else []
        done = baotinh(
            "crawl", what, *options, "--loopback", f"127.0.0.1:{printing.port}", "--collection", folder / "c"
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    return Collection.open(folder / "c")


def articles(collection: Collection) -> dict[str, dict[str, Any]]:
    with collection.catalog() as catalog:
        return {name: catalog.article(name).values() for name in catalog.article_ids()}


def test_each_edition_is_read_field_by_field_and_apart(crawled: Collection, printing: RunningNewsroom) -> None:
    truth, held = printing.truth(), articles(crawled)
    vietnamese = {one["article_id"] for one in truth["articles"] if one["newspaper"] == "baocantho"}
    for edition in truth["editions"]:
        assert len(edition["articles"]) >= 4
        for one in edition["articles"]:
            found = held[f"{edition['newspaper']}:{one['article_id']}"]
            assert {name: found[name] for name in FIELDS} == {name: one[name] for name in FIELDS}
            assert [image["caption"] for image in found["images"]] == [image["caption"] for image in one["images"]]
            assert found["language"] == edition["language"]
            assert one["article_id"] in vietnamese and f"baocantho:{one['article_id']}" in held
    with crawled.catalog() as catalog:
        assert set(catalog.count_versions(list(held)).values()) == {1}
    printed = [one for edition in truth["editions"] for one in edition["articles"]]
    printed += [one for one in truth["articles"] if one["newspaper"] == "baocantho"]
    wanted = {f"{one['newspaper']}:{one['article_id']}" for one in printed}
    assert held.keys() == wanted


def test_they_stay_apart_when_the_collection_is_rebuilt(crawled: Collection, tmp_path: Path) -> None:
    before = articles(crawled)
    assert baotinh("rebuild", "--collection", crawled.root).returncode == 0
    assert articles(crawled) == before


@pytest.mark.parametrize(
    ("query", "newspaper", "least"),
    [("ទូក", "baocanthokhmer", 2), ("សាលារៀន", "baocanthokhmer", 1), ("集市", "baocanthocn", 1),
     ("学生", "baocanthocn", 1),
     ("ferry", "baocanthoen", 1), ("ngôn ngữ:km", "baocanthokhmer", 6), ("language:Chinese", "baocanthocn", 4)],
)  # fmt: skip
def test_they_are_found_in_their_own_letters(crawled: Collection, query: str, newspaper: str, least: int) -> None:
    done = baotinh("search", query, "--json", "--limit", 100, "--collection", crawled.root)
    found = [json.loads(line)["newspaper"] for line in done.stdout.splitlines()]
    assert set(found) == {newspaper} and len(found) >= least, done.stderr
