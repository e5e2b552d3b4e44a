"""A crawl killed at any instant and begun again comes to what an undisturbed one comes to."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import SEED
from killing import KILLS, begin_crawl, came_to, check_sound, finish_crawl, kill, lines_in, wait_for_lines

from crawler.newsroom import RunningNewsroom, serve_newsroom

KILLS_A_COLLECTION = 5


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[RunningNewsroom]:
    """A newsroom with enough to crawl for a crawl that is killed five times."""
    with serve_newsroom(seed=SEED, articles=150, log_path=tmp_path / "transport.jsonl") as running:
        yield running


def test_killed_at_random_instants_it_comes_to_the_same(tmp_path: Path, newsroom: RunningNewsroom) -> None:
    """`make test-long` kills a hundred times."""
    log = tmp_path / "transport.jsonl"
    finish_crawl(newsroom, tmp_path / "undisturbed")
    expected, exchanges = came_to(tmp_path / "undisturbed"), lines_in(log)
    check_sound(tmp_path / "undisturbed")
    assert len(expected) >= 10
    dice = random.Random(20260108)
    kills = collections = in_the_midst = readers = 0
    while kills < KILLS:
        root = tmp_path / f"killed-{collections}"
        collections += 1
        for _ in range(min(KILLS_A_COLLECTION, KILLS - kills)):
            before = lines_in(log)
            crawling = begin_crawl(newsroom, root)
            try:
                goes_on = wait_for_lines(log, before + dice.randint(1, exchanges // 3), crawling)
                time.sleep(dice.random() * 0.1)  # a group is committed every 50 ms
            finally:
                readers += kill(crawling)
            in_the_midst += goes_on and crawling.returncode == -9
            kills += 1
        finish_crawl(newsroom, root)
        assert came_to(root) == expected, f"the collection killed at the kills up to {kills}"
        check_sound(root)
    assert in_the_midst >= KILLS / 2 and readers >= KILLS / 2
