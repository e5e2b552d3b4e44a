"""The table of maintenance: when each task last ended, and how."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import attrs

from archive.clock import parse_warc_date, warc_date

Task = Literal["backup", "verify", "compact", "prune"]
Outcome = Literal["finished", "failed"]


@attrs.frozen(kw_only=True)
class Maintenance:
    """The last end of a task: when it began and ended, its outcome, and its figures."""

    task: str
    began_at: datetime
    ended_at: datetime
    outcome: str
    detail: Mapping[str, Any]


def enter_maintenance(connection: sqlite3.Connection, done: Maintenance) -> None:
    """Enter the end of a task in the place of the last one; within a transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO maintenance (task, began_at, ended_at, outcome, detail) VALUES (?, ?, ?, ?, ?)",
        (
            done.task, warc_date(done.began_at), warc_date(done.ended_at), done.outcome,
            json.dumps(dict(done.detail), ensure_ascii=False),
        ),
    )  # fmt: skip


def last_maintenance(connection: sqlite3.Connection) -> dict[str, Maintenance]:
    """The last end of each task, by its name; tasks that never ended lack."""
    rows = connection.execute("SELECT task, began_at, ended_at, outcome, detail FROM maintenance ORDER BY task")
    return {
        task: Maintenance(
            task=task, began_at=parse_warc_date(began_at), ended_at=parse_warc_date(ended_at), outcome=outcome,
            detail=json.loads(detail),
        )
        for task, began_at, ended_at, outcome, detail in rows
    }  # fmt: skip
