"""A crawl killed at any instant and begun again comes to what an undisturbed one comes to."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from killing import (
    KILLS,
    begin,
    begin_to_stop,
    came_to,
    check_sound,
    crawl_command,
    finish,
    finish_crawl,
    kill,
    lines_in,
    read_command,
    wait_until_stopped,
)
from support.crawling import SEED, Demonstration
from support.foreign import foreign, page
from support.forking import Forked

from archive.collection import Collection
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
            seconds = dice.random() * 0.1  # a group is committed every 50 ms
            crawling = begin_to_stop(crawl_command(newsroom, root), dice.randint(1, exchanges // 3), seconds)
            try:
                goes_on = wait_until_stopped(crawling)
            finally:
                readers += kill(crawling)
            in_the_midst += goes_on and crawling.wait() == -9
            kills += 1
        finish_crawl(newsroom, root)
        assert came_to(root) == expected, f"the collection killed at the kills up to {kills}"
        check_sound(root)
    assert in_the_midst >= KILLS / 2 and readers >= KILLS / 2


def test_killed_while_it_takes_in_a_file_it_comes_to_the_same(tmp_path: Path, demonstration: Demonstration) -> None:
    """A file of some 50 MB, so that reading, copying and entering it take a while each."""
    archived = foreign(tmp_path / "kho.warc.gz", [page(number, 4_000_000) for number in range(12)])
    with archived.open("ab") as stream:
        for path in sorted(demonstration.collection.warc.iterdir()):
            stream.write(path.read_bytes())
    undisturbed, root = tmp_path / "undisturbed", tmp_path / "killed"
    finish(read_command(archived, undisturbed))
    expected = came_to(undisturbed)
    assert len(expected) >= 10
    dice, in_the_midst = random.Random(20260109), 0
    for number in range(max(3, KILLS // 2)):
        reading = begin(read_command(archived, root))
        try:
            copying = wait_for_the_copy(root, reading)
            time.sleep(dice.random() * (0.06 if number % 2 else 0.6))
        finally:
            kill(reading)
        in_the_midst += copying and reading.wait() == -9
        if number % 3 == 2:
            finish(read_command(archived, root))
            assert came_to(root) == expected
            check_sound(root)
            assert {path.name for path in Collection.open(root).warc.iterdir()} == {"kho.warc.gz"}
            root = tmp_path / f"killed-{number}"
    assert in_the_midst


def wait_for_the_copy(root: Path, reading: Forked) -> bool:
    """Wait until a file is being copied into the collection; False where the process ended before."""
    while not list(root.glob("warc/*")):
        if reading.poll() is not None:
            return False
        time.sleep(0.001)
    return reading.poll() is None
