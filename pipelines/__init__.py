"""Pipelines that lead articles from Scrapy into the archive, on the session of their crawl."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from archive.ingest.session import Session, session_of


class SessionPipeline:
    """A pipeline that works on the crawl's session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(session_of(crawler))
