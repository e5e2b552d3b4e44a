"""Lists, feeds and sitemaps that lead elsewhere, answer what nobody asked, or hide: no article is lost to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.raw_server import raw_server
from support.small_paper import HOST, Paper, answer, article, listing, redirect

from archive.collection import Collection
from archive.reasons import reason_words
from crawler.declaration.layout import Rules
from crawler.survey.feeds import read_addresses

NOT_MODIFIED = [b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n']
RULES = Rules(newspaper="baolaocai")


@pytest.mark.parametrize("leading", ["/rss.xml", "/van-hoa/"])
def test_an_article_to_which_a_list_leads_stays_an_article(tmp_path: Path, leading: str) -> None:
    pages = {
        "/van-hoa/": listing("/b-post2.html"), "/rss.xml": answer("<rss/>", kind="application/rss+xml"),
        "/a-post1.html": article("Chợ lùi"), "/b-post2.html": article("Mùa mận"),
    } | {leading: redirect("/a-post1.html")}  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, feeds=("/rss.xml",))
        paper.crawl(code=leading == "/van-hoa/")
        assert [reason_words(one["reason"]) for one in paper.report()["troubles"]] == [
            f"leads to {HOST}/a-post1.html, which is no list"
        ]
        paper.crawl(code=leading == "/van-hoa/")
    assert "1" in paper.ids()
    assert paper.rows("SELECT kind FROM addresses WHERE url = ?", f"{HOST}/a-post1.html") == [("article",)]


@pytest.mark.parametrize("leading", ["/rss.xml", "/van-hoa/"])
def test_a_list_that_leads_to_itself_is_due_later(tmp_path: Path, leading: str) -> None:
    pages = {"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": article("Chợ lùi"),
             "/rss.xml": answer("<rss/>", kind="application/rss+xml")} | {leading: redirect(leading)}  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, feeds=("/rss.xml",))
        paper.crawl("--due", code=None)
        kind = "feed" if leading == "/rss.xml" else "section"
        assert [(one["kind"], reason_words(one["reason"])) for one in paper.report()["troubles"]] == [
            (kind, "leads to itself")
        ]
        asked = len(server.received)
        paper.crawl("--due", code=None)
        assert len(server.received) == asked


def test_a_list_that_says_not_modified_unasked_is_asked_in_full_the_next_time(tmp_path: Path) -> None:
    def stubborn(line: Any) -> None:
        line.sendall(NOT_MODIFIED[0])

    pages = {"/van-hoa/": [stubborn, *listing("/a-post1.html")], "/a-post1.html": article("Chợ lùi")}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl(code=1)
        assert paper.rows("SELECT * FROM coverage") == []
        paper.crawl()
        assert not any(b"If-None-Match" in head for _, head in server.received)
    assert paper.ids() == {"1"}


def test_a_list_that_names_nothing_covers_nothing(tmp_path: Path) -> None:
    """A page for logging in, shown for a day, leaves no gap behind it."""
    pages = {
        "/van-hoa/": [*listing("/a-post1.html"), *redirect("/login"), *listing("/a-post1.html")],
        "/login": answer("<h1>Đăng nhập</h1>"), "/a-post1.html": article("Chợ lùi"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        for is_lost in (False, True, False):
            paper.crawl(code=is_lost)
    assert len(paper.rows("SELECT * FROM coverage")) == 1


def test_list_pages_that_an_earlier_run_left_are_bounded_too(tmp_path: Path) -> None:
    links = "".join(f'<p class="pagination"><a href="/van-hoa/?page={page}">{page}</a></p>' for page in range(2, 40))
    first = listing("/a-post1.html")[0].partition(b"\r\n\r\n")[2].decode() + links
    pages = {"/van-hoa/": answer(first), "/a-post1.html": article("Chợ lùi")}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        settings = {"BAOTINH_LIST_PAGES": "5"}
        for _ in range(2):
            asked = len(server.received)
            paper.crawl(**settings)
            assert sum("?page=" in path for path, _ in server.received[asked:]) <= 5


def test_addresses_with_a_password_or_a_fragment_are_no_others(tmp_path: Path) -> None:
    item = "<item><title>Chợ lùi</title><link>{}/a-post1.html{}</link></item>"
    feed = "".join(item.format(HOST, mark) for mark in ("", "#comments", "#respond"))
    trap = item.format(HOST.replace("//", "//nobody:word@"), "")
    pages = {
        "/van-hoa/": listing(f"{HOST.replace('//', '//nobody:word@')}/b-post2.html"),
        "/rss.xml": answer(f"<rss><channel>{feed}{trap}</channel></rss>", kind="application/rss+xml"),
        "/a-post1.html": article("Chợ lùi"), "/b-post2.html": article("Mùa mận"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, feeds=("/rss.xml",))
        paper.crawl()
        asked = [path for path, _ in server.received]
    assert asked.count("/a-post1.html") == 1 and "/b-post2.html" not in asked
    assert paper.rows("SELECT url FROM addresses WHERE kind = 'article'") == [(f"{HOST}/a-post1.html",)]


@pytest.mark.parametrize("name", ["loc", "title"])
def test_spaces_without_end_take_no_time(name: str) -> None:
    """Each would take minutes where a pattern may go back over them."""
    body = f"<urlset><url><loc>{HOST}/a-post1.html</loc><{name}>{' ' * 200_000}<".encode()
    assert read_addresses(body, f"{HOST}/sitemap.xml", {}, RULES).urls == (f"{HOST}/a-post1.html",)


def test_as_many_as_are_due_at_one_instant_are_read_in_the_order_of_an_index(tmp_path: Path) -> None:
    with Collection.create(tmp_path).catalog(writable=True) as catalog:
        with catalog.transaction() as connection:
            connection.executemany(
                """INSERT INTO addresses (newspaper, url, kind, first_seen_at, next_due_at)
                VALUES ('baolaocai', ?, 'article', '2025', '2025-06-17T00:00:00.000000Z')""",
                [(f"{HOST}/tin-post{number}.html",) for number in range(1200)],
            )
        plans: list[str] = []
        catalog.connection.set_trace_callback(plans.append)
        found, last = [], None
        while part := catalog.due("baolaocai", "article", "2026", after=last):
            found, last = [*found, *part], part[-1]
        catalog.connection.set_trace_callback(None)
        assert len({one.url for one in found}) == len(found) == 1200
        explained = [row[3] for row in catalog.connection.execute("EXPLAIN QUERY PLAN " + plans[1])]
    assert not any("TEMP B-TREE" in step for step in explained), explained
