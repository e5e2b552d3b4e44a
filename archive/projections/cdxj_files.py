"""A collection's CDXJ files, one for each closed WARC file, for other programs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from archive.catalog import Catalog
from archive.collection import Collection
from archive.durable import make_folder, part_of, put
from archive.errors import WorkerLost
from archive.locks import held
from archive.warc import cdxj
from archive.warc.cdxj import pywb_key
from archive.workers import WorkerPool

SUFFIX = ".cdxj"
_AT_ONCE = 20
# Crawls may end at the same time, in one process or in several, and find the same file missing. The name is not
# *.lock, because a process that locks the whole collection holds those while these files are made.
_LOCK = "cdxj.making"


def write_missing(collection: Collection, catalog: Catalog) -> int:
    """Make the CDXJ file of each closed WARC file that has none, durably; how many were made.

    Safe to call at any time and to repeat: a file is written beside its place and renamed.

    Raises:
        OSError: the disk failed.
    """
    make_folder(collection.cdxj)
    there = {entry.name for entry in os.scandir(collection.cdxj)}
    missing = [name for name in catalog.closed_files() if name + SUFFIX not in there]
    if not missing:
        return 0
    made = 0
    make_folder(collection.locks)
    with held(collection.locks / _LOCK):
        for name in missing:
            path = path_of(collection, name)
            if not path.exists():
                _write(catalog, name, path)
                made += 1
    return made


def write_all(collection: Collection, catalog: Catalog, workers: WorkerPool | None = None) -> int:
    """Make all CDXJ files anew, and remove those of WARC files that the catalog does not list; how many were made.

    Args:
        workers: processes that make most of them; what they leave is made here.
    """
    make_folder(collection.cdxj)
    for path in collection.cdxj.glob(f"*{SUFFIX}"):
        path.unlink()
    if workers is None or not workers.are_several:
        return write_missing(collection, catalog)
    made = 0
    names = catalog.closed_files()
    calls = ((collection.root, names[start : start + _AT_ONCE]) for start in range(0, len(names), _AT_ONCE))
    with held(collection.locks / _LOCK), suppress(WorkerLost):
        for results in workers.each(write_some, calls):
            made += sum(results)
    return made + write_missing(collection, catalog)


def write_some(root: Path, names: Sequence[str]) -> Iterator[int]:
    """Make the CDXJ files of these WARC files, in this process or in a worker; the lock is held by the caller."""
    collection = Collection(root)
    with collection.catalog() as catalog:
        for name in names:
            _write(catalog, name, path_of(collection, name))
            yield 1


def path_of(collection: Collection, name: str) -> Path:
    """The path of the CDXJ file of a WARC file."""
    return collection.cdxj / (name + SUFFIX)


def _write(catalog: Catalog, name: str, path: Path) -> None:
    lines = [
        cdxj.line(
            pywb_key(capture.url),
            capture.captured_at,
            url=capture.url,
            file=name,
            offset=capture.offset,
            length=capture.length,
            status=capture.status,
            mime=cdxj.REVISIT if capture.type == "revisit" else capture.mime,
            digest=capture.payload_digest,
        ).encode()
        + b"\n"
        for capture in catalog.every_capture(file=name)
    ]
    part = part_of(path)
    # by bytes, as `LC_ALL=C sort` does: readers use binary search
    part.write_bytes(b"".join(sorted(lines)))
    put(part, path)
