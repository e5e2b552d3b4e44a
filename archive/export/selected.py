"""The versions of an export in batches: of a search, of the whole archive, or of a frozen set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.catalog.database import Catalog
from archive.catalog.versions import Version, every_version, versions_named, versions_with
from archive.collection import Collection
from archive.export.matching import matches
from archive.search.selection import Selection

BATCH = 500


def selected(
    collection: Collection, catalog: Catalog, selection: Selection, *, every: bool = False
) -> Iterator[list[Version]]:
    """The latest version of each selected article in order of release; with `every` all its versions, the oldest first.

    Raises:
        UnknownNewspaper: the collection holds no such newspaper.
        CollectionInconsistent: the index is damaged; `follow` rebuilds it.
    """
    if selection.is_all:
        yield from _all(catalog, every=every)
        return
    read = every_version if every else versions_with
    for page in matches(collection, selection):
        for start in range(0, len(page), BATCH):
            yield read(catalog.connection, page[start : start + BATCH])


def _all(catalog: Catalog, *, every: bool) -> Iterator[list[Version]]:
    last, seq = catalog.last_seq(), 0
    while batch := catalog.latest_versions(seq, last, BATCH):
        yield every_version(catalog.connection, [one.seq for one in batch]) if every else batch
        seq = batch[-1].seq


def named(catalog: Catalog, names: Sequence[tuple[str, str]]) -> Iterator[list[Version]]:
    """Those of the named versions (article id and content hash) that are held."""
    for start in range(0, len(names), BATCH):
        yield versions_named(catalog.connection, names[start : start + BATCH])
