"""The forms in which a paper links an article: one article, each form kept with it, one request a look."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.crawling import baotinh
from support.raw_server import RawServer, asked, raw_server
from support.sample import REPLAY
from support.small_paper import HOST, Paper, answer, article, listing, sitemap

from archive.catalog.other_addresses import addresses_of
from archive.collection import Collection
from archive.web.app import site_app

OWN = "/van-hoa/cho-phien-bac-ha-dong-khach-post101.html"
STEM = OWN.removesuffix(".html")
# Addresses of their own, which are kept
FORMS = (
    f"{OWN}/amp", f"{OWN}/amp/", f"{OWN}/", f"{OWN}//", f"{OWN}?amp", f"{OWN}?amp=1", f"{STEM}.amp", f"{STEM}.amp.html",
    f"/amp{OWN}", f"{OWN}?outputType=amp", f"{HOST.replace('//', '//amp.')}{OWN}", f"{STEM}/print", f"{OWN}/print",
    f"{OWN}?print=1", f"{OWN}?display=print", f"{HOST.replace('//', '//m.')}{OWN}", f"{OWN}/in", f"/ban-in{OWN}",
    f"{OWN}?tmpl=component&print=1&layout=default&page=", f"{HOST}/{OWN}", f"https{HOST[4:]}{OWN}",
    f"/kinh-te{OWN}",
)  # fmt: skip
# Spellings of one of those, which a server may make anew for each visitor
SPELLINGS = (
    f"{OWN};jsessionid=12ab", f"{OWN}?PHPSESSID=q1", f"{OWN}?sid=0123456789abcdef", f"{OWN}#anh", f"{HOST}:80{OWN}",
    OWN.replace("/cho-", "/%63ho-"), f"/./van-hoa/..{OWN}", f"{OWN}?utm_source=zalo",
)  # fmt: skip


class Numbered(dict[str, list[Any]]):
    """A page of an article by the words in any address."""

    def get(self, path: str, default: Any = None) -> Any:
        if found := re.search(r"/([a-z0-9]+(?:-[a-z0-9]+){4,})", path.replace("%63", "c")):
            return article(f"Chợ phiên vùng cao: {found[1]}")
        return super().get(path, default)


def served(server: RawServer, *named: str) -> None:
    server.answers = Numbered(server.answers | {"/van-hoa/": listing(*named)})


def kept(place: Path, id: str) -> set[str]:
    with Collection.open(place).catalog() as catalog:
        return {one.url for one in addresses_of(catalog.connection, id)}


def whole(*forms: str) -> set[str]:
    return {form if "://" in form else HOST + form for form in forms}


@pytest.mark.parametrize("first", [OWN, f"{OWN}/amp", f"{OWN}/", f"{STEM}.amp", f"{STEM}/print", f"{OWN}?PHPSESSID=q1"])
def test_every_form_is_kept_and_one_is_fetched_a_look(tmp_path: Path, first: str) -> None:
    other = OWN.replace("101", "102")
    forms = [one for one in (OWN, *SPELLINGS, *FORMS) if one != first]
    with raw_server({}) as server:
        served(server, first, *forms, other, f"{other}/amp", f"{other}/")
        paper = Paper(tmp_path, server.port)
        for nth in range(1, 4):
            paper.crawl("--recheck")
            assert len([path for path in asked(server) if "post101" in path]) == nth
            assert len([path for path in asked(server) if "post102" in path]) == nth
    assert paper.ids() == {"101", "102"} and len(paper.rows("SELECT 1 FROM versions")) == 2
    assert kept(paper.root, "baolaocai:102") == whole(other, f"{other}/amp", f"{other}/")
    assert kept(paper.root, "baolaocai:101") >= whole(*FORMS)
    shown = baotinh("show", "baolaocai:101", "--collection", paper.root).stdout
    site = TestClient(site_app(Collection.open(paper.root).for_readers, REPLAY))
    page = site.get("/article/baolaocai:101").text
    for form in (f"{HOST}{OWN}/amp", f"{HOST}{OWN}/", f"{HOST}{STEM}.amp", f"{HOST}{STEM}/print"):
        assert form in "".join(shown.split()) and f"{form}</a>" in page


@pytest.mark.parametrize("last", ["cho-phien-bac-ha-dong-khach-54321", "cho-phien-bac-ha-dong-khach-nhat-dau-nam"])
@pytest.mark.parametrize("first", [".html", "/amp", ".amp"])
def test_of_a_paper_that_no_file_declares_too(tmp_path: Path, last: str, first: str) -> None:
    def there(form: str) -> str:
        return form.replace("/van-hoa", "/tin").replace("baolaocai", "baothu").replace(name, last)

    name, place = STEM.rpartition("/")[2], tmp_path / "c"
    forms = [there(form) for form in (OWN, *SPELLINGS, *FORMS[:-1]) if "%" not in form]
    behind = "-5432" if last[-1].isdecimal() else "-vu-"
    others = [f"/tin/gia-lua-{n}-mua-nay-tang-manh-hon-nam-truoc{behind}{n}.html" for n in "23"]
    with raw_server({}) as server:
        server.answers = Numbered(server.answers | {"/tin/": listing(there(STEM) + first, *forms, *others)})
        for nth in range(1, 4):
            options = ("--loopback", f"127.0.0.1:{server.port}", "--collection", place)
            done = baotinh("crawl", "http://baothu.test/tin/", "--recheck", *options)
            assert done.returncode == 0, done.stdout + done.stderr
            assert [path for path in asked(server) if last in path] == [there(OWN)] * nth
            assert all(asked(server).count(other) == nth for other in others)
    with Collection.open(place).catalog() as catalog:
        ids = {catalog.article(id).article().title: id for id in catalog.article_ids()}
    assert len(ids) == 3
    named = {form.replace("baolaocai", "baothu") for form in whole(*map(there, FORMS[:-1]))}
    assert kept(place, ids[f"Chợ phiên vùng cao: {last}"]) >= named


@pytest.mark.parametrize("named", ["feed", "sitemap"])
def test_forms_that_feeds_and_sitemaps_name(tmp_path: Path, named: str) -> None:
    urls = [f"{HOST}{OWN}/amp", f"{HOST}{OWN}", f"{HOST}{OWN}/"]
    items = "".join(f"<item><link>{url}</link></item>" for url in urls)
    feed = answer(f"<rss><channel>{items}</channel></rss>", kind="application/rss+xml")
    pages = {"/rss.xml": feed, "/sitemap.xml": sitemap(*((url, "2026-01-08") for url in urls))}
    with raw_server({}) as server:
        server.answers = Numbered(server.answers | {"/van-hoa/": listing()} | pages)
        paper = Paper(tmp_path, server.port, **{f"{named}s": ("/rss.xml" if named == "feed" else "/sitemap.xml",)})
        for _ in range(2):
            paper.crawl()
        assert [path for path in asked(server) if "post101" in path] == [OWN]
    assert kept(paper.root, "baolaocai:101") == set(urls)


def test_a_form_that_is_all_there_is_of_an_article_is_read(tmp_path: Path) -> None:
    with raw_server({}) as server:
        served(server, f"{OWN}/amp", f"{STEM.replace('101', '102')}.amp", f"{OWN.replace('101', '103')}/")
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl("--recheck")
        assert sum("post10" in path for path in asked(server)) == 6
    assert paper.ids() == {"101", "102", "103"} and len(paper.rows("SELECT 1 FROM versions")) == 3
    before = paper.rows("SELECT identity, url FROM identities ORDER BY identity")
    assert baotinh("rebuild", "--collection", paper.root).returncode == 0
    assert paper.rows("SELECT identity, url FROM identities ORDER BY identity") == before
