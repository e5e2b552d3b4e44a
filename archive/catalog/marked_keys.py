"""Captures of addresses with a session id or the mark of a campaign: found by what the address is without it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from archive.identity import names_visitor, uniform_key

STEP = """
    CREATE TABLE marked_keys (
        plain_key TEXT NOT NULL,           -- what the urlkeys of all spellings of the address share
        urlkey TEXT NOT NULL,              -- of captures of it with a session id or the mark of a campaign
        PRIMARY KEY (plain_key, urlkey)
    ) STRICT, WITHOUT ROWID;
    """
# Keys without these signs have no such mark
_MAY_BE_MARKED = "urlkey GLOB '*[;(?]*'"


def enter_marked(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    """Enter those urlkeys of captures that have such a mark; within a transaction."""
    connection.executemany(
        "INSERT OR IGNORE INTO marked_keys (plain_key, urlkey) VALUES (?, ?)",
        [(uniform_key(key), key) for key in dict.fromkeys(keys) if names_visitor(key)],
    )


def enter_marked_of(connection: sqlite3.Connection, table: str) -> None:
    """Enter the urlkeys with such a mark in the column `urlkey` of a table; within a transaction."""
    rows = connection.execute(f"SELECT DISTINCT urlkey FROM {table} WHERE {_MAY_BE_MARKED}")
    while batch := rows.fetchmany(1000):
        enter_marked(connection, (key for (key,) in batch))


def is_captured_marked(connection: sqlite3.Connection, plain_key: str) -> bool:
    """Whether the readers of this connection see captures of an address, given by its uniform key, with such a mark."""
    statement = "SELECT 1 FROM main.marked_keys m JOIN captures c ON c.urlkey = m.urlkey WHERE m.plain_key = ? LIMIT 1"
    return connection.execute(statement, (plain_key,)).fetchone() is not None
