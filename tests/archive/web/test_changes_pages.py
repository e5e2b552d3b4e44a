"""The pages of changes, their feed, and two versions compared, as readers and feed readers get them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest
from fastapi.testclient import TestClient
from support.browsing import NEEDS_CHROMIUM, OVERHANG, barriers
from support.collection_builder import CollectionBuilder, make_article
from support.edited_articles import edited_collection
from support.sample import REPLAY
from support.serving import app_served

from archive.catalog.changes import SILENT
from archive.changes.kinds import ChangeKind
from archive.collection import Collection
from archive.language.catalogue import Language, language_set
from archive.reasons import WithholdingReason
from archive.search.indexing.index import follow
from archive.search.parsing.change_words import kind_named
from archive.web.app import site_app
from archive.web.changes.wording import change_name
from archive.withholding import withhold

HUI = "baocantho:196001"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    collection = edited_collection(tmp_path_factory.mktemp("edited") / "collection")
    follow(collection)
    return collection


@pytest.fixture(scope="module")
def client(edited: Collection) -> TestClient:
    return TestClient(site_app(edited.for_readers, REPLAY), follow_redirects=False)


def titles(page: str) -> list[str]:
    return re.findall(r"<h2><a [^>]*>(.*?)</a></h2>", page)


def comparison(edited: Collection, article: str = HUI, former: int = 0, later: int = 1) -> str:
    with edited.catalog() as catalog:
        versions = catalog.versions(article)
    return f"/changes/{article}?from={versions[former].content_hash}&to={versions[later].content_hash}"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 5), ("?newspaper=baovinhlong", 1), ("?kind=withdrawn", 1), ("?kind=withdrawn&kind=correction", 2),
        ("?silent=1", 4), ("?section=V%C4%83n+h%C3%B3a", 1), ("?words=20", 1), ("?from=2/10/2026&to=2/10/2026", 2),
        ("?newspaper=baocantho&silent=1&kind=headline&from=2026", 1), ("?to=2025", 0),
    ],
)  # fmt: skip
def test_the_list_is_narrowed(client: TestClient, query: str, count: int) -> None:
    answer = client.get(f"/changes{query}")
    assert answer.status_code == 200
    assert len(titles(answer.text)) == count
    feed = ET.fromstring(client.get(f"/changes.atom{query}").text)
    assert len(feed.findall("a:entry", ATOM)) == count


def test_several_kinds_stay_ticked(client: TestClient) -> None:
    page = client.get("/changes?kind=withdrawn&kind=correction").text
    assert re.findall(r'name="kind" value="([a-z-]+)" checked', page) == ["correction", "withdrawn"]
    assert "kind=withdrawn&amp;kind=correction" in page


def test_each_filter_can_be_removed_by_itself(client: TestClient) -> None:
    asked = [
        "newspaper=baocantho", "section=X%C3%A3+h%E1%BB%99i", "kind=headline", "kind=figures", "silent=1",
        "from=2026-01-02", "to=2026-12-30", "words=2", "text=t%E1%BA%A1m+gi%E1%BB%AF",
    ]  # fmt: skip
    page = client.get("/changes?" + "&".join(asked)).text
    assert '<details class="filters">' in page
    shown = page[page.index('class="chips in-force"') :]
    addresses = re.findall(r'<li><a href="([^"]+)">', shown[: shown.index("</ul>")])
    assert [one.replace("&amp;", "&") for one in addresses] == [
        "/changes?" + "&".join(other for other in asked if other != one) for one in asked
    ]
    assert "in-force" not in client.get("/changes").text
    assert '<details class="filters" open>' in client.get("/changes?from=x").text


def test_kinds_are_explained(client: TestClient) -> None:
    page = client.get("/changes", headers={"Accept-Language": "en"}).text
    told = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page)
    assert len({meaning for _, meaning in told}) == len(told) == len(ChangeKind) + 1
    assert "UTC+7" in page


def test_a_former_title_stands_once(client: TestClient) -> None:
    page = client.get("/changes?kind=headline").text
    assert "Bắt</del>" not in page and page.count("giữ chủ hụi ở Cần Thơ") == 2


def test_counts_keep_to_the_kind_of_change(client: TestClient) -> None:
    page = client.get("/counts?kind=withdrawn").text
    assert '<option value="withdrawn" selected>' in page
    held = [
        re.search(r"(\d+) (?:articles?|bài)", client.get(f"/counts{query}").text) for query in ("", "?kind=withdrawn")
    ]
    assert [one and int(one[1]) for one in held][1] == 1
    assert held[0] is not None and int(held[0][1]) > 1
    found = client.get("/search?q=ch%E1%BB%A3&kind=silent").text
    assert re.search(r'href="/counts\?[^"]*kind=silent', found)


@pytest.mark.parametrize("query", ["?newspaper=x", "?kind=x", "?words=x", "?from=x", "?before=x", "?before=2026,1"])
def test_what_is_no_list(client: TestClient, query: str) -> None:
    page = client.get(f"/changes{query}")
    assert page.status_code == 400 and 'role="alert"' in page.text
    assert client.get(f"/changes.atom{query}").status_code == 400


def test_pages_lead_on(edited: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.web.changes.view.PAGE_SIZE", 2)
    monkeypatch.setattr("archive.web.changes.view.view_changes.__defaults__", (2,))
    client = TestClient(site_app(edited, REPLAY))
    found, address = [], "/changes"
    while address:
        page = client.get(address).text
        found += titles(page)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert len(found) == 5
    entries, address = [], "/changes.atom"
    while address:
        feed = ET.fromstring(client.get(address).text)
        entries += [one.findtext("a:id", "", ATOM) for one in feed.findall("a:entry", ATOM)]
        links = {one.get("rel"): one.get("href") or "" for one in feed.findall("a:link", ATOM)}
        assert links["self"].endswith(address) and links["first"].endswith("/changes.atom")
        address = links.get("next", "").removeprefix("http://testserver")
    assert len(entries) == len(set(entries)) == 5


def test_the_feed_is_atom(client: TestClient) -> None:
    answer = client.get("/changes.atom", headers={"Accept-Language": "en"})
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.text)
    entries = feed.findall("a:entry", ATOM)
    assert feed.findtext("a:updated", "", ATOM) == entries[0].findtext("a:updated", "", ATOM)
    last = entries[-1]
    assert last.findtext("a:title", "", ATOM).startswith("Tạm giữ chủ hụi ở Cần Thơ – headline, figures, names")
    assert last.findtext("a:summary", "", ATOM) == "<p><del>Bắt</del> <ins>Tạm</ins> giữ chủ hụi ở Cần Thơ</p>"
    assert last.findtext("a:author/a:name", "", ATOM) == "Báo Cần Thơ"
    terms = [one.get("term") for one in last.findall("a:category", ATOM)]
    assert terms == ["headline", "figures", "names", "added", "removed", "silent"]
    for entry in entries:
        link = entry.find("a:link", ATOM)
        assert link is not None
        address = (link.get("href") or "").removeprefix("http://testserver")
        assert client.get(address).status_code == 200


def test_a_text_that_swings_between_two_wordings_has_an_entry_for_each_change(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    one = builder.publish(make_article(1, title="Bắt chủ hụi"))
    for title in ("Tạm giữ chủ hụi", "Bắt chủ hụi", "Tạm giữ chủ hụi"):
        builder.publish(attrs.evolve(one, title=title))
    feed = ET.fromstring(TestClient(site_app(builder.close(), REPLAY)).get("/changes.atom").text)
    ids = [entry.findtext("a:id", "", ATOM) for entry in feed.findall("a:entry", ATOM)]
    assert len(ids) == len(set(ids)) == 3


def test_hostile_words_do_no_harm(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    bad = "A\x07\ufffe]]><script>alert(1)</script>&\u202e"
    one = builder.publish(make_article(1, title=f"Trước {bad}", section=bad))
    builder.publish(attrs.evolve(one, title=f"Sau {bad}"))
    client = TestClient(site_app(builder.close(), REPLAY))
    feed = client.get("/changes.atom")
    assert feed.status_code == 200
    (entry,) = ET.fromstring(feed.text).findall("a:entry", ATOM)
    assert "<script>" not in entry.findtext("a:summary", "", ATOM)
    page = client.get("/changes").text
    assert "<script>alert" not in page
    link = entry.find("a:link", ATOM)
    assert link is not None
    assert "<script>alert" not in client.get((link.get("href") or "").removeprefix("http://testserver")).text


def test_ids_last(edited: Collection, tmp_path: Path) -> None:
    """In a copy whose rows have other numbers."""
    copy = Collection.open(shutil.copytree(edited.root, tmp_path / "copy"))
    with copy.catalog(writable=True) as catalog:
        catalog.connection.execute("PRAGMA foreign_keys = OFF")
        catalog.connection.execute("UPDATE changes SET id = id + 50")
        catalog.connection.execute("UPDATE change_kinds SET change_id = change_id + 50")
    both = [
        [one.text for one in ET.fromstring(TestClient(site_app(held, REPLAY)).get("/changes.atom").text).iter()
         if one.tag.endswith("}id")]
        for held in (edited, copy)
    ]  # fmt: skip
    assert both[0] == both[1] and all(one and one.startswith("urn:uuid:") for one in both[0])


def test_what_is_withheld_is_not_listed(edited: Collection, tmp_path: Path) -> None:
    copy = Collection.open(shutil.copytree(edited.root, tmp_path / "copy"))
    withhold(copy, HUI, WithholdingReason.COURT, "")
    client = TestClient(site_app(copy.for_readers, REPLAY))
    assert "chủ hụi" not in client.get("/changes").text + client.get("/changes.atom").text
    assert client.get(comparison(edited)).status_code == 451


def test_two_versions_in_one_text_and_side_by_side(client: TestClient, edited: Collection) -> None:
    address = comparison(edited)
    page = client.get(address, headers={"Accept-Language": "en"}).text
    hidden = r'<span class="unseen" lang="en">\[{}: </span>{}<span class="unseen">\] </span>'
    assert re.search(hidden.format("removed", "200"), page) and re.search(hidden.format("added", "250"), page)
    assert "13 words removed, 18 words added" in page and 'class="mark-of silent"' in page
    assert f"{comparison(edited, HUI, 1, 2)}".replace("&", "&amp;") in page
    sides = client.get(f"{address}&view=sides", headers={"Accept-Language": "en"}).text
    row = r'<tr>\s*<td data-of="Before:">(.*?)</td>\s*<td data-of="After:">(.*?)</td>'
    left, right = re.findall(row, sides, re.DOTALL)[0]
    assert "<del>" in left and "<ins>" not in left and "<ins>" in right and "<del>" not in right
    assert client.get(comparison(edited, HUI, 2, 0)).status_code == 200


def test_pictures_are_shown_beside_each_other(client: TestClient, edited: Collection) -> None:
    page = client.get(comparison(edited, "baocantho:196004")).text
    assert len(re.findall(rf'<img src="{REPLAY}/picture/urn:uuid:', page)) == 2


def test_a_comparison_leads_to_both_versions_and_to_the_first_change(client: TestClient, edited: Collection) -> None:
    with edited.catalog() as catalog:
        versions = catalog.versions("baocantho:196004")
    for view in ("", "&view=sides"):
        page = client.get(comparison(edited, "baocantho:196004") + view, headers={"Accept-Language": "en"}).text
        for one in versions:
            assert f'href="/article/baocantho:196004?version={one.content_hash.replace(":", "%3A")}"' in page
        assert page.count('href="#first-change"') == page.count('id="first-change"') == 1
        assert "0 words" not in page
        if not view:
            assert page.index("Before: ") < page.index("<img") < page.rindex("After: ") < page.rindex("<img")
    assert 'href="#first-change"' not in client.get(comparison(edited)).text  # the title is the first part


def test_the_article_leads_to_its_changes(client: TestClient, edited: Collection) -> None:
    page = client.get(f"/article/{HUI}").text
    for former, later in ((0, 1), (1, 2)):
        assert comparison(edited, HUI, former, later).replace("&", "&amp;") in page
    assert "chuyển đoạn" in page and "con số" in page


def test_the_api_lists_and_compares(client: TestClient, edited: Collection) -> None:
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = client.get("/api/v1/changes", params=asked).json()
        found += answer["changes"]
        cursor = answer["next"]
    assert [one["article"][-1] for one in found] == ["4", "3", "2", "1", "1"]
    kinds = client.get("/api/v1/changes?kind=withdrawn&kind=correction").json()["changes"]
    assert [one["kinds"] for one in kinds] == [["withdrawn"], ["figures", "added", "correction"]]
    (first, second) = client.get(f"/api/v1/articles/{HUI}/changes").json()["changes"]
    assert first["former_title"] == "Bắt giữ chủ hụi ở Cần Thơ" and second["former"] == first["version"]
    body = [part for part in first["parts"] if part["field"] == "body"]
    assert {"change": "added", "text": "250"} in body[0]["pieces"]
    assert all(part["moved"] for part in second["parts"])
    (pictured,) = client.get("/api/v1/articles/baocantho:196004/changes").json()["changes"]
    assert pictured["parts"][0]["picture"] == "swapped"
    for path, status in (
        ("/changes?newspaper=x", 404), ("/changes?kind=x", 422), ("/changes?cursor=x", 400), ("/changes?from=x", 400),
        ("/articles/x:1/changes", 404),
    ):  # fmt: skip
        assert client.get(f"/api/v1{path}").status_code == status


def test_each_reader_has_names_of_parts_in_the_own_language(client: TestClient, edited: Collection) -> None:
    shown = {code: client.get(comparison(edited), headers={"Accept-Language": code}).text for code in ("vi", "en")}
    assert ">Nội dung</p>" in shown["vi"]
    assert ">Body</p>" in shown["en"] and "Nội dung" not in shown["en"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_kind_may_be_typed_as_the_site_names_it(language: Language) -> None:
    with language_set(language):
        for kind in ChangeKind:
            assert kind_named(change_name(kind.value).replace(" ", "-")) == kind.value
        assert kind_named(change_name(SILENT)) == SILENT


def test_a_search_counts_kinds_and_finds_former_wordings_on_demand(client: TestClient, edited: Collection) -> None:
    english = {"Accept-Language": "en"}
    plain = client.get("/search?q=%22200+tri%E1%BB%87u%22", headers=english).text
    assert "No articles" in plain and 'id="former"' not in plain and "all_versions=1" in plain
    with edited.catalog() as catalog:
        first = catalog.versions(HUI)[0].content_hash
    page = client.get("/search?q=%22200+tri%E1%BB%87u%22&all_versions=1", headers=english).text
    former = page[page.index('id="former"') :]
    assert f"?version={first.replace(':', '%3A')}" in former and "<mark>200 triệu</mark>" in former
    everything = client.get("/search", headers=english).text
    assert re.search(r'href="/search\?kind=figures">figures</a> <span class="count">2<', everything)
    assert "196003" in client.get("/search?kind=withdrawn").text
    refused = client.get("/search?q=changed:colour", headers=english)
    assert refused.status_code == 400 and "no such kind of change" in refused.text
    answer = client.get("/api/v1/search", params={"q": '"200 triệu"', "all_versions": True}).json()
    assert answer["total"] == 0 and [one["version"] for one in answer["former"]] == [first]
    assert client.get("/api/v1/search", params={"q": "", "kind": "silent"}).json()["total"] == 3


@pytest.mark.browser
@pytest.mark.skipif(NEEDS_CHROMIUM[1].args[0], reason="no Chromium here")
@pytest.mark.parametrize("page", [1280, 360], indirect=True)
def test_pages_fit_and_have_no_barriers(client: TestClient, edited: Collection, page: Any) -> None:
    with app_served(client.app) as origin:
        for address in (
            "/changes",
            "/search?q=%22200+tri%E1%BB%87u%22&all_versions=1",
            comparison(edited),
            comparison(edited) + "&view=sides",
        ):
            page.goto(f"{origin}{address}")
            assert page.evaluate(OVERHANG) <= 0
            assert barriers(page) == []
        left, right = (page.locator(".sides tbody td").nth(nth).bounding_box() for nth in (0, 1))
        is_narrow = page.viewport_size["width"] < 600
        assert (left["y"] < right["y"]) if is_narrow else (left["y"] == right["y"] and left["x"] < right["x"])


def test_changes_are_found_by_their_words(client: TestClient) -> None:
    for text, count in (("tạm giữ", 1), ("tam giu", 1), ("200 triệu đồng", 1), ("mùa nước nổi", 0), ("[", 0)):
        for narrowed, fits in ((("newspaper", "baocantho"), True), (("kind", "moved"), False)):
            asked = {"text": text, narrowed[0]: narrowed[1]}
            expected = count if fits else 0
            assert len(titles(client.get("/changes", params=asked).text)) == expected
            feed = ET.fromstring(client.get("/changes.atom", params=asked).text)
            assert len(feed.findall("a:entry", ATOM)) == expected
            assert len(client.get("/api/v1/changes", params=asked).json()["changes"]) == expected
    page = client.get("/changes?text=t%E1%BA%A1m+gi%E1%BB%AF", headers={"Accept-Language": "en"}).text
    assert 'name="text" value="tạm giữ"' in page and "/changes.atom?text=t%E1%BA%A1m+gi%E1%BB%AF" in page
    assert "<ins>" in page and "250" not in page
    feed = ET.fromstring(client.get("/changes.atom?text=t%E1%BA%A1m+gi%E1%BB%AF").text)
    assert feed.findtext("a:title", "", ATOM).endswith("“tạm giữ”")
    assert client.get("/api/v1/changes", params={"text": "x" * 201}).status_code == 422


def test_words_are_not_sought_without_an_index(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    builder.publish(make_article(1))
    client = TestClient(site_app(builder.close(), REPLAY))
    assert client.get("/changes").status_code == 200
    for path, status in (("/changes", 400), ("/changes.atom", 400), ("/api/v1/changes", 503)):
        assert client.get(f"{path}?text=trâu").status_code == status
