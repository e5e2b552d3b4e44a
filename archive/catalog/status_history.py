"""The status history: what became of articles' pages after they were captured, as rows of the catalog."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from archive.catalog.lifecycle import PageStatus, StatusChange
from archive.clock import parse_warc_date, warc_date

_COLUMNS = "article_id, status, at, url, http_status, leads_to, record_id"


def changes_of(connection: sqlite3.Connection, article_id: str) -> list[StatusChange]:
    """All that became of an article's page, the oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM status_history WHERE article_id = ? ORDER BY at, id", (article_id,)
    )
    return [_change(row) for row in rows]


def last_change(connection: sqlite3.Connection, article_id: str, url: str) -> StatusChange | None:
    """What became of an article's page last at one address."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM status_history WHERE article_id = ? AND url = ? ORDER BY at DESC, id DESC LIMIT 1",
        (article_id, url),
    ).fetchone()
    return _change(row) if row else None


def enter_changes(connection: sqlite3.Connection, changes: Iterable[StatusChange]) -> None:
    """Enter what became of articles' pages, in the order in which it did."""
    connection.executemany(
        f"INSERT INTO status_history ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (one.article_id, one.status.value, warc_date(one.at), one.url, one.http_status, one.leads_to, one.record_id)
            for one in changes
        ],
    )


def _change(row: Sequence[Any]) -> StatusChange:
    article_id, status, at, *rest = row
    return StatusChange(article_id, PageStatus(status), parse_warc_date(at), *rest)
