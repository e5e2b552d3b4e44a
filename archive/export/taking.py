"""Writes the articles of a search, of the whole archive or of a frozen set to one file."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import attrs

from archive.catalog.database import Catalog
from archive.catalog.versions import Version
from archive.collection import Collection
from archive.durable import part_of, put
from archive.errors import OutputUnwritable
from archive.export.formats import Format, writer
from archive.export.rows import Row, RowReader
from archive.export.selected import named, selected
from archive.export.sets import FrozenSet
from archive.search.index import position
from archive.search.matching import Selection


@attrs.frozen(kw_only=True)
class Wanted:
    """What is exported, and how; of a set its frozen versions, whatever the selection says."""

    form: Format
    selection: Selection = attrs.field(factory=Selection)
    frozen: FrozenSet | None = None
    with_text: bool = True
    every_version: bool = False


@attrs.define
class Exported:
    """What an export holds. `missing`: versions of the set that are not held; `behind`: versions not indexed yet."""

    rows: int = 0
    articles: int = 0
    missing: int = 0
    behind: int = 0
    newspapers: Counter[str] = attrs.field(factory=Counter)
    first: Row | None = None
    """The row that was published first."""
    last: Row | None = None

    def count(self, rows: list[Row]) -> None:
        """Count rows."""
        self.rows += len(rows)
        self.newspapers.update(row.newspaper for row in rows)
        for row in rows:
            if self.first is None or row.published_at < self.first.published_at:
                self.first = row
            if self.last is None or row.published_at > self.last.published_at:
                self.last = row


def export(collection: Collection, wanted: Wanted, file: IO[bytes]) -> Exported:
    """Write what is wanted to a file that is open for writing, in batches.

    Raises:
        UnknownNewspaper, CollectionInconsistent: as `selected`.
        OSError: the file cannot be written.
    """
    exported = Exported()
    with collection.catalog() as catalog, catalog.snapshot():
        if wanted.frozen is None and not wanted.selection.is_all:
            reached = position(collection)
            exported.behind = max(0, catalog.last_seq() - (reached.seq if reached else 0))
        reader, out = RowReader(catalog), writer(wanted.form, file, with_text=wanted.with_text)
        before: str | None = None
        for batch in _batches(collection, catalog, wanted):
            rows = reader.rows(batch)
            out.write(rows)
            exported.count(rows)
            for row in rows:  # the versions of an article are side by side
                exported.articles += row.id != before
                before = row.id
        out.close()
    if wanted.frozen is not None:
        exported.missing = wanted.frozen.count - exported.rows
    return exported


def _batches(collection: Collection, catalog: Catalog, wanted: Wanted) -> Iterator[list[Version]]:
    if wanted.frozen is not None:
        return named(catalog, wanted.frozen.articles)
    return selected(collection, catalog, wanted.selection, every=wanted.every_version)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name when the block ends well; else nothing of it is left.

    Raises:
        OutputUnwritable: the system refuses to write it.
    """
    part = part_of(path)
    try:
        if path.is_dir():
            raise OutputUnwritable(path, "it is a directory")
        try:
            with part.open("wb") as file:
                yield file
            put(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputUnwritable(path, error.strerror or str(error)) from error
