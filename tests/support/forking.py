"""Processes of the command that begin at once: forked by a server that has the command's modules loaded."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import multiprocessing.connection
import multiprocessing.forkserver
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

import crawler.cli
import crawler.reading.connection
import crawler.reading.worker
from archive.clock import set_clock

ROOT = Path(__file__).parents[2]
PRELOADED = ["pytest", "support.preloading"]
# The commands that begin a reading process.
READING = {"crawl", "capture", "demo", "import", "newspapers"}
Clock = Callable[[], datetime]
File = IO[bytes] | IO[str] | int


_beginning = threading.Lock()  # the server is begun with an environment of its own
_looking = threading.Lock()  # who begins a process looks at all others, and an exit code can be read only once


def _server() -> ForkServerContext:
    with _beginning:
        return _only_server()


@cache
def _only_server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    # numpy would begin threads, which a fork loses
    own = {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))), "OPENBLAS_NUM_THREADS": "1"}
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        multiprocessing.forkserver.ensure_running()
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
    return context


def run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    timeout: float,
    stdin: bytes = b"",
    clock: Clock | None = None,
) -> subprocess.CompletedProcess[str]:
    """What `python -m crawler.cli ...` does, waited for; killed after `timeout` seconds. `clock`: as for `begin`.

    Raises:
        subprocess.TimeoutExpired: it took longer.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        given.write(stdin)
        given.seek(0)
        process = begin(arguments, environment, stdin=given, stdout=output, stderr=errors, clock=clock)
        return _waited_for(process, timeout, arguments, output, errors)


def begin(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdin: File = subprocess.DEVNULL,
    stdout: File = subprocess.DEVNULL,
    stderr: File = subprocess.DEVNULL,
    clock: Clock | None = None,
    folder: Path = ROOT,
) -> Forked:
    """Begin what `python -m crawler.cli ...` would be in a folder, with nothing else in its environment.

    Args:
        clock: what the process reads as its clock; its own one where this is None.
    """
    return _fork(list(arguments), environment, stdin, stdout, stderr, clock, folder=folder)


def begin_script(script: str, arguments: Sequence[str], environment: Mapping[str, str], stdout: File) -> Forked:
    """Begin what `python -c script arguments` would be in the project's folder, which reads no pages."""
    return _fork(list(arguments), environment, subprocess.DEVNULL, stdout, 2, None, script=script, reads=False)


def run_script(
    script: str, argument: str, environment: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """What `python -c script argument` does in the project's folder, waited for; killed after `timeout` seconds.

    Raises:
        subprocess.TimeoutExpired: it took longer.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = _fork([argument], environment, subprocess.DEVNULL, output, errors, None, script=script)
        return _waited_for(process, timeout, ["-c", argument], output, errors)


def _fork(
    arguments: list[str],
    environment: Mapping[str, str],
    stdin: File,
    stdout: File,
    stderr: File,
    clock: Clock | None,
    *,
    script: str | None = None,
    folder: Path = ROOT,
    reads: bool = True,
) -> Forked:
    files: list[Any] = [_Descriptor(file, where) for file, where in ((stdin, 0), (stdout, 1), (stderr, 2))]
    process = _server().Process(target=_run, args=(arguments, dict(environment), files, clock, script, folder, reads))
    with _looking:
        process.start()
    return Forked(process)


def _waited_for(
    process: Forked, timeout: float, arguments: Sequence[str], *outputs: IO[bytes]
) -> subprocess.CompletedProcess[str]:
    try:
        code = process.wait(timeout)
    except BaseException:
        process.kill()
        raise
    texts = []
    for file in outputs:
        file.seek(0)
        texts.append(file.read().decode())
    return subprocess.CompletedProcess(["python", *arguments], code, *texts)


class _Descriptor:
    """A file that becomes the descriptor `number` of a process: there it is what makes it so."""

    def __init__(self, file: File, number: int) -> None:
        self._number = number
        self._file: Any = None if file == subprocess.DEVNULL else file if isinstance(file, int) else file.fileno()

    def __reduce__(self) -> Any:
        return _take, (self._number, None if self._file is None else DupFd(self._file))


def _take(number: int, duplicate: Any) -> Callable[[], None]:
    def take() -> None:
        descriptor = os.open(os.devnull, os.O_RDWR) if duplicate is None else duplicate.detach()
        os.dup2(descriptor, number)
        os.close(descriptor)

    return take


def _run(
    arguments: list[str],
    environment: dict[str, str],
    files: list[Callable[[], None]],
    clock: Clock | None,
    script: str | None,
    folder: Path,
    reads: bool,
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for file in files:
        file()
    assert "support.preloading" in sys.modules  # the server of forks is silent about what it cannot import
    if clock is not None:
        set_clock(clock)
    if reads and (script is not None or READING.intersection(arguments[:1])):
        crawler.reading.connection.subprocess = ReadyReader()  # type: ignore[attr-defined]
    sys.argv = ["baotinh" if script is None else "-c", *arguments]
    try:
        if script is None:
            crawler.cli.main()
        else:
            exec(compile(script, "<script>", "exec"), {"__name__": "__main__"})
    finally:
        atexit._run_exitfuncs()  # a process of multiprocessing ends without


class ReadyReader:
    """In the place of crawler.reading.connection's subprocess: a reading process that was forked before there were
    threads and waits for its socket. Where it was broken by a page, the next is begun as ever."""

    DEVNULL = subprocess.DEVNULL

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self._code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            self._ours.close()
            _, given, _, _ = socket.recv_fds(theirs, 1, 1)
            if given:  # else the crawl had nothing to read
                sys.argv = ["reading", str(given[0])]
                crawler.reading.worker.main()
            os._exit(0)
        theirs.close()

    def Popen(self, command: list[str], pass_fds: list[int], **how: Any) -> Any:  # noqa: N802
        """Begin the reading process: see crawler.reading.connection."""
        crawler.reading.connection.subprocess = subprocess  # type: ignore[attr-defined]
        socket.send_fds(self._ours, [b"!"], pass_fds)
        return self

    def kill(self) -> None:
        """End it at once, unless it was waited for."""
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code when it has ended."""
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._code


class Forked:
    """A process of that kind, with what is used of subprocess.Popen."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process.pid is not None
        return self._process.pid

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code when it has ended; subprocess.TimeoutExpired after so many seconds."""
        code = self.poll() if multiprocessing.connection.wait([self._process.sentinel], timeout) else None
        if code is None:
            raise subprocess.TimeoutExpired("baotinh", timeout or 0)
        return code

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        with _looking:
            return self._process.exitcode

    def send_signal(self, sig: int) -> None:
        """Send it a signal; nothing if it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it ended between
                os.kill(self.pid, sig)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)
