"""A newspaper's section lists: first pages when they are due, further pages down to what is known; reads no article."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import attrs
from scrapy import Request
from scrapy.http import Response, TextResponse

from archive.article import Article
from archive.catalog import Address
from archive.clock import now
from archive.coverage import Reading
from archive.errors import PageUnreadable
from crawler.capture import CAPTURED_AT, NOT_MODIFIED
from crawler.extract import ListPage
from crawler.frontier import unconditional
from crawler.layout import Section
from crawler.path import FIRST, LINK, SECTION, SEED, Path, behind
from crawler.responses import counted
from crawler.restraint import KeptBack
from crawler.walks import WALK, BackNumbers, Step

if TYPE_CHECKING:
    from crawler.newspaper import NewspaperSpider

UNKNOWN = Path()


@attrs.define
class _Read:
    """How far one run has read a section."""

    read_at: datetime
    meets_known: bool = False
    is_at_end: bool = False


class Lists:
    """The list pages of one run: what was asked for, how many by section, and how far each was followed."""

    def __init__(self, spider: NewspaperSpider, walks: BackNumbers | None) -> None:
        self._spider, self._walks = spider, walks
        self.asked: set[str] = set()
        self._counts: Counter[str | None] = Counter()
        self._read: dict[str, _Read] = {}

    # requests

    def first_requests(self) -> Iterator[Request]:
        """The sections' first pages, or those of them that are due; and the walks that go on."""
        spider = self._spider
        known = spider.frontier.known(spider.firsts)
        for url, section in list(spider.firsts.items()):
            yield from self.first_of(section, url, known.get(url), SEED)

    def first_of(self, section: Section, url: str, known: Address | None, path: Path) -> Iterator[Request]:
        """A section's first page, where it is wanted or a walk begins there; and the walk that goes on."""
        walk = self._walks.left(section.name) if self._walks is not None else None
        if walk is not None:
            yield self._walk_request(walk.next_url, section.name)
        if self._walks is not None and walk is None:
            yield unconditional(self.request(url, section.name, known, path))  # a walk begins there
        elif self._spider.is_wanted(known):
            yield self.request(url, section.name, known, path)

    def watched(self) -> Iterator[Request]:
        """The first pages of sections that earlier runs found, as far as they are due."""
        spider = self._spider
        for address in spider.frontier.due("section", None):
            if address.pace is not None and address.section and spider.is_own(address.url):
                spider.firsts[address.url] = Section(address.section, address.url.removeprefix(spider.origin))
                yield self.request(address.url, address.section, address, SEED)

    def left(self, names: set[str] | None) -> Iterator[Request]:
        """The list pages that an earlier run left."""
        for address in self._spider.frontier.due("section", names):
            is_left = address.pace is None and address.url not in self._spider.firsts
            if is_left and address.url not in self.asked and self._spider.is_own(address.url):
                if not self._has_room(address.section, address.url):
                    continue
                yield self.request(address.url, address.section, address)

    def request(self, url: str, section: str | None, known: Address | None, path: Path = UNKNOWN) -> Request:
        """A request for a list page."""
        # a section's first page goes first, the pages behind it last: the articles that one names are fetched before
        # the next is asked for, and not all of a paper's addresses wait in memory
        is_first = url in self._spider.firsts
        self.asked.add(url)
        request = self._spider.request(url, "section", self.parse, section, known, path, 10 if is_first else -10)
        request.meta[FIRST] = is_first
        return request

    def _walk_request(self, url: str, section: str | None, path: Path = UNKNOWN) -> Request:
        request = self._spider.request(url, "section", self.parse, section, None, path, -10)
        request.meta[WALK] = True
        request.dont_filter = True  # an earlier look at it may have been no walk's
        return request

    # callbacks

    async def parse(self, response: Response) -> AsyncIterator[Request | Article]:
        """A section's list page: the articles it names, and the pages behind it where this one shows anything new."""
        spider, section = self._spider, response.meta[SECTION]
        counted(spider, "pages")
        if response.status != 200 or not isinstance(response, TextResponse) or not spider.is_list(response):
            spider.not_read(response, "section")
            if response.status == 304 and section and NOT_MODIFIED in response.meta:
                self._note(response, section, _Read(response.meta[CAPTURED_AT], meets_known=True))
            self._answered(response, ends_walk=bool(response.meta.get(WALK)))  # it would stay there for ever
            for request in spider.led_to(response):
                yield request
            return
        try:
            page = await spider.read_list(response)
        except PageUnreadable as error:
            spider.trouble("section", response.url, error.reason)
            self._answered(response)
            return
        page = attrs.evolve(
            page,
            articles=[url for url in page.articles if spider.is_own(url)],
            pages=[url for url in page.pages if spider.is_own(url)],
        )
        if not page.articles:
            spider.trouble("section", response.url, "names no article")
        walks = self._walks if section and (response.meta.get(WALK) or self._begins(response, section)) else None
        follow = self._follow(response, page) if walks is None else self._walk(walks, response, page)
        async for one in follow:
            yield one
        with contextlib.suppress(KeptBack):
            await spider.fetch_requisites(page, response)

    def _begins(self, response: Response, section: str) -> bool:
        """Whether a walk begins at this page: a section's first, through which none goes on elsewhere."""
        return bool(response.meta.get(FIRST)) and self._walks is not None and self._walks.left(section) is None

    async def _follow(self, response: Response, page: ListPage) -> AsyncIterator[Request | Article]:
        spider, section = self._spider, response.meta[SECTION]
        known = spider.frontier.known(page.articles + page.pages)
        listed = spider.frontier.listed("section", section or "", page.articles)
        unlisted = [url for url in page.articles if url not in listed]
        further = self._behind(page.pages, known) if unlisted else []
        if section and page.articles:
            meets_known = 2 * len(listed) >= len(page.articles)
            is_at_end = bool(unlisted) and not further and not meets_known
            self._note(response, section, _Read(response.meta[CAPTURED_AT], meets_known, is_at_end))
        self._answered(response, page.articles, further, is_changed=bool(unlisted))
        for request in spider.unknown_articles(page.articles, known, section, behind(response, LINK)):
            yield request
        for url in further:
            if self._has_room(section, url):
                yield self.request(url, section, None, behind(response, LINK))

    async def _walk(self, walks: BackNumbers, response: Response, page: ListPage) -> AsyncIterator[Request | Article]:
        spider, section = self._spider, response.meta[SECTION]
        step = Step(page=page, url=response.url, section=section)
        try:
            async for article in walks.take(step, behind(response, LINK)):
                yield article
        except KeptBack:
            return  # the walk stays at this page
        known = spider.frontier.known(step.wanted)
        is_over = step.next_url is None
        if is_over:
            counted(spider, "walks ended")
        if not walks.leaves_out_new:
            self._note(response, section, _Read(response.meta[CAPTURED_AT], is_over, is_over and not step.is_past))
        self._answered(response, step.wanted, is_changed=len(known) < len(step.wanted), step=step)
        # what dated the page was fetched, whether the catalog knows of it yet or not
        wanted = [url for url in step.wanted if url not in step.dated_by]
        for request in spider.unknown_articles(wanted, known, section, behind(response, LINK)):
            yield request
        if step.next_url is not None and self._has_room(section, step.next_url):
            yield self._walk_request(step.next_url, section, behind(response, LINK))

    def _answered(
        self,
        response: Response,
        articles: list[str] | None = None,
        further: list[str] | None = None,
        *,
        is_changed: bool = False,
        step: Step | None = None,
        ends_walk: bool = False,
    ) -> None:
        section = response.meta[SECTION]
        self._spider.frontier.list_answered(
            response,
            "section",
            section,
            way="section",
            source=section or "",
            articles=articles or (),
            further=[("section", url) for url in further or ()],
            is_changed=is_changed,
            walk=self._walks.at(step) if step is not None and self._walks is not None else None,
            is_walk_over=step.next_url is None if step is not None else ends_walk,
            is_list=self._spider.is_list(response),
        )

    def _behind(self, pages: list[str], known: Mapping[str, Address]) -> list[str]:
        """The list pages to read behind one that shows something new: those never read, and the first of the others.

        Where that one shows something new as well, it leads on to the next: what was read once holds other articles
        when a paper has printed more than a page of them.
        """
        left = [url for url in pages if url not in self.asked]
        unread = [url for url in left if url not in known or known[url].fetched_at is None]
        read = [url for url in left if url not in unread]
        return read[:1] + unread

    def _has_room(self, section: str | None, url: str) -> bool:
        """Count a list page of the section; whether it may be read. The first that is too many is said."""
        spider = self._spider
        if not spider.has_room:
            return False
        most = spider.settings.getint("BAOTINH_LIST_PAGES")
        self._counts[section] += 1
        if self._counts[section] == most + 1:
            spider.trouble("section", url, f"more than {most} list pages; the rest is for the next run")
        return self._counts[section] <= most

    # coverage

    def _note(self, response: Response, section: str, read: _Read) -> None:
        before = self._read.get(section)
        if before is not None:
            before.meets_known |= read.meets_known
            before.is_at_end |= read.is_at_end
        elif response.meta.get(FIRST):
            self._read[section] = read

    def readings(self) -> list[Reading]:
        """How far each section's list was followed in this run, for those whose first page was read."""
        return [
            Reading(section=section, read_at=min(read.read_at, now()), meets_known=read.meets_known,
                    is_at_end=read.is_at_end)
            for section, read in self._read.items()
        ]  # fmt: skip
