"""Brings the comparison of a collection's pictures up to date after what captures without a crawl."""

from __future__ import annotations

import contextlib
import sqlite3

from archive.collection import Collection
from archive.errors import PicturesBusy, WorkerLost
from archive.pictures.following import follow
from archive.settings import compares_pictures


def keep_followed(collection: Collection, *, wait: float = 0, processes: int | None = None) -> None:
    """Hash and compare what was captured since the last time, unless `limits.compare_pictures` is off.

    Where another process does it, or the catalog cannot be written, nothing is done: the next one does it.
    """
    if not compares_pictures():
        return
    with contextlib.suppress(PicturesBusy, WorkerLost, OSError, sqlite3.OperationalError):
        follow(collection, wait=wait, processes=processes)
