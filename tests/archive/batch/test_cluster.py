"""Batch work on a real Dask cluster of two workers: the result is that of one process, also where one is killed."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.crawling import Demonstration, baotinh
from support.daemons import until
from support.dask_cluster import Cluster, dask_cluster
from support.worker_processes import wait_until

from archive.batch.cluster import DaskWorkers
from archive.collection import Collection
from archive.errors import (
    ClusterLost,
    DaskMissing,
    SchedulerUnreachable,
    UnknownArticle,
    WorkerFault,
    WorkerUnfit,
)
from archive.workers import Workers


def count_to(number: int) -> Iterator[int]:
    yield from range(number)


def fail(number: int) -> Iterator[int]:
    yield number
    if number == 2:
        raise OSError(28, "No space left on device")
    if number == 3:
        raise UnknownArticle("a:1")


def note_and_wait(number: int, folder: Path) -> Iterator[int]:
    """Each call tells its process, and waits where that is the first of two."""
    (folder / f"begun-{number}-{os.getpid()}").touch()
    until(lambda: (folder / "go").exists(), 600)  # other workers may start meanwhile
    yield from range(number)


def begun(folder: Path) -> dict[int, set[int]]:
    """The processes in which each call was begun."""
    found: dict[int, set[int]] = {}
    for path in folder.glob("begun-*"):
        _, number, process = path.name.split("-")
        found.setdefault(int(number), set()).add(int(process))
    return found


def wait_but_first(number: int, folder: Path) -> Iterator[int]:
    """The first call ends at once; the others tell their process and wait."""
    if number:
        yield from note_and_wait(number, folder)


def end_process() -> Iterator[int]:
    os._exit(1)


def counting(number: int, folder: Path) -> Iterator[int]:
    (folder / f"begun-{number}-1").touch()
    yield number


def impatient(address: str, root: Path) -> DaskWorkers:
    """Workers that are given up soon where there are none, once the scheduler is reached."""
    workers = DaskWorkers(address, root)
    connect = workers._connect

    def connected(*arguments: Any, **options: Any) -> Any:
        client = connect(*arguments, **options)
        workers._patience = 0.5
        return client

    workers._connect = connected
    return workers


@pytest.fixture(scope="module")
def collection(demonstration: Demonstration) -> Collection:
    return demonstration.collection


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def cluster(started: Cluster) -> Cluster:
    started.keep(2)
    return started


def test_results_come_in_the_order_of_the_calls(cluster: Cluster, collection: Collection) -> None:
    calls = [(1300,), (0,), (2,), *[(1,)] * 30]
    with DaskWorkers(cluster.address, collection.root) as workers, Workers(1) as alone:
        assert workers.are_several
        for _ in range(2):
            found = [list(results) for results in workers.each(count_to, calls)]
            assert found == [list(results) for results in alone.each(count_to, calls)]
        assert not list(workers.each(count_to, []))
        passed_over = [next(results) for results in workers.each(count_to, [(number,) for number in range(5, 25)])]
        assert passed_over == [0] * 20


def test_few_calls_are_under_way(cluster: Cluster, collection: Collection, tmp_path: Path) -> None:
    with DaskWorkers(cluster.address, collection.root) as workers:
        for number, results in enumerate(workers.each(counting, ((n, tmp_path) for n in range(40)))):
            assert list(results) == [number]
            assert len(begun(tmp_path)) <= number + 4


def test_workers_that_join_later_get_calls_as_well(cluster: Cluster, collection: Collection, tmp_path: Path) -> None:
    cluster.keep(1)
    with DaskWorkers(cluster.address, collection.root) as workers:
        results = workers.each(wait_but_first, [(number, tmp_path) for number in range(20)])
        assert list(next(results)) == []
        cluster.keep(4)
        following = threading.Thread(target=lambda: [list(one) for one in results])
        following.start()
        try:
            wait_until(lambda: len(begun(tmp_path)) == 4)
        finally:
            (tmp_path / "go").touch()
            following.join()


def test_a_call_that_ends_each_worker_is_named_in_plain_words(collection: Collection, tmp_path: Path) -> None:
    with (
        dask_cluster(tmp_path, 5) as cluster,
        DaskWorkers(cluster.address, collection.root) as workers,
        pytest.raises(ClusterLost, match="a call ended 4 workers, the last tcp://"),
    ):
        for results in workers.each(end_process, [()]):
            list(results)


def test_what_a_function_raises_is_raised_here(cluster: Cluster, collection: Collection) -> None:
    with DaskWorkers(cluster.address, collection.root) as workers:
        for number, error in ((2, OSError), (3, (UnknownArticle, RuntimeError))):
            found = []
            with pytest.raises(error):
                for results in workers.each(fail, [(1,), (number,), (4,)]):
                    found += results
            assert found == [1]  # parts come as a whole, what was yielded ahead of the error with it


def test_a_worker_that_is_killed_costs_a_repetition_of_its_calls(
    cluster: Cluster, collection: Collection, tmp_path: Path
) -> None:
    calls = [(number, tmp_path) for number in range(12)]
    killed: list[int] = []

    def kill() -> None:
        wait_until(lambda: len(begun(tmp_path)) >= 2)
        number = max(begun(tmp_path))
        (process,) = begun(tmp_path)[number]
        killed.append(number)
        os.kill(process, signal.SIGKILL)
        (tmp_path / "go").touch()

    killing = threading.Thread(target=kill)
    killing.start()
    with DaskWorkers(cluster.address, collection.root) as workers:
        found = [list(results) for results in workers.each(note_and_wait, calls)]
    killing.join()
    assert found == [list(range(number)) for number in range(12)]
    wait_until(lambda: len(cluster.living()) == 1)
    assert len(begun(tmp_path)[killed[0]]) == 2  # it was begun again elsewhere


def test_verify_finds_the_same_on_a_cluster(cluster: Cluster, collection: Collection, tmp_path: Path) -> None:
    root = Path(shutil.copytree(collection.root, tmp_path / "copy"))
    damaged = sorted((root / "warc").iterdir())[1]
    damaged.write_bytes(damaged.read_bytes()[:-30])
    printed = [
        baotinh("verify", "--collection", root, "--json", *where)
        for where in (("--processes", 1), ("--processes", 2), ("--scheduler", cluster.address))
    ]
    assert [one.returncode for one in printed] == [1, 1, 1], printed[2].stderr
    assert printed[0].stdout == printed[1].stdout == printed[2].stdout != ""
    assert printed[2].stderr == ""


def test_no_file_can_be_given_to_a_cluster(collection: Collection) -> None:
    file = next(collection.warc.iterdir())
    done = baotinh("verify", file, "--scheduler", "tcp://127.0.0.1:8786")
    assert done.returncode == 2 and "--scheduler is for collections" in done.stderr
    done = baotinh("verify", "--collection", collection.root, "--scheduler", "127.0.0.1")
    assert done.returncode == 2 and "no address such as tcp://" in done.stderr


def test_a_worker_of_another_version_is_refused(cluster: Cluster, collection: Collection, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text("import archive\narchive.VERSION = '9.9'\n", "utf-8")
    with DaskWorkers(cluster.address, collection.root) as workers:
        results = workers.each(count_to, ((1,) for _ in range(1000)))
        assert list(next(results)) == [0]
        late = cluster.add_worker("--preload", str(other), "--name", "late")
        with pytest.raises(WorkerUnfit) as refused:  # one that joins later is checked by its first call
            for one in results:
                list(one)
    assert (refused.value.fault, refused.value.found) == (WorkerFault.OTHER_VERSION, "9.9")
    with pytest.raises(WorkerUnfit, match=r"the Dask worker tcp://127\.0\.0\.1:\d+ cannot take part.*: 9\.9, not "):
        DaskWorkers(cluster.address, collection.root).__enter__()
    cluster.end(late)


def test_a_worker_without_the_package_is_refused(cluster: Cluster, collection: Collection, tmp_path: Path) -> None:
    absent = tmp_path / "absent.py"
    absent.write_text("import sys\nsys.modules['archive'] = None\n", "utf-8")
    other = cluster.add_worker("--preload", str(absent))
    with pytest.raises(WorkerUnfit, match="cannot be imported there") as refused:
        DaskWorkers(cluster.address, collection.root).__enter__()
    assert refused.value.fault is WorkerFault.NOT_INSTALLED
    cluster.end(other)


def test_a_worker_that_sees_another_collection_is_refused(
    cluster: Cluster, demonstration: Demonstration, tmp_path: Path
) -> None:
    """The same path leads to different folders in processes with different working directories."""
    root = Path("/proc/self/cwd/held")
    for name in ("own", "empty", "older"):
        (tmp_path / name).mkdir()
    (tmp_path / "own" / "held").symlink_to(demonstration.collection.root)
    shutil.copytree(demonstration.collection.root, tmp_path / "older" / "held")
    with Collection(tmp_path / "older" / "held").catalog(writable=True) as catalog:
        catalog.connection.execute("PRAGMA foreign_keys = OFF")
        catalog.connection.execute("DELETE FROM captures WHERE id = (SELECT max(id) FROM captures)")
    cluster.keep(0)
    before = Path.cwd()
    os.chdir(tmp_path / "own")
    try:
        fit = cluster.add_worker(cwd=tmp_path / "own")
        with DaskWorkers(cluster.address, root) as workers:
            assert [list(one) for one in workers.each(count_to, [(2,)])] == [[0, 1]]
        for name, fault in (("empty", WorkerFault.NO_COLLECTION), ("older", WorkerFault.OTHER_COLLECTION)):
            other = cluster.add_worker(cwd=tmp_path / name)
            with pytest.raises(WorkerUnfit, match="same path") as refused:
                DaskWorkers(cluster.address, root).__enter__()
            assert refused.value.fault is fault
            cluster.end(other)
        cluster.end(fit)
    finally:
        os.chdir(before)


def test_workers_whose_hashes_differ_are_refused(cluster: Cluster, collection: Collection) -> None:
    cluster.keep(1)
    other = cluster.add_worker(seed="1")
    with pytest.raises(WorkerUnfit, match="PYTHONHASHSEED=0"):
        DaskWorkers(cluster.address, collection.root).__enter__()
    cluster.end(other)


def test_a_cluster_that_is_gone_is_an_error_with_its_address(collection: Collection, tmp_path: Path) -> None:
    with dask_cluster(tmp_path, 1) as lost:
        with DaskWorkers(lost.address, collection.root) as workers:
            workers._patience = 0.5  # from here on: within it the scheduler must be reached as well
            results = workers.each(note_and_wait, [(number, tmp_path) for number in range(5)])
            first = next(results)
            wait_until(lambda: bool(begun(tmp_path)))
            lost.keep(0)
            with pytest.raises(ClusterLost, match=f"{lost.address}.*no worker for 0.5 s"):
                list(first)
        with pytest.raises(SchedulerUnreachable, match=f"{lost.address}.*no worker"):
            impatient(lost.address, collection.root).__enter__()
        lost.add_worker()
        (tmp_path / "go").touch()
        with DaskWorkers(lost.address, collection.root) as workers:
            results = workers.each(note_and_wait, [(number, tmp_path) for number in range(50)])
            assert list(next(results)) == []
            lost.scheduler.kill()
            with pytest.raises(ClusterLost, match=lost.address) as gone:
                for one in results:
                    list(one)
            assert "_answer" not in str(gone.value)  # Dask's name of the call
    with pytest.raises(SchedulerUnreachable, match=lost.address):
        DaskWorkers(lost.address, collection.root, patience=1).__enter__()


def test_without_dask_the_option_says_what_to_install(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DaskMissing, match=r"pip install 'baotinh\[batch\]'"):
        DaskWorkers("tcp://127.0.0.1:8786", collection.root)
