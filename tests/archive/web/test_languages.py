"""The site in Vietnamese and English: which one a reader gets, how it is changed, and that each is complete."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support.covered import NOW, build_covered
from support.html_elements import VOID
from support.sample import HOSTILE, MARKET, REPLAY

from archive.collection import Collection
from archive.web.app import site_app

PAGES = (
    "/",
    "/search?q=nhà+báo",
    "/search?q=chợ+nổi&newspaper=baodonghai",
    "/search?q=lúa+tàuvũtrụ",
    "/search?q=lúa+OR+(",
    "/search?from=31/02/2026",
    "/search?page=300",
    f"/article/{MARKET}",
    "/article/baodonghai:196000",
    f"/article/{HOSTILE}",
    "/pictures",
    "/pictures?q=ghe",
    "/pictures?q=tàuvũtrụ&section=x",
    "/pictures?q=chợ&newspaper=baodonghai",
    "/pictures?page=300",
    "/pictures?q=(",
    "/coverage",
    "/coverage?newspaper=baocantho&from=2026-09-20&to=2026-10-02",
    "/coverage?by=month",
    "/coverage?from=x",
    "/runs",
    "/runs?newspaper=x",
    "/runs/r1",
    "/nowhere",
)
# Letters that Vietnamese has and English does not
VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|has|not|this|with|article|articles|newspaper|section|run|page)\b", re.IGNORECASE
)


class Words(HTMLParser):
    """The texts and labels of a page in its own language: elements of another language are left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.languages: list[str] = []
        self.of: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or (self.languages[-1] if self.languages else "")
        if tag in {"code", "kbd", "title"} and not given.get("lang"):
            language = ""
        if given.get("class") == "address" or tag in {"textarea", "script"}:
            language = ""
        for label in ("aria-label", "data-of"):
            self.of.setdefault(language, []).append(given.get(label) or "")
        if tag not in VOID or tag == "option":
            self.languages.append(language)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID or tag == "option":
            self.languages.pop()

    def handle_data(self, data: str) -> None:
        self.of.setdefault(self.languages[-1] if self.languages else "", []).append(data)


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    collection = build_covered(tmp_path_factory.mktemp("covered") / "c")
    return TestClient(site_app(collection, REPLAY, clock=lambda: NOW), raise_server_exceptions=False)


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_whole_in_each_language(client: TestClient, covered: TestClient, path: str) -> None:
    for site in (client, covered):
        answers = {lang: site.get(path, headers={"Accept-Language": lang}) for lang in ("vi", "en")}
        assert answers["vi"].status_code == answers["en"].status_code < 500
        for lang, answer in answers.items():
            assert answer.headers["content-language"] == lang
            assert answer.headers["vary"] == "Accept-Language, Cookie"
            words = Words(answer.text).of[lang]
            others = {"en": VIETNAMESE, "vi": ENGLISH}[lang]
            # what the reader typed is quoted
            assert [one.strip() for one in words if others.search(re.sub("“[^”]*”", "", one))] == [], lang


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "vi"),
        ({"Accept-Language": "fr"}, "vi"),
        ({"Accept-Language": "en-US,en;q=0.9"}, "en"),
        ({"Accept-Language": "en", "Cookie": "lang=vi"}, "vi"),
        ({"Cookie": "a=b; lang=en; c=d"}, "en"),
        ({"Accept-Language": "en", "Cookie": "lang=xx; lang"}, "en"),
        ({"Cookie": 'lang="en'}, "vi"),
        ({"Cookie": "x" * 20000 + "; lang=en"}, "vi"),
    ],
)
def test_the_cookie_comes_before_what_the_browser_accepts(
    client: TestClient, headers: dict[str, str], language: str
) -> None:
    page = client.get("/runs", headers=headers)
    assert f'<html lang="{language}">' in page.text and page.headers["content-language"] == language
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize(
    ("asked", "sent_on"),
    [
        ("/?lang=en", "/"),
        ("/search?q=ch%E1%BB%A3+n%E1%BB%95i&lang=en&order=newest", "/search?q=ch%E1%BB%A3+n%E1%BB%95i&order=newest"),
        ("/search?lang=vi&q=a%26lang%3Den&lang=en", "/search?q=a%26lang%3Den"),
        (f"/article/{MARKET}?version=1&lang=en", f"/article/{MARKET}?version=1"),
        ("/nowhere?la%6eg=en", "/nowhere"),
        # never to another site
        ("//attacker.example/?lang=en", "/attacker.example/"),
        ("///attacker.example?lang=en", "/attacker.example"),
        ("/%5C/attacker.example?lang=en", "/%5C/attacker.example"),
        ("/a%0D%0ASet-Cookie:x?lang=en&b=%0D%0A", "/a%0D%0ASet-Cookie:x?b=%0D%0A"),
    ],
)
def test_a_choice_is_kept_and_leads_to_the_address_without_it(client: TestClient, asked: str, sent_on: str) -> None:
    for method in ("GET", "HEAD"):
        answer = client.request(method, f"http://testserver{asked}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, sent_on)
        cookie = {part.strip() for part in answer.headers["set-cookie"].split(";")}
        assert cookie == {"lang=en", "HttpOnly", "Max-Age=31536000", "Path=/", "SameSite=lax"}
    client.cookies.clear()


@pytest.mark.parametrize("asked", ["lang=xx", "lang=", "lang", "lang=%00", "lang=en-US", "lang=" + "e" * 5000])
def test_other_choices_are_none(client: TestClient, asked: str) -> None:
    page = client.get(f"/runs?{asked}", follow_redirects=False)
    assert page.status_code == 200 and "set-cookie" not in page.headers and '<html lang="vi">' in page.text


def test_the_api_sets_no_cookie(client: TestClient) -> None:
    for language, word in (("en", "There is no choice"), ("vi", "Không có lựa chọn")):
        answer = client.get(f"/api/coverage?by=x&lang={language}", follow_redirects=False)
        assert answer.status_code == 400 and answer.json()["wrong"][0].startswith(word)
        assert "set-cookie" not in answer.headers and answer.headers["vary"] == "Accept-Language, Cookie"
        answer = client.get(f"/api/v1/search?lang={language}", follow_redirects=False)
        assert answer.status_code == 200 and "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/search?q=s%C3%B4ng&order=oldest", f"/article/{MARKET}", "/nowhere?a=%22%3E"])
def test_the_switch_leads_to_the_same_page(client: TestClient, path: str) -> None:
    for lang, other, name in (("vi", "en", "English"), ("en", "vi", "Tiếng Việt")):
        page = client.get(path, headers={"Accept-Language": lang})
        found = re.search(rf'<a href="([^"]+)" hreflang="{other}" lang="{other}" rel="nofollow">{name}</a>', page.text)
        assert found is not None
        address = found[1].replace("&amp;", "&")
        assert address == f"{path}{'&' if '?' in path else '?'}lang={other}"
        there = client.get(address)
        client.cookies.clear()
        assert f'<html lang="{other}">' in there.text and there.status_code == page.status_code


def test_archived_texts_keep_their_language(client: TestClient) -> None:
    page = client.get(f"/article/{MARKET}", headers={"Accept-Language": "en"}).text
    assert '<h1 lang="vi">' in page and '<div class="body" lang="vi">' in page and '<p class="lead" lang="vi">' in page
    found = client.get("/search?q=nha+bao", headers={"Accept-Language": "en"}).text
    assert '<p class="snippet" lang="vi">' in found and "01/10/2026" not in found and "1 October 2026" in found
    assert '<a class="paper" href="/newspaper/baocantho" lang="vi">' in found


def test_days_are_typed_alike_in_both_languages(client: TestClient) -> None:
    page = client.get("/search?from=2026-08-01&to=2026-10-01", headers={"Accept-Language": "en"}).text
    assert 'value="01/08/2026"' in page and 'value="01/10/2026"' in page


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_failures_are_told_in_the_readers_language(tmp_path: Path, lang: str) -> None:
    broken = TestClient(site_app(Collection(tmp_path / "gone"), REPLAY), raise_server_exceptions=False)
    page = broken.get("/", headers={"Accept-Language": lang})
    assert page.status_code == 500 and page.headers["content-language"] == lang
    assert {"vi": "Trang web gặp lỗi", "en": "The site failed"}[lang] in page.text
    refused = broken.post("/", headers={"Accept-Language": lang})
    assert refused.status_code == 405 and "GET" in refused.headers["allow"] and f'lang="{lang}"' in refused.text


@pytest.mark.parametrize(
    "path", [*PAGES, "/static/site.css", "/search/timeline.csv?q=sông", "/api/v1/search", "/metrics"]
)
def test_head_is_answered_as_get_is(client: TestClient, path: str) -> None:
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    for name in ("content-type", "content-language", "vary"):
        assert head.headers.get(name) == whole.headers.get(name)
