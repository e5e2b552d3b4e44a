"""The connection to a reading process: starts it, sends it questions, and hands on its answers or its end."""

from __future__ import annotations

import asyncio
import pickle
import socket
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from archive.errors import PageUnreadable, ReadingFailure
from archive.processes import module_command, same_modules
from crawler.declaration.layout import Rules

# So long a process may take to begin.
_STARTING_SECONDS = 60.0
# What is asked of a page before its spider sees it (outlinks, a refresh) leaves it parsed for the spider's question: so
# many pages, none of them larger.
_MOST_KEPT_OPEN = 16
_LARGEST_KEPT_OPEN = 1024 * 1024


@attrs.frozen
class PageSource:
    """The bytes of a page without transfer and content codings, their address, and the header field of their type."""

    body: bytes
    url: str
    headers: Mapping[str, str]


@attrs.define(eq=False)
class Question:
    """What a function is to be asked of a page's bytes, and the promise of its answer."""

    source: PageSource
    function: str
    arguments: tuple[Any, ...]
    rules: Rules | None
    promise: asyncio.Future[Any]
    keeps_open: bool = False
    """The same page will be asked something else."""
    tries: int = 0

    def fail(self, failure: ReadingFailure, detail: str) -> None:
        """Break the promise."""
        if not self.promise.done():
            self.promise.set_exception(PageUnreadable(self.source.url, failure, detail, self.tries))


class ReadingConnection(asyncio.Protocol):
    """One reading process, the questions that it has not answered yet, and the pages that it keeps open."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        seconds: float,
        on_lost: Callable[[list[Question], ReadingFailure, str], None],
    ) -> None:
        self._process, self._seconds, self._on_lost = process, seconds, on_lost
        self._loop = asyncio.get_running_loop()
        self._jobs: deque[Question] = deque()
        self._rules: list[Rules] = []
        self._open_pages: dict[int, PageSource] = {}
        self._last_page = 0
        self._outgoing: list[bytes] = []
        self._received = bytearray()
        self._clock: asyncio.TimerHandle | None = None
        self._transport: Any = None
        self._is_ready = self._is_late = False
        self.is_lost = False

    @classmethod
    async def open(
        cls, seconds: float, on_lost: Callable[[list[Question], ReadingFailure, str], None]
    ) -> ReadingConnection:
        """Begin a process and connect to it.

        Raises:
            OSError: the system begins no other.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                module_command("crawler.reading.worker", theirs.fileno()),
                pass_fds=[theirs.fileno()],
                env=same_modules(),
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is for the crawl, which hangs up when it is done
            )
        connection = cls(process, seconds, on_lost)
        await connection._loop.create_connection(lambda: connection, sock=ours)
        return connection

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def send(self, job: Question) -> None:
        if job.rules is not None and job.rules not in self._rules:
            self._rules.append(job.rules)
            self._write(job.rules)
        rules = None if job.rules is None else self._rules.index(job.rules)
        self._write((job.function, *self._page_of(job), job.arguments, rules))
        self._jobs.append(job)
        if len(self._jobs) == 1:
            self._watch()

    def _page_of(self, job: Question) -> tuple[int, tuple[Any, ...] | None, tuple[int, ...]]:
        """A page's number, its source where the process has not got it open, and the pages that it may now close."""
        source = job.source
        number = next((number for number, one in self._open_pages.items() if one == source), None)
        sent = None if number is not None else (source.body, source.url, dict(source.headers))
        if number is None:
            self._last_page = number = self._last_page + 1
            self._open_pages[number] = source
        closed: list[int] = []
        if not job.keeps_open or len(source.body) > _LARGEST_KEPT_OPEN:
            closed.append(number)
        elif len(self._open_pages) > _MOST_KEPT_OPEN:
            closed.append(next(iter(self._open_pages)))
        for one in closed:
            del self._open_pages[one]
        return number, sent, tuple(closed)

    def _write(self, what: Any) -> None:
        """Send a message, together with the others of this turn of the event loop."""
        octets = pickle.dumps(what, protocol=5)
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing += (len(octets).to_bytes(4, "big"), octets)

    def _flush(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        if not self.is_lost:
            self._transport.writelines(outgoing)

    def _watch(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
        # what a busy machine takes to begin a process is no page's time
        seconds = self._seconds if self._is_ready else self._seconds + _STARTING_SECONDS
        self._clock = self._loop.call_later(seconds, self._end_late) if self._jobs else None

    def _end_late(self) -> None:
        self._is_late = True
        self._process.kill()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= 4:
            end = 4 + int.from_bytes(self._received[:4], "big")
            if len(self._received) < end:
                break
            if not self._is_ready:
                self._is_ready = True
                del self._received[:end]
                self._watch()
                continue
            result, error = pickle.loads(self._received[4:end])
            del self._received[:end]
            job = self._jobs.popleft()
            self._watch()
            if job.promise.done():
                continue
            if error is None:
                job.promise.set_result(result)
            else:
                job.tries += 1
                job.fail(ReadingFailure.RAISED, error)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        if self._clock is not None:
            self._clock.cancel()
        code = self._process.wait()
        jobs = [job for job in self._jobs if not job.promise.done()]
        self._jobs.clear()
        if self._is_late:
            self._on_lost(jobs, ReadingFailure.LATE, f"{self._seconds:g}")
        else:
            self._on_lost(jobs, ReadingFailure.ENDED, str(code))

    def hang_up(self) -> None:
        self._process.kill()
        if not self.is_lost:
            self._transport.close()
