"""A newsroom in its own process, and a crawl of it by the command itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from support.crawling import ARTICLES, SEED, Demonstration, baotinh

from archive.collection import Collection
from crawler.newsroom import RunningNewsroom, serve_newsroom

# The same examples at every run: what a test finds, it finds for everybody. No example is timed.
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")


# What takes longest begins first, so that two processes end at about the same time.
LONGEST_FIRST = ("simulation", "durability", "docs", "crawler", "replay", "web", "jobs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pytest's way of asking for an order."""

    def turn(item: pytest.Item) -> int:
        parts = item.path.relative_to(Path(__file__).parent).parts
        return min((LONGEST_FIRST.index(part) for part in parts if part in LONGEST_FIRST), default=len(LONGEST_FIRST))

    items.sort(key=turn)


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[RunningNewsroom]:
    """A newsroom of one's own, to publish, edit and withdraw in."""
    with serve_newsroom(seed=SEED, articles=60, log_path=tmp_path / "transport.jsonl") as running:
        yield running


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """One demo crawl for all tests that only read it."""
    folder = tmp_path_factory.mktemp("demonstration")
    log = folder / "transport.jsonl"
    done = baotinh(
        "demo", "--once", "--articles", ARTICLES, "--seed", SEED, "--log", log, "--collection", folder / "collection"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    with serve_newsroom(seed=SEED, articles=ARTICLES) as running:
        truth = running.truth()
    return Demonstration(
        Collection.open(folder / "collection"),
        truth,
        [line for line in lines if line["host"].endswith(".test") and line["host"] != "newsroom.test"],
        done.stdout,
    )
