"""Why a run failed, as a value; the words beside it are the error's."""

from __future__ import annotations

import enum
import json
from pathlib import Path

from archive.errors.base import BaotinhError, UsageError
from archive.errors.collections import CollectionError, NewspaperLocked
from archive.errors.pages import NothingToRead
from archive.errors.runs import NetworkDown, SectionsUnread


class FailureKind(enum.StrEnum):
    """Why a run failed."""

    LOCKED = "locked"  # another run of the newspaper was under way
    UNANSWERED = "unanswered"  # not one answer came
    SECTIONS_UNREAD = "sections unread"  # the newspaper answered, and no section could be read
    FRUITLESS = "fruitless"  # no page of the archive that was read gave an article
    REFUSED = "refused"  # a disk, the catalog or the clock refused
    MISUSED = "misused"  # a setting or an argument was wrong
    OTHER = "other"


def failure_kind(error: Exception) -> FailureKind:
    """The kind of the failure that an error is."""
    kinds: tuple[tuple[type[Exception], FailureKind], ...] = (
        (NewspaperLocked, FailureKind.LOCKED),
        (NetworkDown, FailureKind.UNANSWERED),
        (SectionsUnread, FailureKind.SECTIONS_UNREAD),
        (NothingToRead, FailureKind.FRUITLESS),
        (UsageError, FailureKind.MISUSED),
        (CollectionError, FailureKind.REFUSED),
    )
    return next((kind for cls, kind in kinds if isinstance(error, cls)), FailureKind.OTHER)


def write_failure(path: Path, error: BaotinhError) -> None:
    """Write why a process failed where the one that began it reads it."""
    said = {"kind": failure_kind(error).value, "failure": str(error)}
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def read_failure(path: Path) -> tuple[FailureKind, str] | None:
    """What `write_failure` wrote; None where it wrote nothing. The file is removed."""
    try:
        said = json.loads(path.read_text("utf-8"))
        found = FailureKind(said["kind"]), str(said["failure"])
    except (OSError, ValueError, LookupError, TypeError):
        found = None
    path.unlink(missing_ok=True)
    return found
