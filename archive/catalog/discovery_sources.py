"""Discovery sources: which section, feed, sitemap or front page named each address of an article, and when first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import attrs

from archive.clock import parse_warc_date

SourceKind = Literal["section", "feed", "sitemap", "front"]
_FOUND = """SELECT kind, source, count, alone, last_at FROM source_counts WHERE newspaper = ?
    ORDER BY kind, count DESC, source"""


@attrs.frozen
class SourceCount:
    """How many articles one list, feed, sitemap or front page named.

    Args:
        kind: section, feed, sitemap or front.
        source: the section's name, else the address.
        articles: how many addresses of articles it named, whether or not they are held.
        alone: how many of them no other source named.
        last_at: when it last named a new one.
    """

    kind: str
    source: str
    articles: int
    alone: int
    last_at: datetime


def found_by(connection: sqlite3.Connection, newspaper: str) -> list[SourceCount]:
    """The sources of a newspaper, by kind, those that named most articles first."""
    rows = connection.execute(_FOUND, (newspaper,))
    return [
        SourceCount(kind, source, articles, alone, parse_warc_date(at)) for kind, source, articles, alone, at in rows
    ]


def listed(
    connection: sqlite3.Connection, newspaper: str, kind: SourceKind, source: str, urls: Iterable[str]
) -> dict[str, str]:
    """The addresses that this source named before, and when it named each first (a WARC-Date)."""
    rows = connection.execute(
        """SELECT url, found_at FROM discovery_sources WHERE newspaper = ? AND kind = ? AND source = ?
        AND url IN (SELECT value FROM json_each(?))""",
        (newspaper, kind, source, json.dumps(list(urls))),
    )
    return dict(rows.fetchall())
