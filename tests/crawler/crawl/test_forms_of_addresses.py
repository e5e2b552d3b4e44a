"""One article under several addresses: fetched once a look, all addresses kept; different articles stay apart."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from support.crawling import baotinh
from support.raw_server import RawServer, raw_server
from support.sample import REPLAY
from support.small_paper import HOST, MISSING, Paper, answer, article, listing, redirect

from archive.catalog.other_addresses import addresses_of
from archive.collection import Collection
from archive.web.app import site_app

OWN = "/cho-phien-bac-ha-post101.html"
PRINTED = (datetime.now(UTC) - timedelta(hours=3)).isoformat(timespec="seconds")
MARKET = "Chợ phiên Bắc Hà đông khách đầu năm"


def page(title: str, canonical: str | None = None, more: str = "") -> list[Any]:
    """A page of a paper whose addresses have no ids."""
    named = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    return answer(
        f"<html><head><title>{title}</title>{named}"
        f"<meta property='article:published_time' content='{PRINTED}'></head><body><main>"
        f"<h1>{title}</h1><article><p>{title}: từ sáng sớm bà con các bản đã mang hàng xuống chợ, đông hơn mọi năm.</p>"
        f"<p>Theo ban quản lý, phiên này có hơn ba trăm gian hàng của mười hai xã trong vùng. {more}</p>"
        "<p>Chợ họp đến trưa thì vãn, xe khách tăng chuyến để đưa bà con về bản.</p></article></main></body></html>"
    )


def asked(server: RawServer, *words: str) -> list[str]:
    return [path for path, _ in server.received if any(word in path for word in words)]


def addresses(paper: Paper, id: str) -> set[str]:
    with Collection.open(paper.root).catalog() as catalog:
        found = [one.url for one in addresses_of(catalog.connection, id)]
    return {url.removeprefix(HOST).removeprefix("http://") for url in found}


def test_all_forms_of_an_address_are_fetched_as_one_and_kept(tmp_path: Path) -> None:
    forms = (
        OWN, f"{OWN}?utm_source=zalo&fbclid=x", f"/kinh-te{OWN}", f"/amp{OWN}", f"{OWN}?print=1", f"/in{OWN}",
        f"{OWN};jsessionid=0123456789abcdef", f"http://m.baolaocai.test{OWN}", f"http://www.baolaocai.test{OWN}",
    )  # fmt: skip
    with raw_server({"/van-hoa/": listing(*reversed(forms)), OWN: article(MARKET)}) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl("--recheck")
        assert asked(server, "post101") == [OWN, OWN]
    assert paper.ids() == {"101"}
    assert addresses(paper, "baolaocai:101") == {
        OWN, f"/kinh-te{OWN}", f"/amp{OWN}", f"/in{OWN}", f"{OWN}?print=1", f"m.baolaocai.test{OWN}",
        f"www.baolaocai.test{OWN}",
    }  # fmt: skip
    done = baotinh("show", "baolaocai:101", "--collection", paper.root)
    assert f"/kinh-te{OWN}, named by lists alone" in " ".join(done.stdout.split())
    site = TestClient(site_app(Collection.open(paper.root).for_readers, REPLAY))
    shown = site.get("/article/baolaocai:101", headers={"Accept-Language": "en"}).text.partition("Other addresses")[2]
    assert f"/kinh-te{OWN}</a>" in shown and "named by lists alone" in shown


def test_an_address_that_leads_to_the_article_is_kept(tmp_path: Path) -> None:
    former = f"/tin-cu{OWN}"
    pages = {"/van-hoa/": listing(former), former: redirect(OWN), OWN: article(MARKET)}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
    assert addresses(paper, "baolaocai:101") == {OWN, former}
    said = " ".join(baotinh("show", "baolaocai:101", "--collection", paper.root).stdout.split())
    assert f"{former}, leads to " in said
    site = TestClient(site_app(Collection.open(paper.root).for_readers, REPLAY))
    assert f"{former}</a>" in site.get("/article/baolaocai:101").text
    named = site.get("/api/v1/articles/baolaocai:101").json()["addresses"]
    assert [one["moved_to"] is not None for one in named] == [former in one["url"] for one in named]


@pytest.mark.parametrize("form", [f"/amp{OWN}", f"{OWN}/amp", f"{OWN}?print=1", f"http://m.baolaocai.test{OWN}"])
def test_an_article_that_was_found_in_another_form_first_is_fetched_plain_once(tmp_path: Path, form: str) -> None:
    named = (form, OWN, f"/kinh-te{OWN}", f"/xa-hoi{OWN}")
    lists = [listing(one) for one in named]
    pages = {path: article(MARKET) for path in (f"/amp{OWN}", f"{OWN}/amp", f"{OWN}?print=1", *named[1:])}
    with raw_server({"/van-hoa/": [one for each in lists for one in each]} | pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl()
        assert len(asked(server, "post101")) == 2
        paper.crawl()
        baotinh("rebuild", "--collection", paper.root)
        paper.crawl()
        assert not asked(server, "kinh-te") and not asked(server, "xa-hoi")
    assert paper.ids() == {"101"} and len(paper.rows("SELECT seq FROM versions")) == 1


def crawl_section(server: RawServer, place: Path, *options: str) -> None:
    """Crawl a section of a paper that nobody declares into a collection."""
    done = baotinh(
        "crawl", "http://baothu.test/tin/", *options, "--loopback", f"127.0.0.1:{server.port}", "--collection", place
    )
    assert done.returncode == 0, done.stdout + done.stderr


def crawled(tmp_path: Path, pages: dict[str, list[Any]], times: int = 1) -> tuple[RawServer, Path]:
    """A paper that nobody declares, whose addresses have no ids."""
    links = "".join(f'<h2><a href="{path}">Chuyện kể ở chợ phiên vùng cao ngày đầu năm</a></h2>' for path in pages)
    place = tmp_path / "c"
    with raw_server({"/tin/": answer(links)} | pages) as server:
        for _ in range(times):
            crawl_section(server, place, "--recheck")
        return server, place


def held(place: Path) -> dict[str, int]:
    """How many versions each title has."""
    with Collection.open(place).catalog() as catalog:
        found = {id: catalog.article(id).article().title for id in catalog.article_ids()}
        assert len(set(found.values())) == len(found), found
        return {title: len(catalog.versions(id)) for id, title in found.items()}


SLUG = "cho-phien-bac-ha-dong-khach"


@pytest.mark.parametrize("canonical", [f"http://baothu.test/tin/kinh-te/{SLUG}.html", None])
def test_two_sections_have_one_article_and_one_look(tmp_path: Path, canonical: str | None) -> None:
    pages = {f"/tin/{name}/{SLUG}.html": page(MARKET, canonical) for name in ("van-hoa", "kinh-te")}
    server, place = crawled(tmp_path, pages)
    assert held(place) == {MARKET: 1}
    assert sorted(asked(server, SLUG)) == sorted(pages)
    with raw_server({"/tin/": server.answers["/tin/"]} | pages) as again:
        for _ in range(2):
            crawl_section(again, place)
    with Collection.open(place).catalog() as catalog:
        rows = catalog.connection.execute(
            "SELECT url, next_due_at FROM addresses WHERE kind = 'article' ORDER BY next_due_at"
        ).fetchall()
    assert len(rows) == 2 and rows[0][1] < rows[1][1]
    assert canonical is None or rows[0][0] == canonical


LIES = {
    "the front page": "http://baothu.test/",
    "a section": "http://baothu.test/tin/",
    "another article": "http://baothu.test/tin/van-hoa/gia-lua-mua-nay-tang-manh.html",
    "one of another host": "http://khac.test/",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_canonical_address_merges_nothing(tmp_path: Path, lie: str) -> None:
    titles = [f"{MARKET} {number}" for number in ("một", "hai", "ba")]
    pages = {
        f"/tin/van-hoa/cho-phien-vung-cao-{name}.html": page(title, LIES[lie])
        for name, title in zip(("bac-ha", "can-cau", "y-ty"), titles, strict=True)
    }
    _, place = crawled(tmp_path, pages)
    assert held(place) == dict.fromkeys(titles, 1)


def test_articles_that_share_slug_or_title_stay_apart(tmp_path: Path) -> None:
    pages = {
        f"/tin/{year}/ban-tin-thoi-tiet-hom-nay.html": page(f"Bản tin thời tiết hôm nay {year}", more=f"Mưa {year}.")
        for year in ("2024", "2025")
    }
    _, place = crawled(tmp_path, pages)
    assert sorted(held(place)) == sorted(f"Bản tin thời tiết hôm nay {year}" for year in ("2024", "2025"))


def test_articles_of_two_sections_that_share_the_words_of_their_addresses_stay_apart(tmp_path: Path) -> None:
    names = ("van-hoa", "kinh-te")
    canonical = f"http://baothu.test/tin/{names[0]}/thong-bao-lay-y-kien-nhan-dan.html"
    said = {"van-hoa": "quy hoạch nhà rông của các thôn", "kinh-te": "giá đất năm tới ở thị trấn"}
    for place, named in (("a", None), ("b", canonical)):
        pages = {f"/tin/{name}/thong-bao-lay-y-kien-nhan-dan.html": notice(said[name], named) for name in names}
        _, collection = crawled(tmp_path / place, pages, times=2)
        assert held(collection) == {f"Thông báo về {words}": 1 for words in said.values()}
        edited = {path: notice(said[path.split("/")[2]], named, "Hạn chót là cuối tháng.") for path in pages}
        links = listing(*pages)
        with raw_server({"/tin/": links} | edited) as server:
            for _ in range(2):
                crawl_section(server, collection, "--recheck")
        assert held(collection) == {f"Thông báo về {words}": 2 for words in said.values()}
        done = baotinh("rebuild", "--collection", collection)
        assert done.returncode == 0, done.stdout + done.stderr
        assert held(collection) == {f"Thông báo về {words}": 2 for words in said.values()}


def notice(about: str, canonical: str | None, more: str = "") -> list[Any]:
    """A page whose whole text is about one thing."""
    named = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    texts = (f"Ủy ban xã lấy ý kiến về {about}.", f"Bà con xem bản dự thảo về {about}. {more}", f"Góp ý về {about}.")
    return answer(
        f"<html><head><title>Thông báo về {about}</title>{named}"
        f"<meta property='article:published_time' content='{PRINTED}'></head><body><main><h1>Thông báo về {about}</h1>"
        f"<article>{''.join(f'<p>{text * 3}</p>' for text in texts)}</article></main></body></html>"
    )


def test_a_page_for_printing_that_ends_in_its_address_makes_no_version(tmp_path: Path) -> None:
    path, printed = f"/tin/{SLUG}-123456.html", f"/in/tin/{SLUG}-123456.html"
    text = page(MARKET)[0].decode().partition("\r\n\r\n")[2]
    address = f"<p>Nguồn: http://baothu.test{path}</p></article>"
    _, place = crawled(tmp_path, {printed: answer(text.replace("</article>", address))})
    with raw_server({"/tin/": listing(path), path: answer(text)}) as server:
        crawl_section(server, place)
        assert asked(server, SLUG) == [path]
    assert held(place) == {MARKET: 1}


def test_where_one_address_is_gone_the_other_is_looked_at(tmp_path: Path) -> None:
    first, second = (f"/tin/{name}/{SLUG}.html" for name in ("van-hoa", "kinh-te"))
    canonical = f"http://baothu.test{first}"
    pages = {first: [*page(MARKET, canonical), *MISSING], second: page(MARKET, canonical)}
    _, place = crawled(tmp_path, pages)
    other = "/tin/van-hoa/gia-lua-mua-nay-tang-manh.html"
    pages = {other: page("Giá lúa mùa này tăng mạnh"), first: MISSING, second: page(MARKET, canonical, "Mở cả đêm.")}
    links = f'<h2><a href="{other}">Giá lúa mùa này tăng mạnh hơn mùa trước</a></h2>'
    with raw_server({"/tin/": answer(links)} | pages) as server:
        for _ in range(2):
            crawl_section(server, place, "--recheck")
        assert asked(server, SLUG)
    assert held(place) == {MARKET: 2, "Giá lúa mùa này tăng mạnh": 1}


def test_spellings_of_letters_are_one_address(tmp_path: Path) -> None:
    path = "/tin/chợ-phiên-bắc-hà-đông-khách.html"
    spellings = [quote(unicodedata.normalize(form, path)) for form in ("NFC", "NFD")]
    assert spellings[0] != spellings[1]
    server, place = crawled(tmp_path, {spelling: page(MARKET) for spelling in (*spellings, spellings[0].lower())})
    assert held(place) == {MARKET: 1}
    assert len(asked(server, "-")) == 1


@pytest.mark.parametrize("target", ["/", "/tin/"])
def test_where_no_list_names_articles_a_redirect_to_another_page_is_no_move(tmp_path: Path, target: str) -> None:
    path = f"/tin/{SLUG}.html"
    _, place = crawled(tmp_path, {path: page(MARKET)})
    pages = {path: redirect(target), "/": answer("<h1>Báo Thử</h1>"), "/tin/": answer("<h1>Tin</h1>")}
    with raw_server(pages) as server:
        for _ in range(2):
            baotinh(
                "crawl", "http://baothu.test/tin/", "--recheck", "--loopback", f"127.0.0.1:{server.port}",
                "--collection", place,
            )  # fmt: skip
    with Collection.open(place).catalog() as catalog:
        rows = catalog.connection.execute("SELECT status FROM status_history ORDER BY at").fetchall()
    assert rows == [("gone",), ("withdrawn",)]
