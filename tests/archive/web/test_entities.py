"""The pages of a newspaper, an author and a section: their counts are those of the search for them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from support.collection_builder import CollectionBuilder, make_article
from support.sample import REPLAY

from archive.search.indexing.index import follow
from archive.web.app import site_app

ENGLISH = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("address", "search", "heading"),
    [
        ("/newspaper/baodonghai", "newspaper=baodonghai", "Báo Đông Hải"),
        ("/author/Nguyễn Văn An", 'author="Nguyễn Văn An"', "Nguyễn Văn An"),
        ("/section/Văn hóa", "section=Văn hóa", "Văn hóa"),
        ("/section/Kinh tế?newspaper=baodonghai", "section=Kinh tế&newspaper=baodonghai", "Kinh tế"),
    ],
)
def test_the_count_is_that_of_the_search(client: TestClient, address: str, search: str, heading: str) -> None:
    total = client.get(f"/api/v1/search?{search}&limit=1").json()["total"]
    page = client.get(address, headers=ENGLISH)
    assert page.status_code == 200
    assert total > 1
    assert f"<strong>{total}</strong> articles in the archive" in page.text
    assert f">{heading}</h1>" in page.text
    assert '<svg class="drawing"' in page.text


def test_what_is_not_held_is_not_found(client: TestClient) -> None:
    for address in ("/newspaper/none", "/author/Nobody", "/section/Nothing", "/section/Kinh tế?newspaper=none"):
        assert client.get(address).status_code == 404, address


def test_the_list_of_newspapers_leads_to_each(client: TestClient) -> None:
    page = client.get("/newspapers").text
    assert 'href="/newspaper/baodonghai"' in page
    assert 'href="/newspaper/baocantho"' in page


def test_a_hostile_name_is_text(client: TestClient) -> None:
    name = "<i>Kẻ xấu</i>"
    page = client.get(f"/author/{quote(name, safe='')}").text
    assert name not in page
    assert "&lt;i&gt;Kẻ xấu&lt;/i&gt;" in page
    section = "'><script>alert(8)</script>"
    assert "<script>alert" not in client.get(f"/section/{quote(section, safe='')}").text


def test_the_chart_as_shares_stays_on_the_page(client: TestClient) -> None:
    page = client.get("/newspaper/baodonghai?chart=share").text
    assert 'href="/newspaper/baodonghai?chart=share" aria-current="true"' in page


def test_a_newspaper_of_which_only_the_name_is_known_breaks_no_page(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection", {"baola": {}})
    article = make_article(1, newspaper="baola", url="https://baola.vn/1.html", section="Kinh tế")
    builder.publish(article)
    follow(builder.collection)
    client = TestClient(site_app(builder.close(), REPLAY))
    pages = ("/", "/search", "/search?q=bài", "/newspapers", "/newspaper/baola", "/section/Kinh tế", "/counts?each=1")
    for path in (*pages, "/coverage", "/coverage?newspaper=baola", "/runs", f"/article/{article.id}", "/pictures"):
        assert client.get(path).status_code == 200, path
