"""List pages that failed, are empty or lead to what was asked for: none leaves its section uncovered for ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.long_list import PER_PAGE, held, site, unlinked, with_catalog
from support.raw_server import raw_server
from support.small_paper import BROKEN, Paper, answer, redirect

FIRST_AGAIN = "UPDATE addresses SET next_due_at = '2000' WHERE url LIKE '%/van-hoa/'"
SPANS = "SELECT since, until FROM coverage"


@pytest.mark.parametrize("options", [(), ("--full",)])
def test_the_empty_page_behind_the_end_of_a_declared_paging_leaves_nothing_over(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    with raw_server(unlinked(3)) as server:
        paper = Paper(tmp_path, server.port, paging="{path}?page={page}")
        paper.crawl("--due", *options)
        assert held(paper) == set(range(9))
        asked, ((since, until),) = len(server.received), paper.rows(SPANS)
        paper.crawl("--due")
        assert len(server.received) == asked
        with_catalog(paper, FIRST_AGAIN)
        paper.crawl("--due")
    ((again, later),) = paper.rows(SPANS)
    assert again == since and later > until


def test_a_page_that_failed_has_its_section_read_again_when_it_is_due_itself(tmp_path: Path) -> None:
    pages = site(4)
    pages["/van-hoa/?page=2"] = [*BROKEN * 4, *pages["/van-hoa/?page=2"]]
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--due")
        asked = len(server.received)
        paper.crawl("--due")
        assert len(server.received) == asked
        with_catalog(paper, "UPDATE addresses SET next_due_at = '2000' WHERE url LIKE '%page=2'")
        paper.crawl("--due")
    assert held(paper) == set(range(12)) and len(paper.rows(SPANS)) == 1


def test_a_page_that_leads_to_the_first_is_as_good_as_read(tmp_path: Path) -> None:
    pager = "".join(f'<a href="/van-hoa/?page={page}">{page}</a>' for page in (1, 2, 3))
    pages = site(3) | {"/van-hoa/?page=1": redirect("/van-hoa/")}
    for page, path in enumerate(("/van-hoa/", "/van-hoa/?page=2", "/van-hoa/?page=3")):
        links = "".join(
            f'<h2><a href="/tin-post{number}.html">Chuyện kể ở chợ phiên vùng cao</a></h2>'
            for number in range(page * PER_PAGE, (page + 1) * PER_PAGE)
        )
        pages[path] = answer(f'{links}<p class="pagination">{pager}</p>')
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl("--due")
        assert held(paper) == set(range(9)) and len(paper.rows(SPANS)) == 1
        asked = len(server.received)
        paper.crawl("--due")
        assert len(server.received) == asked
