"""The spider that every newspaper's declaration is: assembles the parts of the crawl; parses no page itself."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import attrs
from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from archive.errors import CaptureMissing
from archive.reasons import Reason
from crawler.crawl.articles import Articles
from crawler.crawl.discovery import Discovery
from crawler.crawl.drawing import WantsMore
from crawler.crawl.feeds import Syndication
from crawler.crawl.frontier.frontier import Frontier, Requests, RereadingFrontier
from crawler.crawl.frontier.results import DiscardedResults, FetchResults
from crawler.crawl.frontier.scope import CrawlScope
from crawler.crawl.frontier.site import NewspaperSite
from crawler.crawl.lists.backfill import SectionBackfills
from crawler.crawl.lists.section_lists import Lists
from crawler.crawl.spider import ArchivingSpider
from crawler.declaration.declared import Declared, DrawnPart
from crawler.declaration.layout import Rules
from crawler.declaration.loading import refuse_faults
from crawler.extract import ListPage
from crawler.http.gate import CrawlEnds, Deferred
from crawler.http.resolver import Loopback
from crawler.politeness.backoff import HostDown
from crawler.politeness.robots import RobotsUnreachable
from crawler.request_meta import KIND, SECTION, RequestKind, asked_for
from crawler.responses import counted, is_answered, kind_of
from crawler.survey.sections import next_page

# So many due addresses are given to the scheduler at once; the others wait in the catalog, which has more room.
_AT_A_TIME = 500


class NewspaperSpider(Declared, ArchivingSpider):
    """A newspaper, declared by its class attributes.

    Arguments (`-a name=value`): collection, section (may be given as a list), page (path of a list page to crawl in
    place of the sections), limit (articles), from_archive (a WARC file to read instead of the network), loopback
    (127.0.0.1:port of a newsroom), contact, due (request only what is due), recheck (revisit all known articles), full
    (the sections' whole lists), since and until (days such as 2025-07-01: articles published between them).
    """

    frontier: Frontier
    requests: Requests
    results: FetchResults

    def __init__(self, *, loopback: str | None = None, **arguments: Any) -> None:
        """Take the arguments of one crawl.

        Raises:
            BadDeclaration: the newspaper is not declared as it must be.
            UnknownSection: the newspaper declares none of that name.
            BadDay: `since` or `until` is no day.
            NoDaysBetween: `since` is later than `until`.
        """
        refuse_faults(type(self))
        self.scope = CrawlScope.take(type(self), arguments)
        super().__init__(**arguments)
        self.site = self.site_at(Loopback.from_setting(loopback))
        self.articles = Articles(self)
        self.lists = Lists(self, self.articles, SectionBackfills(self, self.articles) if self.scope.backfills else None)
        self.syndication = Syndication(self, self.articles)
        self.discovery: Discovery | None = None
        self._unlisted = self.articles.unlisted()
        if not self.scope.sections:
            self.discovery = Discovery(self, self.articles, self.lists, self.syndication)

    def drawn_newspapers(self) -> list[str]:
        """Itself, where scripts draw its pages and it is not read again from an archive."""
        return [self.name] if self.needs_browser and not self.scope.is_rereading else []

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Scrapy's hook for a spider's settings: the delay that the newspaper declares."""
        super().update_settings(settings)
        settings.set("DOWNLOAD_DELAY", cls.delay, priority="spider")

    def site_at(self, place: Loopback | None) -> NewspaperSite:
        """The newspaper's site, on the network or on this machine."""
        return NewspaperSite(type(self), place.origin(self.host_name()) if place else f"https://{self.hosts[0]}")

    def profiles(self) -> dict[str, dict[str, Any]]:
        """The newspaper's own profile."""
        return {self.name: self.profile()}

    def opened(self) -> None:
        """Called when the crawl begins."""
        super().opened()
        self.crawler.signals.connect(self._dropped, signals.request_dropped)
        self.crawler.signals.connect(self._idle, signals.spider_idle)
        session, archive = self.session, self.session.imported
        if archive is None:
            self.frontier = Frontier(self.name, session, self.site)
            self.results = FetchResults(session, self.frontier, self.site)
        else:
            self.frontier = RereadingFrontier(archive, self.name, session, self.site)
            self.results = DiscardedResults(session, self.frontier, self.site)
        self.requests = Requests(self.frontier, self.failed, only_due=self.scope.only_due, drawn=self._drawn_kinds())

    def _drawn_kinds(self) -> set[RequestKind]:
        kinds: dict[DrawnPart, RequestKind] = {"sections": "section", "articles": "article"}
        return {kinds[part] for part in self.needs_browser}

    def ending(self) -> None:
        """Called when the crawl ends, while the session can still be written to."""
        if not self.scope.is_rereading:
            self.session.addresses.cover(self.lists.coverage.whole())

    def ended(self) -> None:
        """Called when the crawl has ended."""
        super().ended()
        self.frontier.close()

    @property
    def has_read_no_section(self) -> bool:
        """Whether sections were requested, and none could be read."""
        return self.lists.coverage.has_read_no_section

    # requests

    async def start(self) -> AsyncIterator[Request]:
        """Unread pages; sections, feeds and sitemaps; lists that an earlier run left; addresses that are due."""
        for request in self.unread.requests(self.articles.read_again, all_of_them=self.scope.recheck):
            yield request
        names = self._section_names()
        if self.discovery is not None:
            for request in self.discovery.first_requests(names):
                yield request
        for request in self.lists.first_requests():
            yield request
        if not self.scope.is_rereading or self.discovery is not None:
            for request in self.syndication.first_requests():
                yield request
        for request in self.lists.left(names) if self.scope.sections else ():
            yield request
        for address in self.frontier.due("picture", None) if names is None else ():
            yield self.articles.picture(address)
        site, articles = self.site, self.articles
        for number, address in enumerate(self.frontier.due("article", names, all_of_them=self.scope.recheck), 1):
            if not articles.has_room:
                break
            if site.is_own(address.url) and (left := articles.request(address.url, address.section, address)):
                yield left
            if number % _AT_A_TIME == 0:
                await self.crawler.signals.wait_for(signals.scheduler_empty)

    def _section_names(self) -> set[str] | None:
        """The names of the sections that are crawled; None: all there are, and what is in none."""
        if not self.scope.names and not self.scope.page:
            return None
        if self.scope.sections:
            return {section.name for section in self.scope.sections}
        known = self.frontier.watched().items()
        return {name for url, name in known if {name, urlsplit(url).path.strip("/")} & set(self.scope.names)}

    # callbacks

    async def read_list(self, response: Response) -> ListPage:
        """What a section's list page names; where it links to no further page, the one that `paging` declares.

        Raises:
            PageUnreadable: reading it failed.
        """
        page = await self.readers.list_page(response.body, response.url, kind_of(response), self.rules())
        first = self.lists.pages.first_page_of(SECTION.of(response.meta))
        if page.pages or not self.paging or first is None or not page.articles:
            return page
        return attrs.evolve(page, pages=[next_page(response.url, first.removeprefix(self.site.origin), self.paging)])

    async def drawn(self, response: Response, part: DrawnPart, wants_more: WantsMore | None = None) -> Response:
        """The page as its scripts drew it, where the newspaper declares that they draw such pages; a list loads more.

        Raises:
            NotDrawn: the browser, or the page in it, failed.
            Deferred: something that the page needs is not requested now.
        """
        if part not in self.needs_browser:
            return response
        hosts = {*filter(None, self.site.hosts), *self.browser_hosts}
        return await self.drawing.drawn(response, hosts, self.more_button, wants_more)

    def rules_of(self, _url: str, section: str | None) -> tuple[str | None, Rules]:
        """What an article page is read by: the section's name for a page that names none, and the rules."""
        return None if self.scope.page else section, self.rules()

    def failed(self, failure: Failure) -> None:
        """A request got no usable response: count it, list it, and enter that its address is due ever later."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error, kind, section = failure.value, KIND.of(request.meta), SECTION.of(request.meta)
        if isinstance(error, CaptureMissing):
            counted(self, "missing")
            return
        if kind == "section":
            self.lists.coverage.note_gap(section)
        if isinstance(error, Deferred):  # the address did not fail: it stays due as it was
            if isinstance(error, CrawlEnds):
                counted(self, "cut at the end")
            elif isinstance(error, HostDown):
                self.report.host_down = str(error)
            return
        self.report.trouble(kind, request.url, error)
        if kind == "section":
            self.lists.coverage.note_lost(request.meta, request.url)
        if isinstance(error, RobotsUnreachable) or not is_answered(self.crawler):
            return  # the server is down, which says nothing of the address: it stays due as it was
        status = error.response.status if isinstance(error, HttpError) else None
        self.results.failed(request, kind, section, status)
        self.lists.backfill_failed(request.meta, request.url)

    def not_read(self, response: Response, kind: str) -> None:
        """Count a response that is not read, and list it where that says anything."""
        url = asked_for(response.meta, response.url)
        if not self.site.is_own(response.url):
            counted(self, "gone")
            self.report.trouble(kind, url, Reason.ELSEWHERE.of(urlsplit(response.url).hostname))
        elif response.status == 304:
            counted(self, "not modified")
        else:
            counted(self, "gone")
            reason = (Reason.NO_LIST if kind != "article" else Reason.NO_ARTICLE_PAGE).of(response.url)
            if kind == "section" and self.site.is_list(response):
                reason = Reason.NO_TEXT.value
            self.report.trouble(kind, url, Reason.HTTP.of(response.status) if response.status != 200 else reason)

    def picture_fetched(self, url: str, response: Response | None) -> None:
        """Enter what came of requesting an article's picture, so that one that failed is requested again."""
        self.results.picture_answered(url, response)

    def is_boilerplate(self, url: str) -> bool:
        """Whether a picture is on the newspaper's own host."""
        return self.site.is_own(url)

    def _dropped(self, request: Request) -> None:
        # a redirect to an address that this run requested already reaches no callback: where it started from is done
        kind = KIND.of(request.meta)
        if kind == "article":
            self.articles.dropped(request)
        elif kind != "picture":
            self.results.list_dropped(request)

    def _idle(self) -> None:
        """Request what feeds and sitemaps named without a section, then what no list names, when all else is done."""
        later = self.syndication.later() or list(itertools.islice(self._unlisted, _AT_A_TIME))
        assert self.crawler.engine is not None
        for request in later:
            self.crawler.engine.crawl(request)
        if later:
            raise DontCloseSpider
