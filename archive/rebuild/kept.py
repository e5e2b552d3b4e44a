"""Keeps what only the former catalog knows: alarms, mutes, plans, pauses, last maintenance, hashes of pictures."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from archive.catalog.picture_hashes import enter_every_anchor, enter_every_hash
from archive.durable import connect

_TABLES = ("alarms", "mutes", "plans", "pauses", "maintenance")


def keep_operation(connection: sqlite3.Connection, former: Path) -> None:
    """Copy the rows of these tables from the former catalog, of whatever version; none where it cannot be read.

    Without them every alarm would be told again after a rebuild, and a paused job would run.
    """
    if not former.is_file():
        return
    with suppress(sqlite3.Error), closing(connect(former, "ro")) as reading:
        for table in _TABLES:
            both = _columns(connection, table) & _columns(reading, table)
            if not both:
                continue
            names = ", ".join(sorted(both))
            rows = reading.execute(f"SELECT {names} FROM {table}")
            marks = ", ".join("?" * len(both))
            connection.executemany(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", rows)


def keep_pictures(connection: sqlite3.Connection, former: Path) -> None:
    """Copy what was made of pictures that are still captured, so that they are not decoded again and keep their ids.

    Who printed them is noted anew.
    """
    if not former.is_file():
        return
    with suppress(sqlite3.Error), closing(connect(former, "ro")) as reading:
        if not _columns(reading, "pictures"):
            return
        names = ", ".join(sorted(_columns(connection, "pictures") & _columns(reading, "pictures")))
        values = ", ".join(f":{name}" for name in names.split(", "))
        reading.row_factory = sqlite3.Row
        connection.executemany(
            f"""INSERT INTO pictures ({names}) SELECT {values}
            WHERE EXISTS (SELECT 1 FROM captures WHERE payload_digest = :payload_digest)""",
            map(dict, reading.execute(f"SELECT {names} FROM pictures")),
        )
        reading.row_factory = None
        connection.executemany(
            """INSERT INTO picture_pairs SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM pictures WHERE id = ?1)
            AND EXISTS (SELECT 1 FROM pictures WHERE id = ?2)""",
            reading.execute("SELECT picture_id, other_id, relation, similarity FROM picture_pairs"),
        )
    enter_every_hash(connection)
    enter_every_anchor(connection)
    connection.execute(  # of pictures that were the same as one that is gone, the first takes its place
        """UPDATE pictures SET same_as = (SELECT o.id FROM pictures o WHERE o.same_as = pictures.same_as
            ORDER BY o.captured_at, o.name, o.id LIMIT 1)
        WHERE NOT EXISTS (SELECT 1 FROM pictures f WHERE f.id = pictures.same_as)"""
    )


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
