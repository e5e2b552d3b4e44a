"""Which versions of articles print which pictures, and where these were captured."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence


def enter_printings(
    connection: sqlite3.Connection, version_seq: int, printings: Iterable[tuple[int, int | None, str | None]]
) -> None:
    """Enter the pictures of a version in place of what was entered: number, picture's id, else its address."""
    connection.execute("DELETE FROM picture_printings WHERE version_seq = ?", (version_seq,))
    connection.executemany(
        "INSERT INTO picture_printings VALUES (?, ?, ?, ?)", [(version_seq, *one) for one in printings]
    )


def enter_captured(connection: sqlite3.Connection, url: str, id: int) -> None:
    """Enter that a picture was captured at an address, for the printings that waited for it."""
    connection.execute(
        "UPDATE picture_printings SET picture_id = ?, url = NULL WHERE url = ? AND picture_id IS NULL", (id, url)
    )


# What follows is asked for readers: `captures`, `versions` and `articles` may be views without what is withheld


def printings_of(connection: sqlite3.Connection, same_as: int, most: int) -> list[tuple[int, int, int]]:
    """Where the pictures that are the same are printed: version, number and picture, in the order of publication."""
    return connection.execute(
        """SELECT p.version_seq, p.number, p.picture_id FROM pictures m
        JOIN picture_printings p ON p.picture_id = m.id JOIN versions v ON v.seq = p.version_seq
        JOIN articles a ON a.id = v.article_id
        WHERE m.same_as = ? ORDER BY a.published_at, a.id, v.captured_at, v.seq, p.number LIMIT ?""",
        (same_as, most),
    ).fetchall()


def same_pictures(
    connection: sqlite3.Connection, version_seqs: Sequence[int]
) -> dict[tuple[int, int], tuple[int, str]]:
    """The pictures of some versions, by version and number: the id and the name by which they are known."""
    rows = connection.execute(
        """SELECT p.version_seq, p.number, f.id, f.name FROM picture_printings p
        JOIN pictures m ON m.id = p.picture_id JOIN pictures f ON f.id = m.same_as
        WHERE p.version_seq IN (SELECT value FROM json_each(?))""",
        (json.dumps(list(version_seqs)),),
    )
    return {(seq, number): (id, name) for seq, number, id, name in rows}


def count_articles_with(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, int]:
    """In how many articles each of these pictures is printed, with those that are the same."""
    rows = connection.execute(
        """SELECT m.same_as, count(DISTINCT v.article_id) FROM pictures m
        JOIN picture_printings p ON p.picture_id = m.id JOIN versions v ON v.seq = p.version_seq
        WHERE m.same_as IN (SELECT value FROM json_each(?)) GROUP BY 1""",
        (json.dumps(list(ids)),),
    )
    return dict(rows.fetchall())


def addresses_with(connection: sqlite3.Connection, payload_digest: str, most: int) -> list[tuple[str, str, str]]:
    """The addresses at which a payload was captured: address, first capture's time (a WARC-Date), its record id."""
    return connection.execute(
        """SELECT url, min(captured_at), record_id FROM captures WHERE payload_digest = ? AND status = 200
        GROUP BY url ORDER BY 2, 1 LIMIT ?""",
        (payload_digest, most),
    ).fetchall()
