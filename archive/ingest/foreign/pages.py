"""What becomes of the pages of an import, and which of them are read."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

import attrs

from archive.catalog import Capture
from archive.clock import warc_date


class PageOutcome(enum.StrEnum):
    """What a page of an imported archive became."""

    NEW = "new"
    CHANGED = "changed"
    DUPLICATE = "duplicate"
    NO_ARTICLE = "no_article"  # reasons by field
    OTHER_ADDRESS = "other_address"  # none that articles have, by the declaration or, without one, by its form
    NO_DECLARATION = "no_declaration"  # left out, because only declared newspapers were wanted
    HTTP_STATUS = "http_status"
    PURGED = "purged"  # its address was removed by order
    NO_PAGE = "no_page"  # its bytes are no HTML page
    FILTERED = "filtered"  # by which filter
    UNDECODABLE = "undecodable"  # no article, and its body is not coded as its header says
    RECORD_UNREADABLE = "record_unreadable"
    ORIGINAL_MISSING = "original_missing"  # a revisit without the capture that it refers to
    READING_FAILED = "reading_failed"  # the next import tries it again


READ = frozenset((PageOutcome.NEW, PageOutcome.CHANGED, PageOutcome.DUPLICATE, PageOutcome.NO_ARTICLE))
# Outcomes of reading that stay, whatever is imported later; those of articles and their rejections are noted with them
LASTING = frozenset((PageOutcome.NO_PAGE, PageOutcome.UNDECODABLE))
FAILED = frozenset(
    (PageOutcome.UNDECODABLE, PageOutcome.RECORD_UNREADABLE, PageOutcome.ORIGINAL_MISSING, PageOutcome.READING_FAILED)
)


@attrs.frozen(kw_only=True)
class ImportedPage:
    """What a page became.

    Args:
        newspaper: whose article it is, or would be.
        article: the id of the article.
        reasons: why it is none, by field; or the one reason of another outcome.
        was_read_before: by an earlier import.
    """

    capture: Capture
    outcome: PageOutcome
    newspaper: str | None = None
    is_declared: bool = False
    article: str | None = None
    seq: int | None = None
    reasons: Mapping[str, str] = attrs.field(factory=dict)
    was_read_before: bool = False

    def as_said(self) -> dict[str, Any]:
        """Its line of the report."""
        capture = self.capture
        said: dict[str, Any] = {
            "page": capture.url, "captured_at": warc_date(capture.captured_at), "outcome": self.outcome.value,
            "newspaper": self.newspaper, "is_declared": self.is_declared, "article": self.article, "seq": self.seq,
            "reasons": dict(self.reasons), "was_read_before": self.was_read_before, "status": capture.status,
            "media_type": capture.mime, "record_id": capture.record_id, "file": capture.file,
            "offset": capture.offset, "length": capture.length,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value not in (None, {}, False)}


@attrs.frozen(kw_only=True)
class PageFilter:
    """Which pages are read: each value narrows the choice, and an empty one does not.

    Args:
        hosts: patterns such as `*.example.org`; a name without a star is also meant with www.
        paths: patterns of path and query, such as `/thoi-su/*`.
        statuses: HTTP statuses.
        media_types: patterns such as `text/*`.
        since: captured then or later.
        until: captured before then.
        is_declared_only: only of newspapers that a file declares.
        is_any_address: of other hosts also pages whose addresses do not look like articles'.
    """

    hosts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    statuses: frozenset[int] = frozenset()
    media_types: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    is_declared_only: bool = False
    is_any_address: bool = False

    def refusal(self, capture: Capture) -> str | None:
        """The filter that leaves a page out; None where it is read."""
        try:
            parts = urlsplit(capture.url)
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            return "host"
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if self.hosts and not any(fnmatchcase(host, one.lower().removeprefix("www.")) for one in self.hosts):
            return "host"
        if self.paths and not any(fnmatchcase(path, one) for one in self.paths):
            return "path"
        if self.statuses and capture.status is not None and capture.status not in self.statuses:
            return "status"
        mime = capture.mime or ""
        if self.media_types and not any(fnmatchcase(mime, one.lower()) for one in self.media_types):
            return "media type"
        at = capture.captured_at
        if (self.since and at < self.since) or (self.until and at >= self.until):
            return "time"
        return None
