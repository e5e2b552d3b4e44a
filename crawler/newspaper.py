"""The spider that every newspaper's declaration is: the only start() and callbacks there are; parses no page itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

import attrs
import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from archive.article import Article, CaptureRef
from archive.catalog import Address
from archive.errors import CaptureMissing, NotAnArticle, UnknownSection
from archive.session import session_of
from crawler import modes
from crawler.capture import CAPTURED_AT, RECORD_ID, VIA
from crawler.extract import extract, links, requisites
from crawler.frontier import ForgetfulFrontier, Frontier
from crawler.layout import Layout, Section
from crawler.loopback import Loopback
from crawler.requisites import Requisites
from crawler.responses import counted, headers_of

# Answers that say something about an address and so reach the callbacks.
_TELLING = [304, 404, 410]


class NewspaperSpider(scrapy.Spider):
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
        self._article_path = re.compile(self.article_pattern)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way of making it; also brings the arguments into the settings."""
        modes.configure(crawler.settings, **{name: kwargs.get(name) for name in modes.ARGUMENTS})
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._opened, signals.spider_opened)
        crawler.signals.connect(spider._closed, signals.spider_closed)
        return spider

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

    def _opened(self) -> None:
        self.session = session_of(self.crawler)
        remember = ForgetfulFrontier if self.is_rereading else Frontier
        self.frontier = remember(self.name, self.session)
        self.requisites = Requisites(self, self.session)

    def _closed(self) -> None:
        self.requisites.close()
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
            yield self._list_request(url, section.name, known.get(url))
        for address in self.frontier.due("section", names):
            if address.url not in self.firsts:
                yield self._list_request(address.url, address.section, address)
        for address in self.frontier.due("article", names, all_of_them=self.recheck):
            if request := self._article_request(address.url, address.section, address):
                yield request

    @property
    def firsts(self) -> dict[str, Section]:
        """The first list page of each chosen section, by its address."""
        return {self.origin + section.path: section for section in self.chosen}

    def _list_request(self, url: str, section: str | None, known: Address | None, via: str | None = None) -> Request:
        return self._request(url, self.parse_list, section, known, via, priority=10)

    def _article_request(
        self, url: str, section: str | None, known: Address | None, via: str | None = None
    ) -> Request | None:
        if self.limit is not None and self.asked >= self.limit:
            return None
        self.asked += 1
        return self._request(url, self.parse_article, section, known, via, priority=0)

    def _request(
        self, url: str, callback: Any, section: str | None, known: Address | None, via: str | None, priority: int
    ) -> Request:
        meta = {"handle_httpstatus_list": _TELLING, "section": section, VIA: via}
        request = Request(url, callback, errback=self.failed, priority=priority, meta=meta)
        if known is not None:
            self.frontier.make_conditional(request, known)
        return request

    # callbacks

    async def parse_list(self, response: Response) -> AsyncIterator[Request]:
        """A section's list page: the articles it names, and the pages behind it where this one shows anything new."""
        counted(self, "pages")
        section = response.meta["section"]
        if response.status != 200 or not isinstance(response, TextResponse):
            self.frontier.list_answered(response, section, response.url in self.firsts)
            self._count_status(response.status)
            return
        headers = headers_of(response)
        articles = [url for url in links(response.body, response.url, headers, self._article_path) if self._is_own(url)]
        pages = [url for url in self._page_links(response) if self._is_own(url)]
        known = self.frontier.known(articles + pages)
        unknown = [url for url in articles if url not in known]
        unread = [url for url in pages if url not in known or known[url].fetched_at is None] if unknown else []
        self.frontier.see("article", articles, section)
        self.frontier.see("section", unread, section)
        self.frontier.list_answered(response, section, response.url in self.firsts)
        for url in unknown:
            if request := self._article_request(url, section, None, via=response.url):
                yield request
        if self.limit is None or self.asked < self.limit:
            for url in unread:
                yield self._list_request(url, section, None, via=response.url)
        await self._fetch_requisites(response)

    async def parse_article(self, response: Response) -> AsyncIterator[Article]:
        """An article page: the article with its pictures, or its place in the report."""
        counted(self, "pages")
        section = response.meta["section"]
        self.frontier.article_answered(response, section)
        if response.status != 200:
            self._count_status(response.status)
            return
        try:
            article = await asyncio.to_thread(self.read, response)
        except NotAnArticle as error:
            self.session.reject(response.url, response.meta[RECORD_ID], error.missing)
            self.frontier.article_answered(response, section, is_done=True)
            self.logger.warning("%s", error)
            return
        images, _ = await asyncio.gather(
            self.requisites.pictures(article.images, response.url), self._fetch_requisites(response)
        )
        yield attrs.evolve(article, images=images)

    def read(self, response: Response) -> Article:
        """The article on a page.

        Raises:
            NotAnArticle: a required field cannot be read.
        """
        article = extract(
            response.body,
            response.url,
            headers_of(response),
            response.meta[CAPTURED_AT],
            self.layouts,
            newspaper=self.name,
            article_id=self.article_of(urlsplit(response.url).path),
            section=response.meta.get("section"),
            sections=[section.name for section in self.sections],
            time_zone=self.time_zone,
        )
        return attrs.evolve(article, capture=CaptureRef(record_id=response.meta[RECORD_ID]))

    def failed(self, failure: Failure) -> None:
        """An address that gave no page: counted, and due again later."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, CaptureMissing):
            counted(self, "missing")
            return
        if isinstance(error, IgnoreRequest) and not isinstance(error, HttpError):
            counted(self, "forbidden by robots.txt")
            return
        counted(self, "errors")
        self.last_failure = str(error) or type(error).__name__
        self.logger.warning("No page from %s: %s", request.url, self.last_failure)
        status = error.response.status if isinstance(error, HttpError) else None
        kind = "section" if request.callback == self.parse_list else "article"
        self.frontier.failed(request.url, kind, request.meta["section"], status)

    # small things

    def _page_links(self, response: TextResponse) -> Iterator[str]:
        for anchor in response.css(self.section_pages):
            if (href := anchor.attrib.get("href", "")) and not href.startswith(("javascript:", "#")):
                yield response.urljoin(href)

    async def _fetch_requisites(self, response: Response) -> None:
        if not self.is_rereading:
            await self.requisites.fetch_all(requisites(response.body, response.url, headers_of(response)), response.url)

    def _is_own(self, url: str) -> bool:
        return urlsplit(url).hostname in self.own_hosts

    def _count_status(self, status: int) -> None:
        if status != 200:
            counted(self, "not modified" if status == 304 else "gone")
