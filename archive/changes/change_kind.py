"""The kinds of change, in a module of their own: a command that only names them loads no comparison."""

from __future__ import annotations

import enum


class ChangeKind(enum.Enum):
    """What changed from a version to the next one, or what became of the article's page; in the order of display."""

    HEADLINE = "headline"
    LEAD = "lead"
    FIGURES = "figures"
    NAMES = "names"
    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    MOVED = "moved"
    CORRECTION = "correction"
    BYLINE = "byline"
    CAPTION = "caption"
    PICTURE_SWAPPED = "picture-swapped"
    PICTURE_ADDED = "picture-added"
    PICTURE_REMOVED = "picture-removed"
    GONE = "gone"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
