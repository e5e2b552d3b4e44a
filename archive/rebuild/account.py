"""What a rebuild made, and what it left out."""

from __future__ import annotations

from pathlib import Path

import attrs


@attrs.frozen
class LeftOut:
    """Something that could not be entered: a place in a file, a byte or a line, and why."""

    file: str
    place: str
    reason: str


@attrs.define
class Rebuilt:
    """How much the new catalog holds, what was left out, and where the old catalog and torn ends were put."""

    runs: int = 0
    files: int = 0
    captures: int = 0
    repeated: int = 0  # captures that another file holds already
    articles: int = 0
    versions: int = 0
    addresses: int = 0
    cdxj: int = 0
    moved: int = 0  # lines that named another place than their record's
    changed_lines: set[str] = attrs.field(factory=set)  # runs of whose lines some were left out or moved
    left_out: list[LeftOut] = attrs.field(factory=list)
    kept: list[Path] = attrs.field(factory=list)

    def leave_out(self, file: str, place: str, reason: str) -> None:
        """List something that could not be entered."""
        self.left_out.append(LeftOut(file, place, reason))
