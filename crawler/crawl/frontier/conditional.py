"""Makes requests conditional, so that a server which has nothing new answers 304."""

from __future__ import annotations

from scrapy import Request

from archive.catalog import Address, Capture
from archive.warc.exchange import Original
from crawler.request_meta import NOT_MODIFIED


def make_conditional(request: Request, known: Address, original: Capture | None) -> None:
    """Have a request name the validators of the last answer, where the collection holds that.

    Args:
        known: what the catalog knows of the request's address.
        original: the capture that holds the bytes last received from it.
    """
    if original is None or original.status != 200 or known.status not in (200, 304):
        return
    if known.etag:
        request.headers["If-None-Match"] = known.etag
    if known.last_modified:
        request.headers["If-Modified-Since"] = known.last_modified
    if known.etag or known.last_modified:
        confirmed = Original(record_id=original.record_id, url=original.url, captured_at=original.captured_at)
        NOT_MODIFIED.put(request.meta, confirmed)
