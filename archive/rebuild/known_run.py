"""What a rebuild knows of a run, from its files, JSON lines and report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from archive.ingest.repeats import EXTRACTOR


@attrs.define
class KnownRun:
    """What is known of a run; its row is made from it."""

    name: str
    newspaper: str
    started_at: datetime
    said: Mapping[str, str] = attrs.field(factory=dict)
    report: Mapping[str, Any] = attrs.field(factory=dict)
    source: str | None = None
    is_unfinished: bool = False
    id: int = 0

    @property
    def extractor(self) -> str:
        """The program that read its pages, with its version."""
        return (self.said.get("software") or EXTRACTOR).partition(" ")[0]

    def lost_in(self, file: str) -> int:
        """In how many places a file could not be read when this run imported it."""
        lost = self.report.get("lost")
        count = lost.get(file) if isinstance(lost, dict) else 0
        return count if isinstance(count, int) else 0

    @property
    def imported(self) -> list[str]:
        """The files that it imported, in this order, as its report says."""
        named = self.report.get("imported")
        return [file for file in named if isinstance(file, str)] if isinstance(named, list) else []
