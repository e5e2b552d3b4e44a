"""The hashes of pictures, ordered so that those which share a band of 21 bits stand together.

Two hashes that differ in few bits share one of three bands in most cases. Each hash stands in three orders: in each
another of its bands comes first, and the other bits follow. So those that share a band are found by one search, are
known with all their bits, and where they are very many those are found that share more bits. Those of anchors stand in
one order of their own, as they are: their first bits are those of the lowest frequencies.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

STEP = """
    DROP TABLE IF EXISTS picture_bands;
    CREATE TABLE picture_hashes (          -- hashes of the whole and of strips: pictures that are near are compared
        part INTEGER NOT NULL,             -- which of three bands of 21 bits comes first
        hash INTEGER NOT NULL,             -- the 63 bits, so turned
        strip INTEGER NOT NULL,            -- 64 times the picture's id, and the number of the hash
        PRIMARY KEY (part, hash, strip)
    ) STRICT, WITHOUT ROWID;
    """
ANCHORS_STEP = """
    ALTER TABLE pictures ADD COLUMN anchors BLOB; -- places that stand out: hash and box, 16 octets each
    """
ANCHOR_OCTETS = 16
STRIPS = 64
"""Of how many hashes a picture may have."""
PARTS, BAND_BITS = 3, 21
ANCHORS = PARTS
"""The order of the hashes of anchors, which comes after the others."""
BITS = PARTS * BAND_BITS
"""Of a hash of 64 bits the first, of which nearly all are the same, is left out."""
MASK = (1 << BITS) - 1


def turned(value: int, part: int) -> int:
    """A hash as it stands in one of the orders."""
    bits, by = value & MASK, BAND_BITS * (part + 1) % BITS
    return (bits >> by | bits << BITS - by) & MASK


def enter_hashes(connection: sqlite3.Connection, id: int, hashes: Iterable[int]) -> None:
    """Enter the hashes of a picture in the order of its strips; 0 is that of none."""
    connection.executemany(
        "INSERT OR IGNORE INTO picture_hashes VALUES (?, ?, ?)",
        [
            (part, turned(value, part), id * STRIPS + number)
            for number, value in enumerate(hashes) if value for part in range(PARTS)
        ],
    )  # fmt: skip


def enter_anchors(connection: sqlite3.Connection, id: int, hashes: Iterable[int]) -> None:
    """Enter the hashes of a picture's anchors, 63 bits each, in their order."""
    connection.executemany(
        "INSERT OR IGNORE INTO picture_hashes VALUES (?, ?, ?)",
        [(ANCHORS, value, id * STRIPS + number) for number, value in enumerate(hashes)],
    )


def forget_hashes(connection: sqlite3.Connection, id: int, hashes: Iterable[int], anchors: Iterable[int]) -> None:
    """Remove the hashes of a picture and of its anchors, which are those that were entered."""
    places = [(part, turned(value, part)) for value in hashes for part in range(PARTS)]
    places += [(ANCHORS, value) for value in anchors]
    connection.executemany(
        "DELETE FROM picture_hashes WHERE part = ? AND hash = ? AND strip BETWEEN ? AND ?",
        [(part, value, id * STRIPS, id * STRIPS + STRIPS - 1) for part, value in places],
    )


def enter_every_hash(connection: sqlite3.Connection) -> None:
    """Enter the hashes of all pictures, without those of anchors."""
    for id, strips in connection.execute("SELECT id, strips FROM pictures WHERE strips IS NOT NULL"):
        values = (int.from_bytes(strips[start : start + 8], "little") for start in range(0, len(strips), 8))
        enter_hashes(connection, id, values)


def enter_every_anchor(connection: sqlite3.Connection) -> None:
    """Enter the hashes of the anchors of all pictures."""
    for id, anchors in connection.execute("SELECT id, anchors FROM pictures WHERE anchors IS NOT NULL"):
        starts = range(0, len(anchors), ANCHOR_OCTETS)
        enter_anchors(connection, id, (int.from_bytes(anchors[start : start + 8], "little") for start in starts))


def hashes_sharing(
    connection: sqlite3.Connection, part: int, value: int, bits: int, most: int
) -> list[tuple[int, int]]:
    """The first `most` hashes that begin, in one of the orders, with so many bits of a hash that is so turned: each as
    it stands there, and its strip."""
    begins = value >> BITS - bits << BITS - bits
    return connection.execute(
        "SELECT hash, strip FROM picture_hashes WHERE part = ? AND hash BETWEEN ? AND ? LIMIT ?",
        (part, begins, begins | MASK >> bits, most),
    ).fetchall()


def compared_with(
    connection: sqlite3.Connection, ids: Sequence[int], method: int
) -> Iterator[tuple[int, int, int, bytes, bytes, bytes]]:
    """Id, width, height, strips, anchors and thumbnail of pictures that were hashed by this version."""
    yield from connection.execute(
        """SELECT id, width, height, strips, coalesce(anchors, x''), thumbnail FROM pictures
        WHERE id IN (SELECT value FROM json_each(?)) AND strips IS NOT NULL AND method = ?""",
        (json.dumps(ids), method),
    )
