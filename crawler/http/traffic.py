"""Counts a crawl's requests, responses and bytes for each host, for the live view and the report."""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import urlsplit

import attrs
from scrapy.crawler import Crawler

CLASSES = ("2xx", "3xx", "4xx", "5xx")


@attrs.define
class HostTraffic:
    """The exchanges with one host. `received` are bytes on the wire, those of incomplete responses included."""

    requests: int = 0
    under_way: int = 0
    failed: int = 0  # without a response, or with an incomplete one
    received: int = 0
    answers: dict[int, int] = attrs.field(factory=dict)  # by the first digit of the status

    def answered(self, status: int) -> None:
        """Count a response."""
        self.answers[status // 100] = self.answers.get(status // 100, 0) + 1

    def ended(self, received: int) -> None:
        """Count the end of an exchange, successful or not."""
        self.under_way -= 1
        self.received += received

    def by_class(self) -> dict[str, int]:
        """The responses by class of status, `2xx` to `5xx`."""
        return {name: self.answers.get(int(name[0]), 0) for name in CLASSES}


class Traffic:
    """An extension that holds the counts: `hosts`, by host and port, in the order of their first request."""

    def __init__(self) -> None:
        self.hosts: dict[str, HostTraffic] = {}

    @classmethod
    def from_crawler(cls, _crawler: Crawler) -> Self:
        """Scrapy's constructor."""
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
        """All counts as JSON values, by host."""
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
    """The crawl's counts; unused new ones if the settings do not name the extension."""
    return crawler.get_extension(Traffic) or Traffic()
