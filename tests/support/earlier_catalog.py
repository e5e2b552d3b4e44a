"""Catalogs as an earlier version of the program made them."""

from __future__ import annotations

import re
import sqlite3

from archive.catalog.schema import STEPS


def take_back(connection: sqlite3.Connection, number: int) -> None:
    """Take what the steps after the first `number` created and added out of a catalog, which is then in that version.

    What a step removed or filled is not brought back.
    """
    later = "".join(STEPS[number:])
    made = re.findall(r"CREATE (TABLE|TRIGGER|INDEX) (\w+)", later)
    for kind, name in sorted(made, reverse=True):
        connection.execute(f"DROP {kind} IF EXISTS {name}")
    for table, column in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", later):
        if ("TABLE", table) not in made:
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    connection.execute(f"PRAGMA user_version = {number}")
