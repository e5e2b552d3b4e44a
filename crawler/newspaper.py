"""The spider that every newspaper's declaration is: the only start() and callbacks there are; parses no page itself."""

from __future__ import annotations

import contextlib
import functools
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from archive.article import Article
from archive.catalog import Address
from archive.errors import CaptureMissing, NotAnArticle, PageUnreadable, UnknownSection
from crawler.capture import CAPTURED_AT, RECORD_ID, CrawlEnds
from crawler.extract import ArticlePage, ListPage, Rules
from crawler.frontier import ForgetfulFrontier, Frontier
from crawler.layout import Layout, Section
from crawler.loopback import Loopback
from crawler.path import KIND, LINK, PATH, SECTION, SEED, Path, behind
from crawler.responses import counted, kind_of
from crawler.spider import ArchivingSpider

UNKNOWN = Path()
# So many addresses that are due are given to the scheduler; the others wait in the catalog, which has more room.
_AT_A_TIME = 500
# No paper's own address is as long; a page that hides one in each link would fill the frontier.
_LONGEST_ADDRESS = 2083
# Answers that say something about an address and so reach the callbacks.
_TELLING = [304, 404, 410]


class NewspaperSpider(ArchivingSpider):
    """A newspaper, declared by its class attributes.

    Arguments (`-a name=value`): collection, section (may be given as a list), limit (articles), from_archive (a WARC
    file to read instead of the network), loopback (127.0.0.1:port of a newsroom), contact, recheck (look at all known
    articles again).
    """

    title: ClassVar[str]
    province: ClassVar[str]
    provinces_before: ClassVar[tuple[str, ...]] = ()
    hosts: ClassVar[tuple[str, ...]]
    former_hosts: ClassVar[tuple[str, ...]] = ()
    time_zone: ClassVar[str] = "Asia/Ho_Chi_Minh"
    sections: ClassVar[tuple[Section, ...]] = ()
    article_pattern: ClassVar[str]
    section_pages: ClassVar[str]
    layouts: ClassVar[tuple[Layout, ...]]
    unproved: ClassVar[bool] = False

    def __init__(
        self,
        *,
        section: str | list[str] | None = None,
        limit: str | int | None = None,
        loopback: str | None = None,
        from_archive: str | None = None,
        recheck: str | bool = False,
        **arguments: Any,
    ) -> None:
        """Take the arguments of one crawl.

        Raises:
            UnknownSection: the newspaper declares none of that name.
        """
        super().__init__(**arguments)
        wanted = [section] if isinstance(section, str) else list(section or ())
        self.chosen = self._choose_sections([name for part in wanted for name in part.split(",")])
        self.limit = int(limit) if limit else None
        self.asked = 0
        self.recheck = bool(recheck) and str(recheck) not in ("0", "False")
        place = Loopback.from_setting(loopback)
        self.origin = place.origin(self.name) if place else f"https://{self.hosts[0]}"
        self.own_hosts = {urlsplit(self.origin).hostname, *self.hosts, *self.former_hosts}
        self.is_rereading = bool(from_archive)
        self._lists: Counter[str | None] = Counter()
        self._asked_lists: set[str] = set()

    @classmethod
    def card(cls) -> dict[str, Any]:
        """What the catalog keeps of the newspaper."""
        return {
            "title": cls.title,
            "province": cls.province,
            "provinces_before": list(cls.provinces_before),
            "hosts": list(cls.hosts),
            "former_hosts": list(cls.former_hosts),
            "time_zone": cls.time_zone,
            "sections": [{"name": section.name, "path": section.path} for section in cls.sections],
            "unproved": cls.unproved,
        }

    def cards(self) -> dict[str, dict[str, Any]]:
        """The newspaper's own card."""
        return {self.name: self.card()}

    @classmethod
    def article_of(cls, path: str) -> str | None:
        """The paper's own id of the article at an address's path, or None where none stands there."""
        found = re.search(cls.article_pattern, path)
        return found["id"] if found else None

    @classmethod
    @functools.cache
    def rules(cls) -> Rules:
        """What its pages are read by."""
        return Rules(
            newspaper=cls.name,
            layouts=cls.layouts,
            sections=tuple(section.name for section in cls.sections),
            time_zone=cls.time_zone,
            article_pattern=cls.article_pattern,
            section_pages=cls.section_pages,
        )

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

    def _choose_sections(self, wanted: list[str]) -> tuple[Section, ...]:
        by_name = {key: section for section in self.sections for key in (section.name, section.path.strip("/"))}
        for name in wanted:
            if name not in by_name:
                raise UnknownSection(self.name, name, [section.path.strip("/") for section in self.sections])
        return tuple(by_name[name] for name in wanted) or self.sections

    # requests

    async def start(self) -> AsyncIterator[Request]:
        """The sections' first pages, then what an earlier run left and what is due for another look."""
        names = {section.name for section in self.chosen}
        known = self.frontier.known(self.firsts)
        for url, section in self.firsts.items():
            yield self._list_request(url, section.name, known.get(url), SEED)
        for address in self.frontier.due("section", names):
            if address.url not in self.firsts and self._is_own(address.url):
                yield self._list_request(address.url, address.section, address)
        for number, address in enumerate(self.frontier.due("article", names, all_of_them=self.recheck), 1):
            if self._is_own(address.url) and (request := self._article_request(address.url, address.section, address)):
                yield request
            if number % _AT_A_TIME == 0:
                await self.crawler.signals.wait_for(signals.scheduler_empty)

    @functools.cached_property
    def firsts(self) -> dict[str, Section]:
        """The first list page of each chosen section, by its address."""
        return {self.origin + section.path: section for section in self.chosen}

    def _list_request(self, url: str, section: str | None, known: Address | None, path: Path = UNKNOWN) -> Request:
        # a section's first page goes first, the pages behind it last: the articles that one names are fetched before
        # the next is asked for, and not all of a paper's addresses wait in memory
        priority = 10 if url in self.firsts else -10
        self._asked_lists.add(url)
        return self._request(url, "section", self.parse_list, section, known, path, priority)

    def _article_request(
        self, url: str, section: str | None, known: Address | None, path: Path = UNKNOWN
    ) -> Request | None:
        if self.limit is not None and self.asked >= self.limit:
            return None
        self.asked += 1
        return self._request(url, "article", self.parse_article, section, known, path, priority=0)

    def _request(
        self, url: str, kind: str, callback: Any, section: str | None, known: Address | None, path: Path, priority: int
    ) -> Request:
        meta = {"handle_httpstatus_list": _TELLING, SECTION: section, KIND: kind, PATH: path}
        request = Request(url, callback, errback=self.failed, priority=priority, meta=meta)
        if known is not None:
            self.frontier.make_conditional(request, known)
        return request

    # callbacks

    async def parse_list(self, response: Response) -> AsyncIterator[Request]:
        """A section's list page: the articles it names, and the pages behind it where this one shows anything new."""
        counted(self, "pages")
        section = response.meta[SECTION]
        if response.status != 200 or not isinstance(response, TextResponse) or not self._is_own(response.url):
            self._not_read(response, "section")
            self.frontier.list_answered(response, section, response.url in self.firsts)
            return
        try:
            page = await self.readers.list_page(response.body, response.url, kind_of(response), self.rules())
        except PageUnreadable as error:
            self.trouble("section", response.url, error.reason)
            self.frontier.list_answered(response, section, response.url in self.firsts)
            return
        articles = [url for url in page.articles if self._is_own(url)]
        pages = [url for url in page.pages if self._is_own(url)]
        if not articles:
            self.trouble("section", response.url, "names no article")
        known = self.frontier.known(articles + pages)
        unknown = [url for url in articles if url not in known]
        unread = self._behind(pages, known) if unknown else []
        self.frontier.see("article", articles, section)
        self.frontier.see("section", unread, section, again=True)
        self.frontier.list_answered(response, section, response.url in self.firsts)
        for url in unknown:
            if request := self._article_request(url, section, None, behind(response, LINK)):
                yield request
        for url in unread:
            if self._has_room_for_list(section, url):
                yield self._list_request(url, section, None, behind(response, LINK))
        with contextlib.suppress(CrawlEnds):
            await self.fetch_requisites(page, response)

    async def parse_article(self, response: Response) -> AsyncIterator[Article]:
        """An article page: the article with its pictures, or its place in the report."""
        counted(self, "pages")
        section = response.meta[SECTION]
        if response.status != 200 or not self._is_own(response.url):
            self._not_read(response, "article")
            self.frontier.article_answered(response, section, is_done=True)
            return
        self.frontier.article_answered(response, section)
        try:
            page = await self.readers.article_page(
                response.body, response.url, kind_of(response), response.meta[CAPTURED_AT], section, self.rules()
            )
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
        except CrawlEnds:  # not released, it stays due: the next run brings it with its pictures
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
        if isinstance(error, CrawlEnds):  # the address did not fail: it stays due as it was
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
        return self._is_own(url)

    def _wanted(self, page: ArticlePage | ListPage) -> list[str]:
        # an archive that is reread has them or has not
        return [] if self.is_rereading else super()._wanted(page)

    def _not_read(self, response: Response, kind: str) -> None:
        """Count, and list where it says anything, a page that is not read."""
        url = response.meta.get("redirect_urls", [response.url])[0]
        if not self._is_own(response.url):
            counted(self, "gone")
            self.trouble(kind, url, f"leads to {urlsplit(response.url).hostname}")
        elif response.status == 304:
            counted(self, "not modified")
        else:
            counted(self, "gone")
            self.trouble(kind, url, f"HTTP {response.status}" if response.status != 200 else "is no page of text")

    def _behind(self, pages: list[str], known: Mapping[str, Address]) -> list[str]:
        """The list pages to read behind one that shows something new: those never read, and the first of the others.

        Where that one shows something new as well, it leads on to the next: what was read once holds other articles
        when a paper has printed more than a page of them.
        """
        left = [url for url in pages if url not in self._asked_lists]
        unread = [url for url in left if url not in known or known[url].fetched_at is None]
        read = [url for url in left if url not in unread]
        return read[:1] + unread

    def _has_room_for_list(self, section: str | None, url: str) -> bool:
        if self.limit is not None and self.asked >= self.limit:
            return False
        self._lists[section] += 1
        most = self.settings.getint("BAOTINH_LIST_PAGES")
        if self._lists[section] == most + 1:
            self.trouble("section", url, f"more than {most} list pages; the rest is for the next run")
        return self._lists[section] <= most

    def _is_own(self, url: str) -> bool:
        if len(url) > _LONGEST_ADDRESS:
            return False
        try:
            parts = urlsplit(url)
            return parts.hostname in self.own_hosts and (parts.port is None or parts.port > 0)
        except ValueError:  # such as a port beyond 65535
            return False
