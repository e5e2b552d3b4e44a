"""Header fields, counts and records of Scrapy responses."""

from __future__ import annotations

from typing import Protocol

from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from archive.warc.reader import Record
from crawler.scrapy_internals import responsetypes

# The prefix under which the crawl's statistics count responses by status.
ANSWERS = "answers/"


def kind_of(response: Response) -> dict[str, str]:
    """The header field that says how a page's bytes are decoded."""
    kind = header_of(response, "Content-Type")
    return {"Content-Type": kind} if kind else {}


def header_of(response: Response | None, name: str) -> str | None:
    """A header field's value, or None."""
    value = response.headers.get(name) if response is not None else None
    return value.decode("latin-1") if value else None


class Crawled(Protocol):
    """A spider, or a part of one."""

    crawler: Crawler


def counted(spider: Crawled, name: str, count: int = 1) -> None:
    """Count something in the crawl's statistics."""
    assert spider.crawler.stats is not None
    spider.crawler.stats.inc_value(f"baotinh/{name}", count)


def count_answer(crawler: Crawler, response: Response) -> None:
    """Count a response by its status."""
    assert crawler.stats is not None
    crawler.stats.inc_value(f"{ANSWERS}{response.status}")


def is_answered(crawler: Crawler) -> bool:
    """Whether the crawl has received any response."""
    assert crawler.stats is not None
    return any(name.startswith(ANSWERS) for name in crawler.stats.get_stats())


def answer_of(url: str, record: Record) -> tuple[Response, bool]:
    """The response in a record, and whether its body is framed otherwise than its header says.

    Its transfer coding is undone, its content coding is not.
    """
    message, is_faulty = record.http, False
    if message is None:
        headers = Headers({"Content-Type": record.header("Content-Type") or "application/octet-stream"})
        status, body = 200, record.block
    else:
        headers = Headers()
        for name, value in message.fields:
            headers.appendlist(name, value.encode("latin-1"))
        status = message.status or 200
        body, faults = message.unframed()
        is_faulty = bool(faults)
    kind = responsetypes.from_args(headers=headers, url=url, body=body)
    return kind(url=url, status=status, headers=headers, body=body), is_faulty
