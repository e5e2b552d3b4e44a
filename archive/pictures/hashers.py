"""Hashes captured pictures in processes of their own, which are ended where a picture takes too long."""

from __future__ import annotations

import socket
import subprocess
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Self

import attrs

from archive.errors import WorkerLost
from archive.pictures.decoding import Hashed, Outcome
from archive.processes import module_command, same_modules

Place = tuple[str, int, int]
"""File, offset and length of a record."""
_SECONDS = 20.0
_STARTING_SECONDS = 120.0
_AT_ONCE = 2
_MOST_TRIES = 2
"""So a process that is killed from outside costs no picture."""


@attrs.define(eq=False)
class _Job:
    """A picture to be hashed, and what came of it."""

    place: Place
    tries: int = 0
    is_done: bool = False
    found: Hashed | None = None


class _Process:
    """A process, and the jobs that it was given, the one that it works on first."""

    def __init__(self, root: Path, seconds: float) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                module_command("archive.pictures.worker", theirs.fileno(), root),
                pass_fds=[theirs.fileno()],
                env=same_modules() | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is for the process that started it
            )
        self.connection = Connection(ours.detach())
        self.jobs: deque[_Job] = deque()
        self.is_ready = False
        self._seconds = seconds
        self.deadline = time.monotonic() + _STARTING_SECONDS

    def give(self, job: _Job) -> None:
        """Send it a job; where it has ended, `receive` will find that."""
        if not self.jobs and self.is_ready:
            self.deadline = time.monotonic() + self._seconds
        self.jobs.append(job)
        try:
            self.connection.send(job.place)
        except OSError:
            return

    def receive(self) -> None:
        """Take a result.

        Raises:
            EOFError, OSError: the process has ended.
        """
        found = self.connection.recv()
        self.deadline = time.monotonic() + self._seconds
        if not self.is_ready:
            self.is_ready = True
            return
        job = self.jobs.popleft()
        job.found, job.is_done = found, True

    @property
    def number(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def code(self) -> int:
        """Its exit code, once it has ended."""
        return self._process.wait()

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()
        self.connection.close()


class Hashers:
    """So many processes, begun when they are needed. A context manager, which ends them."""

    def __init__(self, root: Path, number: int, seconds: float = _SECONDS) -> None:
        """`root`: the collection's; `seconds`: how long one picture may take."""
        self._root, self._number, self._seconds = root, number, seconds
        self._processes: list[_Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End them."""
        while self._processes:
            self._processes.pop().end()

    def each(self, places: Iterable[Place]) -> Iterator[Hashed | None]:
        """What each record's picture looks like, in order; None where a record has no picture.

        Raises:
            WorkerLost: a process did not begin.
        """
        left, waiting = iter(places), deque[_Job]()
        while True:
            fresh = [_Job(place) for place in islice(left, self._room(len(waiting)))]
            waiting.extend(fresh)
            self._hand_out(fresh)
            if not waiting:
                return
            while not waiting[0].is_done:
                self._listen()
            yield waiting.popleft().found

    def _room(self, waiting: int) -> int:
        """How many further jobs may wait: all processes are busy, and what is done early is not heaped up."""
        return max(0, min(_AT_ONCE * self._number - self._under_way(), 8 * self._number - waiting))

    def _under_way(self) -> int:
        return sum(len(one.jobs) for one in self._processes)

    def _hand_out(self, jobs: Iterable[_Job]) -> None:
        for job in jobs:
            free = [one for one in self._processes if not one.jobs]
            if not free and len(self._processes) < self._number:
                self._processes.append(_Process(self._root, self._seconds))
            min(self._processes, key=lambda one: len(one.jobs)).give(job)

    def _listen(self) -> None:
        busy = {one.connection: one for one in self._processes if one.jobs}
        until = min(one.deadline for one in busy.values())
        for connection in wait(list(busy), max(0.0, until - time.monotonic())):
            try:
                busy[connection].receive()  # type: ignore[index]
            except (EOFError, OSError):
                self._replace(busy[connection], Outcome.CRASHED)  # type: ignore[index]
        for one in [one for one in self._processes if one.jobs and one.deadline < time.monotonic()]:
            self._replace(one, Outcome.LATE)

    def _replace(self, lost: _Process, outcome: Outcome) -> None:
        """End a process; what it worked on is tried once more, unless it took too long.

        Raises:
            WorkerLost: it never began.
        """
        self._processes.remove(lost)
        lost.end()
        if not lost.is_ready:
            raise WorkerLost(lost.number, lost.code)
        jobs = list(lost.jobs)
        jobs[0].tries += 1
        if outcome is Outcome.LATE or jobs[0].tries == _MOST_TRIES:
            jobs[0].found, jobs[0].is_done = Hashed(outcome=outcome), True
            jobs = jobs[1:]
        self._hand_out(jobs)
