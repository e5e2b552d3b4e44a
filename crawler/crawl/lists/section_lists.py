"""A newspaper's section lists: their first pages when due, further pages until the articles are known."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator

import attrs
from scrapy import Request
from scrapy.http import Response, TextResponse

from archive.article import Article
from archive.catalog import Address
from archive.catalog.addresses import Listed
from archive.errors import PageUnreadable
from archive.reasons import Reason
from crawler.browser.outcome import NotDrawn
from crawler.crawl.articles import Articles
from crawler.crawl.lists.backfill import SectionBackfills, Step
from crawler.crawl.lists.coverage import ListCoverage
from crawler.crawl.lists.list_requests import ListRequests, is_unread
from crawler.crawl.lists.loading import LoadedList, own_articles
from crawler.crawl.newspaper_crawl import ListCrawl
from crawler.crawl.report import failed_with
from crawler.declaration.layout import Section
from crawler.extract import ListPage
from crawler.http.gate import Deferred
from crawler.politeness.redirects import unconditional
from crawler.request_meta import (
    BACKFILL,
    BACKFILL_BEGINS,
    FIRST,
    KNOWN_ADDRESS,
    LEFT_OVER,
    LINK,
    NOT_MODIFIED,
    SECTION,
    SEED,
    Meta,
    Path,
    asked_for,
    behind,
)
from crawler.responses import counted


class Lists:
    """The section lists of one run: which list pages it requests, and what each of them names."""

    def __init__(self, spider: ListCrawl, articles: Articles, backfills: SectionBackfills | None) -> None:
        self._spider, self._articles, self._backfills = spider, articles, backfills
        self.coverage = ListCoverage(lambda section: spider.frontier.last_covered(section))
        self.pages = ListRequests(spider, articles, self.coverage, self.parse)

    # requests

    def first_requests(self) -> Iterator[Request]:
        """The sections' first pages that are wanted, and the backfills that an earlier run left."""
        spider = self._spider
        known, left = spider.frontier.known(self.pages.firsts), spider.frontier.lists_left()
        self.coverage.note_good(known)
        for url, section in list(self.pages.firsts.items()):
            yield from self.first_of(section, url, known.get(url), SEED, is_left=section.name in left)

    def first_of(
        self, section: Section, url: str, known: Address | None, path: Path, *, is_left: bool = False
    ) -> Iterator[Request]:
        """A section's first page, where it is wanted or a backfill begins there; and the backfill that goes on.

        Args:
            is_left: an earlier run left list pages of the section: coverage is counted from the first page on.
        """
        backfill = self._backfills.left(section.name) if self._backfills is not None else None
        if backfill is not None:
            yield from self._go_on(backfill.next_url or "", section.name)
        if self._backfills is not None and self._backfills.begins(section.name):
            request = unconditional(self.pages.make(url, section.name, known, path))
            BACKFILL_BEGINS.put(request.meta, True)
            yield request
        elif self._spider.requests.is_wanted(known) or is_left:
            yield self.pages.make(url, section.name, known, path)

    def watched(self, names: set[str] | None) -> Iterator[Request]:
        """The first pages of sections that earlier runs found, where they are wanted."""
        spider, firsts = self._spider, self._spider.frontier.watched()
        found = {url: section for url, section in firsts.items() if names is None or section in names}
        known = spider.frontier.known(found)
        self.coverage.note_good(known)
        for url, section in found.items():
            if spider.site.is_own(url) and url not in self.pages.asked and spider.requests.is_wanted(known.get(url)):
                self.pages.firsts[url] = Section(section, url.removeprefix(spider.site.origin))
                yield self.pages.make(url, section, known.get(url), SEED)

    def left(self, names: set[str] | None) -> Iterator[Request]:
        """The list pages that an earlier run left unread."""
        for address in self._spider.frontier.due("section", names):
            is_left = address.interval is None and address.url not in self.pages.firsts
            if is_left and address.url not in self.pages.asked and self._spider.site.is_own(address.url):
                if not self.pages.has_room(address.section, address.url):
                    continue
                yield self.pages.make(address.url, address.section, address, is_left=True)

    def _go_on(self, url: str, section: str) -> Iterator[Request]:
        known = self._spider.frontier.known([url]).get(url)
        if known is not None and known.failures and not self._spider.requests.is_wanted(known):
            self.coverage.note_gap(section)
            return
        yield self.pages.make_for_backfill(url, section, known=known)

    # callbacks

    async def parse(self, response: Response) -> AsyncIterator[Request | Article]:
        """A section's list page: the articles it names, and its further pages where it names something new."""
        spider, section = self._spider, SECTION.of(response.meta)
        counted(spider, "pages")
        if response.status == 304 and NOT_MODIFIED.get(response.meta) is None:
            self._unread(response, Reason.NOT_MODIFIED.value)
            return
        if response.status != 200 or not isinstance(response, TextResponse) or not spider.site.is_list(response):
            self._not_read(response, section)
            for request in self._articles.led_to(response):
                yield request
            return
        is_backfill = BACKFILL.get(response.meta) or BACKFILL_BEGINS.get(response.meta)
        backfills = self._backfills if section and is_backfill else None
        is_left = bool(LEFT_OVER.get(response.meta))
        loaded = LoadedList(spider, self._articles, section, is_backfill=backfills is not None, is_left=is_left)
        page = await self._read(response, loaded)
        if page is None:
            return
        if not page.articles:
            self._names_nothing(response, page)
            return
        if backfills is not None:
            follow = self._fill_back(backfills, response, page, section or "")
        else:
            follow = self._follow(response, page, loaded.batches or [tuple(page.articles)])
        async for one in follow:
            yield one
        with contextlib.suppress(Deferred):
            await spider.requisites.fetch_for(page, response)

    async def _read(self, response: Response, loaded: LoadedList) -> ListPage | None:
        """What the page names, at the addresses under which the catalog knows it; None where reading failed."""
        spider = self._spider
        try:
            drawn = await spider.drawn(response, "sections", loaded.wants_more)
            page = loaded.page or await spider.read_list(drawn)
        except (NotDrawn, Deferred) as error:
            spider.failed(failed_with(error, response))
            return None
        except PageUnreadable as error:
            spider.unread.note(response, error)
            self._unread(response, error.stored_reason, is_broken=True)
            return None
        if loaded.is_cut:
            self.coverage.note_gap(SECTION.of(response.meta))
        # a list may drop from its beginning what it has shown
        articles = list(itertools.chain(*loaded.batches)) or own_articles(spider, page.articles)
        return attrs.evolve(page, articles=articles, pages=own_articles(spider, page.pages))

    def _not_read(self, response: Response, section: str | None) -> None:
        """Enter a response that is not a list page."""
        spider = self._spider
        spider.not_read(response, "section")
        if response.status == 304 and section:
            self.coverage.page_read(response, section, meets_known=True)
        else:
            self.coverage.note_gap(section)
            self.coverage.note_lost(response.meta, response.url)
        # a backfill would never get beyond a page that is gone or no list
        named = self._nothing(section, ends_backfill=bool(BACKFILL.get(response.meta)))
        self._answered(response, named)
        if named.backfill is not None and not spider.site.is_list(response):  # then nothing is entered as a list's
            spider.results.keep_backfill(named.backfill)

    def _names_nothing(self, response: Response, page: ListPage) -> None:
        spider, section, meta = self._spider, SECTION.of(response.meta), response.meta
        spider.report.trouble("section", response.url, Reason.NO_ARTICLES.value)
        self.coverage.note_empty(meta, response.url, KNOWN_ADDRESS.get(meta))
        # after a list's last page sites show an empty one with the pager; a declared paging always leads there
        is_backfill = bool(BACKFILL.get(meta))
        is_end = bool((is_backfill and page.pages) or (spider.site.declared.paging and not FIRST.get(meta)))
        if not is_end:
            self.coverage.note_gap(section)
        named = self._nothing(section, ends_backfill=is_backfill and is_end)
        self._answered(response, named, is_unread=not page.pages)
        if not is_end:
            self.backfill_failed(meta, response.url)

    def _nothing(self, section: str | None, *, ends_backfill: bool) -> Listed:
        backfill = None
        if ends_backfill and section and self._backfills is not None:
            backfill = self._backfills.at(section, None)
        return Listed(source_kind="section", source=section or "", backfill=backfill)

    def _unread(self, response: Response, reason: str, *, is_broken: bool = False) -> None:
        """Enter a page of which nothing could be made: it is requested again, unconditionally."""
        section = SECTION.of(response.meta)
        self._spider.report.trouble("section", response.url, reason)
        self.coverage.note_gap(section)
        self.coverage.note_lost(response.meta, response.url)
        named = self._nothing(section, ends_backfill=False)
        self._answered(response, named, is_unread=not is_broken, is_broken=is_broken)
        self.backfill_failed(response.meta, response.url)

    def backfill_failed(self, meta: Meta, url: str) -> None:
        """Let a backfill go on without its next page, where that page failed too often."""
        section = SECTION.of(meta)
        if self._backfills is not None and BACKFILL.get(meta) and section:
            self._backfills.fails(section, asked_for(meta, url), KNOWN_ADDRESS.get(meta))

    async def _follow(
        self, response: Response, page: ListPage, batches: list[tuple[str, ...]]
    ) -> AsyncIterator[Request | Article]:
        """Requests for the new articles and further pages of a list.

        Args:
            batches: the list's articles as it loaded them.
        """
        spider, section = self._spider, SECTION.of(response.meta)
        known = spider.frontier.known(page.articles + page.pages)
        is_left = bool(LEFT_OVER.get(response.meta))
        before = self.coverage.before(section)
        listed = spider.frontier.listed(section or "", page.articles)
        long_listed = {url for url, at in listed.items() if before and at <= before}
        # after a page that an earlier run left may come articles that have moved on since, from before that run
        unlisted = [url for url in page.articles if url not in (long_listed if is_left else listed)]
        further = self.pages.further(page.pages, known) if unlisted else []
        for batch in batches if section else ():
            meets_known = 2 * len(long_listed.intersection(batch)) >= len(batch)
            self.coverage.page_read(response, section or "", meets_known=meets_known, page=batch)
        named = Listed(
            source_kind="section", source=section or "", articles=tuple(page.articles),
            further=tuple(("section", url) for url in further),
        )  # fmt: skip
        self._answered(response, named, is_changed=len(listed) < len(page.articles))
        path = behind(response, LINK)
        for request in self._articles.unknown(page.articles, known, section, path):
            yield request
        for url in further:
            if self.pages.has_room(section, url):
                is_left_too = is_left or (url in known and is_unread(known[url]))
                yield self.pages.make(url, section, None, path, is_left=is_left_too)

    async def _fill_back(
        self, backfills: SectionBackfills, response: Response, page: ListPage, section: str
    ) -> AsyncIterator[Request | Article]:
        spider, path = self._spider, behind(response, LINK)
        step = Step(page=page, url=response.url, asked_for=asked_for(response.meta, response.url), section=section)
        try:
            async for article in backfills.take(step, path):
                yield article
        except Deferred:
            self.coverage.note_gap(section)
            return  # the next run continues the backfill at this page
        known = spider.frontier.known(step.wanted)
        if step.next_url is None:
            counted(spider, "backfills ended")
        names = () if step.is_back or step.is_past else page.articles
        self.coverage.page_read(response, section, meets_known=False, page=names)
        if backfills.leaves_out_newest:
            self.coverage.note_gap(section)
        place = backfills.at(section, step.next_url)
        named = Listed(source_kind="section", source=section, articles=tuple(step.wanted), backfill=place)
        self._answered(response, named, is_changed=len(known) < len(step.wanted))
        # the articles that dated the page are fetched, even if the catalog does not know them yet
        wanted = [url for url in step.wanted if url not in step.dated_by]
        for request in self._articles.unknown(wanted, known, section, path):
            yield request
        if step.next_url is not None and self.pages.has_room(section, step.next_url):
            yield self.pages.make_for_backfill(step.next_url, section, path)

    def _answered(
        self,
        response: Response,
        named: Listed,
        *,
        is_changed: bool = False,
        is_unread: bool = False,
        is_broken: bool = False,
    ) -> None:
        self._spider.results.list_answered(
            response,
            named,
            is_changed=is_changed,
            is_unread=is_unread,
            is_broken=is_broken,
            is_list=self._spider.site.is_list(response),
        )
