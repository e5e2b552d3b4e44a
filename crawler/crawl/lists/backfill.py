"""Backfills of sections: fetches older list pages one after the other, between two days if given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import attrs

from archive.article import Article
from archive.catalog import Address
from archive.catalog.frontier import Backfill
from archive.reasons import Reason
from crawler.crawl.articles import Articles
from crawler.crawl.frontier.scope import Bounds
from crawler.crawl.newspaper_crawl import NewspaperCrawl
from crawler.extract import ListPage
from crawler.request_meta import Path
from crawler.survey.sections import page_after, page_number

# After so many failures of its next page a backfill goes on without that page.
_MOST_TRIES = 5
# So many articles at each end of a page are tried for its date.
_MOST_DATING = 5


@attrs.define
class Step:
    """One list page of a backfill.

    `wanted` are its articles within the bounds, `next_url` the page to fetch next (None at the end), `dated_by` the
    articles that were fetched to date the page. `is_past`: the backfill ends because the articles are too old, not
    because the list ends.
    """

    page: ListPage
    url: str
    asked_for: str
    section: str
    wanted: list[str] = attrs.field(factory=list)
    next_url: str | None = None
    dated_by: set[str] = attrs.field(factory=set)
    is_past: bool = False

    @property
    def is_back(self) -> bool:
        """Whether the server redirected to an earlier page, as some do after a list's last page."""
        asked, here = page_number(self.asked_for), page_number(self.url)
        return asked is not None and self.url != self.asked_for and (here or 0) < asked


class SectionBackfills:
    """The backfills of one run. A later run with the same bounds continues where this one stops."""

    def __init__(self, spider: NewspaperCrawl, articles: Articles) -> None:
        self._spider, self._articles, self._bounds = spider, articles, spider.scope.bounds
        self._zone = ZoneInfo(spider.site.declared.time_zone)
        self._seen: defaultdict[str, set[str]] = defaultdict(set)

    @property
    def leaves_out_newest(self) -> bool:
        """Whether the newest articles are not wanted."""
        return self._bounds.until is not None

    def _last(self, section: str) -> Backfill | None:
        backfill = self._spider.frontier.backfill_of(section)
        return (
            backfill
            if backfill and (backfill.since, backfill.until) == (self._bounds.since, self._bounds.until)
            else None
        )

    def left(self, section: str) -> Backfill | None:
        """Where an earlier run with the same bounds left the backfill of a section."""
        backfill = self._last(section)
        return backfill if backfill and backfill.next_url else None

    def begins(self, section: str) -> bool:
        """Whether a backfill begins at the section's first page: if none is unfinished; in scheduled runs only once."""
        backfill = self._last(section)
        return backfill is None or (backfill.next_url is None and not self._spider.scope.only_due)

    def at(self, section: str, next_url: str | None) -> Backfill:
        """The backfill's state before fetching a list page; None: at its end."""
        return Backfill(section=section, next_url=next_url, since=self._bounds.since, until=self._bounds.until)

    def fails(self, section: str, url: str, known: Address | None) -> None:
        """The backfill's next page failed: after so many failures continue with the page after it, by its number."""
        if known is None or known.failures + 1 < _MOST_TRIES:
            return
        following = page_after(url)
        reason = Reason.BACKFILL_GOES_ON.of(following) if following else Reason.BACKFILL_ENDS.value
        self._spider.report.trouble("section", url, reason)
        self._spider.results.keep_backfill(self.at(section, following))

    async def take(self, step: Step, path: Path) -> AsyncIterator[Article]:
        """Decide which articles of a list page are wanted and which page is next; gives the articles fetched for that.

        A list is newest first, except for pinned articles. So the first and the last article that no earlier page of
        the backfill named date the page, or those next to them where one has no date. They are fetched if the
        collection does not hold them. If one end cannot be dated, all of the page is wanted.

        Raises:
            Deferred: one of them is not requested now.
        """
        if step.is_back:
            return
        seen = self._seen[step.section]
        fresh = [url for url in step.page.articles if url not in seen]
        seen.update(fresh)
        following = _following(step.url, step.page.pages)
        if not fresh:  # the list's end, a site that repeats its last page, or the first page under its number
            step.next_url = following if page_number(step.url) == 1 else None
            return
        days = {url: self._day(at) for url, at in self._spider.frontier.published(fresh).items()}
        if self._bounds != Bounds():
            ends: list[date] = []
            for one_end in (fresh, fresh[::-1]):
                for url in one_end[:_MOST_DATING]:
                    if url not in days and url not in step.dated_by:
                        step.dated_by.add(url)
                        async for article in self._articles.fetch(url, step.section, path):
                            days[url] = self._day(article.published_at)
                            yield article
                    if url in days:
                        ends.append(days[url])
                        break
            if len(ends) == 2 and all(map(self._bounds.is_before, ends)):
                step.is_past = True
                return
            if len(ends) == 2 and all(map(self._bounds.is_behind, ends)):
                step.next_url = following
                return
        step.wanted = [url for url in fresh if self._bounds.hold(days.get(url))]
        step.next_url = following

    def _day(self, instant: datetime) -> date:
        return instant.astimezone(self._zone).date()


def _following(url: str, pages: Sequence[str]) -> str | None:
    """The next of the pages that a list page links to: the one with the lowest higher number."""
    here = page_number(url) or 0  # after a first page without a number the second may be number 1
    behind = [(number, page) for page in pages if (number := page_number(page)) is not None and number > here]
    return min(behind)[1] if behind else None
