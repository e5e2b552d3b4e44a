"""The list pages that one run requests: first pages by section, further pages up to a bound for each section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from scrapy import Request

from archive.catalog import Address
from archive.reasons import Reason
from archive.urls import absolute
from crawler.crawl.articles import Articles
from crawler.crawl.lists.coverage import ListCoverage
from crawler.crawl.newspaper_crawl import NewspaperCrawl
from crawler.request_meta import BACKFILL, FIRST, KNOWN_ADDRESS, LEFT_OVER, UNKNOWN, Path

# First pages have a high priority and further pages a low one: the articles that one page names are fetched before the
# next page is, and not all of a paper's addresses wait in memory.
_FIRST_PAGE, _FURTHER_PAGE = 10, -10


class ListRequests:
    """Makes the requests for list pages, and bounds their number.

    `firsts` are the sections by the address of their first page; `asked` the list pages that were requested.

    Args:
        callback: called with the responses.
    """

    def __init__(self, spider: NewspaperCrawl, articles: Articles, coverage: ListCoverage, callback: Any) -> None:
        self._spider, self._articles, self._coverage, self._callback = spider, articles, coverage, callback
        self.firsts = {absolute(one.path, spider.site.origin) or one.path: one for one in spider.scope.sections}
        self.asked: set[str] = set()
        self._counts: Counter[str | None] = Counter()

    def first_page_of(self, name: str | None) -> str | None:
        """The address of a section's first page."""
        return next((url for url, section in self.firsts.items() if section.name == name), None)

    def make(
        self,
        url: str,
        section: str | None,
        known: Address | None,
        path: Path = UNKNOWN,
        *,
        is_left: bool = False,
    ) -> Request:
        """A request for a list page.

        Args:
            is_left: an earlier run left the page unread, or it follows such a page.
        """
        self.asked.add(url)
        is_first = url in self.firsts
        priority = _FIRST_PAGE if is_first else _FURTHER_PAGE
        request = self._spider.requests.make(url, "section", self._callback, section, known, path, priority)
        FIRST.put(request.meta, is_first)
        LEFT_OVER.put(request.meta, is_left)
        return request

    def make_for_backfill(self, url: str, section: str, path: Path = UNKNOWN, known: Address | None = None) -> Request:
        """A request for the next list page of a section's backfill."""
        self.asked.add(url)
        request = self._spider.requests.make(url, "section", self._callback, section, None, path, _FURTHER_PAGE)
        BACKFILL.put(request.meta, True)
        KNOWN_ADDRESS.put(request.meta, known)
        request.dont_filter = True  # this run may have requested it before, without a backfill
        return request

    def further(self, pages: list[str], known: Mapping[str, Address]) -> list[str]:
        """The further pages to request after one that names something new: those never read, and the first other one.

        If that one names something new too, the page after it is next: after more than a page of new articles a page
        that was read before names others.
        """
        left = [url for url in pages if url not in self.asked]
        unread = [url for url in left if url not in known or is_unread(known[url])]
        read = [url for url in left if url not in unread]
        return read[:1] + unread

    def has_room(self, section: str | None, url: str) -> bool:
        """Count a list page of the section; whether it may be requested. The first that may not is reported."""
        spider = self._spider
        if not self._articles.has_room:
            self._coverage.note_gap(section)
            return False
        most = spider.crawler.settings.getint("BAOTINH_LIST_PAGES")
        self._counts[section] += 1
        if self._counts[section] == most + 1:
            spider.report.trouble("section", url, Reason.TOO_MANY_PAGES.of(most))
            self._coverage.note_gap(section)
        return self._counts[section] <= most


def is_unread(known: Address) -> bool:
    """Whether no run has read a list page, or none since it failed."""
    return known.fetched_at is None or known.failures > 0
