"""Reading pages beside the crawl, in a process of its own that a hostile page may break without harm."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler

from archive.errors import ReadingFailure
from crawler.declaration.layout import Rules
from crawler.extract.links import css_requisites, outlinks, refresh_of
from crawler.extract.results import ArticlePage, ListPage, read_article_page, read_list_page
from crawler.extract.vote import FeedEntry
from crawler.reading.connection import PageSource, Question, ReadingConnection
from crawler.survey.feeds import Addresses, read_addresses
from crawler.survey.page import LONGEST, PageSurvey, survey_page

# So often a page is tried: by the process that reads others too, then alone in a new one. So a process that is killed
# from outside, as by the kernel where memory runs out, costs no page; and a page that breaks each is told from others.
_MOST_TRIES = 2


class Readers:
    """A reading process, begun with the first page and begun anew where one was killed, or a page broke it.

    To be used from the crawl's event loop. Pages are read in the order in which they were asked for. When a process
    ends, the page that it was reading is read by a new one alone, then those that had waited behind it.
    """

    def __init__(self, seconds: float, on_loss: Callable[[], None] = lambda: None) -> None:
        """`seconds`: how long one page may take. `on_loss` is called where a process ended that was not told to."""
        self._seconds, self._on_loss = seconds, on_loss
        self._waiting: deque[Question] = deque()
        self._alone: Question | None = None
        self._opening: asyncio.Task[None] | None = None
        self._connection: ReadingConnection | None = None
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
        source = PageSource(body, url, headers)
        page: ArticlePage = await self._ask(read_article_page, source, (captured_at, section, feed), rules)
        return page

    async def list_page(self, body: bytes, url: str, headers: Mapping[str, str], rules: Rules) -> ListPage:
        """Read a section's list page; see `read_list_page`.

        Raises:
            PageUnreadable: reading it failed, took too long, or ended the process.
        """
        page: ListPage = await self._ask(read_list_page, PageSource(body, url, headers), (), rules)
        return page

    async def survey(self, body: bytes, url: str, headers: Mapping[str, str], rules: Rules) -> PageSurvey:
        """Look at a page of any kind, one that is too long without its end; see `survey_page`.

        Raises:
            PageUnreadable: as `list_page`.
        """
        page: PageSurvey = await self._ask(survey_page, PageSource(body[:LONGEST], url, headers), (), rules)
        return page

    async def addresses(self, body: bytes, url: str, headers: Mapping[str, str], rules: Rules) -> Addresses:
        """Read a feed or a sitemap; see `read_addresses`.

        Raises:
            PageUnreadable: as `list_page`.
        """
        named: Addresses = await self._ask(read_addresses, PageSource(body, url, headers), (), rules)
        return named

    async def outlinks(self, body: bytes, url: str, headers: Mapping[str, str]) -> list[tuple[str, str, str]]:
        """Everything that a page leads to; see `outlinks`. It stays parsed for the next question about it.

        Raises:
            PageUnreadable: as `list_page`.
        """
        found: list[tuple[str, str, str]] = await self._ask(outlinks, PageSource(body, url, headers), keeps_open=True)
        return found

    async def refresh(
        self, body: bytes, url: str, headers: Mapping[str, str], ignored: tuple[str, ...]
    ) -> tuple[int, str] | None:
        """Where a page's meta element leads on to; see `refresh_of`. It stays parsed for the next question about it.

        Raises:
            PageUnreadable: as `list_page`.
        """
        source = PageSource(body, url, headers)
        found: tuple[int, str] | None = await self._ask(refresh_of, source, (ignored,), keeps_open=True)
        return found

    async def stylesheet(self, body: bytes, url: str) -> list[str]:
        """The addresses that a stylesheet names; see `css_requisites`.

        Raises:
            PageUnreadable: as `list_page`.
        """
        named: list[str] = await self._ask(css_requisites, PageSource(body, url, {}))
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
        source: PageSource,
        arguments: tuple[Any, ...] = (),
        rules: Rules | None = None,
        *,
        keeps_open: bool = False,
    ) -> Any:
        promise: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(Question(source, function.__name__, arguments, rules, promise, keeps_open))
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
            self._connection = await ReadingConnection.open(self._seconds, self._lost)
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

    def _lost(self, jobs: list[Question], failure: ReadingFailure, detail: str) -> None:
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
