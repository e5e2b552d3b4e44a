"""Enters captures, articles and rejections, each within a transaction; decides which articles are new."""

from __future__ import annotations

import enum
import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import attrs

from archive.article import Article, ReadingCause, to_json
from archive.catalog.addresses import article_read as enter_article_read
from archive.catalog.captures import CaptureRow, insert_captures
from archive.catalog.changes import enter_change
from archive.catalog.former_files import in_present_places
from archive.catalog.lifecycle import ArticleRead
from archive.catalog.other_addresses import look_at_one
from archive.catalog.readings import enter_reading
from archive.catalog.unread import forget_read, is_read_whole
from archive.catalog.versions import enter_version
from archive.catalog.withheld import keep_captures_withheld, keep_withheld
from archive.clock import parse_warc_date, warc_date
from archive.collection import Collection
from archive.errors import RecordMissing
from archive.ingest.repeats import EXTRACTOR, Repeat, recognised
from archive.revisit_policy import RevisitPolicy
from archive.warc.cdxj import urlkey
from archive.warc.exchange import Exchange, Resource
from archive.warc.posted import indexed_address
from archive.warc.record import BuiltRecord


class Decision(enum.Enum):
    """Whether an article is new, changed or a duplicate."""

    NEW = "new"
    CHANGED = "changed"
    DUPLICATE = "duplicate"


@attrs.frozen
class Release:
    """The decision about an article; `seq` is that of its version, or of the version of which it is a duplicate.

    `cause`: why a duplicate reads otherwise, so that it was entered as a later reading.
    """

    decision: Decision
    seq: int
    article_id: str
    cause: ReadingCause | None = None


@attrs.frozen
class PlacedRecord:
    """A record and its place in a file."""

    record: BuiltRecord
    exchange: Exchange | Resource
    file_id: int
    offset: int


def add_capture(connection: sqlite3.Connection, run_id: int, placed: PlacedRecord) -> None:
    """Enter the capture of an exchange, or a resource."""
    record, exchange = placed.record, placed.exchange
    message = record.message
    url = exchange.url if isinstance(exchange, Resource) else indexed_address(exchange.url, exchange.request)
    row = CaptureRow(
        record_id=record.record_id,
        offset=placed.offset,
        length=len(record.member),
        type=record.type,
        url=url,
        urlkey=urlkey(url),
        captured_at=warc_date(exchange.began_at),
        status=message.status if message else None,
        mime=exchange.mime if isinstance(exchange, Resource) else message.mime if message else None,
        payload_digest=record.payload_digest,
        refers_to=record.refers_to,
    )
    insert_captures(connection, placed.file_id, run_id, [row])
    keep_captures_withheld(connection, [url], urlkey)


def release(
    connection: sqlite3.Connection, run_id: int, article: Article, policy: RevisitPolicy, collection: Collection
) -> Release:
    """Decide whether the article is new, changed or a duplicate; store it unless it is one.

    A duplicate is printed as the version captured just before or just after it, or as the last version of its own
    address, because two addresses of an article may have different texts. Where it reads otherwise all the same, it is
    entered as a later reading of that version. A text that returns to an earlier wording is changed. The capture of the
    article must be entered already.

    Args:
        collection: where the captured pages are.
    """
    if article.capture is None:
        raise ValueError(f"{article.id} has no capture")
    captured_at, record_id = warc_date(article.captured_at), article.capture.record_id
    if is_read_whole(article):
        forget_read(connection, record_id)
    article, is_known, repeat = recognised(connection, article, collection)
    if repeat is not None:
        _enter_repeat(connection, run_id, article, repeat)
        _address_read(connection, repeat.dated(article), article, policy)
        _seen_again(connection, article.id, captured_at)
        keep_withheld(connection, article.id, record_id, urlkey)
        return Release(Decision.DUPLICATE, repeat.seq, article.id, repeat.cause)
    if not is_known:
        connection.execute(
            "INSERT INTO articles (id, newspaper, latest, first_captured_at, last_captured_at) VALUES (?, ?, 0, ?, ?)",
            (article.id, article.newspaper, captured_at, captured_at),
        )
    # a record that the crawl looked up before it was moved
    placed = in_present_places(connection, article)
    entered = enter_version(connection, run_id, placed, to_json(placed))
    if entered is None:
        raise RecordMissing(record_id)
    _address_read(connection, article, article, policy)
    _seen_again(connection, article.id, captured_at)
    _note_latest(connection, article, entered)
    if is_known:
        enter_change(connection, entered)
    keep_withheld(connection, article.id, record_id, urlkey)
    return Release(Decision.CHANGED if is_known else Decision.NEW, entered, article.id)


def _enter_repeat(connection: sqlite3.Connection, run_id: int, article: Article, repeat: Repeat) -> None:
    """Enter a reading of a version, unless it is as the version was read before."""
    if repeat.cause is None:
        return
    placed = in_present_places(connection, article)
    reading = placed.seen_again(repeat.content_hash, repeat.record_id, repeat.cause, EXTRACTOR)
    if enter_reading(connection, run_id, reading) is None:
        assert article.capture is not None
        raise RecordMissing(article.capture.record_id)


def _note_latest(connection: sqlite3.Connection, article: Article, seq: int) -> None:
    """Enter which version is the latest now, with section and time of publication if it is the one with `seq`."""
    connection.execute(
        """UPDATE articles SET latest = (SELECT seq FROM versions WHERE article_id = :id
        ORDER BY captured_at DESC, seq DESC LIMIT 1) WHERE id = :id""",
        {"id": article.id},
    )
    connection.execute(
        "UPDATE articles SET section = ?, published_at = ? WHERE id = ? AND latest = ?",
        (article.section, article.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), article.id, seq),
    )


def _seen_again(connection: sqlite3.Connection, article_id: str, captured_at: str) -> None:
    connection.execute(
        """UPDATE articles SET first_captured_at = min(first_captured_at, :at),
        last_captured_at = max(last_captured_at, :at) WHERE id = :id""",
        {"id": article_id, "at": captured_at},
    )


class Dated(Protocol):
    """What the revisits of an article's page depend on; an article, or the part of one."""

    @property
    def id(self) -> str: ...

    @property
    def content_hash(self) -> str: ...

    @property
    def published_at(self) -> datetime: ...

    @property
    def published_precision(self) -> str | None: ...


def article_read(
    connection: sqlite3.Connection, article: Dated, url: str, captured_at: str, record_id: str
) -> ArticleRead:
    """The event of an article that was read from a capture; its versions must be entered already.

    Args:
        captured_at: a WARC-Date.
    """
    # an edited article is revisited as a new one, because it may be edited again
    first, edited_at = connection.execute(
        "SELECT min(captured_at), max(captured_at) FROM versions WHERE article_id = ? AND captured_at <= ?",
        (article.id, captured_at),
    ).fetchone()
    first, edited_at = first or captured_at, edited_at or captured_at
    changed_at = article.published_at
    if article.published_precision == "day":
        # where only the day is known: the first capture, but no later than the end of the day
        changed_at = min(changed_at + timedelta(days=1), parse_warc_date(first))
    if edited_at > first:
        changed_at = max(changed_at, parse_warc_date(edited_at))
    return ArticleRead(
        url=url,
        captured_at=parse_warc_date(captured_at),
        record_id=record_id,
        article_id=article.id,
        content_hash=article.content_hash,
        changed_at=changed_at,
    )


def _address_read(connection: sqlite3.Connection, said: Dated, article: Article, policy: RevisitPolicy) -> None:
    """Note that an article's address was read; `said`: what its version says."""
    assert article.capture is not None
    at, record_id = warc_date(article.captured_at), article.capture.record_id
    enter_article_read(
        connection, article.newspaper, article_read(connection, said, article.url, at, record_id), policy
    )
    look_at_one(connection, article.newspaper, article.id, article.address, article.captured_at)


def reject(
    connection: sqlite3.Connection,
    run_id: int,
    url: str,
    record_id: str | None,
    reasons: Mapping[str, str],
    *,
    is_read: bool = True,
) -> None:
    """Enter a page that gave no article, with the reason per field; `is_read`: reading it was not broken off."""
    if is_read and record_id is not None:
        forget_read(connection, record_id)
    connection.execute(
        "INSERT INTO rejections (run_id, url, record_id, reasons) VALUES (?, ?, ?, ?)",
        (run_id, url, record_id, json.dumps(dict(reasons), ensure_ascii=False)),
    )


def keep_newspaper(connection: sqlite3.Connection, name: str, profile: Mapping[str, Any]) -> None:
    """Enter the newspaper's profile, so that the archive can be read without its spider.

    What it adopted stays in it.
    """
    connection.execute(
        """INSERT INTO newspapers (name, profile) VALUES (?, ?) ON CONFLICT DO UPDATE SET profile =
        iif(json_extract(profile, '$.adopted') IS NULL, excluded.profile,
            json_set(excluded.profile, '$.adopted', json_extract(profile, '$.adopted')))""",
        (name, json.dumps(profile, ensure_ascii=False)),
    )
