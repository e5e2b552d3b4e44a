"""Repairs a newspaper's part of a collection after a crash, under the newspaper's lock."""

from __future__ import annotations

import contextlib

from archive.catalog import Catalog, WarcFile
from archive.clock import parse_warc_date, timestamp14
from archive.collection import OPEN_SUFFIX, Collection
from archive.durable import crc32_of
from archive.errors import CollectionBusy, CollectionInconsistent, NewspaperLocked
from archive.ingest.import_archive import end_import
from archive.ingest.runs import end_interrupted
from archive.projections.json_lines import RunLines
from archive.warc.writer import cut, finish, names_of


def recover(collection: Collection, catalog: Catalog, newspaper: str) -> int:
    """Close the files that interrupted runs of the newspaper left open; how many runs there were.

    A WARC file is cut after its last committed record and gets its final name. A file without a committed record is
    removed where its name shows that an interrupted run made it, and so is the part of an import. The JSON lines of
    the runs are written anew from the catalog.

    Raises:
        CollectionInconsistent: a file is shorter than the catalog says; it is not changed.
    """
    for file in catalog.open_files(newspaper):
        _close(collection, catalog, file)
    end_import(collection, newspaper)
    rows = catalog.connection.execute(
        "SELECT id, name, started_at FROM runs WHERE newspaper = ? AND finished_at IS NULL", (newspaper,)
    ).fetchall()
    for run_id, name, started_at in rows:
        _remove_uncommitted(collection, catalog, newspaper, started_at)
        RunLines(collection, run_id, name).finish()
        end_interrupted(collection, catalog, run_id, name)
    return len(rows)


def recover_ended(collection: Collection, *newspapers: str) -> None:
    """Recover after killed runs of these newspapers, except those that are being crawled now.

    Where a file contradicts the catalog nothing is done: the next crawl refuses with the reason.
    """
    for newspaper in newspapers:
        refusals = contextlib.suppress(NewspaperLocked, CollectionBusy, CollectionInconsistent)
        with refusals, collection.lock(newspaper), collection.catalog(writable=True) as catalog:
            recover(collection, catalog, newspaper)


def _remove_uncommitted(collection: Collection, catalog: Catalog, newspaper: str, started_at: str) -> None:
    """Remove the files of a run of which no record was committed: nothing refers to them."""
    stamp = timestamp14(parse_warc_date(started_at))
    for path in collection.warc.glob(names_of(newspaper, stamp) + OPEN_SUFFIX):
        if not catalog.has_file(path.name.removesuffix(OPEN_SUFFIX)):
            path.unlink()


def _close(collection: Collection, catalog: Catalog, file: WarcFile) -> None:
    final = collection.warc / file.name
    unfinished = final.with_name(file.name + OPEN_SUFFIX)
    path = unfinished if unfinished.exists() else final
    try:
        cut(path, file.committed)
    except (OSError, ValueError) as error:
        raise CollectionInconsistent(path, str(error)) from error
    if path == unfinished:
        finish(collection.warc, file.name)
    with catalog.transaction() as connection:
        connection.execute("UPDATE warc_files SET state = 'closed', crc32 = ? WHERE id = ?", (crc32_of(final), file.id))
