"""A collection's CDXJ files, one a closed WARC file, for other programs; a projection that nothing here reads."""

from __future__ import annotations

import threading
from pathlib import Path

from archive.catalog import Catalog, WarcFile
from archive.collection import Collection
from archive.durable import make_directory, part_of, put
from archive.warc import cdxj

SUFFIX = ".cdxj"
# Crawls of one process may end at the same time, and all find the same file missing.
_WRITING = threading.Lock()


def write_missing(collection: Collection, catalog: Catalog) -> int:
    """Make the CDXJ file of each closed WARC file that has none, durably; how many were made.

    Safe to call at any time and to repeat: a file is made beside its place and then put there.

    Raises:
        OSError: the disk refused.
    """
    make_directory(collection.cdxj)
    made = 0
    for file in catalog.warc_files():
        path = path_of(collection, file.name)
        with _WRITING:
            if file.state == "closed" and not path.exists():
                _write(catalog, file, path)
                made += 1
    return made


def write_all(collection: Collection, catalog: Catalog) -> int:
    """Make all CDXJ files anew, and remove those of WARC files that the catalog does not know; how many were made."""
    make_directory(collection.cdxj)
    for path in collection.cdxj.glob(f"*{SUFFIX}"):
        path.unlink()
    return write_missing(collection, catalog)


def path_of(collection: Collection, name: str) -> Path:
    """Where the CDXJ file of a WARC file lies."""
    return collection.cdxj / (name + SUFFIX)


def _write(catalog: Catalog, file: WarcFile, path: Path) -> None:
    lines = [
        cdxj.line(
            cdxj.replay_key(capture.url),
            capture.captured_at,
            url=capture.url,
            file=file.name,
            offset=capture.offset,
            length=capture.length,
            status=capture.status,
            mime=cdxj.REVISIT if capture.type == "revisit" else capture.mime,
            digest=capture.payload_digest,
        ).encode()
        + b"\n"
        for capture in catalog.every_capture(file=file.name)
    ]
    part = part_of(path)
    # by bytes, as `LC_ALL=C sort` does: readers search a file by halving it
    part.write_bytes(b"".join(sorted(lines)))
    put(part, path)
