"""What became of an article's page after it was captured: withdrawn, moved, gone, back again; judges no answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

import attrs

from archive.clock import parse_warc_date


@attrs.frozen
class Fate:
    """A row of the fates: what the answer of an instant said of an article's page.

    `url` is the address that was asked, `leads_to` where a moved article is now, `record_id` the answer's capture.
    """

    fate: str  # gone, withdrawn, moved, returned
    at: datetime
    url: str
    status: int | None
    leads_to: str | None
    record_id: str | None

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """The row of fates."""
        values = list(row)
        values[1] = parse_warc_date(values[1])
        return cls(*values)


def fates_of(connection: sqlite3.Connection, article_id: str) -> list[Fate]:
    """All that became of an article's page, the oldest first."""
    rows = connection.execute(
        "SELECT fate, at, url, status, leads_to, record_id FROM fates WHERE article_id = ? ORDER BY at, id",
        (article_id,),
    )
    return [Fate.from_row(row) for row in rows]
