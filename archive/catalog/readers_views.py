"""What readers' queries see: views in place of the tables, which leave out what is withheld."""

from __future__ import annotations

import sqlite3

from archive.catalog.withholdings import ACTIVE, HOST_OF

# Readers' queries name tables; views of these names come first, and leave out what is withheld
_VIEWS = (
    f"""
    CREATE TEMP VIEW captures AS SELECT * FROM main.captures c
        WHERE NOT EXISTS ({ACTIVE.format(1)} AND w.kind = 'address' AND w.key = c.urlkey)
        AND NOT EXISTS ({ACTIVE.format(1)} AND w.kind = 'host' AND w.key = {HOST_OF.format("c.urlkey")});
"""
    + "".join(
        f"""CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} t
        WHERE NOT EXISTS ({ACTIVE.format(1)} AND w.kind = 'article' AND w.key IN ({articles}));"""
        for table, articles in (
            ("articles", "t.id"),
            ("versions", "t.article_id"),
            ("status_history", "t.article_id"),
            ("changes", "t.article_id"),
            ("reprint_signatures", "t.article_id"),
            ("reprint_links", "t.source_id, t.copy_id"),
            ("reprint_members", "t.article_id"),
        )
    )
    + f"""CREATE TEMP VIEW readings AS SELECT * FROM main.readings r
    WHERE NOT EXISTS ({ACTIVE.format(1)} AND w.kind = 'article' AND w.key = r.article_id)
    AND (r.record_id IS NULL OR EXISTS (SELECT 1 FROM captures c WHERE c.record_id = r.record_id));"""
)


def withhold_from(connection: sqlite3.Connection) -> bool:
    """Let this connection's queries leave out what is withheld now; whether anything is."""
    if connection.execute(ACTIVE.format(1) + " LIMIT 1").fetchone() is None:
        return False
    connection.executescript(_VIEWS)
    return True


def withholding_state(connection: sqlite3.Connection) -> str:
    """A name of what is withheld now: another one when that changes; empty where nothing is."""
    row = connection.execute(ACTIVE.format("group_concat(DISTINCT h.id), count(*)")).fetchone()
    return f"{row[0]}:{row[1]}" if row[1] else ""


def capture_places(connection: sqlite3.Connection, file: str, start: int, end: int) -> list[range]:
    """Where the captures stand in a file that the readers of this connection see, as far as they reach into its bytes
    from `start` to `end`; in order."""
    rows = connection.execute(
        """WITH file AS (SELECT id FROM warc_files WHERE name = :file) SELECT offset, length FROM captures
        WHERE file_id = (SELECT id FROM file) AND offset < :end AND offset >= coalesce((
            SELECT max(offset) FROM main.captures WHERE file_id = (SELECT id FROM file) AND offset <= :start), 0)
        ORDER BY offset""",
        {"file": file, "start": start, "end": end},
    )
    return [range(offset, offset + length) for offset, length in rows]
