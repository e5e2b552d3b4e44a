"""Counts and exports by several processes, and on a Dask cluster: the bytes are those of one process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.crawling import Demonstration, baotinh
from support.dask_cluster import Cluster, dask_cluster

from archive.collection import Collection

EXPORTS = [
    ("--format", "jsonl"),
    ("--format", "csv", "--no-text"),
    ("--format", "parquet"),
    ("--format", "bibtex"),
    ("--format", "csl"),
    ("học", "--format", "jsonl", "--versions"),
    ("--format", "parquet", "--versions", "--no-text", "--site", "https://archive.example.org"),
    ("--set", "kept", "--format", "csv"),
]
COUNTS = [("học", "tỉnh", "--csv"), ("học", "--by-newspaper", "--by", "day", "--json"), ("--by", "year", "--csv")]


COPY = """INSERT INTO versions (article_id, content_hash, run_id, record_id, captured_at, line)
    SELECT article_id || :mark, content_hash, run_id, record_id, captured_at,
    packed_line(replace(unpacked_line(line), article_id, article_id || :mark))
    FROM versions WHERE seq <= :until ORDER BY seq"""
ENTER = """INSERT INTO articles (id, newspaper, latest, first_captured_at, last_captured_at, section, published_at)
    SELECT id || :mark, newspaper, 0, first_captured_at, last_captured_at, section, published_at FROM articles
    WHERE latest BETWEEN 1 AND :until"""
NOTE = "UPDATE articles SET latest = (SELECT max(seq) FROM versions WHERE article_id = articles.id)"


@pytest.fixture(scope="module")
def collection(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """The demonstration's articles six times over, some in several versions, and a set of some of them."""
    root = Path(shutil.copytree(demonstration.collection.root, tmp_path_factory.mktemp("held") / "c"))
    collection = Collection.open(root)
    with collection.catalog(writable=True) as catalog:
        until = catalog.last_seq()
        with catalog.transaction() as connection:
            for mark in "bcdef":
                connection.execute(ENTER, {"mark": mark, "until": until})
                connection.execute(COPY, {"mark": mark, "until": until})
            connection.execute(COPY, {"mark": "", "until": 40})
            connection.execute(NOTE)
    done = baotinh("sets", "save", "kept", "học", "--collection", root)
    assert done.returncode == 0, done.stderr
    return collection


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


def printed(collection: Collection, folder: Path, *arguments: object) -> bytes:
    done = baotinh(*arguments, "--collection", collection.root, "--output", folder / "out")
    assert done.returncode == 0, done.stderr
    return (folder / "out").read_bytes()


@pytest.mark.parametrize("options", EXPORTS, ids=" ".join)
def test_an_export_has_the_bytes_of_one_process(
    options: tuple[str, ...], collection: Collection, cluster: Cluster, tmp_path: Path
) -> None:
    places = (("--processes", 1), ("--processes", 2), ("--scheduler", cluster.address))
    alone, together, spread = (printed(collection, tmp_path, "export", *options, *where) for where in places)
    assert alone and together == alone and spread == alone


@pytest.mark.parametrize("options", COUNTS, ids=" ".join)
def test_counts_are_those_of_one_process(options: tuple[str, ...], collection: Collection, cluster: Cluster) -> None:
    places = (("--processes", 1), ("--processes", 3), ("--scheduler", cluster.address))
    done = [baotinh("stats", *options, *where, "--collection", collection.root) for where in places]
    assert [one.returncode for one in done] == [0, 0, 0], done[2].stderr
    assert done[0].stdout and done[0].stdout == done[1].stdout == done[2].stdout


@pytest.mark.parametrize("command", ["verify", "stats", "export"])
def test_processes_and_a_scheduler_exclude_each_other(collection: Collection, command: str) -> None:
    both = ("--processes", 2), ("--scheduler", "tcp://127.0.0.1:8786")
    for first, second in (both, both[::-1]):
        done = baotinh(command, *first, *second, "--collection", collection.root)
        assert done.returncode == 2 and "give one of them" in done.stderr


def test_an_address_without_a_port_that_can_be_is_refused(collection: Collection) -> None:
    for address in ("tcp://127.0.0.1", "tcp://127.0.0.1:65536", "http://127.0.0.1:8786"):
        done = baotinh("verify", "--scheduler", address, "--collection", collection.root)
        assert done.returncode == 2 and "is no address such as" in done.stderr
