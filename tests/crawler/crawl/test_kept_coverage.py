"""What must not be lost, asked for without end, or called covered, on sites as they are: each a way it once was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.crawling import baotinh
from support.long_list import published, site, with_catalog
from support.raw_server import asked, raw_server
from support.small_paper import BROKEN, GONE, HOST, MISSING, Paper, answer, article, found, listing, redirect, sitemap

from archive.clock import parse_warc_date

NEXT = "SELECT next_due_at FROM addresses WHERE url = ?"
FORBIDDEN = [b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"]


def day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def undeclare(paper: Paper) -> None:
    paper.declared.write_text(
        paper.declared.read_text("utf-8").replace('    sections = (Section("Văn hóa", "/van-hoa/"),)\n', ""), "utf-8"
    )


# articles without a section


def test_an_article_of_a_sitemap_alone_comes_due_again(tmp_path: Path) -> None:
    pages = {
        "/sitemap.xml": sitemap((f"{HOST}/c-post3.html", "2025-06-17")),
        "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": article("Chợ lùi"), "/c-post3.html": article("Bến nước"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        paper.crawl()
        with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE kind = 'article'")
        at = len(server.received)
        paper.crawl("--due")
        assert sorted(asked(server, at)) == ["/a-post1.html", "/c-post3.html"]


def test_an_article_of_a_sitemap_that_a_limit_left_is_fetched_by_the_next_run(tmp_path: Path) -> None:
    pages = {
        "/sitemap.xml": sitemap((f"{HOST}/c-post3.html", "2025-06-17"), (f"{HOST}/d-post4.html", "2025-06-17")),
        "/van-hoa/": listing("/a-post1.html"), "/a-post1.html": article("Chợ lùi"),
        "/c-post3.html": article("Bến nước"), "/d-post4.html": article("Bến đò"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        paper.crawl("--limit", 2)
        paper.crawl()
        paper.crawl()
    assert paper.ids() == {"1", "3", "4"}


def test_an_article_whose_section_is_called_otherwise_now_comes_due_again(tmp_path: Path) -> None:
    pages = {"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": article("Chợ lùi")}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE kind = 'article'")
        paper.declared.write_text(paper.declared.read_text("utf-8").replace("Văn hóa", "Văn hoá - Thể thao"), "utf-8")
        at = len(server.received)
        paper.crawl("--due")
        assert "/a-post1.html" in asked(server, at)


# answers that are no page


def test_what_is_forbidden_by_the_server_is_asked_for_ever_more_seldom(tmp_path: Path) -> None:
    pages = {"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": FORBIDDEN}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        waits = []
        for _ in range(3):
            paper.crawl("--due")
            ((due,),) = paper.rows(NEXT, f"{HOST}/a-post1.html")
            waits.append(round((parse_warc_date(due) - datetime.now(UTC)) / timedelta(hours=1)))
            with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE kind = 'article'")
    assert waits == [1, 4, 16]


def test_a_page_shown_in_place_of_all_for_a_while_withdraws_nothing(tmp_path: Path) -> None:
    """302 to a page of maintenance, then all is as it was."""
    pages = {
        "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": [*article("Chợ lùi"), *found("/bao-tri"), *article("Chợ lùi")],
        "/bao-tri": answer("<h1>Hệ thống đang bảo trì</h1>"),
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl("--recheck")
    ((due,),) = paper.rows(NEXT, f"{HOST}/a-post1.html")
    assert parse_warc_date(due) < datetime.now(UTC) + timedelta(days=1)
    assert paper.rows("SELECT fate FROM fates") == []


def test_a_move_to_a_page_that_is_gone_is_no_move(tmp_path: Path) -> None:
    pages = {
        "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": [*article("Chợ lùi"), *redirect("/moi-post1.html")],
        "/moi-post1.html": GONE,
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl("--recheck")
    assert [row[0] for row in paper.rows("SELECT fate FROM fates")] in (["withdrawn"], ["gone"])


def test_a_list_that_leads_to_www_is_known_as_any_other(tmp_path: Path) -> None:
    www = "http://www.baolaocai.test"
    pages = {
        "/van-hoa/": found(f"{www}/muc/van-hoa/"),
        "/muc/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": article("Chợ lùi"),
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        for _ in range(4):
            paper.crawl()
    assert paper.ids() == {"1"}
    assert paper.rows("SELECT count(*) FROM ways") == [(1,)]
    assert paper.rows("SELECT revisit_interval > 3600 FROM addresses WHERE url = ?", f"{HOST}/van-hoa/") == [(1,)]


def test_an_article_moved_from_a_former_host_is_remembered(tmp_path: Path) -> None:
    old = "http://www.baolaocai.test"
    pages = {
        "/van-hoa/": listing(f"{old}/a-post1.html"),
        "/a-post1.html": redirect(f"{HOST}/chuyen-post1.html"),
        "/chuyen-post1.html": article("Chợ lùi"),
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        assert paper.ids() == {"1"}
        assert paper.rows("SELECT count(*) FROM addresses WHERE url = ?", f"{HOST}/chuyen-post1.html") == [(1,)]


# sitemaps


def test_a_sitemap_of_tomorrow_does_not_have_an_article_fetched_in_each_run(tmp_path: Path) -> None:
    url = f"{HOST}/a-post1.html"
    pages = {
        "/sitemap.xml": sitemap((url, day(30))), "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": article("Chợ lùi"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        for _ in range(5):
            paper.crawl()
        assert asked(server).count("/a-post1.html") <= 2


def test_all_that_a_sitemap_names_is_fetched_in_one_run(tmp_path: Path) -> None:
    """Also where its first five hundred are in the sections' lists."""
    paths = [f"/tin-so-{number}-post{number}.html" for number in range(520)]
    pages = {
        "/sitemap.xml": sitemap(*((HOST + path, "2025-06-17") for path in paths)),
        "/van-hoa/": listing(*paths[:500]),
        **{path: article(f"Tin số {number}") for number, path in enumerate(paths)},
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sitemaps=("/sitemap.xml",))
        paper.crawl()
        assert len(paper.ids()) == 520


# papers without declared sections


def front(*paths: str) -> list[Any]:
    menu = "".join(f'<li><a href="{path}">{path.strip("/").title()}</a></li>' for path in paths)
    return answer(f"<html><body><nav><ul>{menu}</ul></nav></body></html>")


@pytest.mark.parametrize("failing", [BROKEN, found("/")])
def test_sections_that_are_known_are_read_while_the_home_page_fails_or_leads_to_itself(
    tmp_path: Path, failing: list[Any]
) -> None:
    pages = {
        "/": [*front("/van-hoa/", "/kinh-te/", "/the-thao/"), *failing],
        "/van-hoa/": [*listing("/a-post1.html"), *listing("/b-post2.html", "/a-post1.html")],
        "/kinh-te/": listing("/k-post5.html"), "/the-thao/": listing("/t-post6.html"),
        **{path: article(path) for path in ("/a-post1.html", "/b-post2.html", "/k-post5.html", "/t-post6.html")},
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        undeclare(paper)
        paper.crawl("--due")
        assert paper.ids() == {"1", "5", "6"}
        with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE kind = 'section'")
        paper.crawl("--due")
    assert "2" in paper.ids()


def test_a_sitemap_that_nobody_declared_is_no_nested_one(tmp_path: Path) -> None:
    pages = {
        "/": front("/van-hoa/", "/kinh-te/", "/the-thao/"),
        "/sitemap.xml": sitemap((f"{HOST}/a-post1.html", "2025-06-17")),
        "/van-hoa/": listing("/a-post1.html"), "/kinh-te/": listing("/k-post5.html"),
        "/the-thao/": listing("/t-post6.html"),
        **{path: article(path) for path in ("/a-post1.html", "/k-post5.html", "/t-post6.html")},
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        undeclare(paper)
        for _ in range(7):
            paper.crawl("--due")
            with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE kind = 'sitemap'")
    ((pace,),) = paper.rows("SELECT revisit_interval FROM addresses WHERE kind = 'sitemap'")
    assert pace <= 6 * 3600


def test_a_section_asked_for_by_name_is_the_only_one_crawled_where_none_is_declared(tmp_path: Path) -> None:
    pages = {
        "/": front("/van-hoa/", "/kinh-te/", "/the-thao/"),
        "/van-hoa/": listing("/a-post1.html"), "/kinh-te/": listing("/k-post5.html"),
        "/the-thao/": listing("/t-post6.html"),
        **{path: article(path) for path in ("/a-post1.html", "/k-post5.html", "/t-post6.html")},
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        undeclare(paper)
        paper.crawl("--due")
        with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE kind IN ('article', 'section')"
                            " AND section IS NOT NULL")  # fmt: skip
        at = len(server.received)
        paper.crawl("--due", "--section", "van-hoa")
        assert sorted(path for path in asked(server, at) if path != "/") == ["/a-post1.html", "/van-hoa/"]


# walks


def test_a_walk_ends_at_a_page_that_is_not_there(tmp_path: Path) -> None:
    pages = site(3)
    pages["/van-hoa/?page=3"] = listing(*(f"/tin-post{n}.html" for n in (6, 7, 8)), following="/van-hoa/?page=4")
    pages["/van-hoa/?page=4"] = MISSING
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--full")
        assert paper.rows("SELECT next_url FROM walks WHERE ended_at IS NULL") == []


# coverage


def test_a_walk_until_a_day_covers_nothing_behind_that_day(tmp_path: Path) -> None:
    with raw_server(site()) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--since", published(19), "--until", published(15))
        spans = paper.rows("SELECT since, until FROM coverage")
    # articles 0 to 14 (but for those that dated pages) were passed by
    assert all(until[:10] <= (published(14)).isoformat() for _, until in spans), spans


def test_a_list_page_that_failed_leaves_a_gap(tmp_path: Path) -> None:
    pages = site(4)
    pages["/van-hoa/?page=2"] = BROKEN
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--due")
        first = paper.rows("SELECT since, until FROM coverage")
        with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE url LIKE '%/van-hoa/'")
        paper.crawl("--due")
        spans = paper.rows("SELECT since, until FROM coverage")
    assert all(since == until for since, until in first + spans), (first, spans)


def test_an_old_article_pinned_to_a_list_without_paging_covers_no_years(tmp_path: Path) -> None:
    pages = {
        "/van-hoa/": listing("/ghim-post9.html", "/a-post1.html", "/b-post2.html"),
        "/ghim-post9.html": article("Ghim", "2019-01-01"),
        "/a-post1.html": article("Chợ lùi", "2025-06-17"), "/b-post2.html": article("Mùa mận", "2025-06-16"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        ((since, _),) = paper.rows("SELECT since, until FROM coverage")
    assert since[:4] == "2025", since


def test_a_list_that_names_nothing_covers_nothing_when_it_was_not_modified(tmp_path: Path) -> None:
    pages = {
        "/van-hoa/": [
            *listing("/a-post1.html"),
            *answer("<p>Trang mới</p>", 'ETag: "2"'),
            b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\n\r\n',
        ],
        "/a-post1.html": article("Chợ lùi"),
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        for _ in range(4):
            paper.crawl(code=None)
        spans = paper.rows("SELECT since, until FROM coverage ORDER BY since")
    assert all(since == until for since, until in spans[1:]), spans


def test_a_walk_through_a_list_that_names_nothing_covers_nothing(tmp_path: Path) -> None:
    pages = {"/van-hoa/": [*listing("/a-post1.html"), *answer("<p>Trang mới</p>")], "/a-post1.html": article("Chợ lùi")}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        ((_, until),) = paper.rows("SELECT since, until FROM coverage")
        paper.crawl("--full", code=1)
        spans = paper.rows("SELECT since, until FROM coverage ORDER BY since")
    assert spans[0][1] == until, spans


def test_a_day_whose_articles_wait_for_the_budget_is_no_empty_day(tmp_path: Path) -> None:
    """The section's list was read, its one new article was not: nobody can say that the day is empty."""
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    old = [f"/a-post{number}.html" for number in range(1, 5)]
    pages = {
        "/van-hoa/": [*listing(*old), *listing("/c-post9.html", *old)],
        **{path: article(f"Chợ lùi {path}") for path in old}, "/c-post9.html": article("Bến nước", today),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        ((since, until),) = paper.rows("SELECT since, until FROM coverage")
        paper.crawl(BAOTINH_DAILY_REQUESTS=str(len(server.received) + 1))
        assert "9" not in paper.ids()
        spans = paper.rows("SELECT since, until FROM coverage")
    assert spans == [(since, until)], spans


def test_a_list_that_names_nothing_leaves_no_row_for_each_run(tmp_path: Path) -> None:
    with raw_server({"/van-hoa/": answer("<p>Chưa có tin</p>")}) as server:
        paper = Paper(tmp_path, server.port)
        for _ in range(4):
            paper.crawl()
    assert len(paper.rows("SELECT * FROM coverage")) <= 1


# articles behind a list page that failed for a while


def test_a_list_page_that_failed_is_made_up_for(tmp_path: Path) -> None:
    """Page 2 fails, and when it is asked for again its articles stand on page 3."""

    def page(first: int, last: int, following: str = "") -> list[Any]:
        return listing(*(f"/tin-post{number}.html" for number in range(first, last - 1, -1)), following=following)

    p2, p3 = "/van-hoa/?page=2", "/van-hoa/?page=3"
    pages = {
        "/van-hoa/": [*page(3, 1), *page(9, 7, p2), *page(12, 10, p2), *page(12, 10, p2)],
        p2: [*BROKEN, *BROKEN, *BROKEN, *BROKEN, *page(9, 7, p3)],
        p3: page(6, 4),
        **{f"/tin-post{number}.html": article(f"Tin số {number}") for number in range(1, 13)},
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl()
        paper.crawl()
        with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE kind = 'section'")
        paper.crawl("--due")
    assert paper.ids() == {str(number) for number in range(1, 13)}


# what a rebuild keeps


def test_a_rebuild_keeps_what_was_covered_and_the_way_that_led_to_each_article_first(tmp_path: Path) -> None:
    feed = answer(
        f"<rss><channel><item><title>Bến nước</title><link>{HOST}/b-post2.html</link></item></channel></rss>",
        kind="text/xml",
    )
    pages = {
        "/van-hoa/": [*listing("/a-post1.html"), *listing("/c-post3.html", "/a-post1.html")], "/rss.xml": feed,
        **{f"/{path}.html": article(f"Chợ lùi {path}") for path in ("a-post1", "b-post2", "c-post3")},
    }  # fmt: skip
    everything = "SELECT section, since, until FROM coverage", "SELECT url, way, source FROM ways ORDER BY url"
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, feeds=("/rss.xml",))
        paper.crawl()
        paper.crawl()
        before = [paper.rows(query) for query in everything]
        assert len(before[0]) == 1 and len(before[1]) == 3
        done = baotinh("rebuild", "--collection", paper.root)
        assert done.returncode == 0, done.stderr
    assert [paper.rows(query) for query in everything] == before
