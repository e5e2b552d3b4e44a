"""What a crawl asks of each host and what comes back, counted for whoever watches; decides and fetches nothing."""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import urlsplit

import attrs
from scrapy.crawler import Crawler

CLASSES = ("2xx", "3xx", "4xx", "5xx")


@attrs.define
class HostTraffic:
    """The exchanges with one host: `received` are bytes as they came over the wire, broken answers included."""

    requests: int = 0
    under_way: int = 0
    failed: int = 0  # gave no answer, or a broken one
    received: int = 0
    answers: dict[int, int] = attrs.field(factory=dict)  # by the first digit of the status

    def answered(self, status: int) -> None:
        """Count an answer."""
        self.answers[status // 100] = self.answers.get(status // 100, 0) + 1

    def ended(self, received: int) -> None:
        """Count the end of what was begun, however it ended."""
        self.under_way -= 1
        self.received += received

    def by_class(self) -> dict[str, int]:
        """The answers by class of status, `2xx` to `5xx`."""
        return {name: self.answers.get(int(name[0]), 0) for name in CLASSES}


class Traffic:
    """An extension that holds the counts: `hosts`, by host and port, in the order in which they were first asked."""

    def __init__(self) -> None:
        self.hosts: dict[str, HostTraffic] = {}

    @classmethod
    def from_crawler(cls, _crawler: Crawler) -> Self:
        """Scrapy's way of making it."""
        return cls()

    def begin(self, url: str) -> HostTraffic:
        """Count a request that is being sent; the counts of its host."""
        name = urlsplit(url).netloc.rpartition("@")[2].lower()
        host = self.hosts.get(name)
        if host is None:
            host = self.hosts[name] = HostTraffic()
        host.requests += 1
        host.under_way += 1
        return host

    def figures(self) -> dict[str, dict[str, Any]]:
        """All of it as JSON takes it, by host."""
        return {
            name: {
                "requests": host.requests,
                "answers": host.by_class(),
                "failed": host.failed,
                "received_bytes": host.received,
            }
            for name, host in self.hosts.items()
        }


def traffic_of(crawler: Crawler) -> Traffic:
    """The crawl's counts; new ones, which nobody watches, where the settings do not name the extension."""
    return crawler.get_extension(Traffic) or Traffic()
