"""Migrates a catalog to the present version of its schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archive.catalog import changes, marked_keys, picture_hashes
from archive.catalog.identities import identify_anew
from archive.catalog.lines import add_functions
from archive.catalog.runs import code_older_rejections
from archive.catalog.schema import STEPS as STEPS
from archive.durable import connect, copy_database, free_name

VERSION = len(STEPS)
_CODED_REASONS = 8
_KEYS_OF_ADDRESSES = 17
PACKED_LINES = 12
"""The version that took half of an older catalog's room."""


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the catalog at `path` to the present version; to be called within a transaction, without foreign keys.

    A step may make a table anew to which others refer: with foreign keys on, SQLite would delete its rows one by one
    and refuse. Ids stay, and so all references hold. Before the first step a catalog that is not new is copied to
    `<its name>.v<its version>`, durably; the copy stays.

    Raises:
        sqlite3.Error, OSError: there is no room for the copy or the steps; nothing was changed.
    """
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if 0 < found < VERSION:
        # by another connection: this one is within its transaction
        with closing(connect(path, "ro")) as reading:
            copy_database(reading, free_name(path.with_name(f"{path.name}.v{found}")))
    add_functions(connection)
    for number, step in enumerate(STEPS[found:], found + 1):
        for statement in _statements(step):
            connection.execute(statement)
        if number == _CODED_REASONS:
            code_older_rejections(connection)
        if number == _KEYS_OF_ADDRESSES:
            identify_anew(connection)
        if step is changes.STEP:
            changes.enter_every_change(connection)
        if step is picture_hashes.STEP:
            picture_hashes.enter_every_hash(connection)
        if step is marked_keys.STEP:
            marked_keys.enter_marked_of(connection, "captures")
            identify_anew(connection)
        connection.execute(f"PRAGMA user_version = {number}")


def _statements(script: str) -> Iterator[str]:
    # executescript() would commit; statements run one by one stay within the transaction
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
