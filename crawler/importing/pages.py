"""Reads the pages of imported archives in order of their time, in several reading processes, and releases articles."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import attrs

from archive.article import Article, CaptureRef
from archive.batch.pages import CapturedPage, read_page
from archive.catalog import Capture, Catalog
from archive.catalog.imported_pages import page_numbered
from archive.errors import NotAnArticle, PageUnreadable, RecordError, RecordMissing
from archive.ingest.foreign.pages import LASTING, ImportedPage, PageOutcome
from archive.ingest.release import Release
from archive.ingest.session import Session
from archive.media_types import PAGES
from archive.projections.schema import validate
from archive.reasons import Reason
from archive.urls import fully_escaped
from archive.warc.cdxj import urlkey
from crawler.extract import join
from crawler.importing.choice import PageChoice, Whose, is_purged
from crawler.reading.pool import Readers

# Pages that are being read, for each reading process
_AT_ONCE = 4
MISSING = "missing"


@attrs.frozen
class _Read:
    """A page that was read: its article, or why there is none, by field."""

    number: int
    capture: Capture
    whose: Whose
    article: Article | None = None
    missing: Mapping[str, str] = attrs.field(factory=dict)

    def became(self, outcome: PageOutcome, reason: str | None = None, **reasons: str) -> ImportedPage:
        """What it became, for a reason that concerns the whole page, or by field."""
        return ImportedPage(
            capture=self.capture, outcome=outcome, newspaper=self.whose.newspaper,
            is_declared=self.whose.declared is not None, reasons={"page": reason} if reason else reasons,
        )  # fmt: skip


class ImportedPages:
    """The pages of imported files."""

    def __init__(
        self,
        session: Session,
        catalog: Catalog,
        choice: PageChoice,
        readers: list[Readers],
    ) -> None:
        self._session, self._catalog, self._choice = session, catalog, choice
        self._readers, self._next = readers, 0
        self._met: set[str] = set()
        self.profiles: dict[str, dict[str, Any]] = {}
        """The profiles of the newspapers whose pages were read, by name."""

    async def read(self, numbers: Iterable[int]) -> AsyncIterator[ImportedPage]:
        """What became of these captures, in their order.

        Raises:
            OSError, sqlite3.Error: the disk or the catalog failed.
        """
        waiting: deque[asyncio.Task[ImportedPage]] = deque()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        turn.set_result(None)
        try:
            for number in numbers:
                if len(waiting) >= _AT_ONCE * len(self._readers):
                    yield await waiting.popleft()
                own: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                waiting.append(asyncio.ensure_future(self._page(number, turn, own)))
                turn = own
            while waiting:
                yield await waiting.popleft()
        finally:
            for task in waiting:
                task.cancel()

    async def _page(self, number: int, turn: asyncio.Future[None], own: asyncio.Future[None]) -> ImportedPage:
        """Read one page, and release its article behind those before it: a version is judged by earlier ones."""
        try:
            read = await self._read(number)
            await turn
            if isinstance(read, ImportedPage):
                if read.outcome in LASTING and not read.was_read_before:
                    self._session.note_page(number, read.outcome.value)
                return read
            promise = self._decided(read)
        finally:
            if not own.done():
                own.set_result(None)
        released: Release | None = await promise
        if released is None:
            return read.became(PageOutcome.NO_ARTICLE, **read.missing)
        became = read.became(PageOutcome(released.decision.value))
        return attrs.evolve(became, article=released.article_id, seq=released.seq)

    async def _read(self, number: int) -> ImportedPage | _Read:
        capture, before = page_numbered(self._catalog.connection, number)
        whose = self._choice.whose(capture.url)
        result = _Read(number, capture, whose)
        if before is not None:
            return attrs.evolve(result.became(PageOutcome(before)), was_read_before=True)
        if is_purged(self._catalog, capture):
            return result.became(PageOutcome.PURGED)
        if (left_out := self._choice.left_out(capture, whose)) is not None:
            return result.became(*left_out)
        try:
            page = read_page(self._session.collection, self._catalog, capture, is_any=True)
        except RecordMissing:
            return result.became(PageOutcome.ORIGINAL_MISSING, Reason.ORIGINAL_MISSING.of(capture.record_id))
        except (RecordError, OSError) as error:
            return result.became(PageOutcome.RECORD_UNREADABLE, Reason.RECORD_UNREADABLE.of(error))
        if page is None or not _is_page(page):
            return result.became(PageOutcome.NO_PAGE, Reason.NO_TEXT.value)
        try:
            return attrs.evolve(result, article=await self._article(page, capture, whose))
        except PageUnreadable as error:
            return result.became(PageOutcome.READING_FAILED, error.stored_reason)
        except NotAnArticle as error:
            if page.message is not None and page.message.decoded().faults:
                return result.became(PageOutcome.UNDECODABLE, Reason.NO_TEXT.value)
            return attrs.evolve(result, missing=dict(error.missing))

    async def _article(self, page: CapturedPage, capture: Capture, whose: Whose) -> Article:
        """The article on a page, with its further pages and its pictures.

        Raises:
            NotAnArticle, PageUnreadable: there is none.
        """
        article = await self._ask(page, capture.url, whose)
        if article.further_pages:
            others = [await self._further(one.url, capture, whose) for one in article.further_pages]
            article = join(article, others)
        pictures = [self._picture(image.url, capture) for image in article.images]
        dom = page.dom.reference() if page.dom is not None else None
        article = article.captured(capture.reference(), pictures, dom=dom)
        validate(article)
        return article

    async def _ask(self, page: CapturedPage, url: str, whose: Whose) -> Article:
        self._next = (self._next + 1) % len(self._readers)
        headers = {"Content-Type": page.content_type} if page.content_type else {}
        at = page.capture.captured_at
        url = url.partition("#")[0]
        found = await self._readers[self._next].article_page(page.body, url, headers, at, None, whose.rules)
        if found.article is None:
            raise NotAnArticle(url, found.missing)
        return found.article

    async def _further(self, url: str, first: Capture, whose: Whose) -> Article | str:
        capture = self._nearest(url, first)
        if capture is None:
            return MISSING
        try:
            page = read_page(self._session.collection, self._catalog, capture)
            article = await self._ask(page, url, whose) if page is not None else None
        except NotAnArticle as error:
            return Reason.NO_ARTICLE.of(", ".join(error.missing))
        except (RecordError, OSError):
            article = None
        if article is None:
            return MISSING
        return article.captured(capture.reference(), [None] * len(article.images))

    def _picture(self, url: str, page: Capture) -> CaptureRef | str:
        """The capture of a picture, or why there is none."""
        capture = self._nearest(url.partition("#")[0], page)
        if capture is None:
            return MISSING
        return "no picture" if capture.mime in PAGES else capture.reference()

    def _nearest(self, url: str, to: Capture) -> Capture | None:
        """The answer 200 of an address that was captured nearest in time to a page; None where there is none."""
        for key in dict.fromkeys((urlkey(url), urlkey(fully_escaped(url)))):
            found = [one for one in self._catalog.captures(key) if one.status == 200 or one.type == "resource"]
            if found:
                return min(found, key=lambda one: (one.url != url, abs(one.captured_at - to.captured_at)))
        return None

    def _decided(self, read: _Read) -> asyncio.Future[Any]:
        """Hand a page on to the writer thread."""
        whose, capture = read.whose, read.capture
        if whose.newspaper not in self._met:
            self._met.add(whose.newspaper)
            self.profiles[whose.newspaper] = whose.profile()
            self._session.keep_newspaper(whose.newspaper, self.profiles[whose.newspaper])
        if read.article is None:
            return asyncio.wrap_future(
                self._session.reject(capture.url, capture.record_id, read.missing, page=read.number)
            )
        return asyncio.wrap_future(self._session.release(read.article, page=read.number))


def _is_page(page: CapturedPage) -> bool:
    """Whether the bytes are a page of HTML, by their media type or, without one, by their beginning."""
    kind = (page.content_type or "").partition(";")[0].strip().lower()
    return bool(page.body) and (kind in PAGES or "html" in kind or (not kind and b"<html" in page.body[:2048].lower()))
