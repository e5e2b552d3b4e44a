"""Papers whose sections or whose very name no file declares: crawled end to end over loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.crawling import SEED, baotinh
from support.raw_server import raw_server

from archive.checking.collection import verify
from archive.collection import Collection
from crawler.newsroom import RunningNewsroom, serve_newsroom

DISCOVERED = '''"""Báo Lào Cai as one of whom only the family is known."""

from spiders.families.mcms import McmsFamily


class Discovered(McmsFamily):
    name = "baolaocai"
    title = "Báo Lào Cai"
    province = "Lào Cai"
    provinces_before = ("Lào Cai", "Yên Bái")
    hosts = ("baolaocai.vn",)
'''


@pytest.fixture(scope="module")
def printing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNewsroom]:
    log = tmp_path_factory.mktemp("printing") / "transport.jsonl"
    with serve_newsroom(seed=SEED, articles=60, undeclared=120, log_path=log) as running:
        yield running


def articles(root: Path) -> dict[str, dict[str, Any]]:
    files = sorted((root / "jsonl").glob("*"), key=lambda path: path.stat().st_mtime_ns)
    lines = [line for path in files for line in path.read_text("utf-8").splitlines()]
    return {one["url"]: one for one in map(json.loads, lines)}


def report(root: Path) -> dict[str, Any]:
    newest = max((root / "reports").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    said: dict[str, Any] = json.loads(newest.read_text("utf-8"))
    return said


def crawl(what: object, root: Path, port: int, *options: object, code: int = 0) -> str:
    done = baotinh("crawl", what, "--loopback", f"127.0.0.1:{port}", "--collection", root, *options)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_sections_that_nobody_declares_are_found_and_crawled(tmp_path: Path, printing: RunningNewsroom) -> None:
    (tmp_path / "paper.py").write_text(DISCOVERED, "utf-8")
    crawl(tmp_path / "paper.py", tmp_path / "c", printing.port)
    truth = {one["url"]: one for one in printing.truth()["articles"] if one["newspaper"] == "baolaocai"}
    found = articles(tmp_path / "c")
    assert found.keys() == truth.keys()
    assert {url: one["title"] for url, one in found.items()} == {url: one["title"] for url, one in truth.items()}
    assert {one["section"] for one in found.values()} == {"Xã hội", "Văn hóa"}
    for _ in range(2):  # the sections are found and looked at anew each time, and nothing is read twice
        crawl(tmp_path / "paper.py", tmp_path / "c", printing.port)
        counts = report(tmp_path / "c")["counts"]
        assert counts.get("articles new", 0) == 0 and counts["not modified"] >= 2


def test_one_section_of_those_found_may_be_chosen(tmp_path: Path, printing: RunningNewsroom) -> None:
    (tmp_path / "paper.py").write_text(DISCOVERED, "utf-8")
    crawl(tmp_path / "paper.py", tmp_path / "c", printing.port, "--section", "van-hoa", "--limit", 5)
    found = articles(tmp_path / "c")
    assert 1 <= len(found) <= 5 and {one["section"] for one in found.values()} <= {"Văn hóa", "Xã hội"}


def test_a_section_that_is_not_found_is_said(tmp_path: Path, printing: RunningNewsroom) -> None:
    (tmp_path / "paper.py").write_text(DISCOVERED, "utf-8")
    said = crawl(tmp_path / "paper.py", tmp_path / "c", printing.port, "--section", "the-thao")
    assert "names no section 'the-thao'; it names xa-hoi, van-hoa" in said and articles(tmp_path / "c") == {}


def test_a_section_of_any_site_is_crawled_by_its_address(tmp_path: Path, printing: RunningNewsroom) -> None:
    root = tmp_path / "c"
    crawl("http://baobienxanh.test/muc/kinh-te.htm", root, printing.port)
    truth = [one for one in printing.truth()["undeclared"]["articles"] if one["section"] == "Kinh tế"]
    found = articles(root)
    read = [one for one in truth if (got := found.get(one["url"]))
            and (got["title"], got["published_at"]) == (one["title"], one["published_at"])]  # fmt: skip
    assert len(truth) >= 25  # more than one list page
    assert len(read) >= 0.95 * len(truth)
    assert {found[one["url"]]["section"] for one in read} == {"Kinh tế"}
    one = found[truth[0]["url"]]
    assert one["id"] == f"baobienxanh.test:{truth[0]['article_id']}"
    with Collection.open(root).catalog() as catalog:
        card = catalog.newspapers()["baobienxanh.test"]
    assert card["hosts"] == ["baobienxanh.test"] and card["family"] == "undeclared" and card["unproved"]


def test_such_a_crawl_is_as_polite_and_as_exact_as_any(tmp_path: Path, printing: RunningNewsroom) -> None:
    root = tmp_path / "c"
    crawl("http://baobienxanh.test/muc/van-hoa.htm", root, printing.port, "--limit", 8)
    assert len(articles(root)) <= 8
    assert verify(Collection.open(root)).findings == []
    assert printing.log_path is not None
    asked = [json.loads(line) for line in printing.log_path.read_text("utf-8").splitlines()]
    targets = [line["target"] for line in asked if line["host"] == "baobienxanh.test"]
    assert "/robots.txt" in targets and not [target for target in targets if target.startswith("/tim-kiem/")]
    first = len(articles(root))
    crawl("http://baobienxanh.test/muc/van-hoa.htm", root, printing.port)  # goes on where the first ended
    assert len(articles(root)) > first


def test_the_address_of_a_declared_paper_is_read_by_its_rules(tmp_path: Path, printing: RunningNewsroom) -> None:
    root = tmp_path / "c"
    crawl("http://baocantho.test/kinh-te/", root, printing.port, "--limit", 4)
    found = articles(root).values()
    assert found and {one["newspaper"] for one in found} == {"baocantho"}
    assert {one["section"] for one in found} == {"Kinh tế"}
    crawl("http://baolaocai.test/", tmp_path / "all", printing.port, "--limit", 4)
    assert {one["newspaper"] for one in articles(tmp_path / "all").values()} == {"baolaocai"}


def test_what_is_no_address_or_lists_nothing_is_said(tmp_path: Path, printing: RunningNewsroom) -> None:
    done = baotinh("crawl", "ftp://bao.test/", "--loopback", f"127.0.0.1:{printing.port}", "--collection", tmp_path)
    assert done.returncode == 2 and "begins with https:// or http://" in done.stderr
    said = crawl("http://baobienxanh.test/gioi-thieu.htm", tmp_path / "c", printing.port, code=1)
    assert "HTTP 404" in said


def answer(markup: str, *fields: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> list[Any]:
    octets = markup.encode()
    head = "".join(f"{field}\r\n" for field in (f"HTTP/1.1 {status}", f"Content-Type: {kind}", *fields))
    return [f"{head}Content-Length: {len(octets)}\r\n\r\n".encode() + octets]


def test_a_paper_is_found_out_by_its_sitemaps_alone(tmp_path: Path) -> None:
    """The home page is empty: an index of sitemaps names articles and sections."""
    article = (
        "<title>{0}</title><h1 class='article__title'>{0}</h1><meta property='article:published_time' "
        "content='2025-06-17T13:43:00+07:00'><div class='article__body cms-body'><p>Chợ họp trên bãi bằng.</p></div>"
    )
    index = "<sitemapindex><sitemap><loc>https://baolaocai.vn/s-1.xml</loc></sitemap></sitemapindex>"
    urls = (
        "https://baolaocai.vn/phien-cho-post101.html",
        "https://baolaocai.vn/van-hoa/",
        "https://khac.vn/x-post9.html",
    )
    sitemap = "<urlset>" + "".join(f"<url><loc>{url}</loc></url>" for url in urls) + "</urlset>"
    pages = {
        "/": answer("<div id=app></div>"),
        "/sitemap.xml": answer(index, kind="application/xml"),
        "/s-1.xml": answer(sitemap, kind="application/xml"),
        "/van-hoa/": answer('<a href="/mua-hoa-post102.html">Mùa hoa</a>'),
        "/phien-cho-post101.html": answer(article.format("Phiên chợ lùi")),
        "/mua-hoa-post102.html": answer(article.format("Mùa hoa mận")),
    }
    (tmp_path / "paper.py").write_text(DISCOVERED, "utf-8")
    with raw_server(pages) as server:
        crawl(tmp_path / "paper.py", tmp_path / "c", server.port)
        asked = [path for path, _ in server.received]
    assert {one["article_id"] for one in articles(tmp_path / "c").values()} == {"101", "102"}
    assert "/x-post9.html" not in asked


def test_what_the_feed_says_stands_in_for_what_the_page_lacks(tmp_path: Path) -> None:
    article = "<h1 class='article__title'>Chợ lùi</h1><div class='article__body cms-body'><p>Chợ họp sớm.</p></div>"
    feed = (
        "<rss><channel><item><title>Chợ lùi</title><link>https://baolaocai.vn/cho-post101.html</link>"
        "<pubDate>Tue, 17 Jun 2025 13:43:00 +0700</pubDate></item></channel></rss>"
    )
    pages = {
        "/": answer("<div id=app></div>"),
        "/rss/home.rss": answer(feed, kind="application/rss+xml"),
        "/cho-post101.html": answer(article),
    }
    (tmp_path / "paper.py").write_text(DISCOVERED + '    feeds = ("/rss/home.rss",)\n', "utf-8")
    with raw_server(pages) as server:
        crawl(tmp_path / "paper.py", tmp_path / "c", server.port)
    read = articles(tmp_path / "c")
    assert [one["published_at"] for one in read.values()] == ["2025-06-17T13:43:00+07:00"]


def test_lists_that_link_to_no_further_page_are_paged_as_declared(tmp_path: Path) -> None:
    def listing(number: int) -> list[Any]:
        return answer(f'<a href="/chuyen-cho-post{number}.html">Chuyện chợ</a>')

    source = DISCOVERED + '    paging = "{path}?page={page}"\n    sections = (Section("Văn hóa", "/van-hoa/"),)\n'
    source = source.replace("from spiders", "from crawler.declaration.layout import Section\nfrom spiders")
    (tmp_path / "paper.py").write_text(source, "utf-8")
    pages = {"/van-hoa/": listing(1), "/van-hoa/?page=2": listing(2), "/van-hoa/?page=3": listing(2)}
    with raw_server(pages) as server:
        crawl(tmp_path / "paper.py", tmp_path / "c", server.port)
        asked = [path for path, _ in server.received]
    lists = [path for path in asked if path.startswith("/van-hoa/")]
    assert lists[:3] == list(pages) and len(lists) <= 5  # the third shows nothing new
    assert {"/chuyen-cho-post1.html", "/chuyen-cho-post2.html"} <= set(asked)


def test_a_home_page_that_is_gone_is_said_and_the_sitemap_still_read(tmp_path: Path) -> None:
    (tmp_path / "paper.py").write_text(DISCOVERED, "utf-8")
    with raw_server({"/sitemap.xml": answer("<urlset></urlset>", kind="application/xml")}) as server:
        said = crawl(tmp_path / "paper.py", tmp_path / "c", server.port)
        assert "/sitemap.xml" in [path for path, _ in server.received]
    assert "HTTP 404" in said


def test_cards_outlive_the_catalog(tmp_path: Path, printing: RunningNewsroom) -> None:
    """What reads the archive needs no declaration, also after a rebuild: the warcinfo records hold the profiles."""
    root = tmp_path / "c"
    crawl("baolaocai", root, printing.port, "--limit", 2)
    crawl("http://baobienxanh.test/muc/xa-hoi.htm", root, printing.port, "--limit", 2)
    with Collection.open(root).catalog() as catalog:
        before = catalog.newspapers()
    card = before["baolaocai"]
    assert (card["title"], card["province"], card["provinces_before"]) == (
        "Báo Lào Cai",
        "Lào Cai",
        ["Lào Cai", "Yên Bái"],
    )
    assert (card["hosts"], card["time_zone"], card["family"]) == (["baolaocai.vn"], "Asia/Ho_Chi_Minh", "mcms")
    assert (
        card["unproved"]
        and not card["needs_browser"]
        and not card["needs_javascript"]
        and card["sitemaps"] == ["/sitemap.xml"]
    )
    assert card["sections"][0] == {"name": "Xã hội", "path": "/xa-hoi/"} and card["layouts"][0]["valid_from"] is None
    assert "(?P<id>" in card["article_pattern"]
    (root / "catalog.sqlite").unlink()
    done = baotinh("rebuild", "--collection", root)
    assert done.returncode == 0, done.stdout + done.stderr
    with Collection.open(root).catalog() as catalog:
        assert catalog.newspapers() == before
