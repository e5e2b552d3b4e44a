"""A desk for each page's commands, and one newsroom for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_server import command_server
from desk import Desk
from support.crawling import SEED, Demonstration
from support.object_store import object_store

from crawler.newsroom import RunningNewsroom, serve_newsroom


@pytest.fixture(scope="session")
def printing_newsroom() -> Iterator[RunningNewsroom]:
    """What stands for the network."""
    with serve_newsroom(seed=SEED, articles=60, undeclared=40) as running:
        yield running


@pytest.fixture(scope="session")
def commands() -> Iterator[Path]:
    """Where the pages' commands are begun."""
    with command_server() as path:
        yield path


@pytest.fixture(scope="session")
def store() -> Iterator[str]:
    """The address of an S3 server that holds an empty bucket."""
    with object_store() as running:
        running.make("newspapers")
        yield running.endpoint


@pytest.fixture
def desk(
    tmp_path: Path,
    demonstration: Demonstration,
    printing_newsroom: RunningNewsroom,
    commands: Path,
    page: Path,
    request: pytest.FixtureRequest,
) -> Desk:
    """A folder of its own for each page."""
    store = request.getfixturevalue("store") if "s3://" in page.read_text("utf-8") else ""
    url = next(said["url"] for said in printing_newsroom.truth()["articles"] if said["newspaper"] == "baocantho")
    site = f"http://{printing_newsroom.truth()['undeclared']['host']}"
    return Desk.make(tmp_path, demonstration.collection.root, printing_newsroom.port, url, site, commands, store)
