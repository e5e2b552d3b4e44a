"""How far one run has read each section's list, and whether it could read any."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from scrapy.http import Response

from archive.catalog import Address
from archive.catalog.coverage import SectionRead
from crawler.request_meta import CAPTURED_AT, FIRST, asked_for


@attrs.define
class _Read:
    """How far one run has read a section; `before` is when the list was last read without a gap."""

    read_at: datetime
    before: str | None
    meets_known: bool = False
    pages: list[tuple[str, ...]] = attrs.field(factory=list)


class ListCoverage:
    """How one run has read the lists of its sections.

    Args:
        last_covered: when a section's list was last read without a gap before this run, as a WARC-Date.
    """

    def __init__(self, last_covered: Callable[[str], str | None]) -> None:
        self._last_covered = last_covered
        self._read: dict[str, _Read] = {}
        self._broken: set[str | None] = set()
        self._lost: set[str] = set()
        self._good: set[str] = set()

    def page_read(self, response: Response, section: str, *, meets_known: bool, page: Sequence[str] = ()) -> None:
        """A page of the section's list was read.

        Args:
            meets_known: it reached what the last run without a gap had reached.
            page: addresses of its articles, in its order; none where they do not show how far back the run reads.
        """
        read = self._read.get(section)
        if read is None:
            if not FIRST.get(response.meta):
                return
            read = self._read[section] = _Read(CAPTURED_AT.of(response.meta), self.before(section))
        read.meets_known |= meets_known
        if page:
            read.pages.append(tuple(page))

    def before(self, section: str | None) -> str | None:
        """When the section's list was last read without a gap before this run, as a WARC-Date."""
        read = self._read.get(section or "")
        return read.before if read is not None else self._last_covered(section or "")

    def note_gap(self, section: str | None) -> None:
        """A page of the section's list could not be read, or was not requested: the run has a gap there."""
        self._broken.add(section)

    def whole(self) -> list[SectionRead]:
        """How far each section's list was read in this run without a gap, from its first page on."""
        return [
            SectionRead(section=section, read_at=read.read_at, meets_known=read.meets_known, pages=tuple(read.pages))
            for section, read in self._read.items()
            if section not in self._broken
        ]

    # whether any section was read

    def note_lost(self, meta: Mapping[str, Any], url: str) -> None:
        """A page could not be read; counts for first pages."""
        if FIRST.get(meta):
            self._lost.add(asked_for(meta, url))

    def note_empty(self, meta: Mapping[str, Any], url: str, known: Address | None) -> None:
        """A page named no article: if it did before, its markup may have changed, and it counts as lost."""
        if known is not None and known.changes:
            self.note_lost(meta, url)
        else:
            self._good.add(url)

    def note_good(self, known: Mapping[str, Address]) -> None:
        """Note which of these first pages were read when they were last requested."""
        self._good |= {url for url, one in known.items() if one.status in (200, 304) and not one.failures}

    @property
    def has_read_no_section(self) -> bool:
        """Whether first pages were requested, none was read, and none of the others was read in its last run."""
        return bool(self._lost) and not self._read and not self._good - self._lost
