"""The WARC file of a capture, opened: also if it was closed, moved or joined to others since the catalog was read."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from typing import BinaryIO

from archive.catalog.former_files import former_file
from archive.collection import Collection
from archive.errors import CollectionInconsistent

_MOST_OPEN = 8


class OpenedFiles:
    """The WARC files that were read last, open. A context manager."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._open: OrderedDict[str, tuple[BinaryIO, int]] = OrderedDict()

    def __enter__(self) -> OpenedFiles:
        return self

    def __exit__(self, *_exception: object) -> None:
        while self._open:
            self._open.popitem()[1][0].close()

    def get(self, name: str) -> tuple[BinaryIO, int]:
        """A file, and how much further its records stand in it than the catalog says.

        Raises:
            CollectionInconsistent: it is nowhere, or cannot be read.
        """
        if name not in self._open:
            self._open[name] = self._opened(name)
            if len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)[1][0].close()
        self._open.move_to_end(name)
        return self._open[name]

    def _opened(self, name: str) -> tuple[BinaryIO, int]:
        collection = self._collection
        try:
            with contextlib.suppress(FileNotFoundError):
                return collection.warc_file(name).open("rb"), 0
            with collection.catalog() as catalog:  # a connection of its own: another may see an earlier state
                former = former_file(catalog.connection, name)
            file, base = (former.file, former.offset) if former else (name, 0)
            return collection.warc_file(file).open("rb"), base
        except OSError as error:
            raise CollectionInconsistent(collection.warc, f"{name}: {error.strerror}") from error
