"""The extension that keeps a run's newspaper from other machines, and ends the run where it cannot."""

from __future__ import annotations

import logging
import os
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.leases import LEASE, Lease, Renewing
from crawler.scrapy_internals import end_from_thread

logger = logging.getLogger(__name__)


class HeldLease:
    """Renews the lease that the process was given, also when the daemon that took it is no more.

    A run whose lease may be another machine's ends as if it were told to: a newspaper is never crawled by two.
    """

    def __init__(self, crawler: Crawler, lease: Lease) -> None:
        self._crawler, self._lease = crawler, lease
        self._renewing: Renewing | None = None
        crawler.signals.connect(self._opened, signals.spider_opened)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor.

        Raises:
            NotConfigured: no lease was given: there is one machine.
        """
        if not (said := os.environ.get(LEASE)):
            raise NotConfigured
        return cls(crawler, Lease.from_text(said))

    def _opened(self) -> None:
        self._renewing = Renewing(self._lease, self._lost)

    def _closed(self) -> None:
        if self._renewing is not None:
            self._renewing.end()

    def _lost(self, reason: str) -> None:
        logger.error("The run ends: it may no longer keep its newspaper from other machines (%s)", reason)
        end_from_thread(self._crawler, "lease_lost")
