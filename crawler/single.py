"""Archiving single pages by their addresses, and reading those that are articles; follows no link."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import attrs
from scrapy import Request
from scrapy.http import HtmlResponse, Response
from twisted.python.failure import Failure

from archive.article import Article, CaptureRef
from archive.errors import BadAddress, NotAnArticle
from crawler.capture import CAPTURED_AT, RECORD_ID
from crawler.extract import extract, furniture
from crawler.loopback import SUFFIX
from crawler.newspaper import NewspaperSpider
from crawler.responses import counted, headers_of
from crawler.spider import ArchivingSpider

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


class SinglePages(ArchivingSpider):
    """`baotinh capture`: pages of declared newspapers are read by their layouts, others by the generic one."""

    name = "capture"
    title = "capture"

    def __init__(self, *, urls: list[str], known: dict[str, type[NewspaperSpider]], **arguments: Any) -> None:
        """Take the addresses, and the newspapers whose pages they may be."""
        super().__init__(**arguments)
        self._urls = urls
        self._by_host = {host: spider for spider in known.values() for host in (*spider.hosts, *spider.former_hosts)}
        self._by_host |= {f"{spider.name}{SUFFIX}": spider for spider in known.values()}

    def cards(self) -> dict[str, dict[str, Any]]:
        """The cards of the newspapers whose pages are asked for; of an unknown one only its host is known."""
        cards: dict[str, dict[str, Any]] = {}
        for host in (urlsplit(url).hostname or "" for url in self._urls):
            spider = self._by_host.get(host)
            cards[spider.name if spider else host] = spider.card() if spider else {"title": host, "hosts": [host]}
        return cards

    async def start(self) -> AsyncIterator[Request]:
        """One request an address."""
        for url in self._urls:
            meta = {"handle_httpstatus_list": _ANSWERS}
            yield Request(url, self.parse, errback=self.failed, dont_filter=True, meta=meta)

    async def parse(self, response: Response) -> AsyncIterator[Article]:
        """The article on the page where there is one; whatever else it is, it is archived already."""
        counted(self, "pages")
        if response.status != 200:
            asked = response.meta.get("redirect_urls", [response.url])[0]
            self.trouble("page", asked, f"HTTP {response.status}; the answer is archived")
            return
        if not isinstance(response, HtmlResponse):
            return
        try:
            article = await asyncio.to_thread(self.read, response)
        except NotAnArticle as error:
            if self._names_article(response.url):
                self.session.reject(response.url, response.meta[RECORD_ID], error.missing)
            await self.fetch_requisites(response)
            return
        yield await self.with_captures(article, response)

    def read(self, response: Response) -> Article:
        """The article on a page.

        Raises:
            NotAnArticle: a required field cannot be read.
        """
        parts = urlsplit(response.url)
        host = parts.hostname or ""
        spider = self._by_host.get(host)
        article = extract(
            response.body,
            response.url,
            headers_of(response),
            response.meta[CAPTURED_AT],
            spider.layouts if spider else (),
            newspaper=spider.name if spider else host,
            article_id=spider.article_of(parts.path) if spider else None,
            sections=[section.name for section in spider.sections] if spider else (),
        )
        return attrs.evolve(article, capture=CaptureRef(record_id=response.meta[RECORD_ID]))

    def failed(self, failure: Failure) -> None:
        """An address that gave no page."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self.trouble("page", request.meta.get("redirect_urls", [request.url])[0], failure.value)

    def own_pictures(self, response: Response) -> list[str]:
        """The pictures of the page's own host that lead to no article."""
        host = urlsplit(response.url).hostname
        spider = self._by_host.get(host or "")
        pattern = re.compile(spider.article_pattern if spider else r"(?!)")
        found = furniture(response.body, response.url, headers_of(response), pattern)
        return [url for url in found if urlsplit(url).hostname == host]

    def _names_article(self, url: str) -> bool:
        parts = urlsplit(url)
        spider = self._by_host.get(parts.hostname or "")
        return spider is not None and spider.article_of(parts.path) is not None
