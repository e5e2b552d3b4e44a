"""Errors of pages that give no article, or cannot be explained."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from archive.errors.base import BaotinhError, UsageError
from archive.reasons import reason_words


class NoSuchPage(UsageError):
    """The page that was to be explained is neither a file nor a capture of the collection; capture it first."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place} cannot be explained: {reason}")


class PageError(BaotinhError):
    """A page cannot become an article; the page itself is kept."""


class NotAnArticle(PageError):
    """Required fields could not be read; `missing` maps each to a stored reason. The run's report lists it."""

    def __init__(self, url: str, missing: Mapping[str, str]) -> None:
        self.url, self.missing = url, dict(missing)
        reasons = "; ".join(f"{field}: {reason_words(reason)}" for field, reason in self.missing.items())
        super().__init__(f"{url} gives no article ({reasons}); the page is archived and can be read again later")


class ReadingFailure(enum.StrEnum):
    """Why reading a page failed, and what the `detail` beside it then is."""

    ENDED = "ended"  # the reading process ended amid the page; its exit code
    LATE = "late"  # it took longer than a page may take; so many seconds
    RAISED = "raised"  # the reader raised an error; its name and message
    STOPPED = "stopped"  # the crawl ended before the page was read; nothing. Says nothing of the page

    def worded(self, detail: str) -> str:
        """The failure in words, for reports and logs."""
        match self:
            case ReadingFailure.ENDED:
                return f"the reading process ended with {detail}"
            case ReadingFailure.LATE:
                return f"reading it took more than {detail} s"
            case ReadingFailure.STOPPED:
                return "the crawl ended before it was read"
        return detail


class PageUnreadable(PageError):
    """Reading a page failed `tries` times. It is archived; the catalog lists it as unread until a run has read it."""

    def __init__(self, url: str, failure: ReadingFailure, detail: str, tries: int) -> None:
        self.url, self.failure, self.detail, self.tries = url, failure, detail, tries
        super().__init__(f"{url} could not be read ({self.reason}); it is archived and will be read again")

    @property
    def reason(self) -> str:
        """Why, in words."""
        return self.failure.worded(self.detail)


class NothingToRead(BaotinhError):
    """A site or an archive shows nothing to draft from or to check; `place` is the address or the file."""

    def __init__(self, place: str, reason: str, mend: str) -> None:
        self.place, self.reason, self.mend = place, reason, mend
        super().__init__(f"{place}: {reason}; {mend}")
