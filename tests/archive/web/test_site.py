"""The site's pages: what they show, how they are guarded, and what they answer to odd questions."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.collection_builder import CollectionBuilder, make_article
from support.html_elements import Elements
from support.sample import HOSTILE, MARKET, REPLAY

from archive.collection import Collection
from archive.search.indexing.index import follow
from archive.web.app import site_app
from archive.web.wording import number, volume, web_address, why, why_no_picture

PAGES = (
    "/",
    "/search?q=nhà+báo",
    "/search?q=không+có+gì+như+vậy",
    f"/article/{MARKET}",
    f"/article/{HOSTILE}",
    "/pictures?q=bình+minh",
    "/coverage?newspaper=baocantho&from=2026-09-20&to=2026-10-02",
    "/coverage?by=month",
    "/runs",
    "/runs/r1",
    "/nowhere",
)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_guards(client: TestClient, path: str, lang: str) -> None:
    page = client.get(path, headers={"Accept-Language": lang})
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert f"img-src 'self' {REPLAY};" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_brings_code(client: TestClient, path: str, lang: str) -> None:
    page = client.get(path, headers={"Accept-Language": lang})
    assert f'<html lang="{lang}">' in page.text
    for tag, attributes in Elements(page.text).found:
        assert tag not in {"iframe", "object", "embed", "style", "b", "i"}
        if tag == "script":
            assert attributes.get("src") == "/static/site.js" or attributes == {"type": "application/ld+json"}
        assert tag != "svg" or attributes.get("class") == "drawing"
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        for name in ("href", "src", "action"):
            address = attributes.get(name) or ""
            assert re.match(r"(/|https?://|#)", address) or name not in attributes
        if tag == "img":
            assert (attributes["src"] or "").startswith(f"{REPLAY}/picture/")
            assert "alt" in attributes
        if tag == "textarea" or (tag == "input" and attributes.get("type") not in ("checkbox", "hidden")):
            assert attributes.get("id")


def test_home(client: TestClient) -> None:
    page = client.get("/").text
    assert "Chợ nổi mùa nước nổi" in page
    assert "Báo Đông Hải" in page
    assert "01/08/2026" in page
    assert "minh họa" in page


def test_a_newspaper_without_a_province_is_listed(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c", {"baoangiang": {"title": "Báo An Giang"}})
    builder.publish(make_article(1, newspaper="baoangiang"))
    page = TestClient(site_app(builder.collection, REPLAY)).get("/")
    assert page.status_code == 200 and "Báo An Giang" in page.text


def test_results(client: TestClient) -> None:
    page = client.get("/search", params={"q": "nha bao"}).text
    assert "<mark>Nhà báo</mark>" in page
    assert f'href="/article/{MARKET}"' in page


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def test_each_scope_has_its_own_counts(client: TestClient) -> None:
    answers = {
        scope: client.get("/api/v1/search", params={"q": "nhà báo", "scope": scope}).json()
        for scope in ("typed", "folded")
    }
    assert 0 < answers["typed"]["total"] < answers["folded"]["total"]
    for scope, answer in answers.items():
        assert answer["total"] == answer[scope] == sum(one["count"] for one in answer["facets"]["sections"])
        points = client.get("/api/v1/timeline", params={"q": "nhà báo", "scope": scope}).json()["points"]
        assert answer["total"] == sum(point["found"] for point in points)
        assert (answer["typed"], answer["folded"]) == tuple(answers[one]["total"] for one in ("typed", "folded"))
    assert client.get("/api/v1/search", params={"q": "nhà báo"}).json() == answers["typed"]
    page = words_of(client.get("/search", params={"q": "nhà báo"}).text)
    assert f"{answers['typed']['total']} bài có nhà báo, đúng dấu như đã gõ" in page
    assert f"Không kể dấu {answers['folded']['total']}" in page
    loose = words_of(client.get("/search", params={"q": "nhà báo", "scope": "folded"}).text)
    assert f"{answers['folded']['total']} bài có nhà báo, không kể dấu" in loose
    nowhere = words_of(client.get("/search", params={"q": "nhá bào"}).text)
    assert "Không có bài nào có nhá bào, đúng dấu như đã gõ" in nowhere
    assert f"Không kể dấu {answers['folded']['total']}" in nowhere
    old = client.get("/search", params={"q": "nhà báo", "exact": "1"}).text
    assert f"{answers['typed']['total']} bài có nhà báo, đúng dấu như đã gõ" in words_of(old)


def test_a_malformed_query_is_pointed_at_and_offered_as_words(client: TestClient) -> None:
    page = client.get("/search", params={"q": 'lúa AND ("mùa vụ'})
    assert page.status_code == 400
    assert "<mark>&#34;mùa vụ</mark>" in page.text and "Thiếu dấu ngoặc kép đóng" in page.text
    offered = re.search(r'Hay là tìm đúng những từ này: <a href="([^"]+)">([^<]+)</a>', page.text)
    assert offered and offered[2] == "lúa and mùa vụ"
    assert client.get(offered[1].replace("&amp;", "&")).status_code == 200
    kept = {"newspaper": "baocantho", "from": "2026-09-01", "within": "title", "scope": "folded"}
    for path, has_place in (("/search", True), ("/pictures", False)):
        page = client.get(path, params={"q": '"lúa', **kept})
        offered = re.search(r'Hay là tìm đúng những từ này: <a href="([^"]+)"', page.text)
        assert offered and urlsplit(offered[1]).path == path
        asked = parse_qs(urlsplit(offered[1].replace("&amp;", "&")).query)
        expected = {"q": ["lúa"]} | {name: [value] for name, value in kept.items() if name != "within" or has_place}
        assert asked == expected
    day = client.get("/search", params={"from": "31/02/2026"}).text
    assert "“31/02/2026”: tháng 2 năm 2026 chỉ có 28 ngày." in day
    within = client.get("/search", params={"q": "lúa ngày:2026-13"}).text
    assert "không có tháng 13" in within and "<mark>2026-13</mark>" in within


@pytest.mark.parametrize(
    "address",
    [
        "/search/timeline.csv?q=",
        "/counts.csv?term=",
        "/counts/near.csv?term=",
        "/export/download?q=",
        "/export/set.json?q=",
    ],
)
def test_a_file_that_is_refused_says_what_is_wrong(client: TestClient, address: str) -> None:
    for lang, said in (("vi", "Thiếu dấu ngoặc kép đóng"), ("en", "The quotation mark")):
        page = client.get(address + "%22%3Cb%3El%C3%BAa", headers={"Accept-Language": lang})
        assert page.status_code == 400
        assert said in page.text and "<b>" not in page.text
    page = client.get(address + "a&from=31/02/2026")
    assert page.status_code == 400 and "tháng 2 năm 2026 chỉ có 28 ngày" in page.text


def test_days_are_typed_and_shown_as_people_write_them(client: TestClient) -> None:
    page = client.get("/search", params={"from": "01/10/2026", "to": "10/2026"}).text
    assert 'value="01/10/2026"' in page and 'value="31/10/2026"' in page
    same = client.get("/api/v1/search", params={"from": "2026-10-01", "to": "2026-10-31"}).json()
    assert client.get("/api/v1/search", params={"from": "01/10/2026", "to": "10/2026"}).json() == same


def test_the_timeline_says_the_same_in_chart_table_csv_and_json(client: TestClient) -> None:
    page = client.get("/search", params={"q": "sông"}).text
    points = client.get("/api/v1/timeline", params={"q": "sông"}).json()["points"]
    assert (
        points
        and sum(point["found"] for point in points)
        == client.get("/api/v1/search", params={"q": "sông"}).json()["total"]
    )
    assert page.count('class="bar"') == sum(point["found"] > 0 for point in points)
    assert page.count('class="gap"') == sum(point["held"] == 0 for point in points)
    rows = client.get("/search/timeline.csv", params={"q": "sông"}).content.decode("utf-8-sig").splitlines()
    assert rows[0] == "first,found,held,share,read"
    assert [row.split(",")[:3] for row in rows[1:]] == [
        [point["first"], str(point["found"]), str(point["held"])] for point in points
    ]


def test_the_timeline_is_by_day_month_or_year_as_asked_and_stays_so(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    for nth, (year, month) in enumerate(((2016, 5), (2025, 12), (2026, 2), (2026, 3))):
        at = datetime(year, month, 11, 8, tzinfo=UTC)
        builder.publish(make_article(nth, title="Gặt lúa", section=f"Mục {nth}", published_at=at))
    held = builder.close()
    follow(held)
    site = TestClient(site_app(held, REPLAY), headers={"Accept-Language": "vi"})
    asked = {"q": "lúa", "from": "2025", "grain": "month", "chart": "share", "order": "oldest"}
    page = site.get("/search", params=asked).text
    rows = re.findall(r'<th scope="row">(?:<a [^>]+>)?([^<]+)', page)
    assert rows == ["12/2025", "01/2026", "02/2026", "03/2026"]
    links = [a.replace("&amp;", "&") for a in re.findall(r'href="(/search[^"]+)"', page)]
    narrowed = [parse_qs(urlsplit(one).query) for one in links if "section=" in one]
    assert narrowed and all((one["grain"], one["chart"]) == (["month"], ["share"]) for one in narrowed)
    (table,) = (one for one in links if one.startswith("/search/timeline.csv"))
    assert site.get(table).text.count("\n") == 1 + len(rows)
    switch = {parse_qs(urlsplit(one).query)["grain"][0] for one in links if "grain=" in one}
    assert switch == {"day", "month", "year"}
    # of ten years the days are not drawn
    page = site.get("/search", params={"q": "lúa", "grain": "day"}).text
    assert "Theo ngày" not in page and "Theo tháng" in page
    assert "Theo năm</h2>" in site.get("/newspaper/baocantho?grain=year").text
    assert site.get("/search?grain=week").status_code == 400


def test_the_months_of_a_single_year_are_a_facet(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    for nth, month in enumerate((2, 2, 3)):
        builder.publish(make_article(nth, title="Gặt lúa", published_at=datetime(2026, month, 28, 8, tzinfo=UTC)))
    held = builder.close()
    follow(held)
    site = TestClient(site_app(held, REPLAY), headers={"Accept-Language": "vi"})
    page = site.get("/search", params={"q": "lúa", "section": "Thời sự"}).text
    counted = re.findall(r'<li><a href="([^"]+)">(\d\d/2026)</a> <span class="count">(\d)', page)
    assert [one[1:] for one in counted] == [("02/2026", "2"), ("03/2026", "1")]
    asked = parse_qs(urlsplit(counted[0][0].replace("&amp;", "&")).query)
    assert asked == {"q": ["lúa"], "section": ["Thời sự"], "from": ["2026-02-01"], "to": ["2026-02-28"]}


def test_pages_of_results(client: TestClient) -> None:
    seen: list[str] = []
    address = "/search?order=newest"
    while address:
        page = client.get(address).text
        seen += re.findall(r'<h2><a href="/article/([^"]+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 50
    assert "sau kết quả cuối" in client.get("/search?page=300").text


def test_filters_stay_in_links(client: TestClient) -> None:
    page = client.get("/search", params={"q": "song", "section": "thời sự", "from": "2026-08-01"}).text
    links = [parse_qs(urlsplit(a.replace("&amp;", "&")).query) for a in re.findall(r'href="(/search\?[^"]+)"', page)]
    kept = [link for link in links if "newspaper" in link]
    assert kept and all(link["q"] == ["song"] and link["from"] == ["2026-08-01"] for link in kept)


def test_nothing_found_is_explained(client: TestClient) -> None:
    page = client.get("/search", params={"q": "lúa tàuvũtrụ"}).text
    assert "Tính riêng từng từ" in page
    # the words alone are counted, and linked, in the scope of the search: one without marks too
    typed = client.get("/api/v1/search", params={"q": '"nha"', "scope": "typed"}).json()
    assert typed["typed"] < typed["folded"]
    page = client.get("/search", params={"q": "tàuvũtrụ nha"}).text
    link, count = re.findall(r'<li><a href="([^"]+)"[^>]*>nha</a> <span class="count">(\d+) bài', page)[0]
    assert int(count) == typed["typed"]
    asked = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert asked == {"q": ['"nha"'], "scope": ["typed"]}
    page = client.get("/search", params={"q": "chợ nổi", "newspaper": "baodonghai"}).text
    assert "bỏ các bộ lọc" in page


@pytest.mark.parametrize(
    "query",
    [
        "q=%3F%3F",
        "from=hôm+qua",
        "page=0",
        "page=x",
        "newspaper=baola",
        "order=random",
        "from=2026-02-02&to=2026-01-01",
    ],
)
def test_wrong_questions_are_told(client: TestClient, query: str) -> None:
    page = client.get(f"/search?{query}")
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert client.get(f"/api/search?{query}").json()["wrong"]


@given(
    st.dictionaries(st.sampled_from(["q", "newspaper", "section", "author", "from", "to", "page", "order"]), st.text())
)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_question_breaks_the_page(client: TestClient, values: dict[str, str]) -> None:
    try:
        address = str(client.build_request("GET", "/search", params=values).url)
    except UnicodeEncodeError:
        return
    page = client.get(address)
    assert page.status_code in {200, 400}
    Elements(page.text)


def test_api(client: TestClient) -> None:
    answer = client.get("/api/search", params={"q": "nha bao", "section": "thoi-su"}).json()
    hit = next(hit for hit in answer["hits"] if hit["id"] == MARKET)
    assert ["Nhà báo", True] in hit["snippet"]
    assert answer["total"] == len(answer["hits"]) == sum(one["count"] for one in answer["facets"]["sections"])
    assert client.get("/api/nowhere").json() == {"wrong": ["HTTP 404"]}


def test_article(client: TestClient, sample: Collection) -> None:
    page = client.get(f"/article/{MARKET}").text
    with sample.catalog() as catalog:
        version = catalog.article(MARKET)
        capture = catalog.capture(version.record_id)
    assert capture is not None
    for said in (
        "Phóng sự", "Thứ Năm, 01/10/2026, 06:15", "Trần Minh Quý", "Giữ nghề trên sông", "Ảnh: Lê Hòa", "14.500",
        "máy chủ của báo trả lời lỗi HTTP 404", capture.file, str(capture.offset), str(capture.length),
        capture.record_id, capture.payload_digest or "", version.content_hash, "Xem trang gốc như lúc lưu",
        "chợ nghỉ một ngày",
    ):  # fmt: skip
        assert said in page, said
    replay = re.search(rf'href="({REPLAY}/\?[^"]+)"', page)
    assert replay is not None
    asked = parse_qs(urlsplit(replay[1].replace("&amp;", "&")).query)
    assert asked["url"] == [capture.url]
    assert asked["ts"] == [capture.captured_at.strftime("%Y%m%d%H%M%S")]


def test_the_ways_through_the_site(client: TestClient) -> None:
    for path, here in (("/search", "/search"), ("/coverage", "/coverage"), ("/runs", "/runs"), ("/runs/r1", "/runs")):
        page = client.get(path).text
        assert re.findall(r'<a href="([^"]+)" aria-current="page"', page) == [here]
        assert all(f'<a href="{way}"' in page for way in ("/search", "/coverage", "/runs"))


def test_an_article_leads_to_the_pages_of_its_newspaper_section_and_writers(client: TestClient) -> None:
    page = client.get(f"/article/{MARKET}").text
    article = client.get(f"/api/v1/articles/{MARKET}").json()["article"]
    ways = [
        f"/newspaper/{article['newspaper']}",
        f"/section/{quote(article['section'])}?newspaper={article['newspaper']}",
        *(f"/author/{quote(name)}" for name in article["authors"]),
    ]
    assert len(ways) > 2
    for way in ways:
        assert f'href="{way}"' in page
        assert client.get(way).status_code == 200


def test_versions(client: TestClient) -> None:
    page = client.get(f"/article/{MARKET}").text
    (address,) = re.findall(r'<a rel="prev" href="(/article/[^"]+\?version=[^"]+)"', page)
    assert re.search(r"version=sha256%3A[0-9a-f]{64}$", address) and 'rel="next"' not in page
    old = client.get(address).text
    (later,) = re.findall(r'<a rel="next" href="([^"]+)"', old)
    assert "chợ nghỉ một ngày" in client.get(later).text and 'rel="prev"' not in old
    assert client.get(f"/article/{MARKET}?version=1").text == old  # as it was addressed before
    assert "chợ nghỉ một ngày" not in old
    assert "Xem phiên bản mới nhất" in old
    assert "Giờ sửa bài: trang không có phần này" in old


def test_missing_fields_are_shown_as_missing(client: TestClient) -> None:
    assert "Không ghi tác giả" in client.get("/article/baodonghai:196000").text


def test_hostile_texts_stay_texts(client: TestClient) -> None:
    page = client.get(f"/article/{HOSTILE}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="javascript' not in page.lower()
    listed = client.get("/search", params={"q": '"><script>alert(1)</script>'}).text
    assert listed.count("<script") == 1


@pytest.mark.parametrize(
    "path",
    [
        "/article/",
        "/article/baocantho:0",
        f"/article/{MARKET}?version=99",
        f"/article/{MARKET}?version=x",
        "/x",
        "/static/x",
    ],
)
def test_not_found(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 404
    assert "Kho không có trang này" in page.text


def test_static_files(client: TestClient) -> None:
    style = client.get("/static/site.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "@import" not in style.text
    fonts = re.findall(r"url\(([^)]*)\)", style.text)
    assert fonts and all(re.fullmatch(r"[a-z0-9-]+\.woff2", name) for name in fonts)  # of this site, and no other
    for name in fonts:
        assert client.get(f"/static/{name}").content[:4] == b"wOF2"
    assert "SIL Open Font License" in client.get("/static/noto-sans-khmer-OFL.txt").text


def test_failures_are_told_in_style(sample: Collection, tmp_path: Path) -> None:
    broken = TestClient(site_app(Collection(tmp_path / "gone"), REPLAY), raise_server_exceptions=False)
    page = broken.get("/")
    assert page.status_code == 500
    assert "Trang web gặp lỗi" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_an_empty_collection(tmp_path: Path) -> None:
    empty = TestClient(site_app(Collection.create(tmp_path / "c"), REPLAY))
    assert "Kho chưa có bài nào" in empty.get("/").text
    assert "Không có bài nào" in empty.get("/search?q=lúa").text


def test_words() -> None:
    assert (number(1234567), volume(999), volume(1_250_000), volume(3_000_000_000)) == (
        "1.234.567", "999 byte", "1,2 MB", "3,0 GB",
    )  # fmt: skip
    assert why_no_picture("HTTP 503").endswith("HTTP 503")
    assert why("no byline") == why("no link rel=canonical and no og:url") == "trang không có phần này"
    assert why("'TTXVN' names no author") == "dòng tác giả không nêu tên ai"
    assert [web_address(url) for url in ("https://a.vn/", "javascript:x", "//a.vn", "http://[", None)] == [
        "https://a.vn/", None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/search?q=lúa&", "/pictures?q=lúa&", "/counts?term=lúa&", "/coverage?"])
def test_a_day_that_cannot_be_read_stays_in_its_field_with_the_fault(client: TestClient, path: str) -> None:
    page = client.get(path + 'from=31/02/2026"&to=02/2026', headers={"Accept-Language": "en"})
    field = re.search(r'<input id="from"[^>]*>(?:<span[^>]*>([^<]+)</span>)?', page.text)
    assert page.status_code == 400 and field is not None
    assert 'value="31/02/2026&#34;"' in field[0] and 'aria-invalid="true" aria-describedby="from-fault"' in field[0]
    assert 'id="from-fault"' in field[0] and "31/02/2026" in (field[1] or "")
    assert 'name="to" value="28/02/2026"' in page.text
    assert re.search(r'<details class="filters" open>\s*<summary>[^<]*</summary>\s*<div class="fields">', page.text)
