"""What captured pictures look like, by their payload digest, and which of them are the same."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Self

import attrs

STEP = """
    CREATE TABLE pictures (                -- pictures that were captured, each payload once
        id INTEGER PRIMARY KEY,
        payload_digest TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,                -- what addresses call it: the beginning of its digest
        captured_at TEXT NOT NULL,         -- first, as far as that was known when it was hashed
        method INTEGER NOT NULL,           -- version of how it was hashed
        outcome TEXT NOT NULL,             -- hashed, plain, small, large, broken, late, crashed, unreadable
        mime TEXT,                         -- by its first bytes
        width INTEGER,                     -- in pixels, turned as its EXIF data say
        height INTEGER,
        octets INTEGER NOT NULL,
        phash TEXT,                        -- of the whole picture: 64 bits in hexadecimal
        strips BLOB,                       -- hashes of the whole and of stored strips, eight octets each
        thumbnail BLOB,                    -- WebP in gray, by which candidates are compared
        same_as INTEGER NOT NULL           -- the one of those that are the same that was captured first; or itself
    ) STRICT;
    CREATE INDEX pictures_by_name ON pictures (name);
    CREATE INDEX pictures_same ON pictures (same_as);
    CREATE TABLE picture_bands (           -- parts of the hashes: pictures that share one are compared
        band INTEGER NOT NULL,             -- which part of a hash, and its bits
        strip INTEGER NOT NULL,            -- 64 times the picture's id, and the number of the hash
        PRIMARY KEY (band, strip)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE picture_pairs (           -- pictures that were compared and found to be the same
        picture_id INTEGER NOT NULL REFERENCES pictures,
        other_id INTEGER NOT NULL REFERENCES pictures, -- the one that was captured before
        relation TEXT NOT NULL,            -- to the other: whole, crop, wider, mirrored
        similarity REAL NOT NULL,          -- 0 to 1
        PRIMARY KEY (picture_id, other_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE picture_printings (       -- pictures of versions of articles
        version_seq INTEGER NOT NULL REFERENCES versions (seq),
        number INTEGER NOT NULL,           -- which of the article's pictures, from 1
        picture_id INTEGER REFERENCES pictures, -- null while it is not captured
        url TEXT,                          -- only then
        PRIMARY KEY (version_seq, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX picture_printings_by_picture ON picture_printings (picture_id) WHERE picture_id IS NOT NULL;
    CREATE INDEX picture_printings_waiting ON picture_printings (url) WHERE picture_id IS NULL;
    CREATE TABLE picture_cursors (         -- how far the pictures were followed
        what TEXT PRIMARY KEY,             -- captures, versions, readings
        reached INTEGER NOT NULL           -- the last number of these that was considered
    ) STRICT, WITHOUT ROWID;
    """
# The type that a server names need not be the picture's; pages, styles, scripts and fonts are none
_MAY_BE_PICTURE = """c.type IN ('response', 'revisit') AND c.status = 200 AND c.payload_digest IS NOT NULL
    AND (c.mime IS NULL OR c.mime LIKE 'image/%'
    OR c.mime IN ('', 'application/octet-stream', 'binary/octet-stream', 'text/plain'))"""
_COLUMNS = "id, payload_digest, name, captured_at, outcome, mime, width, height, octets, phash, same_as"


@attrs.frozen(kw_only=True)
class PictureRow:
    """A picture as it is entered; `id` is 0 before."""

    id: int = 0
    payload_digest: str
    name: str
    captured_at: str
    outcome: str
    mime: str | None = None
    width: int | None = None
    height: int | None = None
    octets: int = 0
    phash: str | None = None
    same_as: int = 0

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """The picture of a row of `_COLUMNS`."""
        return cls(**dict(zip(_COLUMNS.split(", "), row, strict=True)))


@attrs.frozen
class PictureCapture:
    """A capture that may be of a picture: its number, address, payload digest, and the place of its record.

    `has_payload`: its record holds the picture; that of a revisit names the payload alone.
    """

    number: int
    record_id: str
    url: str
    payload_digest: str
    captured_at: str
    place: tuple[str, int, int]
    has_payload: bool = True


def captured_pictures(connection: sqlite3.Connection, after: int, until: int, limit: int) -> list[PictureCapture]:
    """Up to `limit` captures that may be of pictures, with `after` < number <= `until`, in that order."""
    rows = connection.execute(
        f"""SELECT c.id, c.record_id, c.url, c.payload_digest, c.captured_at, f.name, c.offset, c.length,
        c.type = 'response' FROM captures c JOIN warc_files f ON f.id = c.file_id
        WHERE c.id > ? AND c.id <= ? AND {_MAY_BE_PICTURE} ORDER BY c.id LIMIT ?""",
        (after, until, limit),
    )
    return [
        PictureCapture(number, record_id, url, payload_digest, captured_at, (file, offset, length), bool(has_payload))
        for number, record_id, url, payload_digest, captured_at, file, offset, length, has_payload in rows
    ]


def last_capture(connection: sqlite3.Connection) -> int:
    """The number of the capture that was entered last; 0 where there is none."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM captures").fetchone()[0])


def cursor(connection: sqlite3.Connection, what: str) -> int:
    """How far captures, versions or readings were considered; of `method`, by which version all were hashed."""
    row = connection.execute("SELECT reached FROM picture_cursors WHERE what = ?", (what,)).fetchone()
    return int(row[0]) if row else 0


def set_cursor(connection: sqlite3.Connection, what: str, reached: int) -> None:
    """Enter how far they were considered; within the transaction of what came of it."""
    connection.execute("INSERT OR REPLACE INTO picture_cursors VALUES (?, ?)", (what, reached))


def picture_with_digest(connection: sqlite3.Connection, payload_digest: str) -> PictureRow | None:
    """The picture of a payload; None where it was not hashed yet, or is none."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM pictures WHERE payload_digest = ?", (payload_digest,)).fetchone()
    return PictureRow.from_row(row) if row else None


def picture_named(connection: sqlite3.Connection, name: str) -> PictureRow | None:
    """The picture that addresses call so."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM pictures WHERE name = ? ORDER BY id LIMIT 1", (name,)).fetchone()
    return PictureRow.from_row(row) if row else None


def known_digests(connection: sqlite3.Connection, digests: Iterable[str]) -> dict[str, int]:
    """The ids of the pictures with these payload digests that were hashed."""
    rows = connection.execute(
        "SELECT payload_digest, id FROM pictures WHERE payload_digest IN (SELECT value FROM json_each(?))",
        (json.dumps(list(digests)),),
    )
    return dict(rows.fetchall())


def are_same(connection: sqlite3.Connection, one: str, other: str) -> bool:
    """Whether the pictures with these payload digests were compared, and found to be the same."""
    query = "SELECT same_as FROM pictures WHERE payload_digest = ?"
    first, second = (connection.execute(query, (digest,)).fetchone() for digest in (one, other))
    return first is not None and first == second


@attrs.frozen(kw_only=True)
class StoredLikeness:
    """What a picture looks like, as it is stored: hashes of its strips, its anchors, and a small copy; None of one that
    is not hashed. `method`: the version of how that was made."""

    method: int
    strips: bytes | None = None
    anchors: bytes | None = None
    thumbnail: bytes | None = None


def enter_picture(connection: sqlite3.Connection, row: PictureRow, looks: StoredLikeness) -> int:
    """Enter a picture that is not known; its id. It is the same as none yet."""
    entered = connection.execute(
        """INSERT INTO pictures (payload_digest, name, captured_at, method, outcome, mime, width, height, octets,
        phash, strips, anchors, thumbnail, same_as) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)""",
        (
            row.payload_digest, row.name, row.captured_at, looks.method, row.outcome, row.mime, row.width, row.height,
            row.octets, row.phash, looks.strips, looks.anchors, looks.thumbnail,
        ),
    )  # fmt: skip
    id = int(entered.lastrowid or 0)
    connection.execute("UPDATE pictures SET same_as = id WHERE id = ?", (id,))
    return id


def former_pictures(
    connection: sqlite3.Connection, method: int, after: int, limit: int
) -> list[tuple[int, PictureCapture]]:
    """Up to `limit` pictures with ids after `after` that were hashed by a version before that one: their ids, and the
    first capture of each that holds it."""
    rows = connection.execute(
        """SELECT p.id, c.id, c.record_id, c.url, c.payload_digest, c.captured_at, f.name, c.offset, c.length
        FROM pictures p JOIN captures c ON c.id = (SELECT min(h.id) FROM captures h
            WHERE h.payload_digest = p.payload_digest AND h.type = 'response' AND h.status = 200)
        JOIN warc_files f ON f.id = c.file_id
        WHERE p.id > ? AND p.method < ? AND p.strips IS NOT NULL ORDER BY p.id LIMIT ?""",
        (after, method, limit),
    )
    return [
        (id, PictureCapture(number, record_id, url, payload_digest, captured_at, (file, offset, length)))
        for id, number, record_id, url, payload_digest, captured_at, file, offset, length in rows
    ]


def renew_picture(connection: sqlite3.Connection, id: int, looks: StoredLikeness) -> tuple[bytes, bytes]:
    """Replace what a picture looks like; the strips and anchors that it had."""
    (strips, anchors) = connection.execute(
        "SELECT coalesce(strips, x''), coalesce(anchors, x'') FROM pictures WHERE id = ?", (id,)
    ).fetchone()
    connection.execute(
        "UPDATE pictures SET method = ?, strips = ?, anchors = ?, thumbnail = ? WHERE id = ?",
        (looks.method, looks.strips, looks.anchors, looks.thumbnail, id),
    )
    return strips, anchors


def enter_same(connection: sqlite3.Connection, id: int, pairs: Sequence[tuple[int, str, float]]) -> int:
    """Enter that a picture is the same as others, and that they are all one; the id by which they are known.

    Args:
        pairs: the other's id, the relation to it, and the similarity.
    """
    connection.executemany("INSERT OR REPLACE INTO picture_pairs VALUES (?, ?, ?, ?)", [(id, *pair) for pair in pairs])
    others = json.dumps([id, *(other for other, _, _ in pairs)])
    groups = "SELECT same_as FROM pictures WHERE id IN (SELECT value FROM json_each(?))"
    members = f"SELECT id FROM pictures WHERE same_as IN ({groups}) ORDER BY captured_at, name, id"
    first = int(connection.execute(members + " LIMIT 1", (others,)).fetchone()[0])
    connection.execute(f"UPDATE pictures SET same_as = ? WHERE same_as IN ({groups})", (first, others))
    return first


def forget_pictures(connection: sqlite3.Connection) -> None:
    """Remove all that was made of pictures; they are hashed again from the first capture on."""
    for table in ("picture_pairs", "picture_hashes", "picture_printings", "picture_cursors", "pictures"):
        connection.execute(f"DELETE FROM {table}")


def pictures_same(connection: sqlite3.Connection, same_as: int, most: int) -> list[PictureRow]:
    """Up to `most` pictures that are the same: that by which they are known, and those that were entered first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM pictures WHERE same_as = ? ORDER BY id <> same_as, id LIMIT ?", (same_as, most)
    )
    return [PictureRow.from_row(row) for row in rows]


def pairs_of(connection: sqlite3.Connection, same_as: int) -> list[tuple[int, int, str, float]]:
    """Which of the pictures that are the same were compared: id, id of the other, relation and similarity."""
    return connection.execute(
        """SELECT p.picture_id, p.other_id, p.relation, p.similarity FROM pictures m
        JOIN picture_pairs p ON p.picture_id = m.id WHERE m.same_as = ? ORDER BY 1, 2""",
        (same_as,),
    ).fetchall()


def picture_at(connection: sqlite3.Connection, url: str) -> PictureRow | None:
    """The picture that was captured last at exactly this address."""
    row = connection.execute(
        """SELECT p.id FROM captures c JOIN pictures p ON p.payload_digest = c.payload_digest
        WHERE c.url = ? ORDER BY c.captured_at DESC LIMIT 1""",
        (url,),
    ).fetchone()
    return picture_numbered(connection, row[0]) if row else None


def picture_numbered(connection: sqlite3.Connection, id: int) -> PictureRow | None:
    """The picture with that id."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM pictures WHERE id = ?", (id,)).fetchone()
    return PictureRow.from_row(row) if row else None


def is_behind(connection: sqlite3.Connection, method: int) -> bool:
    """Whether captures, versions or readings were not considered yet, or pictures were hashed by a version before
    that one."""
    if cursor(connection, "method") < method and connection.execute("SELECT 1 FROM pictures LIMIT 1").fetchone():
        return True
    ends = "SELECT max(id) FROM captures", "SELECT max(seq) FROM versions", "SELECT max(id) FROM readings"
    return any(
        (connection.execute(end).fetchone()[0] or 0) > cursor(connection, what)
        for what, end in zip(("captures", "versions", "readings"), ends, strict=True)
    )
