"""Reading pages beside the crawl, in a process of its own that a hostile page may break without harm."""

from __future__ import annotations

import asyncio
import pickle
import socket
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Self

import attrs
from scrapy import signals
from scrapy.crawler import Crawler

from archive.errors import PageUnreadable, ReadingFailure
from archive.processes import module_command, same_modules
from crawler.declaration.layout import Rules
from crawler.extract.links import css_requisites, outlinks, refresh_of
from crawler.extract.results import ArticlePage, ListPage, read_article_page, read_list_page
from crawler.extract.vote import FeedEntry
from crawler.survey.feeds import Addresses, read_addresses
from crawler.survey.page import LONGEST, PageSurvey, survey_page

# So often a page is tried: by the process that reads others too, then alone in a new one. So a process that is killed
# from outside, as by the kernel where memory runs out, costs no page; and a page that breaks each is told from others.
_MOST_TRIES = 2
# So long a process may take to begin.
_STARTING_SECONDS = 60.0
# What is asked of a page before its spider sees it (outlinks, a refresh) leaves it parsed for the spider's question: so
# many pages, none of them larger.
_MOST_KEPT_OPEN = 16
_LARGEST_KEPT_OPEN = 1024 * 1024


@attrs.frozen
class Source:
    """The bytes that a job reads, without transfer and content codings, their address, and the field of their kind."""

    body: bytes
    url: str
    headers: Mapping[str, str]


@attrs.define(eq=False)
class _Job:
    source: Source
    function: str
    arguments: tuple[Any, ...]
    rules: Rules | None
    promise: asyncio.Future[Any]
    keeps_open: bool = False
    """The same page will be asked something else."""
    tries: int = 0

    def fail(self, failure: ReadingFailure, detail: str) -> None:
        if not self.promise.done():
            self.promise.set_exception(PageUnreadable(self.source.url, failure, detail, self.tries))


class Readers:
    """A reading process, begun with the first page and begun anew where one was killed, or a page broke it.

    To be used from the crawl's event loop. Pages are read in the order in which they were asked for. When a process
    ends, the page that it was reading is read by a new one alone, then those that had waited behind it.
    """

    def __init__(self, seconds: float, on_loss: Callable[[], None] = lambda: None) -> None:
        """`seconds`: how long one page may take. `on_loss` is called where a process ended that was not told to."""
        self._seconds, self._on_loss = seconds, on_loss
        self._waiting: deque[_Job] = deque()
        self._alone: _Job | None = None
        self._opening: asyncio.Task[None] | None = None
        self._connection: _Connection | None = None
        self._is_closed = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making it, as an extension: all that a crawl reads is read by one."""

        def count_loss() -> None:
            assert crawler.stats is not None
            crawler.stats.inc_value("baotinh/reading processes lost")

        readers = cls(crawler.settings.getfloat("BAOTINH_READING_SECONDS"), count_loss)
        crawler.signals.connect(readers.close, signals.spider_closed)
        return readers

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
        source = Source(body, url, headers)
        page: ArticlePage = await self._ask(read_article_page, source, (captured_at, section, feed), rules)
        return page

    async def list_page(self, body: bytes, url: str, headers: Mapping[str, str], rules: Rules) -> ListPage:
        """Read a section's list page; see `read_list_page`.

        Raises:
            PageUnreadable: reading it failed, took too long, or ended the process.
        """
        page: ListPage = await self._ask(read_list_page, Source(body, url, headers), (), rules)
        return page

    async def survey(self, body: bytes, url: str, headers: Mapping[str, str], rules: Rules) -> PageSurvey:
        """Look at a page of any kind, one that is too long without its end; see `survey_page`.

        Raises:
            PageUnreadable: as `list_page`.
        """
        page: PageSurvey = await self._ask(survey_page, Source(body[:LONGEST], url, headers), (), rules)
        return page

    async def addresses(self, body: bytes, url: str, headers: Mapping[str, str], rules: Rules) -> Addresses:
        """Read a feed or a sitemap; see `read_addresses`.

        Raises:
            PageUnreadable: as `list_page`.
        """
        named: Addresses = await self._ask(read_addresses, Source(body, url, headers), (), rules)
        return named

    async def outlinks(self, body: bytes, url: str, headers: Mapping[str, str]) -> list[tuple[str, str, str]]:
        """Everything that a page leads to; see `outlinks`. It stays parsed for the next question about it.

        Raises:
            PageUnreadable: as `list_page`.
        """
        found: list[tuple[str, str, str]] = await self._ask(outlinks, Source(body, url, headers), keeps_open=True)
        return found

    async def refresh(
        self, body: bytes, url: str, headers: Mapping[str, str], ignored: tuple[str, ...]
    ) -> tuple[int, str] | None:
        """Where a page's meta element leads on to; see `refresh_of`. It stays parsed for the next question about it.

        Raises:
            PageUnreadable: as `list_page`.
        """
        source = Source(body, url, headers)
        found: tuple[int, str] | None = await self._ask(refresh_of, source, (ignored,), keeps_open=True)
        return found

    async def stylesheet(self, body: bytes, url: str) -> list[str]:
        """The addresses that a stylesheet names; see `css_requisites`.

        Raises:
            PageUnreadable: as `list_page`.
        """
        named: list[str] = await self._ask(css_requisites, Source(body, url, {}))
        return named

    def close(self) -> None:
        """End the process; what was not read yet is given up."""
        self._is_closed = True
        if self._connection is not None:
            self._connection.hang_up()
        self._send()

    async def _ask(
        self,
        function: Callable[..., Any],
        source: Source,
        arguments: tuple[Any, ...] = (),
        rules: Rules | None = None,
        *,
        keeps_open: bool = False,
    ) -> Any:
        promise: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Job(source, function.__name__, arguments, rules, promise, keeps_open))
        self._send()
        return await promise

    def _send(self) -> None:
        """Hand on what waits, up to a page that is to be read alone."""
        if self._is_closed:
            self._give_up(ReadingFailure.STOPPED, "")
            return
        if self._connection is None or self._connection.is_lost:
            if self._opening is None and self._waiting:
                self._opening = asyncio.ensure_future(self._open())
            return
        while self._waiting and self._alone is None:
            job = self._waiting.popleft()
            if job.promise.done():  # whoever asked waits no more
                continue
            if job.tries:
                self._alone = job
                job.promise.add_done_callback(self._rejoin)
            self._connection.send(job)

    async def _open(self) -> None:
        try:
            self._connection = await _Connection.open(self._seconds, self._lost)
        except OSError as error:  # no memory, or no room for another process
            self._give_up(ReadingFailure.ENDED, str(error))
            return
        finally:
            self._opening = None
        if self._is_closed:
            self._connection.hang_up()
        self._send()

    def _rejoin(self, _promise: asyncio.Future[Any]) -> None:
        self._alone = None
        self._send()

    def _give_up(self, failure: ReadingFailure, detail: str) -> None:
        while self._waiting:
            self._waiting.popleft().fail(failure, detail)

    def _lost(self, jobs: list[_Job], failure: ReadingFailure, detail: str) -> None:
        """A process ended, and the first of these pages with it."""
        if not self._is_closed:
            self._on_loss()
            if jobs:
                jobs[0].tries += 1
                if jobs[0].tries >= _MOST_TRIES:
                    jobs.pop(0).fail(failure, detail)
        self._waiting.extendleft(reversed(jobs))
        self._send()


def readers_of(crawler: Crawler) -> Readers:
    """The reading process of a crawl.

    Raises:
        RuntimeError: no extension holds one.
    """
    readers = crawler.get_extension(Readers)
    if readers is None:
        raise RuntimeError("nothing reads pages: EXTENSIONS must name crawler.reading.pool.Readers")
    return readers


class _Connection(asyncio.Protocol):
    def __init__(
        self,
        process: subprocess.Popen[bytes],
        seconds: float,
        on_lost: Callable[[list[_Job], ReadingFailure, str], None],
    ) -> None:
        self._process, self._seconds, self._on_lost = process, seconds, on_lost
        self._loop = asyncio.get_running_loop()
        self._jobs: deque[_Job] = deque()
        self._rules: list[Rules] = []
        self._open_pages: dict[int, Source] = {}
        self._last_page = 0
        self._outgoing: list[bytes] = []
        self._received = bytearray()
        self._clock: asyncio.TimerHandle | None = None
        self._transport: Any = None
        self._is_ready = self._is_late = False
        self.is_lost = False

    @classmethod
    async def open(cls, seconds: float, on_lost: Callable[[list[_Job], ReadingFailure, str], None]) -> _Connection:
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

    def send(self, job: _Job) -> None:
        if job.rules is not None and job.rules not in self._rules:
            self._rules.append(job.rules)
            self._write(job.rules)
        rules = None if job.rules is None else self._rules.index(job.rules)
        self._write((job.function, *self._page_of(job), job.arguments, rules))
        self._jobs.append(job)
        if len(self._jobs) == 1:
            self._watch()

    def _page_of(self, job: _Job) -> tuple[int, tuple[Any, ...] | None, tuple[int, ...]]:
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
