"""A Dask scheduler and its workers on loopback, as an operator starts them; each is a process that can be killed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
from distributed import Client

from archive.processes import same_modules
from support.worker_processes import wait_until

_LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard")


@attrs.frozen
class Cluster:
    """A scheduler that runs, and its workers."""

    address: str
    folder: Path
    scheduler: subprocess.Popen[bytes]
    watching: Client
    workers: list[subprocess.Popen[bytes]] = attrs.field(factory=list)

    def add_worker(self, *options: str, cwd: Path | None = None, seed: str = "0") -> subprocess.Popen[bytes]:
        """Start another worker, and wait until the scheduler knows it."""
        before = self.count()
        told = ("--no-nanny", "--nthreads", "1", "--local-directory", str(self.folder))
        process = _start("worker", self.address, *told, *_LOOPBACK, *options, cwd=cwd or self.folder, seed=seed)
        self.workers.append(process)
        wait_until(lambda: self.count() > before)
        return process

    def keep(self, number: int) -> None:
        """Stop or start workers until there are so many."""
        while len(self.living()) > number:
            self.end(self.living()[-1])
        while len(self.living()) < number:
            self.add_worker()

    def living(self) -> list[subprocess.Popen[bytes]]:
        """The workers that run."""
        return [one for one in self.workers if one.poll() is None]

    def end(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker, and wait until the scheduler knows."""
        before = self.count()
        worker.kill()
        worker.wait()
        wait_until(lambda: self.count() < before)

    def count(self) -> int:
        """How many workers the scheduler knows."""
        return len(self.watching.nthreads())


@contextmanager
def dask_cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A cluster for the length of a block."""
    place = folder / "scheduler.json"
    scheduler = _start("scheduler", "--port", "0", "--scheduler-file", str(place), *_LOOPBACK, cwd=folder)
    cluster: Cluster | None = None
    try:
        wait_until(lambda: place.exists() and place.read_text("utf-8").endswith("}"))
        address = json.loads(place.read_text("utf-8"))["address"]
        with Client(address, set_as_default=False, timeout=120) as watching:
            cluster = Cluster(address, folder, scheduler, watching)
            cluster.keep(workers)
            yield cluster
    finally:
        for process in [scheduler, *(cluster.workers if cluster else ())]:
            process.kill()
            process.wait()


def _start(part: str, *options: str, cwd: Path, seed: str = "0") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", part, *options]
    environment = same_modules() | {"PYTHONHASHSEED": seed}
    return subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
