"""What a collection decides and records in one transaction: captures, articles, addresses; runs no thread."""

from __future__ import annotations

import enum
import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from archive.article import Article, to_json
from archive.clock import parse_warc_date, warc_date
from archive.unread import forget_read, is_read_whole
from archive.warc.record import BuiltRecord, Exchange
from archive.warc.surt import urlkey

# When an address is due again: (published, or None where unknown; fetched) -> instant. Policy of the crawler.
DueAgain = Callable[[datetime | None, datetime], datetime]


class Decision(enum.Enum):
    """What became of an article that was handed in."""

    NEW = "new"
    CHANGED = "changed"
    DUPLICATE = "duplicate"


@attrs.frozen
class Release:
    """An article's fate; `seq` is that of its version, or of the version it repeats."""

    decision: Decision
    seq: int
    article_id: str


@attrs.frozen
class PlacedRecord:
    """A record and where it was written."""

    record: BuiltRecord
    exchange: Exchange
    file_id: int
    offset: int


def add_capture(connection: sqlite3.Connection, run_id: int, placed: PlacedRecord) -> None:
    """Enter the capture that heads an exchange's records."""
    record, exchange = placed.record, placed.exchange
    message = record.message
    connection.execute(
        """INSERT INTO captures (record_id, file_id, offset, length, run_id, type, url, urlkey, captured_at, status,
        mime, payload_digest, refers_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            record.record_id,
            placed.file_id,
            placed.offset,
            len(record.member),
            run_id,
            record.type,
            exchange.url,
            urlkey(exchange.url),
            warc_date(exchange.began_at),
            message.status if message else None,
            message.mime if message else None,
            record.payload_digest,
            record.refers_to,
        ),
    )


def release(connection: sqlite3.Connection, run_id: int, article: Article, due_again: DueAgain) -> Release:
    """Decide whether the article is new, changed or a duplicate; store it unless it is one.

    A duplicate has the content of the version captured just before or just after it, or of what its own address said
    last: of one article two addresses may say different things, time and again. A text that returns to an earlier
    wording is a change. The article's capture must have been entered before.
    """
    if article.capture is None:
        raise ValueError(f"{article.id} has no capture")
    captured_at = warc_date(article.captured_at)
    if is_read_whole(article):
        forget_read(connection, article.capture.record_id)
    neighbours = connection.execute(
        """SELECT seq, content_hash FROM (SELECT seq, content_hash FROM versions WHERE article_id = :id
             AND captured_at <= :at ORDER BY captured_at DESC, seq DESC LIMIT 1)
        UNION ALL SELECT seq, content_hash FROM (SELECT seq, content_hash FROM versions WHERE article_id = :id
             AND captured_at > :at ORDER BY captured_at, seq LIMIT 1)
        UNION ALL SELECT seq, content_hash FROM (SELECT seq, content_hash FROM versions WHERE article_id = :id
             AND captured_at <= :at AND json_extract(line, '$.url') = :url
             ORDER BY captured_at DESC, seq DESC LIMIT 1)""",
        {"id": article.id, "at": captured_at, "url": article.url},
    ).fetchall()
    for seq, content_hash in neighbours:
        if content_hash == article.content_hash:
            _fetched_article(connection, article, due_again)
            _seen_again(connection, article.id, captured_at)
            return Release(Decision.DUPLICATE, seq, article.id)
    if not neighbours:
        connection.execute(
            "INSERT INTO articles (id, newspaper, latest, first_captured_at, last_captured_at) VALUES (?, ?, 0, ?, ?)",
            (article.id, article.newspaper, captured_at, captured_at),
        )
    seq = connection.execute(
        """INSERT INTO versions (article_id, content_hash, run_id, record_id, captured_at, line)
        VALUES (?, ?, ?, ?, ?, ?)""",
        (article.id, article.content_hash, run_id, article.capture.record_id, captured_at, to_json(article)),
    ).lastrowid
    assert seq is not None
    _fetched_article(connection, article, due_again)
    _seen_again(connection, article.id, captured_at)
    connection.execute(
        """UPDATE articles SET latest = (SELECT seq FROM versions WHERE article_id = :id
        ORDER BY captured_at DESC, seq DESC LIMIT 1) WHERE id = :id""",
        {"id": article.id},
    )
    connection.execute(
        "UPDATE articles SET section = ?, published_at = ? WHERE id = ? AND latest = ?",
        (article.section, article.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), article.id, seq),
    )
    return Release(Decision.CHANGED if neighbours else Decision.NEW, seq, article.id)


def _seen_again(connection: sqlite3.Connection, article_id: str, captured_at: str) -> None:
    connection.execute(
        """UPDATE articles SET first_captured_at = min(first_captured_at, :at),
        last_captured_at = max(last_captured_at, :at) WHERE id = :id""",
        {"id": article_id, "at": captured_at},
    )


def appeared(published_at: datetime, precision: str | None, first_captured_at: datetime) -> datetime:
    """When an article appeared, for the looks at it. Of one of which only the day is known: when it was first captured,
    but no later than the day's end; counted from the day's beginning the looks of its first hours would be missed."""
    return min(published_at + timedelta(days=1), first_captured_at) if precision == "day" else published_at


def _fetched_article(connection: sqlite3.Connection, article: Article, due_again: DueAgain) -> None:
    # an edit is looked after as a publication is: who has edited once does so again
    first, edited_at = connection.execute(
        """SELECT min(captured_at), max(captured_at) FROM versions WHERE article_id = ?""", (article.id,)
    ).fetchone()
    appeared_at = appeared(article.published_at, article.published_precision, parse_warc_date(first))
    changed_at = max(appeared_at, parse_warc_date(edited_at)) if edited_at > first else appeared_at
    # only here, with the article, does its address count as fetched: a crash before leaves it due
    values = {
        "newspaper": article.newspaper,
        "url": article.url,
        "at": warc_date(article.captured_at),
        "changed": warc_date(changed_at),
        "due": warc_date(due_again(changed_at, article.captured_at)),
        "record_id": article.capture.record_id if article.capture else None,
        "id": article.id,
        "hash": article.content_hash,
    }
    before = connection.execute(
        """SELECT gone_at FROM addresses WHERE newspaper = :newspaper AND url = :url
        AND (fetched_at IS NULL OR fetched_at <= :at)""",
        values,
    ).fetchone()
    if before is None:
        return  # no crawl of the newspaper's brought it, or a later one did
    connection.execute(
        """UPDATE addresses SET fetched_at = :at, status = 200, failures = 0, next_due_at = :due,
            record_id = :record_id, changed_at = :changed, article_id = :id, content_hash = :hash, gone_at = NULL,
            moved_to = NULL, changes = changes + (content_hash IS NOT NULL AND content_hash != :hash)
        WHERE newspaper = :newspaper AND url = :url""",
        values,
    )
    if before[0] is not None:
        connection.execute(
            """INSERT INTO fates (article_id, fate, at, url, status, record_id)
            SELECT :id, 'returned', :at, :url, 200, :record_id
            WHERE EXISTS (SELECT 1 FROM fates WHERE article_id = :id AND url = :url)""",
            values,
        )


def reject(
    connection: sqlite3.Connection,
    run_id: int,
    url: str,
    record_id: str | None,
    reasons: Mapping[str, str],
    *,
    is_read: bool = True,
) -> None:
    """List a page that gave no article, with the reason per field; `is_read`: that is what reading it came to."""
    if is_read and record_id is not None:
        forget_read(connection, record_id)
    connection.execute(
        "INSERT INTO rejections (run_id, url, record_id, reasons) VALUES (?, ?, ?, ?)",
        (run_id, url, record_id, json.dumps(dict(reasons), ensure_ascii=False)),
    )


def keep_newspaper(connection: sqlite3.Connection, name: str, card: Mapping[str, Any]) -> None:
    """Keep what is known of a newspaper, so that reading the archive needs no spider."""
    connection.execute(
        "INSERT INTO newspapers (name, card) VALUES (?, ?) ON CONFLICT DO UPDATE SET card = excluded.card",
        (name, json.dumps(card, ensure_ascii=False)),
    )
