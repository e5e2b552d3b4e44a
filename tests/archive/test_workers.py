"""Calls in worker processes: results in order, errors handed on, a process that ends noticed, none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from support.worker_processes import fork_server, wait_for_workers, wait_until

from archive.errors import UnknownArticle, WorkerLost
from archive.processes import same_modules
from archive.reprints.signature import Signature
from archive.workers import Workers, usable_cores, worth_starting


def count_to(number: int) -> Iterator[int]:
    yield from range(number)


def large(number: int, mark: Path) -> Iterator[bytes]:
    """More than may wait for its turn, a part of it after the call before has ended."""
    for part in range(40):
        yield bytes([number]) * 1_000_000 + bytes([part])
    mark.touch()


def fail(number: int) -> Iterator[int]:
    yield number
    if number == 2:
        raise OSError(28, "No space left on device")
    if number == 3:
        raise UnknownArticle("a:1")


def end(number: int) -> Iterator[int]:
    yield number
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)


def process_of(number: int) -> Iterator[tuple[int, int]]:
    yield os.getpid(), hash(f"key {number % 2}".encode())


def loaded(_number: int) -> Iterator[tuple[bool, int, int]]:
    """Whether a module is loaded that was to be; the threads of this process and of the one that it was forked from."""
    yield (
        "archive.reprints.signature" in sys.modules,
        *(len(list(Path(f"/proc/{process}/task").iterdir())) for process in (os.getpid(), os.getppid())),
    )


def wait_long(mark: Path) -> Iterator[int]:
    mark.touch()
    time.sleep(600)
    yield 1


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_results_come_in_the_order_of_the_calls(processes: int) -> None:
    with Workers(processes) as workers:
        for _ in range(2):  # the same processes, for one series of calls after the other
            found = [list(results) for results in workers.each(count_to, [(300,), (0,), (2,), *[(1,)] * 30])]
            assert found == [list(range(300)), [], [0, 1], *[[0]] * 30]
        assert not list(workers.each(count_to, []))


def test_results_that_are_not_read_are_passed_over() -> None:
    with Workers(2) as workers:
        found = [next(results) for results in workers.each(count_to, [(number,) for number in range(500, 520)])]
    assert found == [0] * 20


def test_few_results_wait_for_their_turn(tmp_path: Path) -> None:
    """The calls behind the first one do not run to their end while that is read."""
    calls = [(number, tmp_path / str(number)) for number in range(6)]
    with Workers(2) as workers:
        for number, results in enumerate(workers.each(large, calls)):
            found = list(islice(results, 39))
            if number == 0:
                assert not calls[1][1].exists()
            assert [*found, *results] == [bytes([number]) * 1_000_000 + bytes([part]) for part in range(40)]


def test_what_a_function_raises_is_raised_here() -> None:
    for number, error in ((2, OSError), (3, (UnknownArticle, RuntimeError))):
        with Workers(2) as workers, pytest.raises(error):
            for results in workers.each(fail, [(1,), (number,), (4,)]):
                list(results)


def test_a_process_that_ends_is_an_error() -> None:
    with Workers(2) as workers, pytest.raises(WorkerLost, match="was killed by SIGKILL"):
        for results in workers.each(end, [(number,) for number in range(9)]):
            list(results)


def test_a_process_that_has_ended_is_an_error_of_further_calls() -> None:
    with Workers(2) as workers:
        for number in (3, 0):
            with pytest.raises(WorkerLost, match="was killed by SIGKILL"):
                for results in workers.each(end, [(number,), *[(1,)] * 9]):
                    list(results)


def test_workers_outlive_their_fork_server_until_the_work_is_done() -> None:
    found: list[int] = []
    with Workers(2) as workers:
        for results in workers.each(process_of, [(number,) for number in range(200)]):
            found += [process for process, _ in results]
            if len(found) == 100:
                os.kill(fork_server(os.getpid()), signal.SIGKILL)
    assert len(found) == 200
    wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in found))


def test_modules_are_loaded_once_ahead_of_the_calls_and_without_threads() -> None:
    with Workers(2) as workers:
        workers.prepare(Signature.unpacked)
        found = [one for results in workers.each(loaded, [(n,) for n in range(4)]) for one in results]
    assert found == [(True, 1, 1)] * 4


def test_nothing_is_left_where_the_process_that_asks_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "busy"
    asks = (
        "import pathlib, sys\n"
        "from archive.workers import Workers\n"
        "from test_workers import wait_long\n"
        "with Workers(2) as workers:\n"
        "    for results in workers.each(wait_long, [(pathlib.Path(sys.argv[1]),)]):\n"
        "        list(results)\n"
    )
    environment = same_modules() | {"PYTHONPATH": f"{same_modules()['PYTHONPATH']}{os.pathsep}{Path(__file__).parent}"}
    with subprocess.Popen([sys.executable, "-P", "-c", asks, str(mark)], env=environment) as process:
        (worker,) = wait_for_workers(process.pid, 1)
        wait_until(mark.exists)
        process.kill()
    wait_until(lambda: not Path(f"/proc/{worker}").exists())


def test_hashes_are_the_same_in_all_processes() -> None:
    with Workers(2) as workers:
        found = [one for results in workers.each(process_of, [(n,) for n in range(20)]) for one in results]
    assert os.getpid() not in {process for process, _ in found}
    assert len({key for _, key in found}) == 2


def test_how_many_are_worth_their_start() -> None:
    assert worth_starting(0, 10) == 1 and worth_starting(10**9, 10) == usable_cores() >= 1
