"""Keeps the worker processes of `serve` running, each with both servers on the same two sockets."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait

from archive.errors import ServerLost
from archive.processes import module_command, same_modules
from archive.web.service import LINGER, Service

_ENDS_WITHIN = LINGER + 2.0
"""Seconds that a worker may take to end."""
_SOUND_AFTER = 10.0
"""Seconds after which a worker's end says nothing of the next one's."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 30.0


def pause_after(deaths: int) -> float:
    """Seconds until a worker is replaced, after so many in a row that died soon after their start."""
    return min(_FIRST_PAUSE * 2 ** min(deaths, 20), _LONGEST_PAUSE) if deaths else 0.0


class _Worker:
    """A worker process."""

    def __init__(self, service: Service, listening: tuple[socket.socket, ...], seed: str, deaths: int) -> None:
        self.deaths, self.began, self.is_ready = deaths, time.monotonic(), False
        ours, theirs = socket.socketpair()
        passed = [theirs.fileno(), *(one.fileno() for one in listening)]
        with theirs:
            self._process = subprocess.Popen(
                module_command("archive.web.servers", *passed),
                pass_fds=passed,
                # a page must not depend on which process made it; temporary files go with the folder
                env=same_modules() | {"PYTHONHASHSEED": seed, "TMPDIR": str(service.shared)},
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is for the process that started it
            )
        self.connection = Connection(ours.detach())
        with suppress(OSError):  # it has died already, which is found out where it is waited for
            self.connection.send(service)

    def receive(self) -> bool:
        """Take what the worker says, which is that it is ready; False where it has ended."""
        try:
            self.connection.recv()
        except (EOFError, OSError):
            return False
        self.is_ready = True
        return True

    def deaths_in_a_row(self) -> int:
        """Of workers that died soon after their start, this one's end included."""
        return self.deaths + 1 if time.monotonic() - self.began < _SOUND_AFTER else 0

    def lost(self) -> ServerLost:
        """The error that says how it ended."""
        return ServerLost(self._process.pid, self._process.wait())

    def ask_to_end(self) -> None:
        """Begin its end."""
        with suppress(OSError):
            self.connection.send(None)

    def end(self, deadline: float) -> None:
        """Wait for its end until a time of the monotonic clock, then kill it."""
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.connection.close()


class Supervisor:
    """So many worker processes on the same sockets; one that ends is replaced.

    Args:
        service: what is served, with a folder that the processes share.
    """

    def __init__(self, number: int, service: Service, listening: tuple[socket.socket, ...]) -> None:
        self._service, self._listening = service, listening
        # one seed for all, and none that is known outside
        self._seed = str(secrets.randbelow(2**32))
        self._due: list[tuple[float, int]] = [(0.0, 0)] * number
        self._number, self._workers = number, list[_Worker]()
        self._wake, self._woken = socket.socketpair()
        self._is_ending = threading.Event()

    def stop(self) -> None:
        """End all workers soon; from any thread, at any time."""
        self._is_ending.set()
        with suppress(OSError):
            self._wake.send(b".")

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until SIGINT, SIGTERM or `stop`; `ready` is called once all workers accept connections.

        Raises:
            ServerLost: a worker ended before all were ready for the first time.
        """
        is_ready = False
        try:
            with self._wake, self._woken, _signals(self.stop):
                while not self._is_ending.is_set():
                    self._start_due()
                    self._listen(is_ready)
                    if not is_ready and sum(one.is_ready for one in self._workers) == self._number:
                        is_ready = True
                        ready()
        finally:
            self._end()

    def _start_due(self) -> None:
        instant = time.monotonic()
        for due in [one for one in self._due if one[0] <= instant]:
            self._due.remove(due)
            self._workers.append(_Worker(self._service, self._listening, self._seed, due[1]))

    def _listen(self, is_ready: bool) -> None:
        """Wait until a worker says something or ends, one is due, or `stop` is called."""
        timeout = max(0.0, min(at for at, _ in self._due) - time.monotonic()) if self._due else None
        heard = wait([self._woken, *(one.connection for one in self._workers)], timeout)
        for worker in [one for one in self._workers if one.connection in heard]:
            if worker.receive():
                continue
            self._workers.remove(worker)
            worker.end(time.monotonic() + _ENDS_WITHIN)
            if not is_ready and not self._is_ending.is_set():
                raise worker.lost()
            deaths = worker.deaths_in_a_row()
            self._due.append((time.monotonic() + pause_after(deaths), deaths))

    def _end(self) -> None:
        # whoever connects now is refused
        for one in self._listening:
            one.close()
        for worker in self._workers:
            worker.ask_to_end()
        deadline = time.monotonic() + _ENDS_WITHIN
        for worker in self._workers:
            worker.end(deadline)
        self._workers.clear()


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on SIGINT and SIGTERM, in the main thread; in another the caller does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {one: signal.signal(one, lambda *_: stop()) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, action in former.items():
            signal.signal(number, action)
