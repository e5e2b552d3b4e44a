"""The spider that every newspaper's declaration is: the only start() and callbacks there are; parses no page itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs
from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from archive.catalog import Address
from archive.clock import now
from archive.errors import CaptureMissing, PageUnreadable
from archive.identity import identity_of
from archive.reasons import Reason
from archive.urls import absolute
from crawler.crawl.arguments import is_on
from crawler.crawl.articles import Articles
from crawler.crawl.backfill import Bounds, SectionBackfills
from crawler.crawl.discovery import Discovery
from crawler.crawl.feeds import Syndication
from crawler.crawl.frontier.frontier import Frontier
from crawler.crawl.frontier.rereading import RereadingFrontier
from crawler.crawl.section_lists import Lists
from crawler.crawl.spider import ArchivingSpider, ReadPage
from crawler.declaration.declared import Declared
from crawler.declaration.layout import Rules, Section
from crawler.declaration.schema import refuse_faults
from crawler.extract import ListPage
from crawler.http.gate import CrawlEnds, Deferred
from crawler.http.loopback import Loopback
from crawler.politeness.backoff import HostDown
from crawler.politeness.robots import RobotsUnreachable
from crawler.request_meta import KIND, SECTION, Path, RequestKind, asked_for, meta_of
from crawler.responses import counted, is_answered, kind_of
from crawler.survey.addresses import is_of
from crawler.survey.sections import next_page

# So many addresses that are due are given to the scheduler; the others wait in the catalog, which has more room.
_AT_A_TIME = 500
# Answers that say something about an address and so reach the callbacks.
TELLING = [304, 404, 410]


class NewspaperSpider(Declared, ArchivingSpider):
    """A newspaper, declared by its class attributes.

    Arguments (`-a name=value`): collection, section (may be given as a list), page (path of a list page to crawl in
    place of the sections), limit (articles), from_archive (a WARC file to read instead of the network), loopback
    (127.0.0.1:port of a newsroom), contact, due (ask only for what is due), recheck (look at all known articles
    again), full (the sections' whole lists), since and until (days such as 2025-07-01: what lies between).
    """

    def __init__(
        self,
        *,
        section: str | list[str] | None = None,
        page: str | None = None,
        limit: str | int | None = None,
        loopback: str | None = None,
        from_archive: str | None = None,
        due: str | bool = False,
        recheck: str | bool = False,
        full: str | bool = False,
        since: str | None = None,
        until: str | None = None,
        **arguments: Any,
    ) -> None:
        """Take the arguments of one crawl.

        Raises:
            BadDeclaration: the newspaper is not declared as it must be.
            UnknownSection: the newspaper declares none of that name.
            BadDay: `since` or `until` is no day.
            NoDaysBetween: `since` lies behind `until`.
        """
        refuse_faults(type(self))
        super().__init__(**arguments)
        wanted = [section] if isinstance(section, str) else list(section or ())
        self.wanted = [name for part in wanted for name in part.split(",")]
        self.page = page
        self.chosen = (Section(page.strip("/"), page),) if page else self.sections_called(self.wanted)
        self.recheck, self.only_due = is_on(recheck), is_on(due)
        place = Loopback.from_setting(loopback)
        self.origin = self.origin_at(place)
        own = {urlsplit(self.origin).hostname or "", *self.hosts, *self.former_hosts}
        self.own_hosts = own | {f"www.{host}" for host in own} | {host.removeprefix("www.") for host in own}
        self.is_rereading = bool(from_archive)
        bounds = Bounds.read(since, until)
        fills_back = is_on(full) or bounds != Bounds()
        self.articles = Articles(self, int(limit) if limit else None)
        backfill = SectionBackfills(self, self.articles, bounds) if fills_back and not self.is_rereading else None
        self.lists = Lists(self, self.articles, backfill)
        self.syndication = Syndication(self, self.articles, bounds)
        self.discovery = None if self.chosen else Discovery(self, self.articles, self.lists, self.syndication)
        self.firsts = {absolute(section.path, self.origin) or section.path: section for section in self.chosen}

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Scrapy's way of asking a spider for settings: the pause that the newspaper declares."""
        super().update_settings(settings)
        settings.set("DOWNLOAD_DELAY", cls.delay, priority="spider")

    def origin_at(self, place: Loopback | None) -> str:
        """The origin under which the newspaper is crawled, here or on this machine."""
        return place.origin(self.name) if place else f"https://{self.hosts[0]}"

    def profiles(self) -> dict[str, dict[str, Any]]:
        """The newspaper's own profile."""
        return {self.name: self.profile()}

    def opened(self) -> None:
        """Called when the crawl begins."""
        super().opened()
        self.crawler.signals.connect(self._dropped, signals.request_dropped)
        self.crawler.signals.connect(self._idle, signals.spider_idle)
        archive = self.session.imported
        self.frontier = (
            Frontier(self.name, self.session, self.is_own, self.identity_of)
            if archive is None
            else RereadingFrontier(archive, self.name, self.session, self.is_own, self.identity_of)
        )

    def ending(self) -> None:
        """Called when the crawl ends, while the session can still be written to."""
        if not self.is_rereading:
            self.session.addresses.cover(self.lists.coverage.whole())

    def ended(self) -> None:
        """Called when the crawl has ended."""
        super().ended()
        self.frontier.close()

    # requests

    async def start(self) -> AsyncIterator[Request]:
        """What earlier runs could not read; sections, feeds and sitemaps; what an earlier run left, and what is due."""
        for request in self.requests_for_unread(self.articles.read_again, all_of_them=self.recheck):
            yield request
        names = self._wanted_sections()
        if self.discovery is not None:
            for request in self.discovery.first_requests(names):
                yield request
        for request in self.lists.first_requests():
            yield request
        if not self.is_rereading or self.discovery is not None:
            for request in self.syndication.first_requests():
                yield request
        for request in self.lists.left(names) if self.chosen else ():
            yield request
        for address in self.frontier.due("picture", None) if names is None else ():
            yield self.articles.picture(address)
        for number, address in enumerate(self.frontier.due("article", names, all_of_them=self.recheck), 1):
            if not self.articles.has_room:
                break
            if self.is_own(address.url) and (left := self.articles.request(address.url, address.section, address)):
                yield left
            if number % _AT_A_TIME == 0:
                await self.crawler.signals.wait_for(signals.scheduler_empty)

    def _wanted_sections(self) -> set[str] | None:
        """The sections that are wanted; None: all there are, and what is of none."""
        if not self.wanted and not self.page:
            return None
        if self.chosen:
            return {section.name for section in self.chosen}
        known = self.frontier.watched().items()
        return {name for url, name in known if {name, urlsplit(url).path.strip("/")} & set(self.wanted)}

    def is_wanted(self, known: Address | None) -> bool:
        """Whether a section's first page, a feed or a sitemap is asked for: always, unless only what is due is."""
        return not self.only_due or known is None or known.next_due_at <= now()

    def request(
        self,
        url: str,
        kind: RequestKind,
        callback: Any,
        section: str | None,
        known: Address | None,
        path: Path,
        priority: int,
    ) -> Request:
        """A request of a kind that frontier and metadata record know; conditional where its page is held."""
        meta = {"handle_httpstatus_list": TELLING, **meta_of(kind, path)}
        SECTION.put(meta, section)
        # what the catalog knows is asked for as it is kept there: its answer belongs to that address
        written = url if known is not None else absolute(url) or url
        request = Request(written, callback, errback=self.failed, priority=priority, meta=meta)
        if known is not None:
            self.frontier.make_conditional(request, known)
        return request

    # callbacks

    async def read_list(self, response: Response) -> ListPage:
        """What a section's list page names; where it links to no further page, the one that the paging declares.

        Raises:
            PageUnreadable: reading it broke off.
        """
        page = await self.readers.list_page(response.body, response.url, kind_of(response), self.rules())
        first = next((url for url, section in self.firsts.items() if section.name == SECTION.of(response.meta)), None)
        if page.pages or not self.paging or first is None or not page.articles:
            return page
        return attrs.evolve(page, pages=[next_page(response.url, first.removeprefix(self.origin), self.paging)])

    def reading_of(self, _url: str, section: str | None) -> tuple[str | None, Rules]:
        """What an article is read by: the section's name for a page that names none, and the rules."""
        return None if self.page else section, self.rules()

    def failed(self, failure: Failure) -> None:
        """An address that gave no page: counted, listed, and due again later, ever later while it goes on failing."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, CaptureMissing):
            counted(self, "missing")
            return
        if KIND.of(request.meta) == "section":
            self.lists.coverage.note_gap(SECTION.of(request.meta))
        if isinstance(error, Deferred):  # the address did not fail: it stays due as it was
            if isinstance(error, CrawlEnds):
                counted(self, "cut at the end")
            elif isinstance(error, HostDown):
                self.host_down = str(error)
            return
        kind = KIND.of(request.meta)
        self.trouble(kind, request.url, error)
        if kind == "section":
            self.lists.coverage.note_lost(request.meta, request.url)
        if isinstance(error, RobotsUnreachable) or not is_answered(self.crawler):
            return  # the server is down, which says nothing of the address: it stays due as it was
        status = error.response.status if isinstance(error, HttpError) else None
        self.frontier.failed(request, kind, SECTION.of(request.meta), status)
        self.lists.backfill_failed(request.meta, request.url)

    def _dropped(self, request: Request) -> None:
        # a redirect to what this run asked for already comes to no callback: the address it started from is done
        kind = KIND.of(request.meta)
        if kind == "article":
            self.articles.dropped(request)
        elif kind != "picture":
            self.frontier.list_dropped(request)

    @property
    def has_read_no_section(self) -> bool:
        """Whether sections were asked for, and not one could be read."""
        return self.lists.coverage.has_read_no_section

    def _idle(self) -> None:
        """Nothing is left but what feeds and sitemaps named without a section."""
        later = self.syndication.later()
        assert self.crawler.engine is not None
        for request in later:
            self.crawler.engine.crawl(request)
        if later:
            raise DontCloseSpider

    # small things

    def note_unread(self, response: Response, error: PageUnreadable, hints: Mapping[str, Any] | None = None) -> None:
        """Remember that a captured page could not be read; of an archive that is reread, articles only: nobody asks for
        its lists again."""
        if not self.is_rereading or KIND.of(response.meta) == "article":
            super().note_unread(response, error, hints)

    def picture_fetched(self, url: str, status: int | None, record_id: str | None) -> None:
        """A picture of an article is remembered, so that one that failed is asked for again."""
        self.frontier.picture_answered(url, status, record_id)

    def is_boilerplate(self, url: str) -> bool:
        """A picture of the newspaper's own host."""
        return self.is_own(url)

    def _wanted(self, page: ReadPage) -> list[str]:
        # an archive that is reread has them or has not
        return [] if self.is_rereading else super()._wanted(page)

    def not_read(self, response: Response, kind: str) -> None:
        """Count, and list where it says anything, a page that is not read."""
        url = asked_for(response.meta, response.url)
        if not self.is_own(response.url):
            counted(self, "gone")
            self.trouble(kind, url, Reason.ELSEWHERE.of(urlsplit(response.url).hostname))
        elif response.status == 304:
            counted(self, "not modified")
        else:
            counted(self, "gone")
            reason = (Reason.NO_LIST if kind != "article" else Reason.NO_ARTICLE_PAGE).of(response.url)
            if kind == "section" and self.is_list(response):
                reason = Reason.NO_TEXT.value
            self.trouble(kind, url, Reason.HTTP.of(response.status) if response.status != 200 else reason)

    def is_own(self, url: str) -> bool:
        """Whether an address is one of the newspaper's own hosts'."""
        return is_of(url, self.own_hosts)

    def is_list(self, response: Response) -> bool:
        """Whether an answer to a list's address is the paper's own, and no article that this led to."""
        first = asked_for(response.meta, response.url)
        return self.is_own(response.url) and (self.names_article(first) or not self.names_article(response.url))

    def names_article(self, url: str) -> bool:
        """Whether an address looks like an article's."""
        return self.article_of(urlsplit(url).path) is not None

    def identity_of(self, url: str) -> str:
        """What an address is known by, whatever session ids it bears."""
        return identity_of(self.name, url, self.article_pattern)

    def at_origin(self, url: str) -> str:
        """A feed or sitemap names the paper's own host, also where it is crawled on this machine."""
        parts = urlsplit(url)
        return url if parts.hostname not in self.hosts else self.origin + url.partition(parts.netloc)[2]

    def found_elsewhere(self, response: Response, urls: list[str]) -> Iterator[Request]:
        """The sections among what a sitemap names besides articles, where nobody declared them."""
        return self.discovery.found_elsewhere(response, urls) if self.discovery is not None else iter(())
