"""Finds the sections of a newspaper that declares none: on its home page, else in its sitemaps and feeds."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import attrs
from scrapy import Request
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from archive.catalog.addresses import Listed
from archive.errors import CaptureMissing, PageUnreadable
from archive.reasons import Reason
from crawler.browser.outcome import NotDrawn
from crawler.crawl.articles import Articles
from crawler.crawl.feeds import Syndication
from crawler.crawl.lists.section_lists import Lists
from crawler.crawl.newspaper_crawl import NewspaperCrawl
from crawler.crawl.report import failed_with
from crawler.declaration.layout import Section
from crawler.http.gate import Deferred
from crawler.politeness.redirects import unconditional
from crawler.request_meta import FIRST, LINK, SEED, behind
from crawler.responses import counted, kind_of
from crawler.survey.page import PageSurvey
from crawler.survey.sections import sections_of


class Discovery:
    """The search of one crawl. The sections it finds are crawled like declared ones."""

    def __init__(self, spider: NewspaperCrawl, articles: Articles, lists: Lists, syndication: Syndication) -> None:
        self._spider, self._articles, self._lists, self._syndication = spider, articles, lists, syndication
        syndication.sections_among = self.sections_among
        self._front: PageSurvey | None = None
        self._sections: tuple[Section, ...] = ()
        self._names: set[str] | None = None

    def first_requests(self, names: set[str] | None) -> Iterator[Request]:
        """A request for the home page, on which all others depend; if it is not due, for the sections found before."""
        spider = self._spider
        self._names = names
        front = spider.site.home
        known = spider.frontier.known([front]).get(front)
        if not spider.requests.is_wanted(known):
            yield from self._known_sections()
            return
        request = unconditional(spider.requests.make(front, "section", self.parse_front, None, known, SEED, 20))
        request.errback = self.failed
        FIRST.put(request.meta, True)
        yield request

    async def parse_front(self, response: Response) -> AsyncIterator[Request]:
        """Read the home page: requests for its sections and articles, then for feeds and sitemaps."""
        spider = self._spider
        counted(spider, "pages")
        broken: PageUnreadable | None = None
        if response.status == 200 and isinstance(response, TextResponse) and spider.site.is_own(response.url):
            try:
                drawn = await spider.drawn(response, "sections")
                self._front = await spider.readers.survey(
                    drawn.body, drawn.url, kind_of(drawn), spider.site.declared.rules()
                )
            except (NotDrawn, Deferred) as error:
                for request in self.failed(failed_with(error, response)):
                    yield request
                return
            except PageUnreadable as error:
                broken = error
                spider.unread.note(response, error)
        if self._front is None:
            url = response.request.url if response.request else response.url
            reason = Reason.NO_HOME_PAGE.value if response.status == 200 else Reason.HTTP.of(response.status)
            spider.report.trouble("section", url, broken.stored_reason if broken else reason)
            is_broken = broken is not None
            spider.results.list_answered(response, self._said(), is_unread=not is_broken, is_broken=is_broken)
            for request in self._known_sections():
                yield request
        else:
            for request in self._crawl_sections(self._found(()), response):
                yield request
            self._miss_wanted()
            if not spider.scope.names:
                for request in self._named_by(self._front, response):
                    yield request
        for request in self._further():
            yield request
        if self._front is not None:
            for request in self._lists.left(self._names):
                yield request
            with contextlib.suppress(Deferred):
                await spider.requisites.fetch_for(self._front, response)

    def _known_sections(self) -> Iterator[Request]:
        yield from self._lists.watched(self._names)
        yield from self._lists.left(self._names)

    def _named_by(self, front: PageSurvey, response: Response) -> Iterator[Request]:
        spider = self._spider
        own = [link.url for link in front.links if spider.site.is_own(link.url) and spider.site.names_article(link.url)]
        articles = list(dict.fromkeys(spider.frontier.known_as(own).values()))
        known = spider.frontier.known(articles)
        is_changed = any(url not in known for url in articles)
        spider.results.list_answered(
            response, attrs.evolve(self._said(), articles=tuple(articles)), is_changed=is_changed
        )
        yield from self._articles.unknown(articles, known, None, behind(response, LINK))

    def _said(self) -> Listed:
        """What the home page names: nothing yet."""
        return Listed(source_kind="front", source=self._spider.site.home)

    def _miss_wanted(self) -> None:
        """Report which of the wanted sections the home page does not name."""
        known = {key for section in self._sections for key in (section.name, section.path.strip("/"))}
        for name in self._spider.scope.names:
            if name not in known:
                slugs = ", ".join(section.path.strip("/") for section in self._sections) or "none"
                reason = Reason.NO_SUCH_SECTION.of(f"{name!r}; it names {slugs}")
                self._spider.report.trouble("section", self._spider.site.home, reason)

    def failed(self, failure: Failure) -> Any:
        """Continue with sitemaps and known sections if the home page cannot be fetched."""
        if isinstance(failure.value, CaptureMissing):
            counted(self._spider, "missing")
        elif not isinstance(failure.value, Deferred):
            self._spider.failed(failure)
            return [*self._known_sections(), *self._further()]
        return list(self._further())

    def _further(self) -> Iterator[Request]:
        """The usual sitemap where none is declared, and the feeds of a home page with too few sections."""
        spider = self._spider
        if not spider.site.declared.sitemaps:
            yield from self._syndication.requests("sitemap", [("/sitemap.xml", None)])
        if self._front is not None and len(self._sections) < 3:
            yield from self._syndication.requests("feed", [(url, None) for url in self._front.feeds[:5]])

    def sections_among(self, response: Response, urls: Sequence[str]) -> Iterator[Request]:
        """Requests for the sections among the addresses that sitemaps and feeds name."""
        yield from self._crawl_sections(self._found(urls), response)

    def _found(self, elsewhere: Sequence[str]) -> tuple[Section, ...]:
        spider = self._spider
        front = self._front or PageSurvey(
            url=spider.site.home,
            links=(),
            feeds=(),
            head_title=None,
            site_name=None,
            requisites=[],
            boilerplate=[],
        )
        found = sections_of(front, spider.site.hosts, spider.site.declared.article_pattern, elsewhere)
        return tuple(section for section in found if spider.site.declared.has_path(section.path))

    def _crawl_sections(self, found: Sequence[Section], response: Response) -> Iterator[Request]:
        spider = self._spider
        known = {section.path for section in self._sections}
        new = [section for section in found if section.path not in known]
        self._sections += tuple(new)
        if spider.scope.names:
            new = [section for section in new if {section.name, section.path.strip("/")} & set(spider.scope.names)]
        self._lists.pages.firsts |= {spider.site.origin + section.path: section for section in new}
        urls = [spider.site.origin + section.path for section in new]
        addresses = spider.frontier.known(urls)
        for url, section in zip(urls, new, strict=True):
            if url not in self._lists.pages.asked:
                yield from self._lists.first_of(section, url, addresses.get(url), behind(response, LINK))
