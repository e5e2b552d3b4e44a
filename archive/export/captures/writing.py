"""Writes an export of captures: a WARC file, or a WACZ around several; streamed, in memory that does not grow."""

from __future__ import annotations

from collections import Counter
from typing import IO

from archive.catalog.chosen import ChosenCaptures
from archive.collection import Collection
from archive.export.captures.choosing import choose
from archive.export.captures.copying import CopiedRecord, Copying
from archive.export.captures.description import Description
from archive.export.captures.package import Archive, Package
from archive.export.captures.pages import page_lines
from archive.export.captures.signing import Signer
from archive.export.captures.wanted import Taken, WantedCaptures
from archive.search.indexing.index import position

ROTATE_BYTES = 1_000_000_000
"""The size at which another WARC file is begun in a WACZ."""


def export_captures(
    collection: Collection,
    wanted: WantedCaptures,
    file: IO[bytes],
    *,
    signer: Signer | None = None,
    rotate_bytes: int = ROTATE_BYTES,
) -> Taken:
    """Write what is wanted to a file that is open for writing, which need not be able to seek.

    Args:
        signer: signs a WACZ.

    Raises:
        UnknownNewspaper, CollectionInconsistent: as `choose`.
        OSError: the file cannot be written.
    """
    taken = Taken()
    with collection.catalog() as catalog, catalog.snapshot():
        if wanted.frozen is None and not wanted.is_all:
            reached = position(collection)
            taken.behind = max(0, catalog.last_seq() - (reached.seq if reached else 0))
        chosen = choose(collection, catalog, wanted)
        _count(chosen, wanted, taken)
        description = Description.of(catalog, wanted, taken)
        copying = Copying(collection, chosen)
        if wanted.form == "warc":
            _write_warc(copying, description, file, taken)
        else:
            with Package(file, description, signer) as package:
                _write_archives(copying, chosen, package, taken, rotate_bytes)
                package.write_index(chosen)
                package.write_pages(page_lines(catalog, chosen, with_text=wanted.with_text), with_text=wanted.with_text)
                package.close()
        taken.left_out = copying.left_out
        taken.captures -= len(taken.left_out)
    return taken


def _count(chosen: ChosenCaptures, wanted: WantedCaptures, taken: Taken) -> None:
    taken.captures, taken.first, taken.last = chosen.span()
    taken.articles, taken.pages = chosen.count_versions()
    taken.newspapers = Counter(dict(chosen.newspapers()))
    if wanted.frozen is not None:
        taken.missing = wanted.frozen.count - taken.pages


def _write_warc(copying: Copying, description: Description, file: IO[bytes], taken: Taken) -> None:
    head = description.warcinfo("subset.warc.gz")
    file.write(head)
    taken.size = len(head)
    for record in copying.records():
        taken.size += _write(record, file)
        taken.records += 1


def _write_archives(
    copying: Copying, chosen: ChosenCaptures, package: Package, taken: Taken, rotate_bytes: int
) -> None:
    archive = package.begin_archive()
    for record in copying.records():
        if archive.size >= rotate_bytes:
            archive = package.begin_archive()
        offset = archive.size
        length = _write(record, archive)
        taken.size += length
        taken.records += 1
        if record.capture is not None:
            chosen.place(record.capture.id, package.archives - 1, offset, length)


def _write(record: CopiedRecord, file: IO[bytes] | Archive) -> int:
    length = 0
    for piece in record.pieces:
        file.write(piece)
        length += len(piece)
    return length
