"""Archives single pages by their addresses, and reads those that are articles."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import HtmlResponse, Response
from twisted.python.failure import Failure

from archive.article import Article
from archive.errors import BadAddress, PageUnreadable
from archive.reasons import Reason
from archive.urls import absolute
from crawler.browser.outcome import NotDrawn
from crawler.crawl.articles import with_further_pages
from crawler.crawl.directory import Directory, host_of, own_hosts
from crawler.crawl.drawing import WantsMore
from crawler.crawl.newspaper import NewspaperSpider
from crawler.crawl.spider import ArchivingSpider
from crawler.declaration.declared import DrawnPart
from crawler.http.gate import Deferred
from crawler.request_meta import CAPTURED_AT, RECORD_ID, SEED, asked_for, meta_of
from crawler.responses import counted, kind_of

# Responses of any status are archived; redirects are followed.
_ANSWERS = list(range(400, 600))


def web_addresses(urls: list[str]) -> list[str]:
    """The addresses as they are requested.

    Raises:
        BadAddress: one of them is no web address.
    """
    found = []
    for url in urls:
        written = absolute(url)
        if written is None:
            raise BadAddress(url)
        found.append(written)
    return found


class SinglePages(ArchivingSpider):
    """`baotinh capture`: pages of declared newspapers are read by their layouts, others by the generic one."""

    name = "capture"
    title = "capture"

    def __init__(self, *, urls: list[str], known: dict[str, type[NewspaperSpider]], **arguments: Any) -> None:
        """Take the addresses, and the declared newspapers by whose layouts their pages may be read."""
        super().__init__(**arguments)
        self._urls = urls
        self._hosts = {urlsplit(url).hostname for url in urls}
        self._directory = Directory.of(known.values())

    def drawn_newspapers(self) -> list[str]:
        """The newspapers among those of the addresses whose pages scripts draw."""
        owners = (self._directory.owner(url) for url in self._urls)
        return [owner.name for owner in owners if owner is not None and owner.needs_browser]

    def profiles(self) -> dict[str, dict[str, Any]]:
        """The profiles of the newspapers whose pages are requested; of an unknown one only its host is known."""
        profiles: dict[str, dict[str, Any]] = {}
        for url in self._urls:
            spider, host = self._directory.owner(url), host_of(url)
            profiles[spider.name if spider else host] = spider.profile() if spider else {"title": host, "hosts": [host]}
        return profiles

    async def start(self) -> AsyncIterator[Request]:
        """Requests for the pages that earlier runs could not read, then one for each address."""
        for request in self.unread.requests(self.parse):
            yield request
        for url in self._urls:
            meta = {"handle_httpstatus_list": _ANSWERS, **meta_of("page", SEED)}
            yield Request(url, self.parse, errback=self.failed, dont_filter=True, meta=meta)

    async def parse(self, response: Response) -> AsyncIterator[Article]:
        """Read the page, which is archived already: gives its article if it has one."""
        counted(self, "pages")
        if response.status != 200:
            first = asked_for(response.meta, response.url)
            self.report.trouble("page", first, Reason.HTTP.of(response.status))
            return
        if not isinstance(response, HtmlResponse):
            return
        rules = self._directory.rules(response.url)
        try:
            response = await self.drawn(response, "articles" if self._names_article(response.url) else "sections")
            page = await self.readers.article_page(
                response.body, response.url, kind_of(response), CAPTURED_AT.of(response.meta), None, rules
            )
            whole = page.article and await with_further_pages(self, page.article, response, None, rules)
        except PageUnreadable as error:
            self.unread.note(response, error)
            return
        except NotDrawn as error:
            self.report.trouble("page", response.url, error)
            return
        except Deferred:
            return
        with contextlib.suppress(Deferred):
            if whole is not None:
                article = await self.requisites.with_captures(whole, page, response)
                self.report.doubts(article)
                yield article
                return
            self.session.addresses.forget_unread(RECORD_ID.of(response.meta))
            if self._names_article(response.url):
                self.session.reject(response.url, RECORD_ID.of(response.meta), page.missing)
            await self.requisites.fetch_for(page, response)

    async def drawn(self, response: Response, part: DrawnPart, wants_more: WantsMore | None = None) -> Response:
        """The page as its scripts drew it, where its newspaper declares that they draw such pages.

        Raises:
            NotDrawn: the browser, or the page in it, failed.
            Deferred: something that the page needs is not requested now.
        """
        spider = self._directory.owner(response.url)
        if spider is None or part not in spider.needs_browser:
            return response
        return await self.drawing.drawn(response, {*own_hosts(spider), *spider.browser_hosts}, None, wants_more)

    def failed(self, failure: Failure) -> None:
        """Report an address that gave no page."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self.report.trouble("page", asked_for(request.meta, request.url), failure.value)

    def is_boilerplate(self, url: str) -> bool:
        """Whether a picture is on a host whose pages were requested."""
        return urlsplit(url).hostname in self._hosts

    def _names_article(self, url: str) -> bool:
        spider = self._directory.owner(url)
        return spider is not None and spider.article_of(url) is not None
