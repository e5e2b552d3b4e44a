"""The catalogs that functions called in workers read: opened once for many calls."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.catalog import Catalog
from archive.collection import Collection


class _Open(threading.local):
    """The catalogs that this thread has open, by the root of their collection."""

    def __init__(self) -> None:
        self.catalogs: dict[Path, Catalog] = {}


_open = _Open()


def catalog_of(root: Path) -> Catalog:
    """The catalog of a collection, for reading; opened once for all calls: SQLite reads the schema anew each time.

    A worker process closes it by its end, `closing_catalogs` at the end of a block.
    """
    if root not in _open.catalogs:
        _open.catalogs[root] = Collection(root).catalog()
    return _open.catalogs[root]


@contextmanager
def closing_catalogs() -> Iterator[None]:
    """Close what `catalog_of` opened within the block."""
    try:
        yield
    finally:
        while _open.catalogs:
            _open.catalogs.popitem()[1].close()
