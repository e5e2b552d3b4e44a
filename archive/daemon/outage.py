"""Whether a collection can be written; where it cannot, that is told and remembered outside of it."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import attrs
import cattrs

from archive.clock import now
from archive.collection import Collection
from archive.daemon.state_folder import state_folder
from archive.durable import Reserve, part_of, put
from archive.errors import CollectionError, CollectionMissing, CollectionTooNew, CollectionUnwritable
from archive.plain_values import plain_converter

# What a catalog raises that is gone, read-only, full, damaged or of a later version.
UNWRITABLE = (CollectionError, CollectionMissing, CollectionTooNew, OSError, sqlite3.Error)
logger = logging.getLogger(__name__)
# Less is left by a run that fails on a full disk and gives its reserve back.
_LEAST_ROOM = 4 * Reserve.SIZE
_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def why_unwritable(collection: Collection) -> Exception | None:
    """Why the collection cannot be written now; None where it can, or is only busy."""
    try:
        root = collection.root
        if not collection.catalog_path.exists():
            return CollectionMissing(root)
        if os.statvfs(root).f_flag & os.ST_RDONLY:
            return CollectionUnwritable(root, os.strerror(errno.EROFS))
        if not all(os.access(place, os.W_OK) for place in (root, collection.catalog_path, collection.warc)):
            return CollectionUnwritable(root, os.strerror(errno.EACCES))
        if shutil.disk_usage(root).free < _LEAST_ROOM:
            return CollectionUnwritable(root, os.strerror(errno.ENOSPC))
        collection.catalog(writable=True).close()
    except sqlite3.OperationalError as error:
        return None if error.sqlite_errorcode in _PASSING else CollectionUnwritable(collection.root, str(error))
    except UNWRITABLE as error:
        return error
    return None


@attrs.frozen(kw_only=True)
class Outage:
    """Since when and why a collection cannot be written."""

    root: str
    since: datetime
    reason: str


class OutageWatch:
    """Finds when a collection can no longer be written, and when it can again; each is told once.

    An outage is kept in a file outside of the collection, so that a daemon that is started again during it, by
    systemd every few seconds, tells nothing a second time.
    """

    def __init__(self, root: Path, began: Callable[[Outage], None], over: Callable[[Outage], None]) -> None:
        self._root, self._began, self._over = root, began, over
        self._path = state_folder(root) / "outage.json"
        self.current = self._read()

    def see(self, error: Exception | None) -> None:
        """Enter why the collection cannot be written now; None: it can."""
        if error is None:
            self._end()
        elif self.current is None:
            self.current = Outage(root=str(self._root), since=now(), reason=str(error))
            logger.error("The collection cannot be written: %s", error)
            with contextlib.suppress(OSError):  # often the same disk; it is told all the same
                self._write(self.current)
            self._began(self.current)

    def _end(self) -> None:
        if (former := self.current) is None:
            return
        self.current = None
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        logger.warning("The collection can be written again")
        self._over(former)

    def _read(self) -> Outage | None:
        try:
            return plain_converter().structure(json.loads(self._path.read_text("utf-8")), Outage)
        except (OSError, ValueError, TypeError, cattrs.BaseValidationError):
            return None

    def _write(self, outage: Outage) -> None:
        part = part_of(self._path)
        part.write_text(json.dumps(plain_converter().unstructure(outage), ensure_ascii=False), encoding="utf-8")
        put(part, self._path)
