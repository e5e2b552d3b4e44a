"""Archiving single pages by their addresses, and reading those that are articles; follows no link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Self
from urllib.parse import urlsplit

import attrs
import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.article import Article, CaptureRef
from archive.errors import BadAddress, NotAnArticle
from archive.session import session_of
from crawler import modes
from crawler.capture import CAPTURED_AT, RECORD_ID
from crawler.extract import extract, requisites
from crawler.newspaper import NewspaperSpider
from crawler.requisites import Requisites
from crawler.responses import counted, headers_of

# Whatever the server says is archived; redirects are followed.
_ANSWERS = list(range(400, 600))


def check_addresses(urls: list[str]) -> None:
    """Refuse what is no web address.

    Raises:
        BadAddress: one of them is none.
    """
    for url in urls:
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise BadAddress(url) from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadAddress(url)


class SinglePages(scrapy.Spider):
    """`baotinh capture`: pages of declared newspapers are read by their layouts, others by the generic one."""

    name = "capture"
    title = "capture"

    def __init__(self, *, urls: list[str], known: dict[str, type[NewspaperSpider]], **arguments: Any) -> None:
        """Take the addresses, and the newspapers whose pages they may be."""
        super().__init__(**arguments)
        self._urls = urls
        self._by_host = {host: spider for spider in known.values() for host in (*spider.hosts, *spider.former_hosts)}
        self._by_host |= {f"{spider.name}.test": spider for spider in known.values()}

    def cards(self) -> dict[str, dict[str, Any]]:
        """The cards of the newspapers whose pages are asked for; of an unknown one only its host is known."""
        cards: dict[str, dict[str, Any]] = {}
        for host in (urlsplit(url).hostname or "" for url in self._urls):
            spider = self._by_host.get(host)
            cards[spider.name if spider else host] = spider.card() if spider else {"title": host, "hosts": [host]}
        return cards

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way of making it; also brings the arguments into the settings."""
        modes.configure(crawler.settings, **{name: kwargs.pop(name, None) for name in modes.ARGUMENTS})
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._opened, signals.spider_opened)
        return spider

    def _opened(self) -> None:
        self.session = session_of(self.crawler)
        self.requisites = Requisites(self, self.session)

    async def start(self) -> AsyncIterator[Request]:
        """One request an address."""
        for url in self._urls:
            yield Request(
                url, self.parse, errback=self.failed, dont_filter=True, meta={"handle_httpstatus_list": _ANSWERS}
            )

    async def parse(self, response: Response) -> AsyncIterator[Article]:
        """The article on the page where there is one; whatever else it is, it is archived already."""
        counted(self, "pages")
        if response.status != 200 or b"html" not in (response.headers.get("Content-Type") or b""):
            return
        styles = self.requisites.fetch_all(requisites(response.body, response.url, headers_of(response)), response.url)
        try:
            article = await asyncio.to_thread(self.read, response)
        except NotAnArticle as error:
            await styles
            self.session.reject(response.url, response.meta.get(RECORD_ID), error.missing)
            return
        images, _ = await asyncio.gather(self.requisites.pictures(article.images, response.url), styles)
        yield attrs.evolve(article, images=images)

    def read(self, response: Response) -> Article:
        """The article on a page.

        Raises:
            NotAnArticle: a required field cannot be read.
        """
        parts = urlsplit(response.url)
        host = parts.hostname or ""
        spider = self._by_host.get(host)
        own = spider.article_of(parts.path) if spider else None
        article = extract(
            response.body,
            response.url,
            headers_of(response),
            response.meta[CAPTURED_AT],
            spider.layouts if spider else (),
            newspaper=spider.name if spider else host,
            article_id=own,
        )
        return attrs.evolve(article, capture=CaptureRef(record_id=response.meta[RECORD_ID]))

    def failed(self, failure: Failure) -> None:
        """An address that gave no page."""
        counted(self, "errors")
        self.last_failure = str(failure.value) or type(failure.value).__name__
        self.logger.warning("No page from %s: %s", failure.request.url, self.last_failure)  # type: ignore[attr-defined]
