"""Redirects that go round, meet, lead nowhere, or are followed with a condition that was another page's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.crawling import baotinh
from support.long_list import lists, places, site, with_catalog
from support.raw_server import Line, asked, raw_server
from support.small_paper import BROKEN, HOST, Paper, answer, article, found, listing, redirect, sitemap

STAMP = b"Last-Modified: Tue, 17 Jun 2025 06:43:00 GMT\r\n"
PICTURES_DUE = "UPDATE addresses SET next_due_at = '2000' WHERE kind = 'picture' AND failures > 0"
PICTURE: list[Any] = [b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 4\r\n\r\n\x89PNG"]


def stamped(octets: bytes) -> bytes:
    head, _, rest = octets.partition(b"\r\n")
    return head + b"\r\n" + STAMP + rest


def showing(*pictures: str) -> list[Any]:
    figures = "".join(f'<figure><img src="{url}"><figcaption>Chợ</figcaption></figure>' for url in pictures)
    return article("Chợ lùi", more=figures)


def test_what_an_address_leads_to_is_asked_for_without_the_condition_of_the_page_that_is_held(tmp_path: Path) -> None:
    """Both pages bear the same time, so the server would say "not modified" of one that nobody holds."""

    def moved(line: Line) -> None:
        is_conditional = b"If-Modified-Since" in server.received[-1][1]
        unchanged = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
        whole = stamped(article("Chợ lùi đông hơn")[0]).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        line.sendall(unchanged if is_conditional else whole)

    pages: dict[str, list[Any]] = {
        "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": [stamped(article("Chợ lùi")[0]), *redirect("/ten-moi-post1.html")],
        "/ten-moi-post1.html": [moved],
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl("--recheck")
    assert paper.rows("SELECT status FROM captures WHERE url LIKE '%ten-moi-post1.html'") == [(200,)]
    assert len(paper.rows("SELECT seq FROM versions")) == 2


def test_a_walk_whose_page_leads_to_itself_asks_for_it_once(tmp_path: Path) -> None:
    with raw_server({**site(), "/van-hoa/?page=5": found("/van-hoa/?page=5")}) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--full")
        assert lists(server).count("/van-hoa/?page=5") == 1
    assert places(paper) == [f"{HOST}/van-hoa/?page=5"]


def test_sitemaps_that_lead_to_one_are_not_asked_for_in_each_run(tmp_path: Path) -> None:
    pages = {
        "/sitemap.xml": sitemap(*((f"{HOST}/{name}.xml", "2025-06-17") for name in "xyz"), is_index=True),
        **{f"/{name}.xml": redirect("/all.xml") for name in "xyz"},
        "/all.xml": sitemap((f"{HOST}/e-post5.html", "2025-06-17")), "/e-post5.html": article("Bến nước"),
        "/van-hoa/": listing("/a-post1.html"), "/a-post1.html": article("Chợ lùi"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        paper.crawl("--due")
        assert paper.ids() == {"1", "5"}
        since = len(server.received)
        paper.crawl("--due")
        assert asked(server, since) == []


@pytest.mark.parametrize(
    "later",
    [
        {"/anh-1.png": redirect("/kho/anh.png"), "/anh-2.png": redirect("/kho/anh.png"), "/kho/anh.png": PICTURE},
        {"/anh-1.png": redirect("/anh-2.png"), "/anh-2.png": redirect("/anh-1.png")},
    ],
)
def test_pictures_that_lead_to_one_or_to_one_another_are_not_asked_for_in_each_run(
    tmp_path: Path, later: dict[str, list[Any]]
) -> None:
    first = {url: [*BROKEN * 4, *later[url]] for url in ("/anh-1.png", "/anh-2.png")}
    with raw_server(
        {"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": showing("/anh-1.png", "/anh-2.png"), **later, **first}
    ) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        for _ in range(2):
            with_catalog(paper, PICTURES_DUE)
            paper.crawl("--due")
        since = len(server.received)
        paper.crawl("--due")
        assert asked(server, since) == [] and since < 25
    if "/kho/anh.png" in later:
        assert paper.rows("SELECT DISTINCT status FROM addresses WHERE kind = 'picture'") == [(200,)]


@pytest.mark.parametrize("location", ["http://[bad/", "http://[::1", "mailto:toasoan@baolaocai.test", "http://"])
def test_a_rebuild_goes_on_where_a_redirect_leads_to_no_address(tmp_path: Path, location: str) -> None:
    pages = {"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": [*article("Chợ lùi"), *redirect(location)]}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl("--recheck")
    before = paper.rows("SELECT url, gone_at, moved_to FROM addresses ORDER BY url")
    done = baotinh("rebuild", "--collection", paper.root)
    assert done.returncode == 0, done.stderr
    assert paper.rows("SELECT url, gone_at, moved_to FROM addresses ORDER BY url") == before


def refreshing(title: str, content: str) -> list[Any]:
    """An article whose meta element leads on or reloads it."""
    return article(title, more=f'<meta http-equiv="refresh" content="{content}">')


@pytest.mark.parametrize(
    "content",
    ["60", "60; url={itself}", "50;URL='/'", "2; url=/b-post2.html", "0; url={itself}#a", "0;url=", "0; URL = "],
)
def test_a_page_that_is_shown_before_it_leads_on_or_reloads_itself_is_a_page(tmp_path: Path, content: str) -> None:
    page = refreshing("Chợ lùi", content.format(itself="/a-post1.html"))
    pages = {"/": article("Trang nhất"), "/van-hoa/": listing("/a-post1.html"), "/a-post1.html": page}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        counts = paper.crawl()
        assert [path for path, _ in server.received if path in ("/", "/b-post2.html")] == []
    assert paper.ids() == {"1"} and counts.get("gone", 0) == 0
    assert paper.rows("SELECT status, gone_at, moved_to FROM addresses WHERE kind = 'article'") == [(200, None, None)]


@pytest.mark.parametrize("element", ["noscript", "template"])
def test_a_meta_element_in_what_no_browser_shows_leads_nowhere(tmp_path: Path, element: str) -> None:
    hidden = f'<{element}><meta http-equiv="refresh" content="0; url=/b-post2.html"></{element}>'
    pages = {"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": article("Chợ lùi", more=hidden)}
    with raw_server({**pages, "/b-post2.html": article("Chợ khác")}) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
    assert paper.ids() == {"1"}


@pytest.mark.parametrize("content", ["90", "90; url=/van-hoa/", "0;url=/van-hoa/"])
def test_a_section_that_reloads_itself_is_read(tmp_path: Path, content: str) -> None:
    [section] = listing("/a-post1.html")
    body = f'<meta http-equiv="refresh" content="{content}">'.encode() + section.partition(b"\r\n\r\n")[2]
    with raw_server({"/van-hoa/": answer(body), "/a-post1.html": article("Chợ lùi")}) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
    assert paper.ids() == {"1"}


@pytest.mark.parametrize("content", ["0; url=/b-post2.html", "1;URL=/b-post2.html", "1.5;url='/b-post2.html'"])
def test_a_page_that_leads_on_at_once_has_moved_and_its_status_is_its_own(tmp_path: Path, content: str) -> None:
    pages = {
        "/van-hoa/": listing("/a-post1.html"), "/b-post2.html": article("Chợ lùi"),
        "/a-post1.html": [*article("Chợ lùi"), *refreshing("Đang chuyển trang", content)],
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl("--recheck")
    moved = f"{HOST}/b-post2.html"
    assert paper.rows("SELECT fate, status, leads_to FROM fates") == [("moved", 200, moved)]
    assert paper.rows("SELECT status, moved_to FROM addresses WHERE url LIKE '%a-post1.html'") == [(200, moved)]
    assert {status for (status,) in paper.rows("SELECT status FROM captures WHERE url LIKE '%post_.html'")} == {200}


@pytest.mark.parametrize(
    ("field", "ids"),
    [("0; url=/b-post2.html", {"2"}), ("1,/b-post2.html", {"2"}), ("300", {"1"}), ("9; url=/b-post2.html", {"1"})],
)
def test_a_refresh_field_is_read_as_the_meta_element_is(tmp_path: Path, field: str, ids: set[str]) -> None:
    [page] = article("Chợ lùi")
    head, _, rest = page.partition(b"\r\n")
    page = head + b"\r\nRefresh: " + field.encode() + b"\r\n" + rest
    pages = {"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": [page], "/b-post2.html": article("Chợ khác")}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
    assert paper.ids() == ids


def test_a_page_that_is_gone_is_gone_also_where_it_leads_on(tmp_path: Path) -> None:
    away = answer('<meta http-equiv="refresh" content="0; url=/">Không còn trang này.', status="410 Gone")
    pages = {"/": article("Trang nhất"), "/van-hoa/": listing("/a-post1.html")}
    with raw_server({**pages, "/a-post1.html": [*article("Chợ lùi"), *away]}) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl("--recheck")
    assert paper.rows("SELECT fate, status, leads_to FROM fates") == [("withdrawn", 410, None)]
