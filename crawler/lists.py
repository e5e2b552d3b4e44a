"""Which of a section's list pages one run asks for: those never read, and an end where a site pages for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from archive.catalog import Address


class Lists:
    """The list pages of one run: what was asked for, and how many by section."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self._counts: Counter[str | None] = Counter()

    def behind(self, pages: list[str], known: Mapping[str, Address]) -> list[str]:
        """The list pages to read behind one that shows something new: those never read, and the first of the others.

        Where that one shows something new as well, it leads on to the next: what was read once holds other articles
        when a paper has printed more than a page of them.
        """
        left = [url for url in pages if url not in self.asked]
        unread = [url for url in left if url not in known or known[url].fetched_at is None]
        read = [url for url in left if url not in unread]
        return read[:1] + unread

    def room(self, section: str | None, most: int) -> int:
        """Count a list page of the section: 1 where it may be read, 0 where it is the first too many, else -1."""
        self._counts[section] += 1
        beyond = self._counts[section] - most
        return 1 if beyond <= 0 else 0 if beyond == 1 else -1
