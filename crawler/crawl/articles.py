"""A newspaper's article pages: asked for as far as the run may, read, released with their pictures; reads no list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

import attrs
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.article import Article
from archive.catalog import Address
from archive.catalog.unread import is_read_whole
from archive.clock import now
from archive.errors import NotAnArticle, PageUnreadable
from crawler.crawl.newspaper_crawl import ArticleCrawl
from crawler.declaration.layout import Rules
from crawler.extract import FeedEntry
from crawler.extract.confidence import BODY_BY_RULE
from crawler.http.gate import Deferred
from crawler.request_meta import CAPTURED_AT, FEED, LINK, RECORD_ID, SECTION, UNKNOWN, UNREAD, Path, asked_for, behind
from crawler.responses import counted, kind_of


class Articles:
    """The article pages of one run, and the pictures that an earlier one could not have.

    Args:
        limit: so many article pages are asked for; None: as many as there are.
    """

    def __init__(self, spider: ArticleCrawl, limit: int | None) -> None:
        self._spider, self._limit = spider, limit
        self._asked: set[str] = set()  # only where there is a limit
        self._identities: set[int] = set()  # hashes: a run may ask for a million

    # requests

    @property
    def has_room(self) -> bool:
        """Whether the run may ask for another article page."""
        return self._limit is None or len(self._asked) < self._limit

    def request(
        self, url: str, section: str | None, known: Address | None, path: Path = UNKNOWN, *, again: bool = False
    ) -> Request | None:
        """A request for an article page; None where the run may ask for no more, or has under a limit.

        A new address of an article that this run has asked for at another is not asked for.
        """
        spider = self._spider
        if not spider.is_rereading:  # an archive's two addresses of one article may hold two versions
            identity = hash(spider.identity_of(url))
            if known is None and not again and identity in self._identities:
                return None
            self._identities.add(identity)
        if self._limit is not None:
            if (url in self._asked and not again) or not self.has_room:
                return None
            self._asked.add(url)
        return spider.request(url, "article", self.parse, section, known, path, priority=0)

    def unknown(
        self, urls: Iterable[str], known: Mapping[str, Address], section: str | None, path: Path
    ) -> Iterator[Request]:
        """Requests for those articles that nobody knew."""
        for url in urls:
            if url not in known and (request := self.request(url, section, None, path)):
                yield request

    def led_to(self, response: Response) -> Iterator[Request]:
        """The article that a list's address led to, where it is due: this run has asked for it as a list only."""
        spider = self._spider
        if response.status != 200 or not spider.is_own(response.url) or spider.is_list(response):
            return
        section, known = SECTION.of(response.meta), spider.frontier.known([response.url]).get(response.url)
        if known is not None and known.next_due_at > now():
            return
        if request := self.request(response.url, section, known, behind(response, LINK), again=True):
            request.dont_filter = True
            yield request

    def picture(self, address: Address) -> Request:
        """A request for a picture that could not be had before."""
        request = self._spider.request(address.url, "picture", self.parse_picture, None, address, UNKNOWN, priority=0)
        request.dont_filter = True  # two may lead to one, and each is to have its own answer
        return request

    async def fetch(self, url: str, section: str | None, path: Path) -> AsyncIterator[Article]:
        """Fetch and read an article now, for a callback that must know it before it can go on.

        Raises:
            Deferred: it is not asked for now, or the run may ask for no more.
        """
        spider = self._spider
        request = self.request(url, section, spider.frontier.known([url]).get(url), path, again=True)
        if request is None:
            raise Deferred(f"{url}: the run may ask for no more articles")
        assert spider.crawler.engine is not None
        try:
            response = await spider.crawler.engine.download_async(request)
        except Deferred:
            raise
        except Exception as error:
            failure = Failure(error)  # type: ignore[no-untyped-call]
            failure.request = request  # type: ignore[attr-defined]
            spider.failed(failure)
            return
        async for article in self.parse(response):
            yield article

    # callbacks

    async def parse(self, response: Response) -> AsyncIterator[Article]:
        """An article page: the article with its pictures, or its place in the report."""
        spider, section = self._spider, SECTION.of(response.meta)
        counted(spider, "pages")
        is_article = not response.meta.get("redirect_urls") or self._may_be_one(response.url)
        if response.status != 200 or not spider.is_own(response.url) or not is_article:
            spider.not_read(response, "article")
            spider.frontier.article_answered(response, section, is_done=True, is_article=is_article)
            return
        spider.frontier.article_answered(response, section)
        name, rules = spider.reading_of(response.url, section)
        try:
            yield await self._read(response, name, rules, FEED.get(response.meta))
        except Deferred:  # not released, it stays due: the next run brings it with its pictures
            return
        except PageUnreadable as error:
            spider.frontier.article_answered(response, section, is_unread=True)
            spider.note_unread(response, error, _hints(name, FEED.get(response.meta)))
        except NotAnArticle as error:
            self._not_one(response, error)
            spider.frontier.article_answered(response, section, is_done=True)

    async def read_again(self, response: Response) -> AsyncIterator[Article]:
        """An article page that an earlier run captured and could not read; no server was asked for it."""
        spider, hints = self._spider, UNREAD.of(response.meta).hints
        entry = FeedEntry(**hints["feed"]) if hints.get("feed") else None
        _, rules = spider.reading_of(response.url, None)
        try:
            article = await self._read(response, hints.get("section"), rules, entry)
        except Deferred:  # it stays unread until its pictures may be had
            return
        except PageUnreadable as error:
            spider.note_unread(response, error, hints)
            return
        except NotAnArticle as error:
            counted(spider, "read again")
            self._not_one(response, error)
            spider.frontier.article_read_again(response)
            return
        if is_read_whole(article):
            counted(spider, "read again")
        yield article

    async def _read(self, response: Response, section: str | None, rules: Rules, entry: FeedEntry | None) -> Article:
        """The article on a page, with its further pages and its pictures.

        Raises:
            PageUnreadable, NotAnArticle: it gives none.
            Deferred: one of them is not asked for now.
        """
        spider = self._spider
        page = await spider.readers.article_page(
            response.body, response.url, kind_of(response), CAPTURED_AT.of(response.meta), section, rules, entry
        )
        if page.article is None:
            raise NotAnArticle(response.url, page.missing)
        article = await spider.whole(page.article, response, SECTION.of(response.meta), spider.rules())
        article = await spider.with_captures(article, page, response)
        self._note_rules(article)
        spider.note_doubts(article)
        return article

    def _not_one(self, response: Response, error: NotAnArticle) -> None:
        self._spider.session.reject(response.url, RECORD_ID.of(response.meta), error.missing)
        self._spider.logger.warning("%s", error)

    def parse_picture(self, response: Response) -> None:
        """A picture that could not be had before."""
        if response.status == 200:
            counted(self._spider, "pictures")
        url = asked_for(response.meta, response.url)
        self._spider.frontier.picture_answered(url, response.status, RECORD_ID.of(response.meta))

    def dropped(self, request: Request) -> None:
        """The addresses that led to one that this run asks for anyway: no answer to them comes to a callback."""
        is_article = self._may_be_one(request.url)
        self._spider.frontier.dropped(request, SECTION.of(request.meta), is_article=is_article)

    def _may_be_one(self, url: str) -> bool:
        """Whether what a redirect leads to may be the article: what else the paper's own site shows is not."""
        return not self._spider.is_own(url) or self._spider.names_article(url)

    def _note_rules(self, article: Article) -> None:
        """Count the articles that the rules fit, and those that they do not: their share is the layout's drift."""
        if self._spider.layouts:
            fits = article.confidence.get("body", 0) >= BODY_BY_RULE
            counted(self._spider, "by rules" if fits else "beside the rules")


def _hints(section: str | None, entry: FeedEntry | None) -> dict[str, Any]:
    """What is known of an article besides its page, for whoever reads that later."""
    return {"section": section, "feed": attrs.asdict(entry) if entry is not None else None}
