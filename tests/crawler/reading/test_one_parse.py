"""A crawl parses no page itself, and the reading process parses each once, whatever is asked of it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from support.asking import kept
from support.raw_server import Answer, raw_server
from support.small_paper import HOST, Paper, answer, article, listing

from crawler.declaration.layout import Rules
from crawler.reading.pool import Readers
from crawler.reading.worker import Worker

# The command with both parsers broken in its own process; the reading process is another.
WITHOUT_PARSERS = """
import sys
import crawler.extract.page
from crawler.cli import main
def parse(*_):
    raise AssertionError("parsed in the crawl's own process")
crawler.extract.page.parse = parse
sys.argv[0] = "baotinh"
main()
"""
PAGE = b'<h1>Ch\xe1\xbb\xa3</h1><a href="/b-1.html">b</a><meta http-equiv="refresh" content="0; url=/c">'


def test_no_page_is_parsed_in_the_process_of_the_crawl(tmp_path: Path) -> None:
    reloading = '<meta http-equiv="refresh" content="900"><link rel="stylesheet" href="/a.css">'
    pages: dict[str, list[Answer]] = {
        "/van-hoa/": listing("/a-post1.html", "/b-post2.html"),
        "/a-post1.html": article("Chợ lùi", more=reloading),
        "/b-post2.html": answer("<meta http-equiv='refresh' content='0; url=/c-post2.html'>"),
        "/c-post2.html": article("Chợ phiên"),
        "/a.css": answer("body { background: url(nen.png) }", kind="text/css"),
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        crawl = ("crawl", paper.declared, "--loopback", paper.place, "--collection", paper.root)
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_PARSERS, *map(str, crawl)],
            env={"PATH": "/usr/bin:/bin", "BAOTINH_OUTLINKS": "1"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "/nen.png" in {path for path, _ in server.received}
    assert paper.ids() == {"1", "2"}
    blocks = [record.block.decode() for record in kept(paper.root) if record.type == "metadata"]
    assert any(f"outlink: {HOST}/a-post1.html L a/@href" in block for block in blocks)


def test_a_page_that_is_asked_several_things_is_parsed_once() -> None:
    reading, rules, source = (
        Worker(),
        Rules(newspaper="x", article_pattern=r"-(?P<id>\d+)"),
        (PAGE, "http://x.test/", {}),
    )
    reading.take(rules)
    assert reading.answer(("outlinks", 1, source, (), (), None)) == ([("http://x.test/b-1.html", "L", "a/@href")], None)
    assert reading.answer(("refresh_of", 1, None, (), (("noscript",),), None)) == ((0, "http://x.test/c"), None)
    page, error = reading.answer(("read_list_page", 1, None, (1,), (), 0))
    assert (page.articles, error) == (["http://x.test/b-1.html"], None)
    assert reading.answer(("outlinks", 1, None, (), (), None))[1] is not None, "it was closed behind the last question"


def test_a_page_stays_open_for_the_next_question_and_is_sent_anew_where_its_process_ended() -> None:
    url, rules = "http://x.test/", Rules(newspaper="x", article_pattern=r"-(?P<id>\d+)")

    async def asking(is_killed: bool) -> tuple[int, list[str]]:
        readers = Readers(600)
        try:
            await readers.outlinks(PAGE, url, {})
            assert readers._connection is not None
            is_open = len(readers._connection._open_pages)
            if is_killed:
                os.kill(readers._connection._process.pid, signal.SIGKILL)
            page = await readers.list_page(PAGE, url, {}, rules)
            assert readers._connection is not None and not readers._connection._open_pages
            return is_open, page.articles
        finally:
            readers.close()

    for is_killed in (False, True):
        assert asyncio.run(asking(is_killed)) == (1, ["http://x.test/b-1.html"])


def test_no_more_pages_stay_open_than_the_last_ones() -> None:
    async def asking() -> tuple[int, list[str]]:
        readers = Readers(600)
        try:
            for number in range(20):
                await readers.outlinks(PAGE, f"http://x.test/{number}", {})
            assert readers._connection is not None
            is_open = len(readers._connection._open_pages)
            first = await readers.list_page(PAGE, "http://x.test/0", {}, Rules(newspaper="x", article_pattern=r"-\d+"))
            return is_open, first.articles
        finally:
            readers.close()

    assert asyncio.run(asking()) == (16, ["http://x.test/b-1.html"])
