"""The parts of pictures' hashes, by which those are found that may show the same."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator


def enter_bands(connection: sqlite3.Connection, bands: Iterable[tuple[int, int]]) -> None:
    """Enter bands and the strips that have them."""
    connection.executemany("INSERT OR IGNORE INTO picture_bands VALUES (?, ?)", bands)


def strips_with(connection: sqlite3.Connection, bands: Iterable[int], most: int) -> list[int]:
    """The strips that have one of these bands; of a band that more than `most` have, none: it says little."""
    found: list[int] = []
    for band in bands:
        rows = connection.execute("SELECT strip FROM picture_bands WHERE band = ? LIMIT ?", (band, most + 1)).fetchall()
        if len(rows) <= most:
            found.extend(strip for (strip,) in rows)
    return found


def first_strips_with(connection: sqlite3.Connection, bands: Iterable[int], most: int) -> list[int]:
    """Of each of these bands the first `most` strips that have it."""
    query = "SELECT strip FROM picture_bands WHERE band = ? ORDER BY strip LIMIT ?"
    return [strip for band in bands for (strip,) in connection.execute(query, (band, most))]


def compared_with(connection: sqlite3.Connection, ids: Iterable[int]) -> Iterator[tuple[int, int, int, bytes, bytes]]:
    """Id, width, height, strips and thumbnail of pictures that were hashed."""
    yield from connection.execute(
        """SELECT id, width, height, strips, thumbnail FROM pictures
        WHERE id IN (SELECT value FROM json_each(?)) AND strips IS NOT NULL""",
        (json.dumps(list(ids)),),
    )
