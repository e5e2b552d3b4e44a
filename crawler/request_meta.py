"""The keys that requests and responses carry in their meta, each with the type of its value; and their metadata record.

The values stay under plain names in a plain dictionary, so that Scrapy's disk queues keep them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import attrs
from scrapy.http import Response

from archive.catalog import Address
from archive.catalog.unread import Unread
from archive.warc.exchange import Original
from crawler.extract import FeedEntry
from crawler.survey.page import Kind as SurveyedKind

Value = TypeVar("Value")
Meta: TypeAlias = Mapping[str, Any]
RequestKind = Literal["section", "feed", "sitemap", "article", "picture", "page", "requisite", "robots", "survey"]


@attrs.frozen
class Key(Generic[Value]):
    """A key of `request.meta`, which is `response.meta` too."""

    name: str

    def of(self, meta: Meta) -> Value:
        """The value.

        Raises:
            KeyError: there is none.
        """
        value: Value = meta[self.name]
        return value

    def get(self, meta: Meta) -> Value | None:
        """The value; None where there is none."""
        return meta.get(self.name)

    def put(self, meta: dict[str, Any], value: Value) -> None:
        """Set the value."""
        meta[self.name] = value

    def drop(self, meta: dict[str, Any]) -> None:
        """Remove the value, where there is one."""
        meta.pop(self.name, None)


LINK, EMBEDDED, PREREQUISITE, REDIRECT = "L", "E", "P", "R"


@attrs.frozen
class Path:
    """The page that led to an address and the hops from a seed, one letter each.

    L link, E embedded, P prerequisite (robots.txt), R redirect: the letters of Heritrix's hopsFromSeed. `hops` is None
    where an earlier run found the address; a seed has no hops.
    """

    via: str | None = None
    hops: str | None = None


SEED = Path(None, "")
UNKNOWN = Path()

# What a request is for.
PATH = Key[Path]("path")  # how the crawl came to the address
KIND = Key[RequestKind]("kind")
SECTION = Key[str | None]("section")  # the newspaper's section
FIRST = Key[bool]("first")  # a list that is fetched again and again, at its own interval
NESTED = Key[bool]("nested")  # a sitemap that an index names
SURVEYED_AS = Key[SurveyedKind]("surveyed as")  # what a survey takes the address for
SURVEYED_LIST = Key[str | None]("surveyed list")  # the section's list in which a survey found the address
FEED = Key[FeedEntry | None]("feed")  # the article's entry in the feed that named it
BACKFILL = Key[bool]("backfill")  # the list page is fetched by a backfill
BACKFILL_BEGINS = Key[bool]("backfill begins")  # a backfill begins at this first page
LEFT_OVER = Key[bool]("left over")  # an earlier run left the list page unread, or it follows such a page
KNOWN_ADDRESS = Key[Address | None]("known")  # the catalog's row of the address when it was asked for
NOT_MODIFIED = Key[Original]("not_modified")  # the capture that a 304 would confirm
UNREAD = Key[Unread]("unread")  # the unread page whose record answers the request
HELD_SINCE = Key[datetime]("held since")  # a capture made since then answers the request, where there is one
RETRIES_AFTER_REST = Key[int]("retries after rest")  # how often the request was sent again after a backoff
# What the answer adds.
RECORD_ID = Key[str]("record_id")  # the id of its WARC record
CAPTURED_AT = Key[datetime]("captured_at")  # its WARC-Date
DOM_ID = Key[str]("dom_id")  # the id of the record of the page as scripts drew it
LACKED = Key[str]("lacked")  # an address that failed while scripts drew the page
WIRE_BYTES = Key[int]("wire_bytes")  # the bytes received for it


def meta_of(kind: RequestKind, path: Path) -> dict[str, Any]:
    """The meta that every request has: what it is for, and how the crawl came to its address.

    Scrapy is told to leave the address as it is: it would escape more of it than browsers do (URL standard).
    """
    return {KIND.name: kind, PATH.name: path, "verbatim_url": True}


def behind(response: Response, hop: str) -> Path:
    """The path to what a page names."""
    path = _with_redirects(response.meta)
    return Path(response.url, None if path.hops is None else path.hops + hop)


def asked_for(meta: Meta, url: str) -> str:
    """The address that was asked for first, where redirects led to `url`."""
    first: str = (meta.get("redirect_urls") or [url])[0]
    return first


def fields(meta: Meta) -> tuple[tuple[str, str], ...]:
    """The fields of the metadata record: via, hopsFromSeed, and what the address is to the crawl."""
    path = _with_redirects(meta)
    found = (
        ("via", path.via),
        ("hopsFromSeed", path.hops),
        ("baotinh-kind", KIND.get(meta)),
        ("baotinh-section", SECTION.get(meta)),
    )
    return tuple((name, value) for name, value in found if value)


def _with_redirects(meta: Meta) -> Path:
    """The path, with the redirects that were followed since."""
    path = PATH.get(meta) or UNKNOWN
    redirected = meta.get("redirect_urls")
    if not redirected:
        return path
    return Path(redirected[-1], None if path.hops is None else path.hops + REDIRECT * len(redirected))
