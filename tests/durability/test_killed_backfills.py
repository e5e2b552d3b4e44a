"""Walks, and crawls by feeds and sitemaps, killed at any instant and begun again: nothing of the site is lost."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from killing import KILLS, begin, check_sound, finish, kill
from support.raw_server import RawServer, raw_server
from support.small_paper import HOST, Paper, answer, article, listing, sitemap

PER_PAGE, NEWEST = 5, date(2025, 7, 30)
KILLS_A_COLLECTION = 5


def paths(numbers: range) -> list[str]:
    return [f"/tin-post{number}.html" for number in numbers]


def articles(count: int) -> dict[str, list[Any]]:
    return {
        path: article(f"Tin số {number}", (NEWEST - timedelta(days=number)).isoformat())
        for number, path in enumerate(paths(range(count)))
    }


def walked() -> tuple[dict[str, list[Any]], dict[str, object], list[str], int]:
    """A section of twelve list pages: what is served and declared, the options, and how many articles there are."""
    served = articles(12 * PER_PAGE)
    for page in range(12):
        following = f"/van-hoa/?page={page + 2}" if page < 11 else ""
        listed = listing(*paths(range(page * PER_PAGE, (page + 1) * PER_PAGE)), following=following)
        served[f"/van-hoa/?page={page + 1}" if page else "/van-hoa/"] = listed
    return served, {}, ["--full"], 12 * PER_PAGE


def announced() -> tuple[dict[str, list[Any]], dict[str, object], list[str], int]:
    """The same for a paper whose list names five articles, its feed ten, and the four sitemaps of an index the rest."""
    served = articles(60) | {"/van-hoa/": listing(*paths(range(5)))}
    items = "".join(f"<item><link>{HOST}{path}</link></item>" for path in paths(range(10)))
    served["/rss.xml"] = answer(f"<rss><channel>{items}</channel></rss>", kind="application/rss+xml")
    nested = {f"/sitemaps/{part}.xml": paths(range(part * 15, part * 15 + 15)) for part in range(4)}
    served["/sitemap.xml"] = sitemap(*((HOST + name, "2025-07-30") for name in nested), is_index=True)
    served |= {name: sitemap(*((HOST + path, "2025-07-01") for path in named)) for name, named in nested.items()}
    return served, {"feeds": ("/rss.xml",), "sitemaps": ("/sitemap.xml",)}, [], 60


@pytest.mark.parametrize("site", [walked, announced])
def test_every_article_is_held_in_the_end_and_asked_for_a_few_times_at_most(tmp_path: Path, site: Any) -> None:
    served, declared, options, count = site()
    dice = random.Random(20260110)
    in_the_midst = 0
    for collection in range(max(2, KILLS // KILLS_A_COLLECTION)):
        folder = tmp_path / f"killed-{collection}"
        folder.mkdir()
        with raw_server({path: list(answers) for path, answers in served.items()}) as server:
            paper = Paper(folder, server.port, **declared)
            place = ["--loopback", f"127.0.0.1:{server.port}", "--collection", str(paper.root)]
            command = ["crawl", str(paper.declared), *place, *options]
            for _ in range(KILLS_A_COLLECTION):
                in_the_midst += killed(command, server, dice, count)
            for _ in range(3):
                finish(command)
            asked = Counter(path for path, _ in server.received)
        check_sound(paper.root)
        assert paper.ids() == {str(number) for number in range(count)}
        assert paper.rows("SELECT * FROM walks WHERE ended_at IS NULL") == []
        # a kill undoes what was under way, and no more than once
        assert max(asked[path] for path in paths(range(count))) <= 1 + KILLS_A_COLLECTION
    assert in_the_midst >= KILLS / 2


def killed(command: list[str], server: RawServer, dice: random.Random, count: int) -> bool:
    """Begin a crawl and kill it after some of its requests; whether it was in the midst of them."""
    wanted = len(server.received) + dice.randint(1, count // 4)
    server.most = wanted + 5  # or on a busy machine it might be done before
    crawling = begin(command)
    try:
        while len(server.received) < wanted and crawling.poll() is None:
            time.sleep(0.001)
        time.sleep(dice.random() * 0.1)  # a group is committed every 50 ms
    finally:
        kill(crawling)
        server.most = None
    return crawling.wait() == -9
