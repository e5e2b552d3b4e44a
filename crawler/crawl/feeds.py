"""A newspaper's feeds and sitemaps: requested at their own revisit intervals, for the articles that they name."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import attrs
from scrapy import Request
from scrapy.http import Response

from archive.catalog import Address
from archive.catalog.addresses import Listed
from archive.clock import now, parse_warc_date
from archive.errors import PageUnreadable
from archive.reasons import Reason
from crawler.crawl.articles import Articles
from crawler.crawl.newspaper_crawl import NewspaperCrawl
from crawler.extract import FeedEntry
from crawler.request_meta import FEED, FIRST, KIND, LINK, NESTED, SECTION, SEED, UNKNOWN, Path, asked_for, behind
from crawler.responses import counted, kind_of
from crawler.survey.feeds import Addresses

# An index of sitemaps goes back for years: a run reads so many sitemaps, and requests so many of their articles.
_MOST_SITEMAPS = 12
_MOST_ARTICLES = 5000
# A sitemap that gives more of its known articles a later time than this, and more than half, is not believed.
_MOST_EDITED = 50
_AT_A_TIME = _IN_ONE_GO = 500
_PRIORITY = 15

Announced = Literal["feed", "sitemap"]


class Syndication:
    """The feeds and sitemaps of one crawl. Articles that they date outside the crawl's bounds are not requested."""

    def __init__(self, spider: NewspaperCrawl, articles: Articles) -> None:
        self._spider, self._articles, self._bounds = spider, articles, spider.scope.bounds
        self._zone = ZoneInfo(spider.site.declared.time_zone)
        self._sitemaps = self._asked_articles = 0
        self._later: dict[str, tuple[FeedEntry | None, Path]] = {}
        self._asked: set[str] = set()
        self._is_backlog_asked = False
        self._others: list[str] = []  # addresses besides articles that sitemaps and feeds name
        self.sections_among: Callable[[Response, Sequence[str]], Iterator[Request]] | None = None
        """Called with those, where the newspaper declares no sections: gives requests for the sections among them."""

    # requests

    def first_requests(self) -> Iterator[Request]:
        """The declared feeds and sitemaps that are due."""
        yield from self.requests("feed", self._feeds())
        if self._takes_sitemaps:
            yield from self.requests("sitemap", [(address, None) for address in self._spider.site.declared.sitemaps])

    @property
    def _takes_sitemaps(self) -> bool:
        """Whether sitemaps are requested: not for single sections, as a sitemap does not name an article's section."""
        return not ((self._spider.scope.names and self._spider.scope.sections) or self._spider.scope.page)

    def _backlog(self) -> Iterator[Request]:
        """The due sitemaps that an index named in earlier runs; those that it names as new were requested before."""
        spider = self._spider
        roots = {
            spider.site.origin + one if one.startswith("/") else one
            for one in (*spider.site.declared.sitemaps, "/sitemap.xml")
        }
        for address in spider.frontier.due("sitemap", None):
            if address.url not in self._asked and address.url not in roots and self._has_room():
                yield self._request(address.url, "sitemap", None, address, UNKNOWN, is_nested=True)

    def _feeds(self) -> Iterator[tuple[str, str | None]]:
        spider = self._spider
        for feed in spider.site.declared.feeds:
            if "{section}" in feed and not spider.scope.page:
                for section in spider.scope.sections:
                    yield feed.replace("{section}", section.path.strip("/")), section.name
            elif not spider.scope.names and not spider.scope.page and "{section}" not in feed:
                yield feed, None

    def requests(
        self, kind: Announced, addresses: Iterable[tuple[str, str | None]], path: Path = SEED
    ) -> Iterator[Request]:
        """Requests for the feeds or sitemaps, given with their sections, that are wanted and not yet requested."""
        spider = self._spider
        urls = {spider.site.origin + one if one.startswith("/") else one: section for one, section in addresses}
        known = spider.frontier.known(urls)
        for url, section in urls.items():
            if url not in self._asked and spider.site.is_own(url) and spider.requests.is_wanted(known.get(url)):
                yield self._request(url, kind, section, known.get(url), path)

    def _request(
        self, url: str, kind: Announced, section: str | None, known: Address | None, path: Path, *,
        is_nested: bool = False,
    ) -> Request:  # fmt: skip
        self._asked.add(url)
        request = self._spider.requests.make(url, kind, self.parse, section, known, path, _PRIORITY)
        FIRST.put(request.meta, True)
        NESTED.put(request.meta, is_nested)
        return request

    # callbacks

    async def parse(self, response: Response) -> AsyncIterator[Request]:
        """Read a feed or a sitemap: requests for new and changed articles, and for the sitemaps of an index."""
        spider, kind = self._spider, KIND.of(response.meta)
        counted(spider, "pages")
        if response.status != 200 or not spider.site.is_list(response):
            spider.not_read(response, kind)
            self._answered(response, _named_by(response))
            for request in self._articles.led_to(response):
                yield request
            return
        try:
            named = await spider.readers.addresses(
                response.body, response.url, kind_of(response), spider.site.declared.rules()
            )
        except PageUnreadable as error:
            spider.report.trouble(kind, response.url, error.stored_reason)
            spider.unread.note(response, error)
            self._answered(response, _named_by(response), is_broken=True)
            return
        if named.left_out:
            spider.report.trouble(kind, response.url, Reason.TOO_MANY_ADDRESSES.of(named.left_out))
        if named.is_index:
            for request in self._nested(response, named):
                yield request
            return
        async for request in self._read(response, named):
            yield request
        if self.sections_among is not None:
            for request in self.sections_among(response, self._others):
                yield request

    def _nested(self, response: Response, named: Addresses) -> Iterator[Request]:
        """The sitemaps of an index that were never read, or have changed since by the times in the index.

        Those changed last go first, so that today's news are not requested after years of older articles.
        """
        spider = self._spider
        urls = {spider.site.at_origin(url): named.changed_at.get(url) for url in named.urls}
        urls = {url: at for url, at in urls.items() if spider.site.is_own(url) and self._may_hold_wanted(at)}
        known = spider.frontier.known(urls)
        due = [url for url, at in urls.items() if self._is_news(known.get(url), at)]
        # sitemaps that failed last time come after those that were never requested
        due.sort(key=lambda url: (_failed(known.get(url)), -at.timestamp() if (at := urls[url]) else 0))
        listed = attrs.evolve(_named_by(response), further=tuple(("sitemap", url) for url in due))
        self._answered(response, listed, is_changed=bool(due))
        for url in due:
            if url not in self._asked and self._has_room():
                yield self._request(url, "sitemap", None, known.get(url), behind(response, LINK), is_nested=True)

    def _is_news(self, known: Address | None, changed_at: datetime | None) -> bool:
        if known is None or (known.fetched_at is None and not known.failures):
            return True
        if known.failures and known.next_due_at > now():
            return False
        if known.fetched_at is None:
            return True
        if changed_at is None or changed_at > now():  # no time, or one in the future
            return self._spider.requests.is_wanted(known)
        return changed_at > known.fetched_at

    def _may_hold_wanted(self, changed_at: datetime | None) -> bool:
        return changed_at is None or not self._bounds.is_before(changed_at.astimezone(self._zone).date())

    def _has_room(self) -> bool:
        self._sitemaps += 1
        return self._sitemaps <= _MOST_SITEMAPS

    async def _read(self, response: Response, named: Addresses) -> AsyncIterator[Request]:
        spider, section = self._spider, SECTION.of(response.meta)
        articles: dict[str, str] = {}  # the address that is requested: the address in the feed
        fetched: dict[str, str | None] = {}
        for part in _batched(named.urls):
            own = {spider.site.at_origin(url): url for url in part}
            own = {url: link for url, link in own.items() if spider.site.is_own(url)}
            found = {url: link for url, link in own.items() if spider.site.names_article(url)}
            self._others += [url for url in own if url not in found][: 200 - len(self._others)]
            known_as = spider.frontier.known_as(found)
            found = {known_as[url]: link for url, link in found.items()}
            articles |= {url: link for url, link in found.items() if self._holds(named, link)}
            await asyncio.sleep(0)  # a sitemap names tens of thousands, and other responses wait
        if spider.scope.names and not section:
            articles = {}  # only the wanted sections are crawled
        for part in _batched(tuple(articles)):
            fetched |= spider.frontier.fetched_at(part)
            await asyncio.sleep(0)
        edited = self._edited(response, articles, fetched, named)
        unknown = [url for url in articles if url not in fetched]
        listed = attrs.evolve(_named_by(response), articles=tuple(articles), edited=tuple(edited))
        self._answered(response, listed, is_changed=bool(edited or unknown))
        path = behind(response, LINK)
        for url, known in spider.frontier.known(edited).items():
            if request := self._articles.request(url, known.section, known, path):
                yield _with(request, named.entries.get(articles[url]))
        if section is None:
            for url in unknown:
                self._later.setdefault(url, (named.entries.get(articles[url]), path))
            return
        for request in self._articles.unknown(unknown, {}, section, path):
            yield _with(request, named.entries.get(articles[request.url]))

    def later(self) -> list[Request]:
        """Requests to make when no others are left: sitemaps that earlier runs left, then articles that were named
        without a section, which a section's list may have named meanwhile."""
        found: list[Request] = []
        if not self._is_backlog_asked and self._takes_sitemaps:
            self._is_backlog_asked = True
            found += self._backlog()
        while not found and self._later and self._asked_articles < _MOST_ARTICLES:
            batch = list(itertools.islice(self._later, _AT_A_TIME))
            known = self._spider.frontier.known(batch)
            for url in batch:
                entry, path = self._later.pop(url)
                address = known.get(url)
                if address is not None and address.fetched_at is not None:
                    continue
                self._asked_articles += 1
                if request := self._articles.request(url, address.section if address else None, address, path):
                    found.append(_with(request, entry))
        return found

    def _holds(self, named: Addresses, url: str) -> bool:
        at = named.published_at.get(url) or named.changed_at.get(url)
        return self._bounds.hold(at.astimezone(self._zone).date() if at is not None else None)

    def _edited(
        self, response: Response, articles: Mapping[str, str], fetched: Mapping[str, str | None], named: Addresses
    ) -> list[str]:
        """The known articles that changed after they were fetched, by the times in a feed or sitemap."""
        times = {
            url: (named.changed_at[articles[url]], parse_warc_date(at))
            for url, at in fetched.items()
            if at is not None and articles[url] in named.changed_at
        }
        instant = now()
        edited = [url for url, (changed, at) in times.items() if at < changed <= instant]
        if len(edited) > max(_MOST_EDITED, len(times) // 2):
            reason = Reason.EDITS_NOT_BELIEVED.of(f"{len(edited)} of {len(times)}")
            self._spider.report.trouble(KIND.of(response.meta), response.url, reason)
            return []
        return edited

    def _answered(
        self, response: Response, listed: Listed, *, is_changed: bool = False, is_broken: bool = False
    ) -> None:
        self._spider.results.list_answered(
            response, listed, is_changed=is_changed, is_broken=is_broken, is_list=self._spider.site.is_list(response)
        )


def _failed(known: Address | None) -> bool:
    return known is not None and known.failures > 0


def _named_by(response: Response) -> Listed:
    """What the feed or sitemap of a response names: nothing yet."""
    source_kind: Announced = "feed" if KIND.of(response.meta) == "feed" else "sitemap"
    return Listed(source_kind=source_kind, source=asked_for(response.meta, response.url))


def _batched(urls: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(urls), _IN_ONE_GO):
        yield urls[start : start + _IN_ONE_GO]


def _with(request: Request, entry: FeedEntry | None) -> Request:
    FEED.put(request.meta, entry)
    return request
