"""The further addresses of articles: those that lists named for an article which is fetched under another, those that
were fetched and gave the same article, and those that lead to one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime

import attrs

from archive.clock import parse_warc_date, warc_date
from archive.identity import address_key, plain_address
from archive.revisit_policy import YEAR

STEP = """
    CREATE TABLE other_addresses (
        newspaper TEXT NOT NULL,
        url TEXT NOT NULL,                 -- named by a list, never fetched
        known_as TEXT NOT NULL,            -- the address under which its article is fetched
        first_seen_at TEXT NOT NULL,
        PRIMARY KEY (newspaper, url)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX other_addresses_by_known ON other_addresses (newspaper, known_as);
    CREATE INDEX addresses_by_article ON addresses (article_id) WHERE article_id IS NOT NULL;
    """
REDIRECTS_STEP = "CREATE INDEX addresses_by_target ON addresses (newspaper, moved_to) WHERE moved_to IS NOT NULL;"
_MOST = 12
_MOST_FORMS = 48
"""Of addresses that no unknown parameter can make any number of."""
_ENTER = """INSERT OR IGNORE INTO other_addresses (newspaper, url, known_as, first_seen_at)
    SELECT :newspaper, :url, :known, :at WHERE :most >
    (SELECT count(*) FROM other_addresses WHERE newspaper = :newspaper AND known_as = :known)"""


@attrs.frozen
class ArticleAddress:
    """An address of an article. `fetched_at`: when it was fetched last; None: never, another stands for it."""

    url: str
    first_seen_at: datetime
    fetched_at: datetime | None = None
    gone_at: datetime | None = None
    moved_to: str | None = None


def enter_named(connection: sqlite3.Connection, newspaper: str, known: Mapping[str, str], at: datetime) -> None:
    """Enter the addresses that a list named for articles which are known by others: some of each article, because a
    server may mark each link anew.

    Args:
        known: the addresses by which the articles are known, by those that were named.
    """
    rows = [
        {
            "newspaper": newspaper,
            "url": plain,
            "known": spelling,
            "at": warc_date(at),
            "most": _MOST if "?" in address_key(plain) else _MOST_FORMS,
        }
        for url, spelling in known.items()
        if url != spelling and (plain := plain_address(url)) != plain_address(spelling)
    ]
    connection.executemany(_ENTER, rows)


def addresses_of(connection: sqlite3.Connection, article_id: str) -> list[ArticleAddress]:
    """The addresses of an article, the one that was seen first first; some of those that lead to it, because a server
    may lead thousands to one page."""
    rows = connection.execute(
        """SELECT url, first_seen_at, fetched_at, gone_at, moved_to FROM addresses
        WHERE article_id = :id AND kind = 'article'
        UNION ALL SELECT c.url, min(c.captured_at), max(c.captured_at), NULL, NULL FROM captures c
            WHERE c.record_id IN (SELECT record_id FROM versions WHERE article_id = :id
            UNION SELECT r.record_id FROM versions v JOIN readings r ON r.version_seq = v.seq WHERE v.article_id = :id)
            AND NOT EXISTS (SELECT 1 FROM addresses f WHERE f.article_id = :id AND f.url = c.url) GROUP BY c.url
        UNION ALL SELECT o.url, o.first_seen_at, NULL, NULL, NULL FROM addresses a JOIN other_addresses o
            ON o.newspaper = a.newspaper AND o.known_as = a.url WHERE a.article_id = :id
            AND NOT EXISTS (SELECT 1 FROM addresses f WHERE f.newspaper = o.newspaper AND f.url = o.url)
        UNION ALL SELECT * FROM (
            SELECT f.url, f.first_seen_at, f.fetched_at, f.gone_at, f.moved_to FROM addresses a JOIN addresses f
            ON f.newspaper = a.newspaper AND f.moved_to = a.url WHERE a.article_id = :id AND a.kind = 'article'
            AND f.article_id IS NOT :id LIMIT :most)
        ORDER BY first_seen_at, url""",
        {"id": article_id, "most": _MOST},
    )
    return [
        ArticleAddress(
            url, parse_warc_date(first), parse_warc_date(fetched) if fetched else None,
            parse_warc_date(gone) if gone else None, moved_to,
        )
        for url, first, fetched, gone, moved_to in rows
    ]  # fmt: skip


def look_at_one(connection: sqlite3.Connection, newspaper: str, article_id: str, named: str, at: datetime) -> None:
    """Leave one of the addresses at which an article was read to be looked at by the revisit policy: the one that its
    page calls its own, else the one that was seen first. The others are due a year later.

    Args:
        named: the address by which the article is known; see `Article.address`.
    """
    rows = connection.execute(
        """SELECT url FROM addresses WHERE article_id = ? AND newspaper = ? AND kind = 'article' AND gone_at IS NULL
        AND fetched_at IS NOT NULL AND failures = 0 ORDER BY first_seen_at, url""",
        (article_id, newspaper),
    )
    urls = [url for (url,) in rows]
    if len(urls) < 2:
        return
    key = address_key(named)
    chosen = next((url for url in urls if url == named), None) or next(
        (url for url in urls if address_key(url) == key), urls[0]
    )
    connection.execute(
        """UPDATE addresses SET next_due_at = max(next_due_at, :later) WHERE newspaper = :newspaper
        AND url IN (SELECT value FROM json_each(:others))""",
        {
            "later": warc_date(at + YEAR), "newspaper": newspaper,
            "others": json.dumps([url for url in urls if url != chosen]),
        },
    )  # fmt: skip


def look_at_others(connection: sqlite3.Connection, newspaper: str, article_id: str, url: str, at: datetime) -> None:
    """Make the other addresses of an article due, because one of them is gone."""
    connection.execute(
        """UPDATE addresses SET next_due_at = min(next_due_at, :at) WHERE article_id = :id AND newspaper = :newspaper
        AND kind = 'article' AND url <> :url AND gone_at IS NULL""",
        {"at": warc_date(at), "id": article_id, "newspaper": newspaper, "url": url},
    )
