"""The spider that every newspaper's declaration is: the only start() and callbacks there are; parses no page itself."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import attrs
from scrapy import Request, signals
from scrapy.http import Response, TextResponse
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from archive.article import Article
from archive.catalog import Address
from archive.errors import CaptureMissing, NotAnArticle, PageUnreadable
from crawler.capture import CAPTURED_AT, RECORD_ID
from crawler.declaration import refuse_faults
from crawler.declared import Declared
from crawler.discovery import Discovery
from crawler.extract import ListPage, Rules
from crawler.frontier import ForgetfulFrontier, Frontier
from crawler.layout import Section
from crawler.lists import Lists
from crawler.loopback import Loopback
from crawler.path import FEED, KIND, LINK, PATH, SECTION, SEED, Path, behind
from crawler.responses import counted, kind_of
from crawler.restraint import CrawlEnds, KeptBack
from crawler.spider import ArchivingSpider, ReadPage
from crawler.survey.addresses import is_of
from crawler.survey.sections import next_page

UNKNOWN = Path()
# So many addresses that are due are given to the scheduler; the others wait in the catalog, which has more room.
_AT_A_TIME = 500
# Answers that say something about an address and so reach the callbacks.
TELLING = [304, 404, 410]


class NewspaperSpider(Declared, ArchivingSpider):
    """A newspaper, declared by its class attributes.

    Arguments (`-a name=value`): collection, section (may be given as a list), page (path of a list page to crawl in
    place of the sections), limit (articles), from_archive (a WARC file to read instead of the network), loopback
    (127.0.0.1:port of a newsroom), contact, recheck (look at all known articles again).
    """

    def __init__(
        self,
        *,
        section: str | list[str] | None = None,
        page: str | None = None,
        limit: str | int | None = None,
        loopback: str | None = None,
        from_archive: str | None = None,
        recheck: str | bool = False,
        **arguments: Any,
    ) -> None:
        """Take the arguments of one crawl.

        Raises:
            BadDeclaration: the newspaper is not declared as it must be.
            UnknownSection: the newspaper declares none of that name.
        """
        refuse_faults(type(self))
        super().__init__(**arguments)
        wanted = [section] if isinstance(section, str) else list(section or ())
        self.wanted = [name for part in wanted for name in part.split(",")]
        self.page = page
        self.chosen = (Section(page.strip("/"), page),) if page else self.sections_called(self.wanted)
        self.limit = int(limit) if limit else None
        self.asked = 0
        self.recheck = bool(recheck) and str(recheck) not in ("0", "False")
        place = Loopback.from_setting(loopback)
        self.origin = self.origin_at(place)
        own = {urlsplit(self.origin).hostname or "", *self.hosts, *self.former_hosts}
        self.own_hosts = own | {f"www.{host}" for host in own} | {host.removeprefix("www.") for host in own}
        self.is_rereading = bool(from_archive)
        self.lists = Lists()
        self.firsts = {self.origin + section.path: section for section in self.chosen}

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Scrapy's way of asking a spider for settings: the pause that the newspaper declares."""
        super().update_settings(settings)
        settings.set("DOWNLOAD_DELAY", cls.delay, priority="spider")

    def origin_at(self, place: Loopback | None) -> str:
        """The origin under which the newspaper is crawled, here or on this machine."""
        return place.origin(self.name) if place else f"https://{self.hosts[0]}"

    def cards(self) -> dict[str, dict[str, Any]]:
        """The newspaper's own card."""
        return {self.name: self.card()}

    def opened(self) -> None:
        """Called when the crawl begins."""
        super().opened()
        self.crawler.signals.connect(self._dropped, signals.request_dropped)
        remember = ForgetfulFrontier if self.is_rereading else Frontier
        self.frontier = remember(self.name, self.session)

    def ended(self) -> None:
        """Called when the crawl has ended."""
        super().ended()
        self.frontier.close()

    # requests

    async def start(self) -> AsyncIterator[Request]:
        """The sections' first pages, then what an earlier run left and what is due for another look."""
        if not self.chosen:
            for first in Discovery(self).first_requests():
                yield first
        names = {section.name for section in self.chosen} or None
        known = self.frontier.known(self.firsts)
        for url, section in list(self.firsts.items()):
            yield self.list_request(url, section.name, known.get(url), SEED)
        for request in self.lists_left(names) if self.chosen else ():
            yield request
        for number, address in enumerate(self.frontier.due("article", names, all_of_them=self.recheck), 1):
            if self.is_own(address.url) and (left := self.article_request(address.url, address.section, address)):
                yield left
            if number % _AT_A_TIME == 0:
                await self.crawler.signals.wait_for(signals.scheduler_empty)

    def lists_left(self, names: set[str] | None) -> Iterator[Request]:
        """The list pages that an earlier run left."""
        for address in self.frontier.due("section", names):
            if address.url not in self.lists.asked and self.is_own(address.url):
                yield self.list_request(address.url, address.section, address)

    def list_request(self, url: str, section: str | None, known: Address | None, path: Path = UNKNOWN) -> Request:
        """A request for a list page."""
        # a section's first page goes first, the pages behind it last: the articles that one names are fetched before
        # the next is asked for, and not all of a paper's addresses wait in memory
        priority = 10 if url in self.firsts else -10
        self.lists.asked.add(url)
        return self._request(url, "section", self.parse_list, section, known, path, priority)

    def article_request(
        self, url: str, section: str | None, known: Address | None, path: Path = UNKNOWN
    ) -> Request | None:
        """A request for an article page; None where the run may ask for no more."""
        if not self.has_room:
            return None
        self.asked += 1
        return self._request(url, "article", self.parse_article, section, known, path, priority=0)

    @property
    def has_room(self) -> bool:
        """Whether the run may ask for another article page."""
        return self.limit is None or self.asked < self.limit

    def _request(
        self, url: str, kind: str, callback: Any, section: str | None, known: Address | None, path: Path, priority: int
    ) -> Request:
        meta = {"handle_httpstatus_list": TELLING, SECTION: section, KIND: kind, PATH: path}
        request = Request(url, callback, errback=self.failed, priority=priority, meta=meta)
        if known is not None:
            self.frontier.make_conditional(request, known)
        return request

    # callbacks

    async def parse_list(self, response: Response) -> AsyncIterator[Request]:
        """A section's list page: the articles it names, and the pages behind it where this one shows anything new."""
        counted(self, "pages")
        section = response.meta[SECTION]
        if response.status != 200 or not isinstance(response, TextResponse) or not self.is_own(response.url):
            self._not_read(response, "section")
            self.frontier.list_answered(response, section, response.url in self.firsts)
            return
        try:
            page = await self.read_list(response)
        except PageUnreadable as error:
            self.trouble("section", response.url, error.reason)
            self.frontier.list_answered(response, section, response.url in self.firsts)
            return
        articles = [url for url in page.articles if self.is_own(url)]
        pages = [url for url in page.pages if self.is_own(url)]
        if not articles:
            self.trouble("section", response.url, "names no article")
        known = self.frontier.known(articles + pages)
        unknown = [url for url in articles if url not in known]
        unread = self.lists.behind(pages, known) if unknown else []
        self.frontier.see("article", articles, section)
        self.frontier.see("section", unread, section, again=True)
        self.frontier.list_answered(response, section, response.url in self.firsts)
        for url in unknown:
            if request := self.article_request(url, section, None, behind(response, LINK)):
                yield request
        for url in unread:
            if self._has_room_for_list(section, url):
                yield self.list_request(url, section, None, behind(response, LINK))
        with contextlib.suppress(KeptBack):
            await self.fetch_requisites(page, response)

    async def read_list(self, response: Response) -> ListPage:
        """What a section's list page names; where it links to no further page, the one that the paging declares.

        Raises:
            PageUnreadable: reading it broke off.
        """
        page = await self.readers.list_page(response.body, response.url, kind_of(response), self.rules())
        first = next((url for url, section in self.firsts.items() if section.name == response.meta[SECTION]), None)
        if page.pages or not self.paging or first is None or not page.articles:
            return page
        return attrs.evolve(page, pages=[next_page(response.url, first.removeprefix(self.origin), self.paging)])

    def reading_of(self, _url: str, section: str | None) -> tuple[str | None, Rules]:
        """What an article is read by: the section's name for a page that names none, and the rules."""
        return None if self.page else section, self.rules()

    async def parse_article(self, response: Response) -> AsyncIterator[Article]:
        """An article page: the article with its pictures, or its place in the report."""
        counted(self, "pages")
        section = response.meta[SECTION]
        if response.status != 200 or not self.is_own(response.url):
            self._not_read(response, "article")
            self.frontier.article_answered(response, section, is_done=True)
            return
        self.frontier.article_answered(response, section)
        try:
            page = await self.readers.article_page(
                response.body, response.url, kind_of(response), response.meta[CAPTURED_AT],
                *self.reading_of(response.url, section), response.meta.get(FEED),
            )  # fmt: skip
            missing = page.missing
        except PageUnreadable as error:
            page, missing = None, {"page": error.reason}
        if page is None or page.article is None:
            self.session.reject(response.url, response.meta[RECORD_ID], missing)
            self.frontier.article_answered(response, section, is_done=True)
            self.logger.warning("%s", NotAnArticle(response.url, missing))
            return
        try:
            article = await self.whole(page.article, response, section, self.rules())
            article = await self.with_captures(article, page, response)
        except KeptBack:  # not released, it stays due: the next run brings it with its pictures
            return
        self.note_doubts(article)
        yield article

    def failed(self, failure: Failure) -> None:
        """An address that gave no page: counted, listed, and due again later, ever later while it goes on failing."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, CaptureMissing):
            counted(self, "missing")
            return
        if isinstance(error, KeptBack):  # the address did not fail: it stays due as it was
            if isinstance(error, CrawlEnds):
                counted(self, "cut at the end")
            return
        kind = "section" if request.callback == self.parse_list else "article"
        self.trouble(kind, request.url, error)
        status = error.response.status if isinstance(error, HttpError) else None
        self.frontier.failed(request, kind, request.meta[SECTION], status)

    def _dropped(self, request: Request) -> None:
        # a redirect to what this run asked for already comes to no callback: the address it started from is done
        redirected_from = request.meta.get("redirect_urls", ())
        self.frontier.redirected(redirected_from, request.meta.get(SECTION))
        if request.url in redirected_from:
            self.trouble("article", request.url, "leads to itself")

    # small things

    def is_furniture(self, url: str) -> bool:
        """A picture of the newspaper's own host."""
        return self.is_own(url)

    def _wanted(self, page: ReadPage) -> list[str]:
        # an archive that is reread has them or has not
        return [] if self.is_rereading else super()._wanted(page)

    def _not_read(self, response: Response, kind: str) -> None:
        """Count, and list where it says anything, a page that is not read."""
        url = response.meta.get("redirect_urls", [response.url])[0]
        if not self.is_own(response.url):
            counted(self, "gone")
            self.trouble(kind, url, f"leads to {urlsplit(response.url).hostname}")
        elif response.status == 304:
            counted(self, "not modified")
        else:
            counted(self, "gone")
            self.trouble(kind, url, f"HTTP {response.status}" if response.status != 200 else "is no page of text")

    def _has_room_for_list(self, section: str | None, url: str) -> bool:
        most = self.settings.getint("BAOTINH_LIST_PAGES")
        room = self.lists.room(section, most) if self.has_room else -1
        if room == 0:
            self.trouble("section", url, f"more than {most} list pages; the rest is for the next run")
        return room > 0

    def is_own(self, url: str) -> bool:
        """Whether an address is one of the newspaper's own hosts'."""
        return is_of(url, self.own_hosts)
