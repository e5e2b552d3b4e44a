"""The requests of a newspaper's crawl: conditional where the catalog holds a capture, and made only when due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scrapy import Request
from twisted.python.failure import Failure

from archive.catalog import Address
from archive.clock import now
from archive.urls import absolute
from archive.warc.record import Original
from crawler.crawl.frontier.frontier import Frontier
from crawler.request_meta import KNOWN_ADDRESS, NOT_MODIFIED, SECTION, UNKNOWN, Path, RequestKind, meta_of

# Statuses that say something about the address, and so reach the callbacks.
_STATUSES = [304, 404, 410]


class Requests:
    """Makes requests.

    Args:
        errback: called with the failure of a request.
        only_due: first pages of sections, feeds and sitemaps are requested only when they are due.
    """

    def __init__(self, frontier: Frontier, errback: Callable[[Failure], Any], *, only_due: bool) -> None:
        self._frontier, self._errback, self._only_due = frontier, errback, only_due

    def is_wanted(self, known: Address | None) -> bool:
        """Whether a section's first page, a feed or a sitemap is requested now."""
        return not self._only_due or known is None or known.next_due_at <= now()

    def make(
        self,
        url: str,
        kind: RequestKind,
        callback: Any,
        section: str | None,
        known: Address | None = None,
        path: Path = UNKNOWN,
        priority: int = 0,
    ) -> Request:
        """A request; conditional where the catalog holds a capture of the address.

        Args:
            known: what the catalog knows of the address.
        """
        meta = {"handle_httpstatus_list": _STATUSES, **meta_of(kind, path)}
        SECTION.put(meta, section)
        # a known address is requested as the catalog writes it: the response belongs to that address
        written = url if known is not None else absolute(url) or url
        request = Request(written, callback, errback=self._errback, priority=priority, meta=meta)
        if known is not None:
            self._make_conditional(request, known)
        return request

    def _make_conditional(self, request: Request, known: Address) -> None:
        KNOWN_ADDRESS.put(request.meta, known)
        original = self._frontier.original_of(known)
        # a server that sent 304 to an unconditional request would always send it
        if original is None or original.status != 200 or known.status not in (200, 304):
            return
        if known.etag:
            request.headers["If-None-Match"] = known.etag
        if known.last_modified:
            request.headers["If-Modified-Since"] = known.last_modified
        if known.etag or known.last_modified:
            confirmed = Original(record_id=original.record_id, url=original.url, captured_at=original.captured_at)
            NOT_MODIFIED.put(request.meta, confirmed)
