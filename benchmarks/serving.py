"""Pages of results from `baotinh serve`, one process, for one reader and for several at once."""

from __future__ import annotations

import http.client
import itertools
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import attrs

from benchmarks.origin import ROOT
from benchmarks.table import Row

READERS = 8
PAUSE_S = 1.0
"""What a quick reader looks at a page of results."""
_MOST_MS = 150.0
_STARTS_WITHIN_S = 60.0


@attrs.frozen
class Served:
    """A running site: its ports, and the process that serves it."""

    port: int
    replay_port: int
    pid: int


@contextmanager
def served(root: Path, processes: int = 1) -> Iterator[Served]:
    """The site of a collection as a process of its own, which may begin others.

    Raises:
        RuntimeError: it does not start.
    """
    port, replay_port = free_ports(2)
    command = [sys.executable, "-m", "crawler.cli", "serve", "--collection", str(root)]
    ports = ["--port", str(port), "--replay-port", str(replay_port), "--processes", str(processes)]
    process = subprocess.Popen([*command, *ports], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_for(port, "/static/site.css", process)
        yield Served(port, replay_port, process.pid)
    finally:
        process.terminate()
        process.wait()


def free_ports(count: int) -> list[int]:
    """So many ports that nobody listens on."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def wait_for(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server that was begun answers.

    Raises:
        RuntimeError: it has ended, or takes too long.
    """
    ends = time.monotonic() + _STARTS_WITHIN_S
    while not _answers(port, path):
        if process.poll() is not None or time.monotonic() > ends:
            raise RuntimeError("the server does not start")
        time.sleep(0.05)


def _answers(port: int, path: str) -> bool:
    try:
        return read(port, [path]) != []
    except OSError:
        return False


def read(port: int, paths: Sequence[str], pause: float = 0) -> list[float]:
    """Milliseconds until each page was read whole, one after another on one connection, with a pause behind each.

    Raises:
        RuntimeError: the site answers otherwise than with 200.
    """
    took = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for path in paths:
            began = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            took.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                raise RuntimeError(f"{path} is answered with {answer.status}")
            time.sleep(pause)
    return took


def read_together(port: int, paths: Sequence[str], readers: int, pause: float = 0) -> list[float]:
    """Milliseconds of each page where so many readers read all pages, each in an order of its own."""
    took: list[float] = []

    def read_all(nth: int) -> None:
        from_here = nth * len(paths) // readers
        time.sleep(pause * nth / readers)
        took.extend(read(port, [*paths[from_here:], *paths[:from_here]], pause))

    threads = [threading.Thread(target=read_all, args=(nth,)) for nth in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(took) != readers * len(paths):
        raise RuntimeError("a reader was not answered")
    return took


def serving(root: Path, rare: Sequence[str], common: Sequence[str], many: int) -> Row:
    """A row: pages of rare and of common phrases, in turn, for one reader and for `READERS` at once."""
    queries = itertools.chain.from_iterable(zip(rare, common, strict=False))
    paths = ["/search?" + urlencode({"q": f'"{query}"'}) for query in itertools.islice(queries, many)]
    with served(root) as site:
        port = site.port
        read(port, paths[:4])
        alone = read(port, paths)
        began = time.perf_counter()
        together = read_together(port, paths, READERS)
        rate = len(together) / (time.perf_counter() - began)
        paused = read_together(port, paths[: many // 2], READERS, PAUSE_S)
    at_most, at_leisure = (statistics.quantiles(took, n=20)[-1] for took in (together, paused))
    return Row(
        what=f"a results page for {READERS} readers at once, 95 of 100",
        wanted=f"{_MOST_MS:.0f} ms",
        measured=f"{at_leisure:.0f} ms; without a pause {at_most:.0f} ms",
        ours=f"half of them {statistics.median(paused):.0f} ms; without a pause {statistics.median(together):.0f} ms, "
        f"{rate:.0f} pages/s",
        theirs=f"one reader alone {statistics.quantiles(alone, n=20)[-1]:.0f} ms",
    )
