"""A list that loads more of itself when it is scrolled or a button is clicked: for how long it is made to."""

from __future__ import annotations

from collections.abc import Sequence

from scrapy.http import Response

from crawler.crawl.articles import Articles
from crawler.crawl.newspaper_crawl import ListCrawl
from crawler.extract import ListPage


class LoadedList:
    """What one list names as it loads more, batch by batch: it is a list page with its further pages.

    It loads more under the condition under which a further page is requested: the batch names what the section's list
    did not name before. A backfill loads all.

    `page`: as it was last read; None: it was not drawn. `is_cut`: there was more to load than it may, or than the run's
    limit needs.
    """

    def __init__(
        self, spider: ListCrawl, articles: Articles, section: str | None, *, is_backfill: bool, is_left: bool
    ) -> None:
        settings = spider.crawler.settings
        self._spider, self._articles, self._section = spider, articles, section
        self._is_all = is_backfill or is_left
        self._left = settings.getint("BAOTINH_LIST_PAGES" if is_backfill else "BAOTINH_BROWSER_LOADS")
        self._seen: set[str] = set()
        self._new = 0
        self.batches: list[tuple[str, ...]] = []
        self.page: ListPage | None = None
        self.is_cut = False

    async def wants_more(self, drawn: Response) -> bool:
        """Read the list as it is now; whether it shall load more.

        Raises:
            PageUnreadable: reading it failed.
        """
        self.page = await self._spider.read_list(drawn)
        batch = tuple(url for url in own_articles(self._spider, self.page.articles) if url not in self._seen)
        self._seen.update(batch)
        if not batch:
            return False
        self.batches.append(batch)
        new = len(batch) - len(self._spider.frontier.listed(self._section or "", batch))
        self._new += new
        if not new and not self._is_all:
            return False
        limit = self._spider.scope.limit
        has_room = self._articles.has_room and (limit is None or self._new < limit)
        self.is_cut = self._left <= 0 or not has_room
        self._left -= 1
        return not self.is_cut


def own_articles(spider: ListCrawl, urls: Sequence[str]) -> list[str]:
    """Those addresses that are the newspaper's, each as the catalog knows it, once."""
    known_as = spider.frontier.known_as(filter(spider.site.is_own, urls))
    return list(dict.fromkeys(known_as[url] for url in urls if url in known_as))
