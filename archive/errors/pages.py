"""Errors of pages that give no article, or cannot be explained."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from archive.errors.base import BaotinhError, UsageError
from archive.reasons import SAYING_GONE, Reason, read_reason, reason_words


class NoSuchPage(UsageError):
    """The page to explain is neither a file nor a capture of the collection; capture it first."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place} cannot be explained: {reason}")


class PageError(BaotinhError):
    """A page gives no article; the page itself is archived."""


class NotAnArticle(PageError):
    """Required fields could not be read; `missing` maps each to a stored reason. The run's report lists it.

    `template`: that of a page on which all but the text was read; see `PageLayout`.
    """

    def __init__(self, url: str, missing: Mapping[str, str], template: str | None = None) -> None:
        self.url, self.missing, self.template = url, dict(missing), template
        reasons = "; ".join(f"{field}: {reason_words(reason)}" for field, reason in self.missing.items())
        super().__init__(f"{url} gives no article ({reasons}); the page is archived and can be read again later")

    @property
    def says_gone(self) -> bool:
        """Whether the page says that the article is not there, holds its heading and no text any more, or is the front
        page."""
        return read_reason(self.missing.get("page", ""))[0] in SAYING_GONE


class ReadingFailure(enum.StrEnum):
    """Why reading a page failed; the comment says what the `detail` is."""

    ENDED = "ended"  # the reading process ended while it read the page: its exit code
    LATE = "late"  # it took longer than allowed: the seconds after which it was ended
    RAISED = "raised"  # the reader raised an error: its name and message
    STOPPED = "stopped"  # the crawl ended before the page was read: empty. It does not count as a try

    def stored(self, detail: str) -> str:
        """The failure with its detail as a reason, as reports store it."""
        reason = _REASONS[self]
        return reason.value if self is ReadingFailure.STOPPED else reason.of(detail)

    def worded(self, detail: str) -> str:
        """The failure in English."""
        return reason_words(self.stored(detail))


_REASONS = {
    ReadingFailure.ENDED: Reason.READER_ENDED,
    ReadingFailure.LATE: Reason.READER_LATE,
    ReadingFailure.RAISED: Reason.READER_FAILED,
    ReadingFailure.STOPPED: Reason.READER_STOPPED,
}


class PageUnreadable(PageError):
    """Reading a page failed `tries` times. It is archived; the catalog lists it as unread until a run has read it."""

    def __init__(self, url: str, failure: ReadingFailure, detail: str, tries: int) -> None:
        self.url, self.failure, self.detail, self.tries = url, failure, detail, tries
        super().__init__(f"{url} could not be read ({self.reason}); it is archived and will be read again")

    @property
    def reason(self) -> str:
        """Why, in English."""
        return reason_words(self.stored_reason)

    @property
    def stored_reason(self) -> str:
        """Why, as reports store it."""
        return self.failure.stored(self.detail)


class NothingToRead(BaotinhError):
    """A site or an archive holds no page that can be used; `place` is the address or the file."""

    def __init__(self, place: str, reason: str, mend: str) -> None:
        self.place, self.reason, self.mend = place, reason, mend
        super().__init__(f"{place}: {reason}; {mend}")
