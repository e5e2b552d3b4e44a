"""Articles in Khmer, Chinese and English on the site: found, filtered, cited, in their own letters."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from support.browsing import NEEDS_BROWSER, OVERHANG, VIEWER, sync_api
from support.collection_builder import CollectionBuilder, make_article, png
from support.daemons import until
from support.serving import running

from archive.article import Block, Image
from archive.collection import Collection
from archive.search.indexing.index import follow
from archive.web.app import site_app

REPLAY = "http://127.0.0.1:8001"
TEXTS = {
    "vi": ("Trường mới bên sông", "Trường học mới bên sông mở cửa đầu tháng ba."),
    "km": ("សាលារៀនថ្មីនៅមាត់ទន្លេ", "សាលារៀនថ្មីមួយបានបើកនៅមាត់ទន្លេ ហើយសិស្សអាចជិះទូកទៅរៀនរាល់ព្រឹក។ អ៊ុំស្រីម្នាក់ចម្អិនបាយ។"),
    "zh": ("河边的新学校", "河边的新学校今年三月开学，孩子们坐船上学。"),
    "en": ("A new school by the river", "A new school by the river opened in March, and children row there."),
}
NEWSPAPERS = {"vi": "baosong", "km": "baosongkhmer", "zh": "baosongcn", "en": "baosongen"}


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    builder = CollectionBuilder(tmp_path_factory.mktemp("tongues"))
    ref = builder.capture("https://baosong.vn/", b"x")
    picture = builder.capture("https://baosong.vn/a.png", png(60, 40, (90, 90, 90)), mime="image/png")
    for language, (title, text) in TEXTS.items():
        image = Image(url="https://baosong.vn/a.png", caption=title, position=1, capture=picture)
        builder.release(
            make_article(
                7, newspaper=NEWSPAPERS[language], article_id="7", language=language, title=title, lead=text,
                body=(Block(type="paragraph", text=text), Block(type="figure", text=title)), images=(image,),
                authors=(), url=f"https://baosong.vn/{language}/bai-7.html", capture=ref,
            )
        )  # fmt: skip
    follow(builder.collection)
    return builder.collection


@pytest.fixture(scope="module")
def client(collection: Collection) -> TestClient:
    return TestClient(site_app(collection, REPLAY))


def found(client: TestClient, **query: str) -> list[str]:
    return [one["id"] for one in client.get("/api/v1/search", params=query).json()["articles"]]


@pytest.mark.parametrize(
    ("language", "named"), [("km", "Khmer"), ("zh", "tiếng Trung"), ("en", "tieng anh"), ("vi", "Vietnamese")]
)
def test_a_language_is_a_filter_and_a_field(client: TestClient, language: str, named: str) -> None:
    own = [f"{NEWSPAPERS[language]}:7"]
    assert found(client, language=language) == found(client, language=named) == own
    assert found(client, q=f"language:{language}") == found(client, q=f'ngôn ngữ:"{named}"') == own
    assert found(client, q=TEXTS[language][0]) == own
    assert found(client, q=f"-lang:{language}") != own
    answer = client.get("/api/v1/search", params={"q": "", "language": language}).json()
    assert {one["value"]: one["count"] for one in answer["facets"]["languages"]} == {language: 1}
    assert answer["articles"][0]["language"] == language


def test_the_site_counts_languages_and_says_which_a_text_is_in(client: TestClient) -> None:
    page = client.get("/search", headers={"Accept-Language": "vi"}).text
    for language, name in (("km", "Tiếng Khmer"), ("zh", "Tiếng Trung"), ("en", "Tiếng Anh")):
        assert f'<a href="/search?language={language}">{name}</a>' in page
        title, text = TEXTS[language]
        assert f'lang="{language}">{title}</a>' in page
        article = client.get(f"/article/{NEWSPAPERS[language]}:7", headers={"Accept-Language": "vi"}).text
        assert f'<h1 lang="{language}">{title}</h1>' in article and text in article
        assert f'<div class="body" lang="{language}">' in article
    narrowed = client.get("/search?language=km").text
    assert 'name="language" value="km"' in narrowed and TEXTS["zh"][0] not in narrowed


def test_articles_of_one_number_are_apart_in_citations_and_tables(client: TestClient) -> None:
    keys = set()
    for language, langid in (("km", "khmer"), ("zh", "chinese"), ("en", "english"), ("vi", "vietnamese")):
        entry = client.get(f"/article/{NEWSPAPERS[language]}:7/citation.bib").text
        assert f"langid = {{{langid}}}" in entry and TEXTS[language][0] in entry
        assert f"LA  - {language}\r\n" in client.get(f"/article/{NEWSPAPERS[language]}:7/citation.ris").text
        keys.add(entry.partition("{")[2].partition(",")[0])
        versions = client.get(f"/api/v1/articles/{NEWSPAPERS[language]}:7").json()
        assert len(versions["versions"]) == 1
    assert len(keys) == 4
    packed = client.get("/export/download", params={"language": "km", "format": "csv"}).content
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        (table,) = [file.read(name).decode() for name in file.namelist() if name.endswith(".csv")]
    assert TEXTS["km"][0] in table and ",km," in table and TEXTS["zh"][0] not in table


@pytest.mark.parametrize("mark", [pytest.param("", marks=NEEDS_BROWSER)])
def test_khmer_has_a_font_of_the_site_and_nothing_else_is_asked_for(
    page: sync_api.Page, collection: Collection, mark: str, tmp_path: Path
) -> None:
    with running(collection, VIEWER) as serving:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for path in ("/search", *(f"/article/{name}:7" for name in NEWSPAPERS.values())):
            page.goto(serving.site + path)
            page.evaluate("document.fonts.ready")
            assert page.evaluate(OVERHANG) <= 0
        page.goto(f"{serving.site}/article/baosongkhmer:7")
        loaded = "document.fonts.ready.then(f => [...f].filter(x => x.status == 'loaded').map(x => x.family).join())"
        until(lambda: "Khmer of the archive" in page.evaluate(loaded))
        page.goto(f"{serving.site}/article/baosongcn:7", wait_until="networkidle")
        until(lambda: "Noto Sans SC Variable" in page.evaluate(loaded))
        assert len([url for url in asked if "/static/chinese/files/" in url]) < 30  # of a hundred
        own = (serving.site, serving.replay)
        assert all(url.startswith(own) or url.startswith("data:") for url in asked)
        assert any(url.endswith("noto-sans-khmer-400.woff2") for url in asked)
