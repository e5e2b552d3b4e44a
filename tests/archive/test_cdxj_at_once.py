"""CDXJ files that several crawls make at the same time: every one is there and whole, and nothing fails."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from crawling import Demonstration

from archive.cdxjfiles import write_missing
from archive.collection import Collection


def test_crawls_that_end_together_make_the_same_files(tmp_path: Path, demonstration: Demonstration) -> None:
    shutil.copytree(demonstration.collection.root, tmp_path / "c")
    collection = Collection.open(tmp_path / "c")
    expected = {path.name: path.read_bytes() for path in collection.cdxj.iterdir()}
    assert expected

    def make(_number: int) -> None:
        with collection.catalog() as catalog:
            write_missing(collection, catalog)

    for _ in range(5):
        for path in collection.cdxj.iterdir():
            path.unlink()
        with ThreadPoolExecutor(8) as crawls:
            list(crawls.map(make, range(8)))
        assert {path.name: path.read_bytes() for path in collection.cdxj.iterdir()} == expected
