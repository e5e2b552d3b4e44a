"""Keeps what only the former catalog knows: alarms and their mutes, plans and pauses of jobs, last maintenance."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

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


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
