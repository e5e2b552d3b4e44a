"""Bringing a newspaper's part of a collection in order after a crash; runs under the newspaper's lock only."""

from __future__ import annotations

import zlib
from pathlib import Path

from archive.catalog import Catalog, WarcFile
from archive.collection import OPEN_SUFFIX, Collection
from archive.errors import CollectionInconsistent
from archive.jsonl import RunLines
from archive.warc.writer import cut, finish, newspaper_of


def recover(collection: Collection, catalog: Catalog, newspaper: str) -> int:
    """Close what an interrupted run of the newspaper left open; how many runs there were.

    A WARC file is cut after its last committed record and gets its final name; one without any is removed. The
    run's JSON lines are written anew from the catalog.

    Raises:
        CollectionInconsistent: a file is shorter than what was committed of it; it is left as it is.
    """
    for file in catalog.warc_files():
        if file.newspaper == newspaper and file.state == "open":
            _close(collection, catalog, file)
    known = {file.name for file in catalog.warc_files()}
    for path in collection.warc.glob(f"BAOTINH-*.warc.gz{OPEN_SUFFIX}"):
        name = path.name.removesuffix(OPEN_SUFFIX)
        if newspaper_of(name) == newspaper and name not in known:
            path.unlink()  # its first records were never committed: nothing refers to them
    rows = catalog.connection.execute(
        "SELECT id, name FROM runs WHERE newspaper = ? AND finished_at IS NULL", (newspaper,)
    ).fetchall()
    for run_id, name in rows:
        RunLines(collection, run_id, name).finish()
        last = catalog.connection.execute(
            """SELECT coalesce(max(captured_at), (SELECT started_at FROM runs WHERE id = :run)) FROM captures
            WHERE run_id = :run""",
            {"run": run_id},
        ).fetchone()[0]
        with catalog.transaction() as connection:
            connection.execute("UPDATE runs SET finished_at = ?, outcome = 'interrupted' WHERE id = ?", (last, run_id))
    return len(rows)


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
        connection.execute("UPDATE warc_files SET state = 'closed', crc32 = ? WHERE id = ?", (_crc32(final), file.id))


def _crc32(path: Path) -> int:
    crc32 = 0
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            crc32 = zlib.crc32(piece, crc32)
    return crc32
