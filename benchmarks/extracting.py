"""Articles read per second: by rules, beside the floor of this project; and without, beside trafilatura alone.

One core, in this process, pages of 50 KB of `pages.py`. What a crawl asks of a page is asked by rules: the article, the
page's links and its requisites. Without rules both sides get the same bytes and give title, time, authors and body.
Garbage is collected as seldom as in the process that reads pages for a crawl, on both sides.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import trafilatura

from archive.processes import leave_modules_out_of_collection
from benchmarks.pages import STORIES, Pages, article_path
from benchmarks.table import Row, Scale, ratio
from crawler.declaration.layout import Rules
from crawler.extract import read_article_page
from crawler.extract.page import open_page
from crawler.extract.results import read_any
from spiders.baocantho import BaoCanTho

FLOOR = 600
PAGE_BYTES = 50_000
_SENT = {"Content-Type": "text/html; charset=utf-8"}
_CAPTURED = datetime(2026, 2, 1, tzinfo=UTC)
_UNKNOWN = Rules(newspaper="unknown")


def by_rules(url: str, body: bytes) -> object:
    """What a crawl asks of an article page of a declared newspaper."""
    return read_article_page(open_page(body, url, _SENT), _CAPTURED, None, None, BaoCanTho.rules()).article


def without_rules(url: str, body: bytes) -> object:
    """An article of a paper that nobody declares."""
    return read_any(open_page(body, url, _SENT), _CAPTURED, _UNKNOWN).value("title")


def by_trafilatura(url: str, body: bytes) -> object:
    """trafilatura as its documents call it, with its own parser and metadata."""
    return trafilatura.bare_extraction(body, url=url, with_metadata=True)


def rate(read: Callable[[str, bytes], object], pages: Sequence[tuple[str, bytes]]) -> float:
    """Pages a second of processor time.

    Raises:
        RuntimeError: a page gave nothing.
    """
    gc.collect()
    began = time.process_time()
    for url, body in pages:
        if not read(url, body):
            raise RuntimeError(f"{read.__name__} gave nothing of {url}")
    return len(pages) / (time.process_time() - began)


def extract(scale: Scale) -> Iterator[Row]:
    """Both rates; turns alternate, so that a busy machine is busy for both."""
    leave_modules_out_of_collection()
    turns, number = {"full": (7, STORIES), "quick": (3, 32), "tiny": (1, 2)}[scale]
    made = Pages(articles=STORIES, page_bytes=PAGE_BYTES, picture_bytes=1000)
    pages = []
    for nth in range(number):
        path = article_path(nth)
        body = made.article(int(path.rpartition("-a")[2].removesuffix(".html")))
        assert body is not None
        pages.append((f"https://baocantho.com.vn{path}", body))
    rounds = [(rate(by_rules, pages), rate(without_rules, pages), rate(by_trafilatura, pages)) for _ in range(turns)]
    ours, generic, theirs = (statistics.median(one[nth] for one in rounds) for nth in range(3))
    yield Row(
        what=f"extract by rules, pages of {PAGE_BYTES:,} bytes",
        wanted="1.00",
        measured=ratio([one[0] / FLOOR for one in rounds]),
        ours=f"{ours:,.0f} pages/s",
        theirs=f"the floor of {FLOOR} pages/s",
    )
    yield Row(
        what=f"extract without rules, pages of {PAGE_BYTES:,} bytes",
        wanted="1.30",
        measured=ratio([one[1] / one[2] for one in rounds]),
        ours=f"{generic:,.0f} pages/s",
        theirs=f"trafilatura {theirs:,.0f} pages/s",
    )
