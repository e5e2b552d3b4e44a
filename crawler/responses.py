"""What spiders ask of a Scrapy response; changes none."""

from __future__ import annotations

import scrapy
from scrapy.http import Response


def headers_of(response: Response) -> dict[str, str]:
    """The header fields, the last value of each, decoded as ISO 8859-1."""
    return {name.decode("latin-1"): values[-1].decode("latin-1") for name, values in response.headers.items() if values}


def header_of(response: Response | None, name: str) -> str | None:
    """A header field's value, or None."""
    value = response.headers.get(name) if response is not None else None
    return value.decode("latin-1") if value else None


def counted(spider: scrapy.Spider, name: str, count: int = 1) -> None:
    """Count something in the crawl's statistics."""
    assert spider.crawler.stats is not None
    spider.crawler.stats.inc_value(f"baotinh/{name}", count)
