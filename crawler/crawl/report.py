"""What a run reports of its crawl: addresses that gave nothing, with the reason, and articles to look at."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol

import attrs
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from archive.article import Article
from archive.errors import NotAnArticle, OriginalMissing, PageUnreadable, RecordError
from archive.reasons import Reason, coded_reason, reason_words
from crawler.browser.outcome import DrawingFailure, NotDrawn
from crawler.http.resolver import PrivateAddress
from crawler.http.wire import TooLong
from crawler.politeness.purged import RemovedByOrder
from crawler.politeness.redirects import LeadsToItself
from crawler.politeness.robots import Forbidden, RobotsUnreachable
from crawler.request_meta import LACKED
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
        self.refusals: Counter[tuple[str, str]] = Counter()
        self.last_error = self.host_down = ""

    @property
    def logger(self) -> logging.LoggerAdapter[Any]:
        """The spider's logger, whose lines name the newspaper."""
        return self._spider.logger

    @property
    def last_failure(self) -> str:
        """The reason of a crawl that got nothing: a host stopped answering, else the last error."""
        return self.host_down or self.last_error

    def refused(self, reason: str, host: str, count: int) -> None:
        """Count requests of drawn pages that were not made."""
        counted(self._spider, "refused", count)
        self.refusals[reason, host] += count

    def listed_refusals(self) -> list[dict[str, Any]]:
        """The requests that were not made, by reason and host, the most first."""
        return [
            {"reason": reason, "host": host, "count": count}
            for (reason, host), count in self.refusals.most_common(_MOST_LISTED)
        ]

    def trouble(self, kind: str, url: str, error: BaseException | str | None) -> None:
        """Count and list an address that gave nothing.

        Args:
            error: what was raised, or a code of `archive.reasons`.
        """
        if isinstance(error, RemovedByOrder):
            counted(self._spider, "removed by order")
            return
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


_WITHOUT_DETAIL: tuple[tuple[type[BaseException], Reason], ...] = (
    (ResponseDataLossError, Reason.BROKEN_OFF),
    (DownloadTimeoutError, Reason.NOT_IN_TIME),
    (DownloadConnectionRefusedError, Reason.REFUSED),
    (LeadsToItself, Reason.ITSELF),
)
_WITH_MESSAGE: tuple[tuple[type[BaseException], Reason], ...] = (
    (CannotResolveHostError, Reason.NOT_RESOLVED),
    (DownloadFailedError, Reason.NO_ANSWER),
    (RecordError, Reason.RECORD_UNREADABLE),
)


def reason_of(error: BaseException | None) -> str:
    """The code of what was raised in place of a response."""
    if isinstance(error, HttpError):
        return Reason.HTTP.of(error.response.status)
    if isinstance(error, PageUnreadable | NotDrawn):
        return error.stored_reason
    if isinstance(error, PrivateAddress):
        return Reason.PRIVATE_ADDRESS.of(error.found)
    if isinstance(error, RobotsUnreachable):
        return Reason.ROBOTS_UNREAD.of(f"{error.host} ({error.reason})")
    if isinstance(error, OriginalMissing):
        return Reason.ORIGINAL_MISSING.of(error.record_id)
    if isinstance(error, DownloadCancelledError) and isinstance(error.__cause__, TooLong):
        return Reason.TOO_LONG.of(error.__cause__.bound)
    for kind, plain in _WITHOUT_DETAIL:
        if isinstance(error, kind):
            return plain.value
    reason = next((reason for kind, reason in _WITH_MESSAGE if isinstance(error, kind)), Reason.OTHER)
    cause = error if error is None or error.__cause__ is None else error.__cause__
    return reason.of(str(cause) or type(cause).__name__)


def failed_with(error: Exception, response: Response) -> Failure:
    """The failure of a request that was answered, and whose page could not be used."""
    failure = Failure(error)  # type: ignore[no-untyped-call]
    failure.request = response.request  # type: ignore[attr-defined]
    return failure


def no_article(response: Response, missing: Mapping[str, str]) -> NotAnArticle | NotDrawn:
    """Why a page gives no article: it has none, or its scripts could not draw it, as they lacked something."""
    lacked = LACKED.get(response.meta)
    if lacked is not None:
        return NotDrawn(response.url, DrawingFailure.LACKED, lacked)
    return NotAnArticle(response.url, missing)
