"""Reading pages beside the crawl, in a process that a hostile page may break without harm; parses nothing itself."""

from __future__ import annotations

import asyncio
import pickle
import socket
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs

from archive.errors import PageUnreadable
from archive.processes import module_command, same_modules
from crawler.extract.candidates import FeedEntry
from crawler.extract.reading import ArticlePage, ListPage, Rules, read_article_page, read_list_page
from crawler.survey.feeds import Addresses, read_addresses
from crawler.survey.page import PageSurvey, survey_page


@attrs.frozen(eq=False)
class _Job:
    url: str
    function: str
    arguments: tuple[Any, ...]
    rules: Rules
    promise: asyncio.Future[Any]


class Readers:
    """A reading process, begun with the first page and begun anew where a page broke it or took too long.

    To be used from the crawl's event loop. Pages are read in the order in which they were asked for.
    """

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long one page may take."""
        self._seconds = seconds
        self._opening = asyncio.Lock()
        self._connection: _Connection | None = None
        self._is_closed = False

    async def article_page(
        self,
        body: bytes,
        url: str,
        headers: Mapping[str, str],
        captured_at: datetime,
        section: str | None,
        rules: Rules,
        feed: FeedEntry | None = None,
    ) -> ArticlePage:
        """Read an article page; see `read_article_page`.

        Raises:
            PageUnreadable: reading it failed, took too long, or ended the process.
        """
        arguments = (body, url, headers, captured_at, section, feed)
        page: ArticlePage = await self._ask(url, read_article_page, arguments, rules)
        return page

    async def list_page(self, body: bytes, url: str, headers: Mapping[str, str], rules: Rules) -> ListPage:
        """Read a section's list page; see `read_list_page`.

        Raises:
            PageUnreadable: reading it failed, took too long, or ended the process.
        """
        page: ListPage = await self._ask(url, read_list_page, (body, url, headers), rules)
        return page

    async def survey(self, body: bytes, url: str, headers: Mapping[str, str], rules: Rules) -> PageSurvey:
        """Look at a page of any kind; see `survey_page`.

        Raises:
            PageUnreadable: as `list_page`.
        """
        page: PageSurvey = await self._ask(url, survey_page, (body, url, headers), rules)
        return page

    async def addresses(self, body: bytes, url: str, headers: Mapping[str, str], rules: Rules) -> Addresses:
        """Read a feed or a sitemap; see `read_addresses`.

        Raises:
            PageUnreadable: as `list_page`.
        """
        named: Addresses = await self._ask(url, read_addresses, (body, url, headers), rules)
        return named

    def close(self) -> None:
        """End the process; what was not read yet is given up."""
        self._is_closed = True
        if self._connection is not None:
            self._connection.hang_up()

    async def _ask(self, url: str, function: Any, arguments: tuple[Any, ...], rules: Rules) -> Any:
        promise: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        await self._send(_Job(url, function.__name__, arguments, rules, promise))
        return await promise

    async def _send(self, *jobs: _Job) -> None:
        async with self._opening:
            if self._connection is None or self._connection.is_lost:
                self._connection = await _Connection.open(self._seconds, self._lost)
        for job in jobs:
            self._connection.send(job)

    def _lost(self, jobs: list[_Job], reason: str) -> None:
        """The first page that waited broke the process; those behind it are read by another."""
        first, *others = jobs
        first.promise.set_exception(PageUnreadable(first.url, reason))
        if self._is_closed:
            for job in others:
                job.promise.set_exception(PageUnreadable(job.url, "the crawl ends"))
        elif others:
            self._handing_on = asyncio.ensure_future(self._send(*others))


class _Connection(asyncio.Protocol):
    def __init__(
        self, process: subprocess.Popen[bytes], seconds: float, on_lost: Callable[[list[_Job], str], None]
    ) -> None:
        self._process, self._seconds, self._on_lost = process, seconds, on_lost
        self._loop = asyncio.get_running_loop()
        self._jobs: deque[_Job] = deque()
        self._rules: list[Rules] = []
        self._received = bytearray()
        self._clock: asyncio.TimerHandle | None = None
        self._transport: Any = None
        self._is_late = False
        self.is_lost = False

    @classmethod
    async def open(cls, seconds: float, on_lost: Callable[[list[_Job], str], None]) -> _Connection:
        """Begin a process and connect to it."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                module_command("crawler.reading_process", theirs.fileno()),
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

    def send(self, job: _Job) -> None:
        if job.rules not in self._rules:
            self._rules.append(job.rules)
            self._write(job.rules)
        self._write((job.function, job.arguments, self._rules.index(job.rules)))
        self._jobs.append(job)
        if len(self._jobs) == 1:
            self._watch()

    def _write(self, what: Any) -> None:
        octets = pickle.dumps(what, protocol=5)
        self._transport.write(len(octets).to_bytes(4, "big") + octets)

    def _watch(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._clock = self._loop.call_later(self._seconds, self._end_late) if self._jobs else None

    def _end_late(self) -> None:
        self._is_late = True
        self._process.kill()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= 4:
            end = 4 + int.from_bytes(self._received[:4], "big")
            if len(self._received) < end:
                break
            result, error = pickle.loads(self._received[4:end])
            del self._received[:end]
            job = self._jobs.popleft()
            self._watch()
            if job.promise.done():
                continue
            if error is None:
                job.promise.set_result(result)
            else:
                job.promise.set_exception(PageUnreadable(job.url, error))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        if self._clock is not None:
            self._clock.cancel()
        code = self._process.wait()
        jobs = [job for job in self._jobs if not job.promise.done()]
        self._jobs.clear()
        if jobs:
            late = f"reading it took more than {self._seconds:g} s"
            self._on_lost(jobs, late if self._is_late else f"the reading process ended with {code}")

    def hang_up(self) -> None:
        self._process.kill()
        if not self.is_lost:
            self._transport.close()
