"""What requests and responses carry in their meta, and how a crawl came to an address, for its metadata record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from scrapy.http import Response

# The keys of ours in request.meta and response.meta, and the values' types.
PATH = "path"  # Path: how the crawl came to the address
KIND = "kind"  # archive.catalog.addresses.Kind, "page", "picture", "requisite", "robots"
SECTION = "section"  # str | None: the newspaper's section
FIRST = "first"  # bool: a list that is asked for again and again, by its own interval
NESTED = "nested"  # bool: a sitemap that an index names
SURVEYED_AS = "surveyed as"  # crawler.survey.page.Kind: what a survey takes the address for
SURVEYED_LIST = "surveyed list"  # str | None: the section's list that a survey found the address in
FEED = "feed"  # FeedEntry | None: what a feed said of the article
BACKFILL = "backfill"  # bool: the list page is a backfill's
BACKFILL_BEGINS = "backfill begins"  # bool: a backfill begins at this first page
LEFT_OVER = "left over"  # bool: an earlier run left the list page, or it lies behind such a one
KNOWN = "known"  # Address: what the catalog remembered of the address when it was asked for
NOT_MODIFIED = "not_modified"  # Original: the capture that a 304 would confirm
UNREAD = "unread"  # Unread: the page whose record answers the request
HELD_SINCE = "held since"  # datetime: a capture made since then answers the request, where there is one
RETRIES_AFTER_REST = "retries after rest"  # int: how often the request was sent again after its host's rest
# What an answer brings along.
RECORD_ID = "record_id"  # str: the id of its WARC record
CAPTURED_AT = "captured_at"  # datetime: its WARC-Date
WIRE_BYTES = "wire_bytes"  # int: the bytes that came over the wire for it

LINK, EMBEDDED, PREREQUISITE, REDIRECT = "L", "E", "P", "R"


@attrs.frozen
class Path:
    """The page that led to an address and the hops from a seed, one letter each.

    L link, E embedded, P prerequisite (robots.txt), R redirect: the letters of Heritrix's hopsFromSeed. `hops` is None
    where an earlier run found the address; a seed has no hops.
    """

    via: str | None = None
    hops: str | None = None


def meta_of(kind: str, path: Path) -> dict[str, Any]:
    """What every request's meta holds: what the address is to the crawl, and how the crawl came to it.

    Scrapy is told to leave the address as it is: it would escape more of it than browsers do (URL standard).
    """
    return {KIND: kind, PATH: path, "verbatim_url": True}


SEED = Path(None, "")
UNKNOWN = Path()


def behind(response: Response, hop: str) -> Path:
    """The path to what a page names."""
    path = _walked(response.meta)
    return Path(response.url, None if path.hops is None else path.hops + hop)


def asked_for(meta: Mapping[str, Any], url: str) -> str:
    """The address that was asked for first, where redirects led to `url`."""
    first: str = (meta.get("redirect_urls") or [url])[0]
    return first


def fields(meta: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The fields of the metadata record: via, hopsFromSeed, and what the address is to the crawl."""
    path = _walked(meta)
    found = (
        ("via", path.via),
        ("hopsFromSeed", path.hops),
        ("baotinh-kind", meta.get(KIND)),
        ("baotinh-section", meta.get(SECTION)),
    )
    return tuple((name, value) for name, value in found if value)


def _walked(meta: Mapping[str, Any]) -> Path:
    """The path with the redirects that were followed since."""
    path: Path = meta.get(PATH) or Path()
    redirected = meta.get("redirect_urls")
    if not redirected:
        return path
    return Path(redirected[-1], None if path.hops is None else path.hops + REDIRECT * len(redirected))
