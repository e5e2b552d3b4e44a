"""How far one run has read each section's list, and whether it could read any; asks for no page."""

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
    """How far one run has read a section; `before`: when it was last read without a gap."""

    read_at: datetime
    before: str | None
    meets_known: bool = False
    pages: list[tuple[str, ...]] = attrs.field(factory=list)


class ListCoverage:
    """The reads of one run, section by section.

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
            meets_known: it came to what the last reading without a gap had come to.
            page: addresses of its articles, in its order; none where they do not tell how far the reading reaches.
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
        """A page of the section's list could not be read, or was not asked for: the reading has a gap."""
        self._broken.add(section)

    def whole(self) -> list[SectionRead]:
        """How far each section's list was followed in this run without a gap, from its first page on."""
        return [
            SectionRead(section=section, read_at=read.read_at, meets_known=read.meets_known, pages=tuple(read.pages))
            for section, read in self._read.items()
            if section not in self._broken
        ]

    # whether anything was read at all

    def note_lost(self, meta: Mapping[str, Any], url: str) -> None:
        """Nothing came of a page that was asked for: of a first page it is noted."""
        if FIRST.get(meta):
            self._lost.add(asked_for(meta, url))

    def note_empty(self, meta: Mapping[str, Any], url: str, known: Address | None) -> None:
        """A page named no article: one that did before may be made otherwise now, and is as good as lost."""
        if known is not None and known.changes:
            self.note_lost(meta, url)
        else:
            self._good.add(url)

    def note_good(self, known: Mapping[str, Address]) -> None:
        """Of these first pages some were read when they were asked for last."""
        self._good |= {url for url, one in known.items() if one.status in (200, 304) and not one.failures}

    @property
    def has_read_no_section(self) -> bool:
        """Whether first pages were asked for, not one was read, and of no other did an earlier run read the last."""
        return bool(self._lost) and not self._read and not self._good - self._lost
