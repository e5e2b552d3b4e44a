"""Making the frontier's addresses anew from what was fetched; what was found and never fetched is known to nobody."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import itemgetter
from typing import Any

import attrs

from archive.clock import parse_warc_date, warc_date
from archive.rebuild.account import Rebuilt
from archive.release import DueAgain

# Captures of a newspaper's own crawls, with the version that was read from each, address by address and as they came.
_FETCHES = """SELECT f.newspaper, c.url, c.captured_at, c.status, c.payload_digest, c.record_id, x.kind, x.section,
    x.etag, x.last_modified, json_extract(v.line, '$.section'), json_extract(v.line, '$.published_at')
    FROM captures c JOIN warc_files f ON f.id = c.file_id
    LEFT JOIN scratch.exchanges x ON x.record_id = c.record_id
    LEFT JOIN versions v ON v.record_id = c.record_id AND json_extract(v.line, '$.newspaper') = f.newspaper
    WHERE f.origin = 'written' AND coalesce(x.kind, 'article') IN ('section', 'article')
    ORDER BY f.newspaper, c.url, c.captured_at, c.id"""


@attrs.define
class _Address:
    newspaper: str
    url: str
    first_seen_at: str
    kind: str | None = None
    section: str | None = None
    fetched_at: str | None = None
    status: int | None = None
    failures: int = 0
    # of the last capture from which a version was read
    record_id: str | None = None
    payload_digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    published_at: str | None = None
    edited_at: str | None = None
    is_unread: bool = False  # a page came after it from which none was


def enter_addresses(connection: sqlite3.Connection, due_again: DueAgain, instant: datetime, account: Rebuilt) -> None:
    """Enter the addresses of sections and articles that were fetched.

    Sections' pages are due at once and to be read in full, so that what they name is found again. So are articles'
    pages from which no article was read. Others are due when the policy says.
    """
    connection.execute("BEGIN")
    rows = connection.execute(_FETCHES)
    found = (_fold(rows) for _, rows in itertools.groupby(rows, itemgetter(0, 1)))
    while batch := list(itertools.islice(found, 500)):
        account.addresses += connection.executemany(
            """INSERT INTO addresses (newspaper, url, kind, section, first_seen_at, fetched_at, status, etag,
            last_modified, record_id, failures, next_due_at, changed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            list(_rows(batch, due_again, instant)),
        ).rowcount
    connection.execute("COMMIT")


def _fold(fetches: Iterable[tuple[Any, ...]]) -> _Address:
    """What the fetches of one address, oldest first, say of it."""
    address: _Address | None = None
    for newspaper, url, at, status, digest, record_id, kind, section, etag, modified, own_section, published in fetches:
        address = address or _Address(newspaper, url, first_seen_at=at)
        has_version = published is not None
        address.kind = kind or address.kind or ("article" if has_version else None)
        address.section = section or own_section or address.section
        address.status = status
        if status is None or status >= 500:
            address.failures += 1
            continue
        address.fetched_at, address.failures = at, 0
        if has_version:
            address.edited_at = at if address.published_at is not None else None
            address.record_id, address.payload_digest, address.published_at = record_id, digest, published
            address.etag, address.last_modified, address.is_unread = etag, modified, False
        elif status == 200 and digest != address.payload_digest:
            address.is_unread = True
    assert address is not None
    return address


def _changed_at(one: _Address) -> datetime | None:
    known = [datetime.fromisoformat(one.published_at)] if one.published_at else []
    return max([*known, parse_warc_date(one.edited_at)] if one.edited_at else known, default=None)


def _rows(addresses: list[_Address], due_again: DueAgain, instant: datetime) -> Iterator[tuple[Any, ...]]:
    for one in addresses:
        if one.kind is None:
            continue  # an older crawl's picture or style sheet
        is_article = one.kind == "article"
        due, changed = instant, _changed_at(one)
        if is_article and one.fetched_at and not one.is_unread and not one.failures:
            due = due_again(changed or parse_warc_date(one.first_seen_at), parse_warc_date(one.fetched_at))
        yield (
            one.newspaper, one.url, one.kind, one.section, one.first_seen_at, one.fetched_at, one.status,
            one.etag if is_article else None, one.last_modified if is_article else None, one.record_id,
            one.failures, warc_date(due), warc_date(changed) if changed else None,
        )  # fmt: skip
