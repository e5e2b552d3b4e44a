"""Which way found a newspaper's articles, so that its lists and feeds can be judged; finds none itself."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import attrs

from archive.clock import parse_warc_date

# A window over each address's ways tells those that one way alone has found.
_FOUND = """SELECT way, source, count(*), count(*) FILTER (WHERE ways = 1), max(found_at) FROM (
    SELECT way, source, found_at, count(*) OVER (PARTITION BY url) AS ways FROM ways WHERE newspaper = ?)
    GROUP BY way, source ORDER BY way, count(*) DESC, source"""


@attrs.frozen
class Found:
    """What one list, feed, sitemap or front page has found.

    Args:
        way: section, feed, sitemap or front.
        source: the section's name, else the address.
        articles: how many addresses of articles it named, whether or not they are held.
        alone: how many of them nothing else named.
        last_at: when it last named one that it had not named before.
    """

    way: str
    source: str
    articles: int
    alone: int
    last_at: datetime


def found_by(connection: sqlite3.Connection, newspaper: str) -> list[Found]:
    """What each of a newspaper's lists has found, the ways in turn, those that found most first."""
    rows = connection.execute(_FOUND, (newspaper,))
    return [Found(way, source, articles, alone, parse_warc_date(at)) for way, source, articles, alone, at in rows]
