"""The report of an import: what every file and every page became, as lines of JSON, and the counts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, TextIO

import attrs

from archive.durable import part_of, put
from archive.ingest.foreign.pages import ImportedPage, PageOutcome
from archive.ingest.foreign.taken import TakenFile
from archive.printable import json_text
from archive.reasons import Reason


@attrs.define
class ImportReport:
    """Counts pages and hosts, and writes a line for each file and page to a part, which `finish` names.

    Without a path it only counts.
    """

    path: Path | None
    files: list[TakenFile] = attrs.field(factory=list)
    outcomes: Counter[PageOutcome] = attrs.field(factory=Counter)
    repeated: int = 0  # pages that an earlier import had read, which are not among the outcomes
    others: int = 0  # captures that are no pages
    undeclared: Counter[str] = attrs.field(factory=Counter)  # pages by host
    declared: Counter[str] = attrs.field(factory=Counter)  # pages by newspaper
    reasons: Counter[str] = attrs.field(factory=Counter)  # fields that were not found on pages that gave no article
    too_large: int = 0  # pages that were too large to be read as articles

    _stream: TextIO | None = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._stream = part_of(self.path).open("w", encoding="utf-8") if self.path is not None else None

    def file(self, taken: TakenFile) -> None:
        """Note what became of a file."""
        self.files.append(taken)
        self._write(file_values(taken))

    def page(self, page: ImportedPage) -> None:
        """Note what became of a page."""
        self.repeated += page.was_read_before
        self.outcomes[page.outcome] += not page.was_read_before
        if page.newspaper and page.outcome is not PageOutcome.FILTERED:
            (self.declared if page.is_declared else self.undeclared)[page.newspaper] += 1
        if page.outcome is PageOutcome.NO_ARTICLE and not page.was_read_before:
            self.too_large += page.reasons.get("page") == Reason.PAGE_TOO_LARGE
            self.reasons.update(page.reasons.keys() - {"page"})
        self._write(page.as_said())

    def finish(self) -> None:
        """Give the file its name, durably."""
        if self.path is not None and self._stream is not None:
            self._stream.close()
            put(part_of(self.path), self.path)

    def abandon(self) -> None:
        """Remove it, unless it is finished."""
        if self.path is not None and self._stream is not None:
            self._stream.close()
            part_of(self.path).unlink(missing_ok=True)

    def _write(self, said: dict[str, Any]) -> None:
        if self._stream is not None:
            self._stream.write(json_text(said) + "\n")


def file_values(taken: TakenFile) -> dict[str, Any]:
    """What became of a file, as JSON values."""
    said: dict[str, Any] = {
        "source": taken.name, "outcome": taken.fate.value, "file": taken.file, "bytes": taken.size,
        "sha256": taken.sha256, "software": taken.software, "captures": taken.captures,
        "records_with_anothers_id": taken.strangers,
        "removed_before": [{"subject": one.subject, "captures": one.captures} for one in taken.removed],
        "lost": taken.lost,
        "reason": _fault(taken.reason) if taken.reason else None,
        "damage": [
            {"offset": one.offset, **_fault(one.fault), "record_id": one.record_id, "is_lost": one.is_lost}
            for one in taken.troubles
        ],
        "offsets_of": "inflated" if taken.is_inflated else None,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value not in (None, [], 0)}


def _fault(fault: Any) -> dict[str, Any]:
    return {"code": fault.code.value, "values": dict(fault.values)}
