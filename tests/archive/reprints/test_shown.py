"""Printings as readers see them: command, site, API, searches with each story once, exported columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from support.compared import OTHER, TEXT, THIRD, Papers
from support.crawling import baotinh
from support.sample import REPLAY

from archive.catalog.reprint_clusters import story_rows
from archive.collection import Collection
from archive.reasons import WithholdingReason
from archive.reprints.placing import follow
from archive.reprints.story import stories_of
from archive.search.filters import Filters
from archive.search.indexing.index import follow as index
from archive.search.query import search
from archive.search.selection import Selection
from archive.search.timeline import read_timeline
from archive.web.app import site_app
from archive.withholding import withhold

ONCE = Filters(once=True)


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    """A text that three papers print, one of them abridged, within a digest of a fourth; and another text."""
    made = Papers(tmp_path / "c")
    made.prints("baomot", TEXT, authors=("Nguyễn An",), source="TTXVN")
    made.prints("baohai", TEXT, byline="Theo TTXVN", source="TTXVN")
    made.prints("baoba", TEXT[:2], title="Giống lúa <mới>")
    made.prints("baobon", (*OTHER, *TEXT, *THIRD), title="Tin vắn trong ngày")
    made.prints("baobon", ("Một bài khác hẳn về mùa nước nổi năm nay.",), title="Mùa nước nổi")
    follow(made.collection)
    index(made.collection)
    return made


@pytest.fixture
def client(papers: Papers) -> Iterator[TestClient]:
    with TestClient(site_app(papers.collection.for_readers, REPLAY), base_url="http://127.0.0.1") as opened:
        yield opened


def ids(collection: Collection, query: str = "", filters: Filters = ONCE) -> set[str]:
    found = search(collection, Selection.of(query, filters))
    assert found.total == len(found.hits)
    return {one.id for one in found.hits}


def test_the_command_shows_who_printed_a_text(papers: Papers) -> None:
    root = papers.collection.root
    done = baotinh("reprints", "baohai:2", "--collection", root)
    assert done.returncode == 0, done.stderr
    first, _, *rows = done.stdout.splitlines()
    assert "3 printings" in first and "origin: TTXVN; first here in baomot:1 (a credit says so)" in first
    assert [row.split("  ")[0][:10] for row in rows] == [f"{papers.day:%d/%m/%Y}"] * 4
    assert "the same" in rows[1] and "*" in rows[1] and "TTXVN" in rows[1]
    assert "abridged" in rows[2] and "100%" in rows[2]
    assert "within a longer piece" in rows[3]
    (one,) = map(json.loads, baotinh("reprints", "baohai:2", "--json", "--collection", root).stdout.splitlines())
    assert one["agency"] == "TTXVN" and [row["relation"] for row in one["printings"]][:2] == ["origin", "same"]
    assert "No other article" in baotinh("reprints", "baobon:5", "--collection", root).stdout
    assert baotinh("reprints", "baobon:77", "--collection", root).returncode == 2
    assert baotinh("reprints", "--collection", root).returncode == 2
    again = baotinh("reprints", "rebuild", "--processes", "2", "--collection", root)
    assert again.stdout.startswith("5 articles compared: 3 printings of 1 text")


def test_a_search_finds_each_story_once(papers: Papers) -> None:
    held = papers.collection
    assert ids(held) == {"baomot:1", "baobon:4", "baobon:5"}
    assert search(held, "").facets.reprinted == 3
    # of what is found the first is kept, whatever the origin is
    assert ids(held, "", Filters(once=True, newspaper="baoba")) == {"baoba:3"}
    assert ids(held, "paper:baohai OR paper:baoba") == {"baohai:2"}
    assert ids(held, '"nhóm trả lời câu hỏi"') == {"baomot:1", "baobon:4"}
    assert sum(point.found for point in read_timeline(held, Selection.of("", ONCE)).points) == 3


def test_what_joins_later_is_known_to_the_index(papers: Papers) -> None:
    papers.prints("baobon", ("Một bài khác hẳn về mùa nước nổi năm nay.", *THIRD), title="Mùa nước nổi")
    papers.prints("baoba", THIRD, title="Cầu mới")
    index(papers.collection)
    assert len(ids(papers.collection)) == 5
    follow(papers.collection)
    index(papers.collection)
    assert ids(papers.collection) == {"baomot:1", "baobon:4", "baobon:5", "baobon:6"}


def test_a_withheld_origin_leaves_the_next_printing(papers: Papers) -> None:
    withhold(papers.collection, "baomot:1", WithholdingReason.PRIVACY, "")
    assert ids(papers.collection.for_readers) == {"baohai:2", "baobon:4", "baobon:5"}


def test_the_page_of_an_article_lists_its_printings(papers: Papers, client: TestClient) -> None:
    page = client.get("/article/baoba:3", headers={"Accept-Language": "en"}).text
    part = page.partition("Printings of this text")[2].partition("</section>")[0]
    assert part.count("<li>") == 4 and "Abridged" in part and "Within a longer piece" in part
    assert "/printings/baomot:1?with=baoba:3" in part and "Giống lúa &lt;mới&gt;" in part
    assert part.count("/printings/") == 3 and 'href="#printings-title-1">Other printings</a>' in page
    digest = client.get("/article/baobon:4", headers={"Accept-Language": "vi"}).text
    assert "Các báo cùng đăng một bài nằm trong bài này" in digest
    assert "Các báo cùng đăng" not in client.get("/article/baobon:5", headers={"Accept-Language": "vi"}).text
    compared = client.get("/printings/baomot:1?with=baoba:3", headers={"Accept-Language": "en"}).text
    assert "<del>" in compared and "Two printings" in compared
    sides = client.get("/printings/baomot:1?with=baoba:3&view=sides", headers={"Accept-Language": "en"}).text
    assert '<table class="sides">' in sides and 'href="/article/baomot:1">Báo baomot' in sides
    assert 'aria-current="true">Side by side' in sides and "[removed:" in sides
    assert 'href="/printings/baomot:1?with=baoba:3&amp;view=sides"' in compared and "headline" in compared
    assert client.get("/printings/baomot:1?with=none:1").status_code == 404
    assert client.get("/printings/baomot:1").status_code == 404
    results = client.get("/search?q=&once=1", headers={"Accept-Language": "en"}).text
    assert '<strong>Each story once</strong> <a class="all" href="/search">remove filter</a>' in results


def test_similar_articles_are_others_than_the_printings(client: TestClient) -> None:
    answer = client.get("/api/v1/similar?id=baomot:1").json()
    assert "baohai:2" in {one["id"] for one in answer}
    _, _, beside = client.get("/article/baomot:1").text.partition('id="alike-title"')
    assert "/article/baohai:2" not in beside


def test_the_pages_and_the_api_leave_out_what_is_withheld(papers: Papers) -> None:
    withhold(papers.collection, "baomot:1", WithholdingReason.COURT, "")
    with TestClient(site_app(papers.collection.for_readers, REPLAY), base_url="http://127.0.0.1") as client:
        for address in ("/article/baohai:2", "/api/v1/reprints?id=baohai:2", "/api/v1/search?once=true"):
            answer = client.get(address)
            assert answer.status_code == 200 and "baomot:1" not in answer.text
        for address in ("/printings/baohai:2?with=baomot:1", "/api/v1/reprints?id=baomot:1"):
            assert client.get(address).status_code == 451


def test_the_api_gives_printings_with_their_evidence(client: TestClient) -> None:
    (one,) = client.get("/api/v1/reprints?id=baoba:3").json()
    assert one["origin"] == "baomot:1" and one["count"] == 3
    abridged = next(row for row in one["printings"] if row["article"] == "baoba:3")
    assert abridged["compared_with"] == "baomot:1" and abridged["of_own"] == 1.0
    assert abridged["evidence"]["credits"] == [["TTXVN"], []]
    assert client.get("/api/v1/reprints?id=baobon:5").json() == []
    assert client.get("/api/v1/reprints?id=none:1").status_code == 404
    assert client.get("/api/v1/search?once=true").json()["total"] == 3


def test_an_article_whose_others_are_withheld_is_in_no_story(papers: Papers) -> None:
    for id in ("baomot:1", "baohai:2", "baobon:4"):
        withhold(papers.collection, id, WithholdingReason.PRIVACY, "")
    with papers.collection.catalog() as catalog:
        assert set(story_rows(catalog.connection, ["baoba:3"])) == {"baoba:3"}
    with papers.collection.for_readers.catalog() as catalog:
        assert story_rows(catalog.connection, ["baoba:3"]) == {}
        assert stories_of(catalog, "baoba:3") == []


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_exports_name_text_origin_and_relation(papers: Papers, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a.{form}"
    done = baotinh("export", "--format", form, "--output", path, "--collection", papers.collection.root)
    assert done.returncode == 0, done.stderr
    if form == "parquet":
        rows = pq.read_table(path).to_pylist()
    elif form == "jsonl":
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    else:
        assert "abridged" in path.read_text("utf-8-sig")
        return
    of_text = {row["id"]: (row["reprint_origin"], row["reprint_relation"]) for row in rows}
    assert of_text["baoba:3"] == ("baomot:1", "abridged")
    assert of_text["baomot:1"] == ("baomot:1", "origin")
    assert of_text["baobon:5"] == (None, None)
    assert len({row["reprint_cluster"] for row in rows if row["reprint_cluster"]}) == 1
    once = tmp_path / f"once.{form}"
    baotinh("export", "--once", "--format", form, "--output", once, "--collection", papers.collection.root)
    count = pq.read_table(once).num_rows if form == "parquet" else len(once.read_text("utf-8").splitlines())
    assert count == 3
