"""Servers that write a new session id into every link: an article is fetched once, under one address."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.crawling import baotinh
from support.raw_server import RawServer, raw_server
from support.small_paper import HOST, MISSING, Paper, answer, article, redirect

NUMBERS = range(101, 106)
IDS = [str(number) for number in NUMBERS]
# how a server may mark its links
MARKS: dict[str, Callable[[str, str], str]] = {
    "a parameter": lambda path, mark: f"{path}?PHPSESSID={mark}",
    "a parameter of no known name": lambda path, mark: f"{path}?t={mark}",
    "in the path": lambda path, mark: f"{path};jsessionid={mark}",
    "before the path": lambda path, mark: f"/(S({mark})){path}",
}


class Marked(dict[str, list[Any]]):
    """Answers by path whatever mark it bears."""

    def get(self, path: str, default: Any = None) -> Any:
        plain = re.sub(r"\?.*|;jsessionid=[^/?]*|^/\(S\(\w+\)\)", "", path)
        page = re.search(r"trang=\d+", path)
        return super().get(f"{plain}?{page[0]}" if page else plain, default)


def path_of(number: int) -> str:
    return f"/cho-{number}-post{number}.html"


def marks() -> Iterator[str]:
    return (f"{number:032x}" for number in itertools.count(1))


@contextmanager
def serving(mark: Callable[[str, str], str], pages: dict[str, list[Any]]) -> Iterator[RawServer]:
    """A server of these pages and of lists, each link with a new mark at each look."""
    fresh = marks()

    def sent(made: Callable[[], str], kind: str = "text/html; charset=utf-8") -> list[Any]:
        return [lambda line: line.sendall(answer(made(), "Connection: close", kind=kind)[0])]

    def listed() -> str:
        links = "".join(
            f'<h2><a href="{mark(path_of(number), next(fresh))}">Chuyện kể ở chợ phiên vùng cao</a></h2>'
            for number in NUMBERS
        )
        return f'{links}<p class="pagination"><a href="/van-hoa/?trang=2&PHPSESSID={next(fresh)}">Trang sau</a></p>'

    def fed() -> str:
        items = "".join(f"<item><link>{HOST}{mark(path_of(number), next(fresh))}</link></item>" for number in NUMBERS)
        return f"<rss><channel>{items}</channel></rss>"

    own: dict[str, list[Any]] = {
        "/van-hoa/": sent(listed), "/van-hoa/?trang=2": sent(listed), "/rss.xml": sent(fed, "application/rss+xml"),
        **{path_of(number): article(f"Chợ phiên {number}") for number in NUMBERS},
    }  # fmt: skip
    with raw_server({}) as server:
        server.answers = Marked(server.answers | own | pages)
        yield server


def articles_asked(server: RawServer, since: int = 0) -> list[str]:
    found = (re.search(r"post(\d+)", path) for path, _ in server.received[since:])
    return sorted(match[1] for match in found if match)


@pytest.mark.parametrize("name", MARKS)
def test_an_article_is_fetched_once_whatever_marks_its_links_bear(tmp_path: Path, name: str) -> None:
    with serving(MARKS[name], {}) as server:
        paper = Paper(tmp_path, server.port, feeds=("/rss.xml",))
        paper.crawl()
        assert articles_asked(server) == IDS and paper.ids() == set(IDS)
        rows = paper.rows("SELECT kind, url FROM addresses ORDER BY url")
        since = len(server.received)
        for _ in range(2):
            paper.crawl()
        assert articles_asked(server, since) == []
        assert paper.rows("SELECT kind, url FROM addresses ORDER BY url") == rows
        assert len([url for kind, url in rows if kind == "article"]) == 5
        assert len(paper.rows("SELECT DISTINCT url FROM ways")) == 5
        paper.crawl("--recheck")
        assert articles_asked(server, since) == IDS
        assert paper.rows("SELECT kind, url FROM addresses ORDER BY url") == rows
    query = "SELECT identity FROM identities WHERE identity LIKE 'baolaocai:%' ORDER BY identity"
    before = paper.rows(query)
    assert baotinh("rebuild", "--collection", paper.root).returncode == 0
    assert paper.rows(query) == before and len(before) == 5


def test_a_paper_that_no_file_declares(tmp_path: Path) -> None:
    with serving(MARKS["a parameter"], {}) as server:
        place = ("--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c")
        for _ in range(3):
            done = baotinh("crawl", "http://baothu.test/van-hoa/", *place)
            assert done.returncode == 0, done.stdout + done.stderr
        assert articles_asked(server) == IDS


def test_an_article_that_is_gone_is_asked_for_where_the_paper_has_it_now(tmp_path: Path) -> None:
    names = ["cu"]

    def mark(path: str, mark: str) -> str:
        return f"{path.replace('cho', names[0])}?PHPSESSID={mark}"

    pages = {f"/cu-{number}-post{number}.html": [*article(f"Chợ {number}"), *MISSING] for number in NUMBERS}
    pages |= {f"/moi-{number}-post{number}.html": article(f"Chợ {number} họp lại") for number in NUMBERS}
    with serving(mark, pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        names[0] = "moi"
        paper.crawl()
        assert len(articles_asked(server)) == 5  # known by their ids
        paper.crawl("--recheck")
        paper.crawl()
    assert {path.partition("-")[0] for path, _ in server.received if "post" in path} == {"/cu", "/moi"}
    assert len(paper.rows("SELECT 1 FROM versions")) == 10
    assert len(paper.rows("SELECT 1 FROM addresses WHERE kind = 'article' AND gone_at IS NULL")) == 5


def test_a_marked_address_may_lead_to_the_plain_one(tmp_path: Path) -> None:
    pages = {f"/dan-{number}-post{number}.html": redirect(path_of(number)) for number in NUMBERS}
    with serving(lambda path, mark: f"{path.replace('cho', 'dan')}?PHPSESSID={mark}", pages) as server:
        paper = Paper(tmp_path, server.port)
        for _ in range(3):
            paper.crawl()
        assert len(articles_asked(server)) == 10 and paper.ids() == set(IDS)
    assert len(paper.rows("SELECT 1 FROM addresses WHERE kind = 'article'")) == 10
