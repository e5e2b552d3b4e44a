"""The result of a rebuild: what the new catalog holds, and what was left out of it."""

from __future__ import annotations

import enum
from pathlib import Path

import attrs

from archive.faults import Fault


class Omission(enum.StrEnum):
    """Why a line of JSON is not entered; the comment names the values."""

    NO_ARTICLE = "no_article"  # found: what the parser says
    OTHER_HASH = "other_hash"  # article: its id
    NO_RECORD_NAMED = "no_record_named"  # article
    RECORD_ABSENT = "record_absent"  # article; found: the id of the record
    VERSION_ABSENT = "version_absent"  # article; found: the content hash of the version that was read again


@attrs.frozen
class LeftOut:
    """Something that was not entered: the file, its first byte or its line there, and why."""

    file: str
    fault: Fault
    offset: int | None = None
    line: int | None = None


@attrs.define
class Rebuilt:
    """How much the new catalog holds, what was left out, and the files to which the old catalog and torn ends moved."""

    runs: int = 0
    files: int = 0
    captures: int = 0
    repeated: int = 0  # captures that another file holds too
    articles: int = 0
    versions: int = 0
    readings: int = 0  # later ones
    addresses: int = 0
    cdxj: int = 0
    is_merged: bool = False  # whether it is made of several collections
    duplicates: int = 0  # lines of a merged collection whose content the version before or after has
    moved: int = 0  # lines that named another place than that of their record
    changed_lines: set[str] = attrs.field(factory=set)  # runs with lines that were left out or moved
    left_out: list[LeftOut] = attrs.field(factory=list)
    kept: list[Path] = attrs.field(factory=list)
