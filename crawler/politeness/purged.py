"""Keeps crawls from fetching again what was removed from the archive by order."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from archive.catalog.withholdings import places_of, purged_places
from archive.ingest.session import session_of
from archive.warc.cdxj import urlkey


class RemovedByOrder(IgnoreRequest):
    """The records of the address were removed from the archive (`baotinh purge`)."""


class Purged:
    """A downloader middleware: requests no address that was purged, as it would be captured again."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._places: set[str] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let the request pass.

        Raises:
            RemovedByOrder: its address was purged.
        """
        if self._places is None:
            with session_of(self._crawler).collection.catalog() as catalog:
                self._places = purged_places(catalog.connection)
        if self._places and not self._places.isdisjoint(places_of(urlkey(request.url))):
            raise RemovedByOrder(f"{request.url} was removed from the archive")
