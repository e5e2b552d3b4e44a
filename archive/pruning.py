"""Removes what a collection no longer needs: old logs, older copies of the catalog, leftovers of killed processes.

Only files whose names this program gives are looked at. WARC files, JSON lines, CDXJ files, sets and the index are not.
"""

from __future__ import annotations

import enum
import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs

from archive.catalog import Catalog
from archive.collection import Collection
from archive.locks import is_held
from archive.storage.located import storage_of

_LOG = re.compile(r"(?P<stem>.+-\d{14})\.log(?:\.\d+)?", re.DOTALL)
_JOB_LOG = re.compile(r"job-.+-\d{14}\.(?:log|failure)", re.DOTALL)
_REPORT = re.compile(r".+-\d{14}(?:-\d+)?\.json", re.DOTALL)
_COPY = re.compile(r"catalog\.sqlite\.(?:v\d+|before-rebuild-\d{14})(?:-\d+)?")
_BESIDE = ("-wal", "-journal", "-shm")
_CATALOG_PART = re.compile(r"catalog\.sqlite(?:\.v\d+(?:-\d+)?|\.before-rebuild-\d{14}(?:-\d+)?)?\.part.*")
_BLOCK = re.compile(r"[0-9a-f]{32}-\d+")
_PART_OF_BLOCK = re.compile(r"[0-9a-f]{32}-\d+-\d+-\d+\.part")
# What nobody has written to for so long, nobody writes any more.
_STALE = timedelta(days=1)


class Why(enum.StrEnum):
    """Why a file can be removed."""

    OLD_LOG = "old log"
    ORPHANED_LOG = "log of a job without a run"
    OLD_REPORT = "old report"
    OLDER_CATALOG = "older copy of the catalog"
    LEFTOVER = "leftover of a killed process"
    UNUSED_CACHE = "cache of places that are no longer used"


@attrs.frozen(kw_only=True)
class Retention:
    """How long logs and reports are kept after they were last written (None: for ever), and how many catalogs."""

    logs: timedelta | None = timedelta(days=180)
    reports: timedelta | None = None
    catalogs: int = 2


@attrs.frozen(kw_only=True)
class Removable:
    """A file that can be removed: its path within the collection, its size in bytes, and why."""

    path: str
    size: int
    why: Why
    modified: int  # nanoseconds: it is left alone if this has changed

    def values(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"path": self.path, "bytes": self.size, "why": self.why.value}


@attrs.frozen(kw_only=True)
class Pruned:
    """The files that were removed, and those that could not be, with the reason."""

    removed: tuple[Removable, ...]
    failed: tuple[tuple[Removable, str], ...]


def removable(collection: Collection, catalog: Catalog, retention: Retention, instant: datetime) -> list[Removable]:
    """What can be removed by a retention, in the order of the paths.

    A log that a run which has not ended writes is kept, however old it is.
    """
    found = [
        *_logs(collection, catalog, retention, instant),
        *_reports(collection, retention, instant),
        *_catalogs(collection, retention),
        *_leftovers(collection, instant),
        *_cache(collection),
    ]
    return sorted(found, key=lambda one: one.path)


def prune(collection: Collection, found: list[Removable]) -> Pruned:
    """Remove files, except those that were written since they were found. May be killed at any time, and run beside."""
    removed, failed = [], []
    for one in found:
        path = collection.root / one.path
        try:
            if path.lstat().st_mtime_ns == one.modified:
                path.unlink()
                removed.append(one)
        except FileNotFoundError:
            continue
        except OSError as error:
            failed.append((one, error.strerror or str(error)))
    for folder in (collection.root / "cache").glob("[0-9a-f][0-9a-f]"):
        _remove_empty(folder)
    return Pruned(removed=tuple(removed), failed=tuple(failed))


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:  # blocks are in it
        return


def _logs(collection: Collection, catalog: Catalog, retention: Retention, instant: datetime) -> Iterator[Removable]:
    rows = catalog.connection.execute("SELECT log, max(finished_at IS NULL) FROM runs WHERE log <> '' GROUP BY log")
    known: dict[str, int] = dict(rows.fetchall())
    held = [path.stem for path in collection.locks.glob("*.lock") if is_held(path)]
    for path, status in _files(collection.logs):
        age, match = _age(status, instant), _LOG.fullmatch(path.name)
        name = f"{match['stem']}.log" if match else path.name
        is_job = _JOB_LOG.fullmatch(path.name) and name not in known
        if known.get(name):
            continue
        if is_job:
            if age > _STALE and not any(f"-{newspaper}-" in name for newspaper in held):
                yield _found(collection, path, status, Why.ORPHANED_LOG)
        elif match and retention.logs is not None and age > retention.logs:
            yield _found(collection, path, status, Why.OLD_LOG)


def _reports(collection: Collection, retention: Retention, instant: datetime) -> Iterator[Removable]:
    for path, status in _files(collection.reports):
        age = _age(status, instant)
        if retention.reports is not None and age > retention.reports and _REPORT.fullmatch(path.name):
            yield _found(collection, path, status, Why.OLD_REPORT)
        elif age > _STALE and _REPORT.fullmatch(path.name.removesuffix(".part")) and path.name.endswith(".part"):
            yield _found(collection, path, status, Why.LEFTOVER)


def _catalogs(collection: Collection, retention: Retention) -> Iterator[Removable]:
    there = dict(_files(collection.root))
    copies = [path for path in there if _COPY.fullmatch(path.name)]
    copies.sort(key=lambda path: (there[path].st_mtime_ns, path.name), reverse=True)
    for path in copies[retention.catalogs :]:
        for one in (path, *(path.with_name(path.name + suffix) for suffix in _BESIDE)):
            if one in there:
                yield _found(collection, one, there[one], Why.OLDER_CATALOG)


def _leftovers(collection: Collection, instant: datetime) -> Iterator[Removable]:
    folders: tuple[tuple[Path, Callable[[str], object]], ...] = (
        (collection.root, _CATALOG_PART.fullmatch),
        *((folder, _PART_OF_BLOCK.fullmatch) for folder in (collection.root / "cache").glob("[0-9a-f][0-9a-f]")),
    )
    for folder, fits in folders:
        for path, status in _files(folder):
            if fits(path.name) and _age(status, instant) > _STALE:
                yield _found(collection, path, status, Why.LEFTOVER)


def _cache(collection: Collection) -> Iterator[Removable]:
    if storage_of(collection.root).places:
        return
    for folder in (collection.root / "cache").glob("[0-9a-f][0-9a-f]"):
        for path, status in _files(folder):
            if _BLOCK.fullmatch(path.name) and path.name.startswith(folder.name):
                yield _found(collection, path, status, Why.UNUSED_CACHE)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The regular files of a folder; links are not followed."""
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return
    for path in paths:
        try:
            status = path.lstat()
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield path, status


def _age(status: os.stat_result, instant: datetime) -> timedelta:
    return instant - datetime.fromtimestamp(status.st_mtime, UTC)


def _found(collection: Collection, path: Path, status: os.stat_result, why: Why) -> Removable:
    name = path.relative_to(collection.root).as_posix()
    return Removable(path=name, size=status.st_size, why=why, modified=status.st_mtime_ns)
