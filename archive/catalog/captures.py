"""Captures as rows of the catalog; the one place where they are inserted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import attrs

_INSERT = """INSERT INTO captures (file_id, run_id, record_id, offset, length, type, url, urlkey, captured_at, status,
    mime, payload_digest, refers_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


@attrs.define(kw_only=True)
class CaptureRow:
    """What the catalog says of a record that holds a capture; `captured_at` is a WARC-Date."""

    record_id: str
    offset: int
    length: int
    type: str
    url: str
    urlkey: str
    captured_at: str
    status: int | None
    mime: str | None
    payload_digest: str | None
    refers_to: str | None


def insert_captures(
    connection: sqlite3.Connection, file_id: int, run_id: int, rows: Iterable[CaptureRow], *, may_be_known: bool = False
) -> int:
    """Enter captures of a file; how many.

    Args:
        may_be_known: those whose record id is entered already are left out.

    Raises:
        sqlite3.IntegrityError: one is entered already.
    """
    statement = _INSERT + " ON CONFLICT DO NOTHING" if may_be_known else _INSERT
    return connection.executemany(
        statement,
        [
            (
                file_id, run_id, row.record_id, row.offset, row.length, row.type, row.url, row.urlkey, row.captured_at,
                row.status, row.mime, row.payload_digest, row.refers_to,
            )
            for row in rows
        ],
    ).rowcount  # fmt: skip
