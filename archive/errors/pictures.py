"""Errors of the pictures that are compared."""

from __future__ import annotations

from pathlib import Path

from archive.errors.base import UsageError
from archive.errors.collections import CollectionError


class UnknownPicture(UsageError):
    """No picture is known by that; `baotinh pictures` of an article's id lists its pictures."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"no picture is known as {found!r}; 'baotinh pictures' of an article's id lists its pictures, and "
            "'baotinh pictures update' compares what was captured since"
        )


class PicturesBusy(CollectionError):
    """Another process is hashing the pictures of the collection at `path`, and it will have the same ones."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"the pictures of {path} are being compared by another process; wait until it is done")
