"""A spider that fetches some pages of a site, politely and archived like any crawl, to draft or check a declaration."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from archive.clock import now
from archive.errors import PageUnreadable
from archive.reasons import Reason
from archive.robots import read_robots
from archive.urls import absolute
from crawler.browser.outcome import NotDrawn
from crawler.crawl.spider import ArchivingSpider
from crawler.declaration.declared import Declared, DrawnPart
from crawler.declaration.layout import Rules
from crawler.http.gate import Deferred
from crawler.http.resolver import Loopback
from crawler.request_meta import CAPTURED_AT, LINK, SEED, SURVEYED_AS, SURVEYED_LIST, Path, behind, meta_of
from crawler.responses import counted, kind_of
from crawler.survey.addresses import articles_among, edited_articles, is_article, is_of, shape_of
from crawler.survey.feeds import read_addresses
from crawler.survey.page import FetchedPage, Kind, PageSurvey
from crawler.survey.sections import page_at, page_number, paging_of, sections_of

_MOST_BYTES = 8 * 1024 * 1024
_MOST_ADDRESSED = 2 * 1024 * 1024
_OF_AN_INDEX, _EDITED_OF_ONE = 5, 2
_EDITED, _OLDER = "edited", "older"
# The numbers of list pages, each so many times the one before, and how many articles of older pages are requested.
_OLDER_STEP, _OLDER_LISTS, _OF_AN_OLDER = 5, 4, 3
_FURTHER_LISTS = 3  # whose second page is requested
_LISTS = frozenset(("home", "section", "further"))


class SiteSurvey(ArchivingSpider):
    """Requests the home page, sections, a second list page, feeds, sitemaps and some articles of one site.

    Args:
        address: any page of the site; or `declared`: the newspaper whose rules are to be tried.
        sections: so many section pages at most.
        articles: so many article pages at most.
        draws: pages are read as their scripts drew them; a declared newspaper says itself which are.
    """

    name = "survey"
    title = "survey"

    def __init__(
        self,
        *,
        address: str | None = None,
        declared: type[Declared] | None = None,
        sections: int = 40,
        articles: int = 24,
        draws: bool = False,
        loopback: str | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        place = Loopback.from_setting(loopback)
        if declared is not None:
            origin = place.origin(declared.host_name()) if place else f"https://{declared.hosts[0]}"
            self.hosts = {urlsplit(origin).hostname, *declared.hosts, *declared.former_hosts}
            self.name = declared.name
        else:
            parts = urlsplit(address or "")
            origin = f"{parts.scheme}://{parts.netloc}"
            self.hosts = {parts.hostname}
            self.name = (parts.hostname or "survey").removeprefix("www.")
        self._declared, self._address, self._origin = declared, address, origin
        self.needs_browser: tuple[DrawnPart, ...] = (
            declared.needs_browser if declared else ("sections", "articles") if draws else ()
        )
        self._rules = declared.rules() if declared else Rules(newspaper=self.name)
        self._most_sections, self._most_articles = sections, articles
        self.pages: list[FetchedPage] = []
        self.surveys: dict[str, PageSurvey] = {}
        self._asked: set[str] = set()
        self._articles: defaultdict[str | None, int] = defaultdict(int)
        self._further, self._most_further = 0, 1 if declared else _FURTHER_LISTS
        self._older_lists: set[str] = set()

    def drawn_newspapers(self) -> list[str]:
        """The site, where scripts draw its pages."""
        return [self.name] if self.needs_browser else []

    def profiles(self) -> dict[str, dict[str, Any]]:
        """The declared newspaper's profile; of another only its host is known."""
        return {self.name: self._declared.profile() if self._declared else {"title": self.name, "hosts": [self.name]}}

    async def start(self) -> AsyncIterator[Request]:
        """The home page and the given page; what is declared, else robots.txt for the sitemaps that it names."""
        home = self._origin + (self._declared.home_path() if self._declared else "/")
        for url in dict.fromkeys([home, self._address or home]):
            yield self._request(url, "home", SEED, priority=30)
        if self._declared is None:
            yield self._request(f"{self._origin}/robots.txt", "robots", SEED, priority=40)
            yield self._request(f"{self._origin}/sitemap.xml", "sitemap", SEED, priority=40)
            return
        for section in self._declared.sections[: self._most_sections]:
            yield self._request(self._origin + section.path, "section", SEED, section.path, priority=20)
        slugs = [section.path.strip("/") for section in self._declared.sections[:2]]
        for feed in self._declared.feeds:
            for url in [feed.replace("{section}", slug) for slug in slugs] if "{section}" in feed else [feed]:
                yield self._request(self._at_origin(url), "feed", SEED)
        for sitemap in self._declared.sitemaps:
            yield self._request(self._at_origin(sitemap), "sitemap", SEED)

    def _at_origin(self, address: str) -> str:
        return self._origin + address if address.startswith("/") else address

    def _request(self, url: str, kind: Kind, path: Path, section: str | None = None, priority: int = 0) -> Request:
        url = absolute(url) or url
        self._asked.add(url)
        meta = meta_of("survey", path)
        SURVEYED_AS.put(meta, kind)
        SURVEYED_LIST.put(meta, section)
        return Request(url, self.parse, errback=self.failed, priority=priority, meta=meta)

    async def parse(self, response: Response) -> AsyncIterator[Request]:
        """Keep the page, and request the pages that it leads to."""
        counted(self, "pages")
        kind = SURVEYED_AS.of(response.meta)
        if kind == "home" and self._declared is None:  # a site that moved is surveyed at its new host
            self.hosts.add(urlsplit(response.url).hostname)
        if not self._is_own(response.url):
            self.report.trouble("page", response.url, Reason.ELSEWHERE.of(urlsplit(response.url).hostname))
            return
        try:
            response = await self._drawn(response, kind)
        except NotDrawn as error:
            self.report.trouble("page", response.url, error)
            return
        except Deferred:
            return
        captured_at = CAPTURED_AT.get(response.meta) or now()
        page = FetchedPage(
            kind=kind, url=response.url, body=response.body[:_MOST_BYTES], headers=kind_of(response),
            captured_at=captured_at, section=SURVEYED_LIST.of(response.meta),
        )  # fmt: skip
        self.pages.append(page)
        if kind == "robots":
            for url in itertools.islice(read_robots(response.status, response.body).sitemaps, 3):
                if is_of(url, self.hosts) and url not in self._asked:
                    yield self._request(url, "sitemap", behind(response, LINK), priority=40)
        elif kind in _LISTS and isinstance(response, TextResponse):
            try:
                survey = await self.readers.survey(page.body, page.url, page.headers, self._rules)
            except PageUnreadable as error:
                self.report.trouble("page", response.url, error.stored_reason)
                return
            self.surveys[page.url] = survey
            for request in self._from_list(kind, page, survey, behind(response, LINK)):
                yield request
        elif kind in ("feed", "sitemap") and self._declared is None:
            for request in self._from_addresses(page, behind(response, LINK)):
                yield request
        elif kind == "feed" and self._declared is not None:
            for url in read_addresses(page.body, page.url, page.headers, self._rules).urls:
                named = self._declared.article_of(url)
                if named and (found := self._article(url, None, behind(response, LINK))):
                    yield found

    async def _drawn(self, response: Response, kind: Kind) -> Response:
        """The page as its scripts drew it, where they draw such pages."""
        part: DrawnPart | None = "articles" if kind == "article" else "sections" if kind in _LISTS else None
        if part not in self.needs_browser:
            return response
        named = self._declared.browser_hosts if self._declared else ()
        return await self.drawing.drawn(response, {*filter(None, self.hosts), *named})

    def _from_list(self, kind: Kind, page: FetchedPage, survey: PageSurvey, path: Path) -> Iterator[Request]:
        pattern = self._pattern(survey)
        if kind == "home":
            yield from self._sections(survey, pattern, path)
            yield from self._feeds(survey, path)
        if kind == "section" and self._further < self._most_further and (further := paging_of(survey).urls):
            self._further += 1
            yield self._request(further[0], "further", path, page.section, priority=10)
        if kind == "further" and (older := self._older_list(page.url, path)):
            yield older
        if pattern is not None:
            chosen = re.compile(pattern)
            is_older = page.url in self._older_lists
            named = [link.url for link in survey.links if is_article(chosen, link.url)]
            found = (self._article(url, _OLDER if is_older else page.section, path) for url in named)
            yield from itertools.islice(filter(None, found), _OF_AN_OLDER if is_older else None)

    def _from_addresses(self, page: FetchedPage, path: Path) -> Iterator[Request]:
        """Some sitemaps of an index, and articles that were edited: only their pages show when they were changed."""
        if len(page.body) > _MOST_ADDRESSED:
            return
        found = read_addresses(page.body, page.url, page.headers, self._rules)
        if found.is_index:
            latest = sorted(
                found.urls, key=lambda url: found.changed_at[url].timestamp() if url in found.changed_at else 0
            )
            for url in dict.fromkeys([*latest[: -_OF_AN_INDEX - 1 : -1], *latest[:1]]):
                if is_of(url, self.hosts) and url not in self._asked:
                    yield self._request(url, "sitemap", path, priority=40)
            self._older_lists.update(latest[:1] if len(latest) > _OF_AN_INDEX else ())
            return
        if page.url in self._older_lists:
            oldest = sorted(filter(shape_of, found.urls), key=lambda url: str(found.changed_at.get(url, "")))
            requests = (self._article(url, _OLDER, path) for url in oldest)
            yield from itertools.islice(filter(None, requests), _OF_AN_OLDER)
        for url in edited_articles(found.published_at, found.changed_at)[:_EDITED_OF_ONE]:
            if request := self._article(url, _EDITED, path):
                yield request

    def _older_list(self, url: str, path: Path) -> Request | None:
        """A request for a list page far behind another, whose articles may have another template."""
        number = page_number(url)
        older = page_at(url, number * _OLDER_STEP) if number else None
        if (
            self._declared is not None
            or older is None
            or older in self._asked
            or len(self._older_lists) >= _OLDER_LISTS
        ):
            return None
        self._older_lists.add(older)
        return self._request(older, "further", path, priority=10)

    def _pattern(self, survey: PageSurvey) -> str | None:
        if self._declared is not None:
            return self._declared.article_pattern
        found = articles_among(survey.links, self.hosts)
        return found.pattern if found else None

    def _sections(self, survey: PageSurvey, pattern: str | None, path: Path) -> Iterator[Request]:
        if self._declared is not None and self._declared.sections:
            return
        parts = urlsplit(survey.url)
        for section in sections_of(survey, self.hosts, pattern or r"(?!)")[: self._most_sections]:
            url = f"{parts.scheme}://{parts.netloc}{section.path}"
            if url not in self._asked and self._is_own(url):
                yield self._request(url, "section", path, section.path, priority=20)

    def _feeds(self, survey: PageSurvey, path: Path) -> Iterator[Request]:
        if self._declared is None:
            for url in survey.feeds[:3]:
                if url not in self._asked and is_of(url, self.hosts):
                    yield self._request(url, "feed", path)

    def _article(self, url: str, section: str | None, path: Path) -> Request | None:
        """A request for an article, unless its list has given its share."""
        if section == _OLDER:  # beside the others, which are requested first
            full = self._articles[_OLDER] >= _OF_AN_OLDER * len(self._older_lists)
        else:
            share = max(2, self._most_articles // max(len(self.surveys), 4))
            others = sum(self._articles.values()) - self._articles[_OLDER]
            full = others >= self._most_articles or self._articles[section] >= share
        if full or url in self._asked or not self._is_own(url):
            return None
        self._articles[section] += 1
        return self._request(url, "article", path, section if section not in (_EDITED, _OLDER) else None)

    def _is_own(self, url: str) -> bool:
        named = is_of(url, self.hosts)
        return named and (self._declared is None or self._declared.has_path(urlsplit(url).path))

    def failed(self, failure: Failure) -> None:
        """Report an address that gave no page, unless it is a guessed feed or sitemap."""
        request: Request = failure.request  # type: ignore[attr-defined]
        is_guess = self._declared is None and SURVEYED_AS.of(request.meta) in ("robots", "sitemap", "feed")
        is_guess = is_guess or request.url in self._older_lists
        if not is_guess:
            self.report.trouble("page", request.url, failure.value)

    def hosts_in_order(self) -> list[str]:
        """The site's hosts, that of its home page first."""
        homes = [urlsplit(page.url).hostname for page in self.pages if page.kind == "home"]
        return [host for host in dict.fromkeys([*homes, *sorted(filter(None, self.hosts))]) if host]
