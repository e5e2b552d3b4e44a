"""A newspaper's section lists: first pages when they are due, further pages down to what is known; reads no article."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import attrs
from scrapy import Request
from scrapy.http import Response, TextResponse

from archive.article import Article
from archive.catalog import Address
from archive.catalog.addresses import Listed
from archive.errors import PageUnreadable
from archive.reasons import Reason
from crawler.crawl.articles import Articles
from crawler.crawl.backfill import SectionBackfills, Step
from crawler.crawl.list_coverage import ListCoverage
from crawler.crawl.newspaper_crawl import ListCrawl
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
    UNKNOWN,
    Path,
    asked_for,
    behind,
)
from crawler.responses import counted


class Lists:
    """The list pages of one run: what was asked for, how many by section, and what each leads to."""

    def __init__(self, spider: ListCrawl, articles: Articles, backfills: SectionBackfills | None) -> None:
        self._spider, self._articles, self._backfills = spider, articles, backfills
        self.asked: set[str] = set()
        self._counts: Counter[str | None] = Counter()
        self.coverage = ListCoverage(lambda section: spider.frontier.last_covered(section))

    # requests

    def first_requests(self) -> Iterator[Request]:
        """The sections' first pages, or those of them that are due; and the backfills that go on."""
        spider = self._spider
        known, left = spider.frontier.known(spider.firsts), spider.frontier.lists_left()
        self.coverage.note_good(known)
        for url, section in list(spider.firsts.items()):
            yield from self.first_of(section, url, known.get(url), SEED, is_left=section.name in left)

    def first_of(
        self, section: Section, url: str, known: Address | None, path: Path, *, is_left: bool = False
    ) -> Iterator[Request]:
        """A section's first page, where it is wanted or a backfill begins there; and the backfill that goes on.

        Args:
            is_left: a run broke the section's reading off: its end counts for what is read from the first page on.
        """
        backfill = self._backfills.left(section.name) if self._backfills is not None else None
        if backfill is not None:
            yield from self._go_on(backfill.next_url or "", section.name)
        if self._backfills is not None and self._backfills.begins(section.name):
            request = unconditional(self.request(url, section.name, known, path))
            BACKFILL_BEGINS.put(request.meta, True)
            yield request
        elif self._spider.is_wanted(known) or is_left:
            yield self.request(url, section.name, known, path)

    def watched(self, names: set[str] | None) -> Iterator[Request]:
        """The first pages of sections that earlier runs found, as far as they are due."""
        spider = self._spider
        found = {
            url: section for url, section in spider.frontier.watched().items() if names is None or section in names
        }
        known = spider.frontier.known(found)
        self.coverage.note_good(known)
        for url, section in found.items():
            if spider.is_own(url) and url not in self.asked and spider.is_wanted(known.get(url)):
                spider.firsts[url] = Section(section, url.removeprefix(spider.origin))
                yield self.request(url, section, known.get(url), SEED)

    def left(self, names: set[str] | None) -> Iterator[Request]:
        """The list pages that an earlier run left."""
        for address in self._spider.frontier.due("section", names):
            is_left = address.interval is None and address.url not in self._spider.firsts
            if is_left and address.url not in self.asked and self._spider.is_own(address.url):
                if not self._has_room(address.section, address.url):
                    continue
                request = self.request(address.url, address.section, address)
                LEFT_OVER.put(request.meta, True)
                yield request

    def request(self, url: str, section: str | None, known: Address | None, path: Path = UNKNOWN) -> Request:
        """A request for a list page."""
        # a section's first page goes first, the pages behind it last: the articles that one names are fetched before
        # the next is asked for, and not all of a paper's addresses wait in memory
        is_first = url in self._spider.firsts
        self.asked.add(url)
        request = self._spider.request(url, "section", self.parse, section, known, path, 10 if is_first else -10)
        FIRST.put(request.meta, is_first)
        return request

    def _go_on(self, url: str, section: str) -> Iterator[Request]:
        known = self._spider.frontier.known([url]).get(url)
        if known is not None and known.failures and not self._spider.is_wanted(known):
            self.coverage.note_gap(section)
            return
        yield self._backfill_request(url, section, known=known)

    def _backfill_request(
        self, url: str, section: str | None, path: Path = UNKNOWN, known: Address | None = None
    ) -> Request:
        self.asked.add(url)
        request = self._spider.request(url, "section", self.parse, section, None, path, -10)
        BACKFILL.put(request.meta, True)
        KNOWN_ADDRESS.put(request.meta, known)
        request.dont_filter = True  # an earlier look at it may have been no backfill's
        return request

    # callbacks

    async def parse(self, response: Response) -> AsyncIterator[Request | Article]:
        """A section's list page: the articles it names, and the pages behind it where this one shows anything new."""
        spider, section = self._spider, SECTION.of(response.meta)
        counted(spider, "pages")
        if response.status == 304 and NOT_MODIFIED.get(response.meta) is None:
            self._unread(response, Reason.NOT_MODIFIED.value)
            return
        if response.status != 200 or not isinstance(response, TextResponse) or not spider.is_list(response):
            spider.not_read(response, "section")
            if response.status == 304 and section:
                self.coverage.page_read(response, section, meets_known=True)
            else:
                self.coverage.note_gap(section)
                self.coverage.note_lost(response.meta, response.url)
            # at a page that is not there, or is no list, a backfill would stay for ever
            ends = bool(BACKFILL.get(response.meta))
            said = self._ending(section, ends)
            self._answered(response, said)
            if said.backfill is not None and not spider.is_list(response):  # of that nothing is remembered as a list's
                spider.frontier.keep_backfill(said.backfill)
            for request in self._articles.led_to(response):
                yield request
            return
        try:
            page = await spider.read_list(response)
        except PageUnreadable as error:
            spider.note_unread(response, error)
            self._unread(response, error.reason, is_broken=True)
            return
        known_as = spider.frontier.known_as(filter(spider.is_own, [*page.articles, *page.pages]))
        page = attrs.evolve(
            page,
            articles=list(dict.fromkeys(known_as[url] for url in page.articles if url in known_as)),
            pages=list(dict.fromkeys(known_as[url] for url in page.pages if url in known_as)),
        )
        if not page.articles:
            self._names_nothing(response, page)
            return
        is_backfill = BACKFILL.get(response.meta) or BACKFILL_BEGINS.get(response.meta)
        if self._backfills is not None and section and is_backfill:
            follow = self._fill_back(self._backfills, response, page, section)
        else:
            follow = self._follow(response, page)
        async for one in follow:
            yield one
        with contextlib.suppress(Deferred):
            await spider.fetch_requisites(page, response)

    def _names_nothing(self, response: Response, page: ListPage) -> None:
        spider, section, meta = self._spider, SECTION.of(response.meta), response.meta
        spider.trouble("section", response.url, Reason.NO_ARTICLES.value)
        self.coverage.note_empty(meta, response.url, KNOWN_ADDRESS.get(meta))
        # behind a list's end sites show an empty page with the pager; a declared paging leads there always
        is_backfill = bool(BACKFILL.get(meta))
        is_end = bool((is_backfill and page.pages) or (spider.paging and not FIRST.get(meta)))
        if not is_end:
            self.coverage.note_gap(section)
        self._answered(response, self._ending(section, is_backfill and is_end), is_unread=not page.pages)
        if not is_end:
            self.backfill_failed(meta, response.url)

    def _ending(self, section: str | None, ends: bool) -> Listed:
        """A page that names nothing; `ends` the section's backfill or not."""
        backfill = self._backfills.at(section, None) if ends and section and self._backfills is not None else None
        return Listed(source_kind="section", source=section or "", backfill=backfill)

    def _unread(self, response: Response, reason: str, *, is_broken: bool = False) -> None:
        """Nothing could be made of a page: it is asked for again, in full."""
        self._spider.trouble("section", response.url, reason)
        self.coverage.note_gap(SECTION.of(response.meta))
        self.coverage.note_lost(response.meta, response.url)
        self._answered(response, is_unread=not is_broken, is_broken=is_broken)
        self.backfill_failed(response.meta, response.url)

    def backfill_failed(self, meta: Mapping[str, Any], url: str) -> None:
        """Where nothing came of a backfill's page too often, it goes on without that page."""
        section = SECTION.of(meta)
        if self._backfills is not None and BACKFILL.get(meta) and section:
            self._backfills.fails(section, asked_for(meta, url), KNOWN_ADDRESS.get(meta))

    async def _follow(self, response: Response, page: ListPage) -> AsyncIterator[Request | Article]:
        spider, section = self._spider, SECTION.of(response.meta)
        known = spider.frontier.known(page.articles + page.pages)
        is_left = bool(LEFT_OVER.get(response.meta))
        before = self.coverage.before(section)
        listed = spider.frontier.listed(section or "", page.articles)
        long_listed = {url for url, at in listed.items() if before and at <= before}
        # behind a page that an earlier run left may stand what has moved on since, from before that run
        unlisted = [url for url in page.articles if url not in (long_listed if is_left else listed)]
        further = self._behind(page.pages, known) if unlisted else []
        if section:
            meets_known = 2 * len(long_listed) >= len(page.articles)
            self.coverage.page_read(response, section, meets_known=meets_known, page=page.articles)
        said = Listed(
            source_kind="section", source=section or "", articles=tuple(page.articles),
            further=tuple(("section", url) for url in further),
        )  # fmt: skip
        self._answered(response, said, is_changed=len(listed) < len(page.articles))
        for request in self._articles.unknown(page.articles, known, section, behind(response, LINK)):
            yield request
        for url in further:
            if self._has_room(section, url):
                request = self.request(url, section, None, behind(response, LINK))
                LEFT_OVER.put(request.meta, is_left or (url in known and _is_unread(known[url])))
                yield request

    async def _fill_back(
        self, backfills: SectionBackfills, response: Response, page: ListPage, section: str
    ) -> AsyncIterator[Request | Article]:
        spider = self._spider
        step = Step(page=page, url=response.url, asked_for=asked_for(response.meta, response.url), section=section)
        try:
            async for article in backfills.take(step, behind(response, LINK)):
                yield article
        except Deferred:
            self.coverage.note_gap(section)
            return  # the backfill stays at this page
        known = spider.frontier.known(step.wanted)
        if step.next_url is None:
            counted(spider, "backfills ended")
        self.coverage.page_read(
            response, section, meets_known=False, page=() if step.is_back or step.is_past else page.articles
        )
        if backfills.passes_by:
            self.coverage.note_gap(section)  # what is newer is not looked at
        said = Listed(
            source_kind="section",
            source=section,
            articles=tuple(step.wanted),
            backfill=backfills.at(section, step.next_url),
        )
        self._answered(response, said, is_changed=len(known) < len(step.wanted))
        # what dated the page was fetched, whether the catalog knows of it yet or not
        wanted = [url for url in step.wanted if url not in step.dated_by]
        for request in self._articles.unknown(wanted, known, section, behind(response, LINK)):
            yield request
        if step.next_url is not None and self._has_room(section, step.next_url):
            yield self._backfill_request(step.next_url, section, behind(response, LINK))

    def _answered(
        self,
        response: Response,
        said: Listed | None = None,
        *,
        is_changed: bool = False,
        is_unread: bool = False,
        is_broken: bool = False,
    ) -> None:
        self._spider.frontier.list_answered(
            response,
            said or self._ending(SECTION.of(response.meta), False),
            is_changed=is_changed,
            is_unread=is_unread,
            is_broken=is_broken,
            is_list=self._spider.is_list(response),
        )

    def _behind(self, pages: list[str], known: Mapping[str, Address]) -> list[str]:
        """The list pages to read behind one that shows something new: those never read, and the first of the others.

        Where that one shows something new as well, it leads on to the next: what was read once holds other articles
        when a paper has printed more than a page of them.
        """
        left = [url for url in pages if url not in self.asked]
        unread = [url for url in left if url not in known or _is_unread(known[url])]
        read = [url for url in left if url not in unread]
        return read[:1] + unread

    def _has_room(self, section: str | None, url: str) -> bool:
        """Count a list page of the section; whether it may be read. The first that is too many is said."""
        spider = self._spider
        if not self._articles.has_room:
            self.coverage.note_gap(section)
            return False
        most = spider.settings.getint("BAOTINH_LIST_PAGES")
        self._counts[section] += 1
        if self._counts[section] == most + 1:
            spider.trouble("section", url, Reason.TOO_MANY_PAGES.of(most))
            self.coverage.note_gap(section)
        return self._counts[section] <= most


def _is_unread(known: Address) -> bool:
    """Whether no run has read a list page, or none since it failed."""
    return known.fetched_at is None or known.failures > 0
