"""Files that a compaction replaced: finds those that are still there, and removes those whose bytes are held."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archive.catalog import Catalog
from archive.catalog.former_files import FormerFile, former_file, former_files
from archive.collection import Collection, sync_directory
from archive.durable import is_within
from archive.errors import RecordError
from archive.projections import cdxj_files
from archive.warc.reader import read_record
from archive.warc.writer import is_joined


def left_over(collection: Collection, catalog: Catalog) -> list[FormerFile]:
    """The former files that are still there."""
    found = {path.name for path in collection.warc.iterdir()}
    return [former for former in former_files(catalog.connection) if former.name in found]


def remove(collection: Collection, formers: Iterable[FormerFile]) -> list[str]:
    """Remove former files whose bytes are in present ones, and their CDXJ files; names of those that are not so."""
    differing = []
    for former in formers:
        path = collection.warc / former.name
        if not is_within(path, collection.warc_file(former.file), range(former.offset, former.offset + former.length)):
            differing.append(former.name)
            continue
        cdxj_files.path_of(collection, former.name).unlink(missing_ok=True)
        path.unlink()
    sync_directory(collection.warc)
    return differing


def remove_former(collection: Collection, catalog: Catalog) -> None:
    """Remove the former files whose bytes are in present ones, also joined files that the catalog does not name."""
    remove(collection, left_over(collection, catalog))
    for path in sorted(collection.warc.iterdir()):
        if is_joined(path.name) and not catalog.has_file(path.name) and (first := first_file_in(path)):
            former = former_file(catalog.connection, first)
            size, holder = path.stat().st_size, collection.warc_file(former.file) if former else path
            if former and is_within(path, holder, range(former.offset, former.offset + size)):
                cdxj_files.path_of(collection, path.name).unlink(missing_ok=True)
                path.unlink()


def first_file_in(path: Path) -> str | None:
    """The first of the files that a joined one was made of; None for another file."""
    if not is_joined(path.name):
        return None
    try:
        return read_record(path, 0).header("WARC-Filename")
    except RecordError:
        return None
