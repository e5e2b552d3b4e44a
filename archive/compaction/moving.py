"""Enters joined files into the catalog, and removes what they replace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from archive.catalog import Catalog
from archive.catalog.former_files import FormerFile, enter_former, moved_line, names_in_line
from archive.catalog.lines import packed_line, unpacked_line
from archive.collection import Collection
from archive.compaction.joining import Joined
from archive.durable import put_pieces
from archive.projections.json_lines import released_lines
from archive.warc.writer import newspaper_of


class StillReferred(Exception):
    """A run that goes on has released an article which names one of the files in its lines."""


def enter(connection: sqlite3.Connection, name: str, joined: Joined, named_in: dict[int, frozenset[str]]) -> set[int]:
    """Enter a joined file in place of its files, within a transaction; ids of the runs whose lines changed.

    Args:
        named_in: the newspapers whose files an ended run's lines name, as far as that is known; more is added.

    Raises:
        StillReferred: one of these runs goes on.
    """
    first, _ = joined.places[0]
    row = connection.execute(
        """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32)
        VALUES (?, ?, ?, 'written', 'closed', ?, ?)""",
        (name, first.newspaper, first.run_id, joined.size, joined.crc32),
    )
    file_id = row.lastrowid or 0
    began_at = _first_instant(connection, joined)
    for file, place in joined.places:
        for table in ("captures", "former_files"):
            connection.execute(
                f"UPDATE {table} SET file_id = ?, offset = offset + ? WHERE file_id = ?",
                (file_id, place.start, file.id),
            )
        enter_former(connection, file.name, file.run_id, file_id, place, id=file.id, crc32=file.crc32)
        connection.execute("DELETE FROM warc_files WHERE id = ?", (file.id,))
    moves = {file.name.encode(): (name.encode(), place.start) for file, place in joined.places}
    return _move_lines(connection, began_at, first.newspaper, moves, named_in)


def _first_instant(connection: sqlite3.Connection, joined: Joined) -> str:
    """To the second, when the files' runs began or their first record was captured: no earlier run names them."""
    rows = [
        connection.execute(
            """SELECT min(started_at, coalesce((SELECT min(captured_at) FROM captures WHERE file_id = ?), started_at))
            FROM runs WHERE id = ?""",
            (file.id, file.run_id),
        ).fetchone()
        for file, _ in joined.places
    ]
    return str(min(at for (at,) in rows))[:19]


def _move_lines(
    connection: sqlite3.Connection,
    since: str,
    newspaper: str,
    moves: dict[bytes, tuple[bytes, int]],
    named_in: dict[int, frozenset[str]],
) -> set[int]:
    """Bring the articles' lines of all runs that ended since an instant up to the records' new places."""
    changed = set()
    runs = connection.execute(
        "SELECT id, finished_at IS NULL FROM runs WHERE finished_at IS NULL OR finished_at >= ?", (since,)
    ).fetchall()
    for run_id, goes_on in runs:
        if newspaper not in named_in.get(run_id, (newspaper,)):
            continue
        moved: dict[str, list[tuple[bytes, int]]] = {"versions": [], "readings": []}
        named: set[bytes] = set()
        rows = connection.execute(
            """SELECT 'versions', seq, line FROM versions WHERE run_id = :run
            UNION ALL SELECT 'readings', id, line FROM readings WHERE run_id = :run""",
            {"run": run_id},
        )
        for table, number, kept in rows:
            line = unpacked_line(kept)
            names = names_in_line(line)
            named |= names
            if not names.isdisjoint(moves):
                moved[table].append((packed_line(moved_line(line, moves)), number))
        if not goes_on:
            named_in[run_id] = frozenset(
                filter(None, (newspaper_of(name.decode("utf-8", "replace")) for name in named))
            )
        if any(moved.values()) and goes_on:
            raise StillReferred
        if any(moved.values()):
            connection.executemany("UPDATE versions SET line = ? WHERE seq = ?", moved["versions"])
            connection.executemany("UPDATE readings SET line = ? WHERE id = ?", moved["readings"])
            changed.add(run_id)
    return changed


# what follows the transaction


def write_lines(collection: Collection, catalog: Catalog, run_ids: Iterable[int]) -> None:
    """Write the JSON lines of ended runs anew from the catalog, durably, where there are any."""
    for run_id in sorted(run_ids):
        (name,) = catalog.connection.execute("SELECT name FROM runs WHERE id = ?", (run_id,)).fetchone()
        path = collection.jsonl / f"{name}.jsonl"
        if path.exists():
            put_pieces(released_lines(catalog, run_id), path)


def behind(collection: Collection, catalog: Catalog, formers: Iterable[FormerFile]) -> set[int]:
    """Ids of the ended runs whose JSON lines name former files: a compaction was killed before it wrote them."""
    names = {former.name.encode() for former in formers}
    found = set()
    for run in catalog.every_run():
        path = collection.jsonl / f"{run.name}.jsonl"
        if run.finished_at is not None and path.exists():
            with path.open("rb") as lines:
                if any(not names.isdisjoint(names_in_line(line)) for line in lines):
                    found.add(run.id)
    return found
