"""What an export of captures is asked for, and what became of it."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import attrs

from archive.search.selection import Selection
from archive.sets.files import FrozenSet

CaptureForm = Literal["wacz", "warc"]
FORMS: tuple[CaptureForm, ...] = ("wacz", "warc")


@attrs.frozen(kw_only=True)
class WantedCaptures:
    """The articles whose captures are exported; of a set the captures of its frozen versions.

    Without a query, a filter and a set it is every capture of the collection. `with_text`: whether the list of pages
    has the articles' text.
    """

    form: CaptureForm
    selection: Selection = attrs.field(factory=Selection)
    frozen: FrozenSet | None = None
    with_text: bool = True

    @property
    def is_all(self) -> bool:
        """Whether every capture is exported."""
        return self.frozen is None and self.selection.is_all


@attrs.frozen
class LeftOut:
    """A record that was to be exported and cannot be read; `reason` is one line."""

    record_id: str
    file: str
    offset: int
    reason: str


@attrs.define
class Taken:
    """What an export of captures holds.

    `records`: all records that were copied, `captures`: those that an index lists. `missing`: versions of the set that
    the collection does not hold; `behind`: versions that are not indexed yet.
    """

    articles: int = 0
    pages: int = 0
    captures: int = 0
    records: int = 0
    size: int = 0
    missing: int = 0
    behind: int = 0
    newspapers: Counter[str] = attrs.field(factory=Counter)
    first: str | None = None
    """The WARC-Date of the first capture."""
    last: str | None = None
    """The WARC-Date of the last capture."""
    left_out: list[LeftOut] = attrs.field(factory=list)
