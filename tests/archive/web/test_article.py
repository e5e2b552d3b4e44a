"""An article's page: its citations in every form, what reference managers read, versions, similar articles."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote

import bibtexparser
import pytest
import rispy
from fastapi.testclient import TestClient
from support.collection_builder import CollectionBuilder, make_article, png
from support.html_elements import Elements
from support.sample import HOSTILE, MARKET, REPLAY

from archive.article import Block, Image
from archive.collection import Collection
from archive.export.citations.files import FORMS, CitationForm, cite
from archive.export.rows import RowReader
from archive.search.indexing.index import follow
from archive.web.app import site_app

ORIGIN = "http://testserver"
SUFFIXES: dict[str, CitationForm] = {"bib": "bibtex", "ris": "ris", "json": "csl"}
TITLE = "Chợ nổi mùa nước nổi: Người ở lại với dòng sông"


def fields_of(page: str) -> dict[str, str]:
    """The texts of the page's read-only fields, by their form."""
    found = re.findall(r'<textarea id="cite-(\w+)"[^>]* readonly [^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {form: unescaped(text) for form, text in found}


def unescaped(text: str) -> str:
    for sign, name in (("<", "&lt;"), (">", "&gt;"), ('"', "&#34;"), ("'", "&#39;"), ("&", "&amp;")):
        text = text.replace(name, sign)
    return text


def meta_of(page: str) -> dict[str, list[str]]:
    """The contents of the meta elements by name."""
    found: dict[str, list[str]] = {}
    for tag, attributes in Elements(page).found:
        if tag == "meta" and attributes.get("name"):
            found.setdefault(str(attributes["name"]), []).append(str(attributes["content"]))
    return found


def coins_of(page: str) -> dict[str, list[str]]:
    (title,) = (str(one["title"]) for tag, one in Elements(page).found if tag == "span" and one.get("class") == "Z3988")
    return parse_qs(title, strict_parsing=True)


def json_ld_of(page: str) -> dict[str, object]:
    (said,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    values: dict[str, object] = json.loads(said)
    return values


def test_each_form_is_that_of_the_command_with_this_sites_address(client: TestClient, sample: Collection) -> None:
    with sample.catalog() as catalog:
        (row,) = RowReader(catalog, ORIGIN).rows([catalog.article(MARKET)])
    shown = fields_of(client.get(f"/article/{MARKET}").text)
    assert {form: text.replace("\r\n", "\n") for form, text in shown.items()} == {
        form: cite(row, form).replace("\r\n", "\n").strip() for form in FORMS
    }
    for suffix, form in SUFFIXES.items():
        answer = client.get(f"/article/{MARKET}/citation.{suffix}")
        assert answer.text == cite(row, form)
        assert re.fullmatch(rf'attachment; filename="[A-Za-z0-9-]+\.{suffix}"', answer.headers["content-disposition"])
    assert f"{ORIGIN}/article/{MARKET}?version={row.version}" in shown["chicago"]
    assert str(row.payload_digest) in shown["vietnamese"]


def test_the_readers_own_form_comes_first(client: TestClient) -> None:
    for lang, first in (("vi", "vietnamese"), ("en", "chicago")):
        assert next(iter(fields_of(client.get(f"/article/{MARKET}", headers={"Accept-Language": lang}).text))) == first


def test_a_version_has_citations_of_its_own(client: TestClient, sample: Collection) -> None:
    with sample.catalog() as catalog:
        old, new = catalog.versions(MARKET)
    page = client.get(f"/article/{MARKET}", params={"version": old.content_hash}).text
    address = next(unescaped(str(one["href"])) for tag, one in Elements(page).found if tag == "a" and "download" in one)
    entry = client.get(address).text
    assert old.content_hash in entry.replace("\\_", "_") and new.content_hash not in entry


def test_files_are_read_by_other_programs(client: TestClient) -> None:
    (entry,) = bibtexparser.parse_string(client.get(f"/article/{MARKET}/citation.bib").text).entries
    assert entry["title"] == f"{{{TITLE}}}" and entry["author"] == "{Trần Minh Quý} and {Lê Hòa}"
    (record,) = rispy.loads(client.get(f"/article/{MARKET}/citation.ris").text)
    assert (record["title"], record["authors"]) == (TITLE, ["Trần Minh Quý", "Lê Hòa"])
    (item,) = client.get(f"/article/{MARKET}/citation.json").json()
    assert item["title"] == TITLE and item["archive_location"].startswith(f"{ORIGIN}/article/")


@pytest.mark.parametrize("path", ["citation.doc", "citation.", "citation.bib?version=x", "citation.bib/x"])
def test_there_are_no_other_files(client: TestClient, path: str) -> None:
    assert client.get(f"/article/{MARKET}/{path}").status_code == 404
    assert client.get("/article/baocantho:0/citation.bib").status_code == 404


def test_the_sites_address_is_the_declared_one_or_that_of_the_request(sample: Collection) -> None:
    behind_proxy = TestClient(site_app(sample, REPLAY, public_origin="https://kho.example.vn/"))
    assert "https://kho.example.vn/article/" in behind_proxy.get(f"/article/{MARKET}/citation.ris").text
    alone = TestClient(site_app(sample, REPLAY))
    for host, begins in (("kho.test:81", "http://kho.test:81/article/"), ('127.0.0.1:"><b>', "; /article/")):
        cited = alone.get(f"/article/{MARKET}/citation.json", headers={"Host": host}).json()[0]["note"]
        assert f"; {begins.removeprefix('; ')}" in cited


def test_the_page_carries_what_zotero_reads(client: TestClient, sample: Collection) -> None:
    page = client.get(f"/article/{MARKET}").text
    with sample.catalog() as catalog:
        version = catalog.article(MARKET)
    archived = f"{ORIGIN}/article/{MARKET}?version={version.content_hash}"
    url = version.article().url
    meta = meta_of(page)
    assert meta["z:itemType"] == ["newspaperArticle"]
    assert (meta["citation_title"], meta["citation_author"]) == ([TITLE], ["Trần Minh Quý", "Lê Hòa"])
    assert (meta["citation_journal_title"], meta["citation_publication_date"]) == (["Báo Cần Thơ"], ["2026/10/01"])
    assert (meta["citation_public_url"], meta["citation_fulltext_html_url"]) == ([url], [archived])
    assert (meta["DC.title"], meta["DC.creator"]) == ([TITLE], ["Trần Minh Quý", "Lê Hòa"])
    assert (meta["DC.date"], meta["DC.language"]) == (["2026-10-01"], ["vi"])
    assert archived in meta["DC.identifier"]
    links = [one.get("rel") for tag, one in Elements(page).found if tag == "link"]
    assert {"schema.DC", "schema.z"} <= set(links) and links.count("alternate") == 3

    assert coins_of(page) == {
        "ctx_ver": ["Z39.88-2004"],
        "rft_val_fmt": ["info:ofi/fmt:kev:mtx:dc"],
        "rft.type": ["newspaperArticle"],
        "rft.title": [TITLE],
        "rft.source": ["Báo Cần Thơ"],
        "rft.aulast": ["Trần Minh Quý", "Lê Hòa"],
        "rft.date": ["2026-10-01"],
        "rft.identifier": [url],
        "rft.language": ["vi"],
    }
    values = json_ld_of(page)
    assert (values["@type"], values["headline"], values["archivedAt"]) == ("NewsArticle", TITLE, archived)
    assert values["author"] == [{"@type": "Person", "name": "Trần Minh Quý"}, {"@type": "Person", "name": "Lê Hòa"}]
    assert (values["datePublished"], values["url"]) == ("2026-10-01T06:15:00+07:00", url)


def test_hostile_values_stay_values(client: TestClient) -> None:
    page = client.get(f"/article/{HOSTILE}").text
    title = "<script>alert(1)</script> tựa độc"
    assert meta_of(page)["citation_title"] == [title] and coins_of(page)["rft.title"] == [title]
    assert json_ld_of(page)["headline"] == title and "url" not in json_ld_of(page)
    assert "javascript" not in unquote("".join(meta_of(page).get("citation_public_url", []))).lower()
    assert coins_of(page)["rft.identifier"][0].startswith(f"{ORIGIN}/article/")
    assert page.count("<script") == 2 and page.count("</script>") == 2


AWKWARD = (
    "</title></textarea></script><!-- <script>\"'&amp; \u202egnp.exe\n\r\nX-Evil: 1 a&rft.title=b ]]> `${1}`\u2028"
)


def test_texts_that_would_end_an_element_do_not(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    article = make_article(
        1, title=AWKWARD, lead=AWKWARD, authors=(AWKWARD,), section=AWKWARD, tags=(AWKWARD,), source=AWKWARD,
        kicker=AWKWARD, url=f"https://baocantho.com.vn/a?{AWKWARD}", images=(),
        body=(Block(type="paragraph", text=AWKWARD),),
    )  # fmt: skip
    builder.publish(article)
    follow(builder.collection)
    page = TestClient(site_app(builder.collection, REPLAY)).get(f"/article/{article.id}").text
    said = " ".join(AWKWARD.replace("\u202e", "").split())
    assert Elements(page).open == [] and page.count("<script") == 2
    assert meta_of(page)["citation_title"] == coins_of(page)["rft.title"] == [said]
    assert json_ld_of(page)["headline"] == said
    assert said in fields_of(page)["apa"]
    assert "\u202e" not in page[: page.index("<body")].replace(page[page.index("<title") : page.index("</title>")], "")


def test_without_a_writer_the_agency_is_a_corporate_author(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    builder.publish(make_article(1, authors=(), source="TTXVN", title="Lúa hè thu được giá"))
    page = TestClient(site_app(builder.collection, REPLAY)).get("/article/baocantho:196001").text
    assert coins_of(page)["rft.aucorp"] == ["TTXVN"] and "rft.aulast" not in coins_of(page)
    assert meta_of(page)["citation_author"] == ["TTXVN"]


def test_provenance_is_folded_behind_one_line(client: TestClient) -> None:
    page = client.get(f"/article/{MARKET}").text
    (folded,) = re.findall(r'<details class="provenance">(.*?)</details>', page, re.DOTALL)
    assert "Nguồn gốc bản lưu: lưu từ baocantho.com.vn lúc 08:00 ngày 02/10/2026" in folded
    for name in ("WARC", "urn:uuid:", "sha256:", f"{REPLAY}/?url="):
        assert name in folded


def test_similar_articles_have_picture_paper_and_day(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    texts = (
        "Nước mặn lấn sâu vào nội đồng, bà con be bờ giữ nước ngọt cho vườn cây.",
        "Nước mặn lấn sâu, cống ngăn mặn đóng sớm, nhà vườn trữ nước ngọt.",
        "Bà con be bờ, đắp đập ngăn nước mặn lấn sâu vào nội đồng.",
    )
    picture = builder.capture("https://baocantho.com.vn/be-bo.png", png(300, 200, (90, 120, 60)), mime="image/png")
    for number, text in enumerate(texts, 1):
        images = (Image(url="https://baocantho.com.vn/be-bo.png", capture=picture),) if number == 3 else ()
        body = (Block(type="paragraph", text=text),)
        builder.publish(make_article(number, title=f"Hạn mặn bài {number}", lead=None, body=body, images=images))
    site = TestClient(site_app(builder.collection, REPLAY), raise_server_exceptions=False)
    assert "Bài tương tự" not in site.get("/article/baocantho:196001").text  # not indexed yet
    follow(builder.collection)
    page = site.get("/article/baocantho:196001").text
    listed = page[page.index("Bài tương tự") :]
    assert re.findall(r'<p class="title"><a href="/article/([^"]+)"', listed) == [
        "baocantho:196003", "baocantho:196002",
    ]  # fmt: skip
    assert re.findall(r'<img src="([^"]+)"', listed) == [f"{REPLAY}/picture/{quote(picture.record_id)}"]
    assert listed.count("Báo Cần Thơ") == 2


def test_each_picture_has_its_own_caption(client: TestClient) -> None:
    page = client.get(f"/article/{MARKET}").text
    figures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    captions = [re.sub(r"<[^>]+>|\s+", " ", one[one.index("<figcaption") :]) for one in figures]
    assert [" ".join(one.split()) for one in captions] == [
        "Ghe hàng neo kín một khúc sông lúc bình minh. Ảnh: Lê Hòa",
        "Một ghe bán trái cây treo cây bẹo ở mũi. Ảnh: Lê Hòa",
        "Khách ăn sáng trên xuồng.",
    ]


def test_a_caption_is_shown_as_printed(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    image = Image(
        url="https://baocantho.com.vn/rung.png", caption="Rừng đước", credit="Lê Hòa",
        printed="Rừng đước (Ảnh minh họa: Lê Hòa)", position=0, capture_missing="error",
    )  # fmt: skip
    builder.publish(make_article(1, body=(Block(type="figure", text="Rừng đước"),), images=(image,)))
    page = TestClient(site_app(builder.collection, REPLAY)).get("/article/baocantho:196001").text
    caption = page[page.index("<figcaption") : page.index("</figcaption>")]
    assert "Rừng đước (Ảnh minh họa: Lê Hòa)" in caption and caption.count("Lê Hòa") == 1
