"""A newspaper's article pages: requested up to the run's limit, read, and released with their pictures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

import attrs
from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from twisted.python.failure import Failure

from archive.article import Article, CaptureRef
from archive.catalog import Address
from archive.catalog.unread import NOT_READ_YET, is_read_whole
from archive.clock import now
from archive.errors import CaptureMissing, NotAnArticle, PageUnreadable
from archive.reasons import Reason
from crawler.browser.outcome import NotDrawn
from crawler.crawl.newspaper_crawl import ArchivingCrawl, ArticleCrawl
from crawler.crawl.report import failed_with, no_article, reason_of
from crawler.declaration.layout import Rules
from crawler.extract import FeedEntry, join
from crawler.extract.confidence import BODY_BY_RULE
from crawler.http.gate import Deferred
from crawler.request_meta import (
    CAPTURED_AT,
    DOM_ID,
    FEED,
    HELD_SINCE,
    LINK,
    RECORD_ID,
    SECTION,
    UNKNOWN,
    UNREAD,
    Path,
    asked_for,
    behind,
    meta_of,
)
from crawler.responses import counted, kind_of


class Articles:
    """The article pages of one run, and the pictures that an earlier run could not fetch."""

    def __init__(self, spider: ArticleCrawl) -> None:
        self._spider, self._limit = spider, spider.scope.limit
        self._asked: set[str] = set()  # only where there is a limit
        self._identities: set[int] = set()  # hashes, as a run may request a million

    # requests

    @property
    def has_room(self) -> bool:
        """Whether the run may request another article page."""
        return self._limit is None or len(self._asked) < self._limit

    def request(
        self, url: str, section: str | None, known: Address | None, path: Path = UNKNOWN, *, again: bool = False
    ) -> Request | None:
        """A request for an article page; None if the limit is reached, or under a limit if this run requested it.

        None also for a new address of an article that this run requested at another address.

        Args:
            again: the article is requested although this run did so before.
        """
        spider = self._spider
        identity = hash(spider.site.identity_of(url))
        # an archive's two addresses of one article may hold two versions
        is_other = known is None and not again and not spider.scope.is_rereading
        if is_other and identity in self._identities:
            return None
        self._identities.add(identity)
        if self._limit is not None:
            if (url in self._asked and not again) or not self.has_room:
                return None
            self._asked.add(url)
        return spider.requests.make(url, "article", self.parse, section, known, path)

    def unknown(
        self, urls: Iterable[str], known: Mapping[str, Address], section: str | None, path: Path
    ) -> Iterator[Request]:
        """Requests for the articles that the catalog does not know."""
        for url in urls:
            if url not in known and (request := self.request(url, section, None, path)):
                yield request

    def unlisted(self) -> Iterator[Request]:
        """Requests for the articles of an archive to which no list in it led; none where single sections are read."""
        if self._spider.scope.names or self._spider.scope.page:
            return
        for url in (
            url for identity, url in self._spider.frontier.unlisted() if hash(identity) not in self._identities
        ):
            if request := self.request(url, None, None, UNKNOWN):
                yield request

    def led_to(self, response: Response) -> Iterator[Request]:
        """A request for the article that a list's address redirected to, where it is due."""
        spider = self._spider
        if response.status != 200 or not spider.site.is_own(response.url) or spider.site.is_list(response):
            return
        section, known = SECTION.of(response.meta), spider.frontier.known([response.url]).get(response.url)
        if known is not None and known.next_due_at > now():
            return
        if request := self.request(response.url, section, known, behind(response, LINK), again=True):
            request.dont_filter = True
            yield request

    def picture(self, address: Address) -> Request:
        """A request for a picture that an earlier run could not fetch."""
        request = self._spider.requests.make(address.url, "picture", self.parse_picture, None, address)
        request.dont_filter = True  # two may redirect to one, and each needs a response of its own
        return request

    async def fetch(self, url: str, section: str | None, path: Path) -> AsyncIterator[Article]:
        """Fetch and read an article now, for a callback that cannot continue without it.

        Raises:
            Deferred: it is not requested now, or the limit is reached.
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
        """Read an article page: gives the article with its pictures; a page without one is reported."""
        spider, section = self._spider, SECTION.of(response.meta)
        counted(spider, "pages")
        if spider.scope.is_rereading:  # what a list's address redirected to is listed as well
            self._identities.add(hash(spider.site.identity_of(response.url)))
        is_article = not response.meta.get("redirect_urls") or self._may_be_one(response.url)
        if response.status != 200 or not spider.site.is_own(response.url) or not is_article:
            spider.not_read(response, "article")
            spider.results.article_answered(response, section, is_done=True, is_article=is_article)
            if response.status == 304 and (article := await spider.requisites.of_unmodified(response)) is not None:
                yield article
            return
        spider.results.article_answered(response, section)
        name, rules = spider.rules_of(response.url, section)
        try:
            response = await spider.drawn(response, "articles")
            yield await self._read(response, name, rules, FEED.get(response.meta))
        except NotDrawn as error:
            spider.failed(failed_with(error, response))
        except Deferred:  # the article is not released, and stays due: the next run releases it with its pictures
            return
        except PageUnreadable as error:
            spider.results.article_answered(response, section, is_unread=True)
            spider.unread.note(response, error, _hints(name, FEED.get(response.meta)))
        except NotAnArticle as error:
            self._not_one(response, error)
            spider.results.article_answered(response, section, is_done=True, says_gone=error.says_gone)

    async def read_again(self, response: Response) -> AsyncIterator[Article]:
        """Read an article page, from its record, that an earlier run could not read."""
        spider, hints = self._spider, UNREAD.of(response.meta).hints
        entry = FeedEntry(**hints["feed"]) if hints.get("feed") else None
        _, rules = spider.rules_of(response.url, None)
        try:
            article = await self._read(response, hints.get("section"), rules, entry)
        except Deferred:  # it stays unread until its pictures can be fetched
            return
        except PageUnreadable as error:
            spider.unread.note(response, error, hints)
            return
        except NotAnArticle as error:
            counted(spider, "read again")
            self._not_one(response, error)
            spider.results.article_read_again(response, says_gone=error.says_gone)
            return
        if is_read_whole(article):
            counted(spider, "read again")
        yield article

    async def _read(self, response: Response, section: str | None, rules: Rules, entry: FeedEntry | None) -> Article:
        """The article on a page, with its further pages and its pictures.

        Raises:
            PageUnreadable, NotAnArticle, NotDrawn: there is none on it.
            Deferred: one of them is not requested now.
        """
        spider = self._spider
        page = await spider.readers.article_page(
            response.body, response.url, kind_of(response), CAPTURED_AT.of(response.meta), section, rules, entry
        )
        if page.article is None:
            raise no_article(response, spider.frontier.reasons(response.url, page))
        section_listed, rules = SECTION.of(response.meta), spider.site.declared.rules()
        article = await with_further_pages(spider, page.article, response, section_listed, rules)
        article = await spider.requisites.with_captures(article, page, response)
        self._note_rules(article)
        spider.report.doubts(article)
        return article

    def _not_one(self, response: Response, error: NotAnArticle) -> None:
        self._spider.session.reject(response.url, RECORD_ID.of(response.meta), error.missing)
        self._spider.report.logger.warning("%s", error)

    def parse_picture(self, response: Response) -> None:
        """Enter the response to a picture's request."""
        if response.status == 200:
            counted(self._spider, "pictures")
        url = asked_for(response.meta, response.url)
        self._spider.results.picture_answered(url, response)

    def dropped(self, request: Request) -> None:
        """Enter a redirect to an address that this run requests anyway, and whose response reaches another callback."""
        is_article = self._may_be_one(request.url)
        self._spider.results.article_dropped(request, SECTION.of(request.meta), is_article=is_article)

    def _may_be_one(self, url: str) -> bool:
        """Whether a redirect's target may be the article: on the newspaper's own site only an article's address may."""
        return not self._spider.site.is_own(url) or self._spider.site.names_article(url)

    def _note_rules(self, article: Article) -> None:
        """Count whether the rules found the body: a falling share shows that the site's layout changes."""
        if self._spider.site.declared.layouts:
            fits = article.confidence.get("body", 0) >= BODY_BY_RULE
            counted(self._spider, "by rules" if fits else "beside the rules")


def _hints(section: str | None, entry: FeedEntry | None) -> dict[str, Any]:
    """What is known of an article besides its page, for a later run that reads the page."""
    return {"section": section, "feed": attrs.asdict(entry) if entry is not None else None}


async def with_further_pages(
    crawl: ArchivingCrawl, article: Article, response: Response, section: str | None, rules: Rules
) -> Article:
    """The article with its further pages read and joined, where it is printed over several.

    Raises:
        Deferred: one of them is not requested now.
        PageUnreadable: one of them could not be read, for the first time.
    """
    if not article.further_pages:
        return article
    others = [await _further_page(crawl, page.url, response, section, rules) for page in article.further_pages]
    return join(article, others)


async def _further_page(
    crawl: ArchivingCrawl, url: str, first: Response, section: str | None, rules: Rules
) -> Article | str:
    """The article on a further page, or why there is none."""
    assert crawl.crawler.engine is not None
    meta = meta_of("article", behind(first, LINK))
    if UNREAD.get(first.meta) is not None:
        HELD_SINCE.put(meta, CAPTURED_AT.of(first.meta))
    try:
        response = await crawl.crawler.engine.download_async(Request(url, callback=NO_CALLBACK, meta=meta))
    except Deferred:
        raise
    except Exception as error:
        counted(crawl, "missing" if isinstance(error, CaptureMissing) else "errors")
        return "missing" if isinstance(error, CaptureMissing) else reason_of(error)
    if response.status != 200 or CAPTURED_AT.get(response.meta) is None:
        return Reason.HTTP.of(response.status)
    counted(crawl, "pages")
    try:
        response = await crawl.drawn(response, "articles")
        page = await crawl.readers.article_page(
            response.body, response.url, kind_of(response), CAPTURED_AT.of(response.meta), section, rules
        )
    except NotDrawn as error:
        return reason_of(error)
    except PageUnreadable as error:
        before = UNREAD.get(first.meta)
        if before is None:
            raise
        # reading this page fails again and again: the others are released without it, and it stays unread
        crawl.unread.note(first, error, before.hints)
        return NOT_READ_YET
    if page.article is None:
        return Reason.NO_ARTICLE.of(", ".join(page.missing))
    drawn = DOM_ID.get(response.meta)
    return page.article.captured(
        CaptureRef(record_id=RECORD_ID.of(response.meta)),
        [None] * len(page.article.images),
        dom=CaptureRef(record_id=drawn) if drawn is not None else None,
    )
