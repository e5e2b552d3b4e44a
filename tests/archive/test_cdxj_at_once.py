"""CDXJ files that several crawls make at the same time: every one is there and whole, and nothing fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support.crawling import Demonstration

from archive.collection import Collection
from archive.projections.cdxj_files import write_missing

MAKING = """
import sys
from pathlib import Path
from archive.projections.cdxj_files import write_missing
from archive.collection import Collection
collection = Collection.open(Path(sys.argv[1]))
sys.stdin.read()  # all begin at once
with collection.catalog() as catalog:
    write_missing(collection, catalog)
"""


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


def test_crawls_of_several_processes_that_end_together_make_the_same_files(
    tmp_path: Path, demonstration: Demonstration
) -> None:
    shutil.copytree(demonstration.collection.root, tmp_path / "c")
    collection = Collection.open(tmp_path / "c")
    expected = {path.name: path.read_bytes() for path in collection.cdxj.iterdir()}
    for path in collection.cdxj.iterdir():
        path.unlink()
    command = [sys.executable, "-c", MAKING, str(collection.root)]
    making = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(4)]
    for process in making:
        assert process.stdin is not None
        process.stdin.close()
    assert [process.wait(60) for process in making] == [0] * 4
    assert {path.name: path.read_bytes() for path in collection.cdxj.iterdir()} == expected
