"""A Dask worker that is killed in the middle of a command: what is printed is that of one process, to the byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.crawling import Demonstration, baotinh
from support.dask_cluster import Cluster, dask_cluster
from support.worker_processes import wait_until

from archive.collection import Collection
from archive.projections.cdxj_files import path_of


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "cluster").mkdir()
    with dask_cluster(tmp_path / "cluster") as started:
        yield started


def open_to_write(pipe: Path) -> int | None:
    """The end of a pipe that is written to, once somebody has begun to read it."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def reads(process: int, pipe: Path) -> bool:
    """Whether a process has a file open."""
    return any(os.path.realpath(link) == str(pipe) for link in Path(f"/proc/{process}/fd").iterdir())


def test_a_worker_is_killed_while_it_reads_a_file(
    demonstration: Demonstration, cluster: Cluster, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(demonstration.collection.root, tmp_path / "held"))
    with Collection(root).catalog() as catalog:
        first, second, *_ = [file.name for file in catalog.warc_files()]
    octets = bytearray((root / "warc" / first).read_bytes())
    octets[-60] ^= 0xFF  # so that there is something to print
    (root / "warc" / first).write_bytes(octets)
    alone = baotinh("verify", "--json", "--processes", 1, "--collection", root)
    index = path_of(Collection(root), second)
    index.rename(kept := tmp_path / "kept")
    os.mkfifo(index)  # whoever reads it waits
    called = [sys.executable, "-m", "crawler.cli", "verify", "--json", "--scheduler", cluster.address]
    with subprocess.Popen(
        [*called, "--collection", str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        ends: list[int] = []
        try:
            wait_until(lambda: (end := open_to_write(index)) is not None and not ends.append(end))
            wait_until(lambda: any(reads(worker.pid, index) for worker in cluster.living()))
            (killed,) = [worker for worker in cluster.living() if reads(worker.pid, index)]
            kept.rename(index)
            killed.kill()
            killed.wait()
            os.close(*ends)
            printed, errors = process.communicate(timeout=120)
        finally:
            process.kill()
    assert len(cluster.living()) == 1
    assert (process.returncode, printed, errors) == (alone.returncode, alone.stdout, "") and printed
