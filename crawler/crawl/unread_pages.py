"""Requests for the pages that earlier runs captured and could not read, and when each is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request

from archive.catalog.unread import Unread, unread_pages
from archive.clock import now, warc_date
from archive.ingest.session import Session
from archive.revisit_policy import after_failure
from crawler.request_meta import KIND, SECTION, UNREAD

# So many are read in a run; the others are left to the next.
_MOST = 5000
# A page that could not be read by several runs is read last: it may hold up the reading of all others for minutes.
_FIRST, _LAST = 40, -40
_LONGEST_WAIT = timedelta(days=1)


def due_again(before: Unread | None, instant: datetime) -> datetime:
    """When a page that could not be read is tried again: by the next run, then ever later, up to a day."""
    return instant if before is None else min(after_failure(before.runs - 1, instant), instant + _LONGEST_WAIT)


def requests_for_unread(session: Session, callback: Any, errback: Any, *, all_of_them: bool) -> Iterator[Request]:
    """Requests for the pages of this newspaper that earlier runs captured and could not read: those that are due.

    Lists are left out: they are asked for anew.
    """
    with session.collection.catalog() as catalog:
        due_by = "9999" if all_of_them else warc_date(now())
        pages = unread_pages(catalog.connection, session.run.newspaper, due_by=due_by, limit=_MOST)
    for page in pages:
        if page.kind in ("article", "page"):
            meta = {KIND: page.kind, SECTION: page.section, UNREAD: page}
            priority = _FIRST if page.runs == 1 else _LAST
            yield Request(page.url, callback, errback=errback, dont_filter=True, priority=priority, meta=meta)
