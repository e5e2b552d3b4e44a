"""Walks through lists that lead astray: to an article, back to the first page, to 304 unasked; numbered from nought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.long_list import PAGES, PER_PAGE, held, lists, published, site, with_catalog
from support.raw_server import raw_server
from support.small_paper import BROKEN, Paper, answer, article, listing, redirect

UNASKED = [b"HTTP/1.1 304 Not Modified\r\n\r\n"]
EVERYTHING = set(range(PAGES * PER_PAGE))


def test_a_walk_ends_at_a_page_that_leads_to_an_article(tmp_path: Path) -> None:
    with raw_server({**site(), "/van-hoa/?page=5": redirect("/tin-post1.html")}) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--full")
    assert paper.rows("SELECT next_url FROM walks WHERE ended_at IS NULL") == []


def test_a_walk_that_is_led_back_to_the_first_page_ends(tmp_path: Path) -> None:
    """Behind its end the list leads to its beginning: runs that read six pages each would go round for ever."""
    pages = {**site(9), "/van-hoa/?page=10": redirect("/van-hoa/")}
    pages["/van-hoa/?page=9"] = listing(*(f"/tin-post{n}.html" for n in (24, 25, 26)), following="/van-hoa/?page=10")
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--full", BAOTINH_LIST_PAGES="6")
        assert len(paper.rows("SELECT next_url FROM walks WHERE ended_at IS NULL")) == 1
        paper.crawl("--full", BAOTINH_LIST_PAGES="6")
    assert paper.rows("SELECT next_url FROM walks WHERE ended_at IS NULL") == []
    assert held(paper) == set(range(27))


def test_two_sections_of_one_name_are_walked_each_to_its_end(tmp_path: Path) -> None:
    menu = '<a href="/van-hoa/">Tin tức</a><a href="/the-thao/">Tin tức</a><a href="/kinh-te/">Kinh tế</a>'
    pages: dict[str, list[Any]] = {"/": answer(f"<nav>{menu}</nav>")}
    for first, slug in enumerate(("van-hoa", "the-thao", "kinh-te")):
        for page in range(1, 5):
            paths = [f"/tin-post{100 * first + 3 * page + number}.html" for number in range(3)]
            following = f"/{slug}/?page={page + 1}" if page < 4 else ""
            pages[f"/{slug}/" if page == 1 else f"/{slug}/?page={page}"] = listing(*paths, following=following)
            pages |= {path: article(f"Tin {path}") for path in paths}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sections=())
        for _ in range(6):
            paper.crawl("--full", "--limit", 9)
        names = {name for (name,) in paper.rows("SELECT section FROM walks WHERE ended_at IS NOT NULL")}
    assert names == {"Tin tức (van-hoa)", "Tin tức (the-thao)", "Kinh tế"}
    assert len(paper.ids()) == 36


@pytest.mark.parametrize("options", [(), ("--full",)])
def test_a_list_page_that_was_not_modified_though_nobody_asked_is_read_later(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    pages = site()
    pages["/van-hoa/?page=5"] = [*UNASKED, *pages["/van-hoa/?page=5"]]
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl(*options)
        assert held(paper) == set(range(12))
        with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE url LIKE '%page=5'")
        paper.crawl(*options)
    assert held(paper) == EVERYTHING


def test_a_page_at_which_a_walk_stands_is_asked_for_once_when_it_is_due_again_as_well(tmp_path: Path) -> None:
    pages = site()
    pages["/van-hoa/?page=5"] = [*BROKEN * 4, *pages["/van-hoa/?page=5"]]
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--full")
        with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE url LIKE '%page=5'")
        since = len(server.received)
        paper.crawl("--full")
        later = lists(server, since)
    assert len(later) == len(set(later))
    assert held(paper) == EVERYTHING


@pytest.mark.parametrize("first", [0, 1])
def test_a_walk_leaves_out_no_page_however_pages_are_numbered(tmp_path: Path, first: int) -> None:
    """The second page is number 1 where they are numbered from nought; else the pager may name the first as that."""
    pages: dict[str, list[Any]] = {}
    for place in range(5):
        links = "".join(
            f'<h2><a href="/tin-post{number}.html">Chuyện kể ở chợ phiên vùng cao</a></h2>'
            for number in range(place * PER_PAGE, (place + 1) * PER_PAGE)
        )
        pager = "".join(f'<a href="/van-hoa/?page={other + first}">{other + 1}</a>' for other in range(5))
        page = answer(f'{links}<p class="pagination">{pager}</p>')
        pages |= {f"/van-hoa/?page={place + first}": page} | ({"/van-hoa/": page} if place == 0 else {})
    pages |= {f"/tin-post{n}.html": article(f"Tin số {n}", published(n).isoformat()) for n in range(5 * PER_PAGE)}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--full")
        assert len(lists(server)) == len(set(lists(server)))
    assert held(paper) == set(range(5 * PER_PAGE))
