"""What a run reports of its crawl: addresses that gave nothing, with the reason, and articles to look at."""

from __future__ import annotations

import logging
from typing import Any, Protocol

import attrs
from scrapy.exceptions import ResponseDataLossError
from scrapy.spidermiddlewares.httperror import HttpError

from archive.article import Article
from archive.reasons import Reason, coded_reason, reason_words
from crawler.politeness.robots import Forbidden
from crawler.responses import Crawled, counted

_MOST_LISTED = 1000


@attrs.frozen
class Trouble:
    """An address that gave nothing, and why. `kind` is that of its request: section, feed, sitemap, article, page..."""

    kind: str
    url: str
    reason: str


class Reporting(Crawled, Protocol):
    """The spider whose crawl is reported."""

    @property
    def logger(self) -> logging.LoggerAdapter[Any]:
        """The spider's logger."""


class CrawlReport:
    """Lists and counts what went wrong in one crawl; `host_down` says that a host stopped answering."""

    def __init__(self, spider: Reporting) -> None:
        self._spider = spider
        self.troubles: list[Trouble] = []
        self.doubtful: list[dict[str, Any]] = []
        self.last_error = self.host_down = ""

    @property
    def logger(self) -> logging.LoggerAdapter[Any]:
        """The spider's logger, whose lines name the newspaper."""
        return self._spider.logger

    @property
    def last_failure(self) -> str:
        """The reason of a crawl that got nothing: a host stopped answering, else the last error."""
        return self.host_down or self.last_error

    def trouble(self, kind: str, url: str, error: BaseException | str | None) -> None:
        """Count and list an address that gave nothing.

        Args:
            error: what was raised, or a code of `archive.reasons`.
        """
        if isinstance(error, Forbidden):
            counted(self._spider, "forbidden by robots.txt")
            reason = Reason.FORBIDDEN.value
        elif isinstance(error, str):
            reason = coded_reason(error)
        else:
            counted(self._spider, "errors")
            reason = reason_of(error)
        self.last_error = reason_words(reason)
        self._spider.logger.warning("No %s from %s: %s", kind, url, self.last_error)
        if len(self.troubles) < _MOST_LISTED:
            self.troubles.append(Trouble(kind, url, reason))

    def doubts(self, article: Article) -> None:
        """Count and list an article of which a field is doubtful."""
        if article.doubts:
            counted(self._spider, "doubtful")
            if len(self.doubtful) < _MOST_LISTED:
                self.doubtful.append({"id": article.id, "url": article.url, "doubts": dict(article.doubts)})


def reason_of(error: BaseException | None) -> str:
    """The code of what was raised in place of a response."""
    if isinstance(error, HttpError):
        return Reason.HTTP.of(error.response.status)
    if isinstance(error, ResponseDataLossError):
        return Reason.BROKEN_OFF.value
    return Reason.OTHER.of(str(error) or type(error).__name__)
