"""Looking for a newspaper's sections and articles where nobody declared the sections: home page, feeds, sitemaps."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from archive.errors import CaptureMissing, PageUnreadable
from crawler.extract import FeedEntry
from crawler.layout import Section
from crawler.path import FEED, KIND, LINK, PATH, SECTION, SEED, Path, behind
from crawler.responses import counted, kind_of
from crawler.restraint import KeptBack
from crawler.survey.page import PageSurvey
from crawler.survey.sections import sections_of

if TYPE_CHECKING:
    from crawler.newspaper import NewspaperSpider

NEEDS_JAVASCRIPT = "the paper shows its sections by JavaScript, which is not run: only links in its pages are followed"
# An index of sitemaps goes back for years: so many of them are read, and so many articles of them asked for, in a run.
_MOST_SITEMAPS = 12
_MOST_ARTICLES = 5000


class Discovery:
    """One crawl's search. What it finds is crawled as if it had been declared."""

    def __init__(self, spider: NewspaperSpider) -> None:
        self._spider = spider
        self._front: PageSurvey | None = None
        self._sections: tuple[Section, ...] = ()
        self._sitemaps = 0
        self._articles = 0
        self._elsewhere: list[str] = []  # what the sitemaps name besides articles

    def first_requests(self) -> Iterator[Request]:
        """The home page; what else is asked for depends on it."""
        if self._spider.needs_javascript:
            self._spider.trouble("section", f"{self._spider.origin}/", NEEDS_JAVASCRIPT)
        yield self._request(f"{self._spider.origin}/", self.parse_front, SEED, priority=20)

    def _request(self, url: str, callback: Any, path: Path, priority: int = 15) -> Request:
        meta = {KIND: "discovery", SECTION: None, PATH: path}
        return Request(url, callback, errback=self.failed, priority=priority, meta=meta)

    async def parse_front(self, response: Response) -> AsyncIterator[Request]:
        """The home page: its sections and articles; then the feeds and sitemaps."""
        spider = self._spider
        counted(spider, "pages")
        if isinstance(response, TextResponse) and spider.is_own(response.url):
            with contextlib.suppress(PageUnreadable):
                self._front = await spider.readers.survey(
                    response.body, response.url, kind_of(response), spider.rules()
                )
        if self._front is None:
            spider.trouble("section", response.request.url if response.request else response.url, "no home page")
        else:
            for request in self._crawl_sections(self._found(()), response):
                yield request
            self._miss_wanted()
            if not spider.wanted:
                named = [link.url for link in self._front.links]
                for request in self._crawl_articles(named, response):
                    yield request
        for request in self._further(SEED):
            yield request
        for request in spider.lists_left(None) if not spider.wanted else ():
            yield request
        if self._front is not None:
            with contextlib.suppress(KeptBack):
                await spider.fetch_requisites(self._front, response)

    def _miss_wanted(self) -> None:
        """Say which of the sections that were asked for the home page does not name."""
        known = {key for section in self._sections for key in (section.name, section.path.strip("/"))}
        for name in self._spider.wanted:
            if name not in known:
                slugs = ", ".join(section.path.strip("/") for section in self._sections) or "none"
                reason = f"the home page names no section {name!r}; it names {slugs}"
                self._spider.trouble("section", f"{self._spider.origin}/", reason)

    def failed(self, failure: Failure) -> Any:
        """A home page or sitemap that cannot be had: the others may say as much."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, CaptureMissing):
            counted(self._spider, "missing")
        elif not isinstance(failure.value, KeptBack) and request.callback == self.parse_front:
            self._spider.trouble("section", request.url, failure.value)
        return list(self._further(SEED)) if request.callback == self.parse_front else None

    def _further(self, path: Path) -> Iterator[Request]:
        spider = self._spider
        declared = [feed for feed in spider.feeds if "{section}" not in feed]
        feeds = [*declared, *(self._front.feeds[:5] if self._front and len(self._sections) < 3 else ())]
        for address in dict.fromkeys([*(spider.sitemaps or ("/sitemap.xml",)), *feeds]):
            url = spider.origin + address if address.startswith("/") else address
            if spider.is_own(url):
                yield self._request(url, self.parse_addresses, path)

    async def parse_addresses(self, response: Response) -> AsyncIterator[Request]:
        """A feed or a sitemap: the articles that it names, and where the home page names no section, its sections."""
        spider = self._spider
        counted(spider, "pages")
        try:
            named = await spider.readers.addresses(response.body, response.url, kind_of(response), spider.rules())
        except PageUnreadable as error:
            spider.trouble("page", response.url, error.reason)
            return
        urls = [url for url in map(self._at_origin, named.urls) if spider.is_own(url)]
        if named.is_index:
            for url in urls[: max(_MOST_SITEMAPS - self._sitemaps, 0)]:
                self._sitemaps += 1
                yield self._request(url, self.parse_addresses, behind(response, LINK))
            return
        self._elsewhere += [url for url in urls if spider.article_of(urlsplit(url).path) is None][:200]
        for request in self._crawl_sections(self._found(self._elsewhere), response):
            yield request
        if not spider.wanted:
            entries = {self._at_origin(url): entry for url, entry in named.entries.items()}
            for request in self._crawl_articles(urls, response, entries):
                yield request

    def _at_origin(self, url: str) -> str:
        """A sitemap names the paper's own host, also where it is crawled on this machine."""
        parts = urlsplit(url)
        return url if parts.hostname not in self._spider.hosts else self._spider.origin + url.partition(parts.netloc)[2]

    def _found(self, elsewhere: Sequence[str]) -> tuple[Section, ...]:
        spider = self._spider
        front = self._front or PageSurvey(
            url=f"{spider.origin}/", links=(), feeds=(), head_title=None, site_name=None, requisites=[], furniture=[]
        )
        return sections_of(front, spider.own_hosts, spider.article_pattern, elsewhere)

    def _crawl_sections(self, found: Sequence[Section], response: Response) -> Iterator[Request]:
        spider = self._spider
        known = {section.path for section in self._sections}
        new = [section for section in found if section.path not in known]
        self._sections += tuple(new)
        if spider.wanted:
            new = [section for section in new if {section.name, section.path.strip("/")} & set(spider.wanted)]
        spider.firsts |= {spider.origin + section.path: section for section in new}
        urls = [spider.origin + section.path for section in new]
        addresses = spider.frontier.known(urls)
        for url, section in zip(urls, new, strict=True):
            if url not in spider.lists.asked:
                yield spider.list_request(url, section.name, addresses.get(url), behind(response, LINK))

    def _crawl_articles(
        self, urls: Sequence[str], response: Response, entries: Mapping[str, FeedEntry] = MappingProxyType({})
    ) -> Iterator[Request]:
        spider = self._spider
        own = [url for url in urls if spider.is_own(url) and spider.article_of(urlsplit(url).path) is not None]
        known = spider.frontier.known(own)
        unknown = [url for url in dict.fromkeys(own) if url not in known]
        spider.frontier.see("article", unknown, None)
        for url in unknown[: max(_MOST_ARTICLES - self._articles, 0)]:
            self._articles += 1
            if request := spider.article_request(url, None, None, behind(response, LINK)):
                request.meta[FEED] = entries.get(url)
                yield request
