"""Back numbers: walked to the end or between days, in parts, and what of a section is covered then."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.long_list import PAGES, PER_PAGE, held, lists, places, published, site, unlinked, with_catalog
from support.raw_server import raw_server
from support.small_paper import BROKEN, HOST, MISSING, Paper, answer, article, listing, redirect

ASKED = 4  # times that a run asks for what answers 500


def test_back_numbers_between_two_days(tmp_path: Path) -> None:
    """Of what is outside at most the articles are fetched that date a page."""
    with raw_server(site()) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--since", published(19), "--until", published(11))
        assert lists(server)[-1] == "/van-hoa/?page=8" and "/van-hoa/?page=9" not in lists(server)
    dated_by, beside = {0, 2, 3, 5, 6, 8, 9, 20, 21, 23}, {10}
    assert held(paper) == set(range(11, 20)) | dated_by | beside
    assert places(paper) == []


def test_a_walk_goes_on_where_a_run_stopped(tmp_path: Path) -> None:
    with raw_server(site()) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--full", "--limit", 10)
        ((section, place),) = paper.rows("SELECT section, next_url FROM walks WHERE ended_at IS NULL")
        assert section == "Văn hóa" and place.endswith("?page=5")
        asked = len(server.received)
        paper.crawl("--full")
        later = lists(server, asked)
        assert sorted(later) == sorted(["/van-hoa/", *(f"/van-hoa/?page={page}" for page in range(5, PAGES + 1))])
    assert held(paper) == set(range(PAGES * PER_PAGE))
    assert places(paper) == []


def test_a_walk_passes_through_what_is_known(tmp_path: Path) -> None:
    """A crawl that stops at what it knows would never come to what lies behind."""
    hidden = site()
    with raw_server(
        {**hidden, "/van-hoa/?page=5": [*listing("/tin-post12.html"), *hidden["/van-hoa/?page=5"]]}
    ) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        assert held(paper) == set(range(13))
        paper.crawl()
        assert held(paper) == set(range(13))
        paper.crawl("--full")
    assert held(paper) == set(range(PAGES * PER_PAGE))


def test_a_scheduled_walk_that_came_to_its_end_is_not_begun_again(tmp_path: Path) -> None:
    """Unless it has other bounds, or somebody asks for it by hand."""
    with raw_server(site()) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--due", "--full")
        asked = len(server.received)
        for _ in range(2):
            paper.crawl("--due", "--full")
        assert lists(server, asked) == []
        paper.crawl("--due", "--since", published(5))
        assert "/van-hoa/?page=3" in lists(server, asked)
        asked = len(server.received)
        paper.crawl("--full")
        assert f"/van-hoa/?page={PAGES}" in lists(server, asked)


def test_other_bounds_begin_another_walk(tmp_path: Path) -> None:
    with raw_server(site()) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--full", "--limit", 4)
        paper.crawl("--since", published(4))
        assert max(held(paper)) == 8  # the page that is past was dated by its last
        assert places(paper) == []


def test_a_site_that_pages_for_ever_ends(tmp_path: Path) -> None:
    pages = site(2)
    pages |= {f"/van-hoa/?page={page}": listing("/tin-post5.html", following=f"/van-hoa/?page={page + 1}")
              for page in range(2, 400)}  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--full")
        assert len(lists(server)) < 6


@pytest.mark.parametrize("options", [(), ("--full",), ("--since", published(100))])
def test_what_was_read_to_its_end_is_covered(tmp_path: Path, options: tuple[object, ...]) -> None:
    with raw_server(site(4)) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl(*options)
        ((section, since, until),) = paper.rows("SELECT section, since, until FROM coverage")
        assert section == "Văn hóa" and since[:10] == published(11).isoformat()
        paper.crawl()
        ((_, again, later),) = paper.rows("SELECT section, since, until FROM coverage")
    assert again == since and later > until


def test_pages_that_came_out_of_order_are_covered_to_the_deepest(tmp_path: Path) -> None:
    """The first page links to all the others, and the last of them comes first."""
    pages = {path: said for path, said in site(4).items() if not path.startswith("/van-hoa/")}
    come: list[str] = []

    def in_turn(path: str, said: list[Any]) -> Callable[[Any], None]:
        def tell(line: Any) -> None:
            until = time.monotonic() + 120
            while f"/van-hoa/?page={int(path[-1]) + 1}" not in come and path[-1] != "4" and time.monotonic() < until:
                time.sleep(0.01)
            line.sendall(said[0].replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            come.append(path)

        return tell

    further = [f"/van-hoa/?page={page}" for page in (2, 3, 4)]
    links = "".join(f'<a href="{path}">{path[-1]}</a>' for path in further)
    for page in range(1, 5):
        paths = [f"/tin-post{number}.html" for number in range((page - 1) * PER_PAGE, page * PER_PAGE)]
        shown = listing(*paths)
        if page == 1:
            body = shown[0].partition(b"\r\n\r\n")[2].decode()
            pages["/van-hoa/"] = answer(f'{body}<p class="pagination">{links}</p>')
        else:
            pages[further[page - 2]] = [in_turn(further[page - 2], shown)]
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        assert come == further[::-1]
        ((since,),) = paper.rows("SELECT since FROM coverage")
    assert since[:10] == published(11).isoformat()


def test_what_was_walked_to_a_day_is_covered_to_it(tmp_path: Path) -> None:
    """Of the page behind the day two articles are held, and they do not stand for it."""
    with raw_server(site()) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--since", published(13))
        ((since,),) = paper.rows("SELECT since FROM coverage")
    assert since[:10] == published(14).isoformat()


def test_what_was_cut_short_is_not_covered(tmp_path: Path) -> None:
    with raw_server(site(4)) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--limit", 2)
        assert paper.rows("SELECT * FROM coverage") == []
        paper.crawl()
        assert len(paper.rows("SELECT * FROM coverage")) == 1


def test_a_list_too_short_for_the_time_between_leaves_a_gap(tmp_path: Path) -> None:
    """Nothing that the list names now was known before: what was printed between is nowhere."""
    pages = site(1)
    new = {f"/moi-post{number}.html": article(f"Mới {number}", "2026-01-15") for number in (101, 102, 103)}
    with raw_server(
        {**pages, **new, "/van-hoa/": [*listing("/tin-post0.html", "/tin-post1.html"), *listing(*new)]}
    ) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        with_catalog(paper, "UPDATE coverage SET until = '2025-08-02T00:00:00.000000Z'")
        paper.crawl()
    spans = paper.rows("SELECT since, until FROM coverage ORDER BY since")
    assert [since[:10] for since, _ in spans] == [published(1).isoformat(), "2026-01-15"]


def test_what_dates_a_page_is_fetched_once_and_what_is_newer_than_wanted_is_not_covered(tmp_path: Path) -> None:
    with raw_server(site()) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--since", published(19), "--until", published(11))
        asked = [path for path, _ in server.received]
        assert len(asked) == len(set(asked))
        assert paper.rows("SELECT * FROM coverage") == []


def test_a_walk_whose_next_page_is_gone_ends(tmp_path: Path) -> None:
    """It would ask for that page in every run, and never for what lies before."""
    pages = site()
    pages["/van-hoa/?page=5"] = [*MISSING, *pages["/van-hoa/?page=5"]]
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--full", "--limit", 10)
        assert places(paper) == [f"{HOST}/van-hoa/?page=5"]
        paper.crawl("--full")
        assert places(paper) == []
        paper.crawl("--full")
    assert held(paper) == set(range(PAGES * PER_PAGE))


@pytest.mark.parametrize("gone", [12, 14, 15, 17, 18, 20])
def test_what_is_gone_at_an_end_of_a_page_hides_nothing_of_it(tmp_path: Path, gone: int) -> None:
    """The page cannot be dated by it: the article next to it does, and nothing between the days is missed."""
    with raw_server({**site(), f"/tin-post{gone}.html": MISSING}) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--since", published(18), "--until", published(13))
    assert held(paper) >= set(range(13, 19)) - {gone}


def test_a_page_that_cannot_be_dated_is_taken_as_a_whole(tmp_path: Path) -> None:
    pages = site()
    pages |= {f"/tin-post{number}.html": answer("<p>Không có ngày</p>") for number in (12, 13)}
    with raw_server({**pages, "/tin-post14.html": article("Giữa", published(14).isoformat())}) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--since", published(19), "--until", published(14))
    assert held(paper) >= set(range(14, 20))


def test_a_walk_passes_over_a_page_that_never_comes(tmp_path: Path) -> None:
    """It goes on behind it after five runs; the page is asked for again, and what it names is not lost."""
    pages = site()
    later = pages["/van-hoa/?page=5"]
    pages["/van-hoa/?page=5"] = [*BROKEN * 6 * ASKED, *later]
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        for _ in range(5):
            paper.crawl("--full")
        assert held(paper) == set(range(12))
        ((said,),) = [[one["reason"] for one in paper.report()["troubles"] if "backfill" in one["reason"]]]
        assert said == f"backfill_goes_on {HOST}/van-hoa/?page=6"
        paper.crawl("--full")
        assert held(paper) == set(range(30)) - {12, 13, 14} and places(paper) == []
        with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE url LIKE '%page=5'")
        paper.crawl()
        with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE url LIKE '%page=5'")
        paper.crawl()
    assert held(paper) == set(range(30))


def test_a_scheduled_walk_waits_longer_each_time_for_a_page_that_failed(tmp_path: Path) -> None:
    pages = site()
    pages["/van-hoa/?page=5"] = BROKEN
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        for _ in range(3):
            paper.crawl("--due", "--full")
        assert lists(server).count("/van-hoa/?page=5") == ASKED
        assert len(places(paper)) == 1


@pytest.mark.parametrize(
    "end",
    [redirect("http://other.test/"), answer("<p>Không còn tin.</p><p class='pagination'><a href='?page=1'>1</a>")],
)
def test_a_walk_ends_at_a_page_that_leads_elsewhere_or_is_empty(tmp_path: Path, end: list[Any]) -> None:
    pages = {**site(), "/van-hoa/?page=5": end, "/": answer("Trang khác")}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--full")
        assert held(paper) == set(range(12))
        assert places(paper) == []


def test_a_walk_by_a_paging_that_is_declared_ends_at_the_first_empty_page(tmp_path: Path) -> None:
    with raw_server(unlinked(3)) as server:
        paper = Paper(tmp_path, server.port, paging="{path}?page={page}")
        paper.crawl("--full")
        assert held(paper) == set(range(9)) and "/van-hoa/?page=4" in lists(server)
        assert places(paper) == []


def test_a_walk_goes_on_through_a_section_that_nobody_declared(tmp_path: Path) -> None:
    names = ("Văn hóa", "/van-hoa/"), ("Thể thao", "/the-thao/"), ("Kinh tế", "/kinh-te/")
    menu = "".join(f'<a href="{path}">{name}</a>' for name, path in names)
    with raw_server({**site(), "/": answer(f"<nav>{menu}</nav>")}) as server:
        paper = Paper(tmp_path, server.port, sections=())
        paper.crawl("--full", "--limit", 10)
        assert len(places(paper)) == 1
        paper.crawl("--full")
    assert held(paper) == set(range(PAGES * PER_PAGE)) and places(paper) == []
