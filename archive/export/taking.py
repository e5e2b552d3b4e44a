"""Writes the articles of a search, of the whole archive or of a frozen set to one file."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import IO

import attrs

from archive.batch.pool import open_pool
from archive.catalog.database import Catalog
from archive.catalog.versions import Version
from archive.collection import Collection
from archive.durable import part_of, put
from archive.errors import OutputUnwritable
from archive.export.formats import Format, row_writer
from archive.export.rows import Histories, RowReader
from archive.export.selected import named, selected
from archive.export.spread import named_parts, selected_parts, write_encoded
from archive.export.tables import Parquet
from archive.search.indexing.index import count_behind, position
from archive.search.selection import Selection
from archive.sets.files import FrozenSet
from archive.workers import WorkerPool


@attrs.frozen(kw_only=True)
class Wanted:
    """What is exported, and how; of a set its frozen versions, whatever the selection says.

    `site` is the origin of the archive's site, such as https://archive.example.org, which archive addresses then have.
    """

    form: Format
    selection: Selection = attrs.field(factory=Selection)
    frozen: FrozenSet | None = None
    with_text: bool = True
    every_version: bool = False
    site: str = ""


@attrs.define
class Exported:
    """What an export holds. `missing`: versions of the set that are not held; `behind`: versions not indexed yet."""

    rows: int = 0
    articles: int = 0
    missing: int = 0
    behind: int = 0
    newspapers: Counter[str] = attrs.field(factory=Counter)
    first: datetime | None = None
    """When the article was published that was published first."""
    last: datetime | None = None
    _id: str | None = attrs.field(default=None, init=False)

    def count(self, ids: Sequence[str], newspapers: Iterable[str], published: Sequence[datetime]) -> None:
        """Count rows; the versions of an article are side by side."""
        for id in ids:
            self.articles += id != self._id
            self._id = id
        self.newspapers.update(newspapers)
        self.rows += len(ids)
        if published:
            self.first = min(filter(None, (self.first, *published)))
            self.last = max(filter(None, (self.last, *published)))


def export(
    collection: Collection, wanted: Wanted, file: IO[bytes], *, processes: int = 1, scheduler: str | None = None
) -> Exported:
    """Write what is wanted to a file that is open for writing, in batches.

    Args:
        processes: how many read and encode the rows. The file is the same to the byte.
        scheduler: the address of a Dask scheduler whose workers do instead.

    Raises:
        UnknownNewspaper, CollectionInconsistent: as `selected`.
        OSError: the file cannot be written.
        WorkerLost: one of the processes was killed.
        DaskMissing, SchedulerUnreachable, WorkerUnfit, ClusterLost: the scheduler's workers cannot do it.
    """
    exported = Exported()
    with collection.catalog() as catalog, catalog.snapshot():
        if wanted.frozen is None and not wanted.selection.is_all:
            reached = position(collection)
            exported.behind = count_behind(catalog, reached)
        if processes > 1 or scheduler:
            with collection.keep_places(), open_pool(collection.root, processes, scheduler) as workers:
                _write_spread(collection, catalog, wanted, file, exported, workers)
        else:
            write = _write_parquet if wanted.form == "parquet" else _write_rows
            write(catalog, wanted, _batches(collection, catalog, wanted), file, exported)
    if wanted.frozen is not None:
        exported.missing = wanted.frozen.count - exported.rows
    return exported


def _write_rows(
    catalog: Catalog, wanted: Wanted, batches: Iterator[list[Version]], file: IO[bytes], exported: Exported
) -> None:
    assert wanted.form != "parquet"
    reader, out = RowReader(catalog, wanted.site), row_writer(wanted.form, file, with_text=wanted.with_text)
    for batch in batches:
        rows = reader.rows(batch)
        out.write(rows)
        exported.count([row.id for row in rows], (row.newspaper for row in rows), [row.published_at for row in rows])
    out.close()


def _write_parquet(
    catalog: Catalog, wanted: Wanted, batches: Iterator[list[Version]], file: IO[bytes], exported: Exported
) -> None:
    from archive.export.arrow_rows import ArrowRowReader, published_between

    out = Parquet(file, with_text=wanted.with_text)
    reader = ArrowRowReader(catalog, out.schema, wanted.site)

    def write(batch: list[Version], histories: Histories) -> None:
        rows = reader.batch(batch, histories)
        out.write(rows)
        exported.count(rows["id"].to_pylist(), rows["newspaper"].to_pylist(), published_between(rows))

    # pyarrow parses, compresses and writes while Python reads the next batch from the catalog: two batches are held
    with ThreadPoolExecutor(1) as thread:
        written: Future[None] | None = None
        for batch in filter(None, batches):
            histories = reader.histories(batch)
            if written is not None:
                written.result()
            written = thread.submit(write, batch, histories)
        if written is not None:
            written.result()
    out.close()


def _write_spread(
    collection: Collection, catalog: Catalog, wanted: Wanted, file: IO[bytes], exported: Exported, workers: WorkerPool
) -> None:
    if wanted.frozen is not None:
        parts = named_parts(catalog, wanted.frozen.articles)
    else:
        parts = selected_parts(collection, catalog, wanted.selection, every=wanted.every_version)
    for one in write_encoded(
        collection, catalog, parts, file, workers, form=wanted.form, with_text=wanted.with_text, site=wanted.site
    ):
        exported.count(one.ids, one.newspapers, one.published)


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
