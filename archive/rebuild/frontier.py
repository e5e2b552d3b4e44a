"""Making the frontier's addresses anew from what was fetched; what was found and never fetched is known to nobody."""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

import attrs

from archive.addresses import ENTER_FATE, GONE, PASSING, fate_of, is_failure
from archive.clock import parse_warc_date, warc_date
from archive.identity import plain_path
from archive.rebuild.account import Rebuilt
from archive.release import DueAgain, appeared
from archive.spellings import enter_anew
from archive.urls import led_to

# Captures of a newspaper's own crawls, with the version that was read from each, address by address and as they came.
_FETCHES = """SELECT f.newspaper, c.url, c.captured_at, c.status, c.payload_digest, c.record_id, x.kind, x.section,
    x.etag, x.last_modified, x.location, json_extract(v.line, '$.section'), json_extract(v.line, '$.published_at'),
    json_extract(v.line, '$.published_precision'), v.article_id, v.content_hash
    FROM captures c JOIN warc_files f ON f.id = c.file_id
    LEFT JOIN scratch.exchanges x ON x.record_id = c.record_id
    LEFT JOIN versions v ON v.record_id = c.record_id AND json_extract(v.line, '$.newspaper') = f.newspaper
    WHERE f.origin = 'written' AND coalesce(x.kind, 'article') IN ('section', 'feed', 'sitemap', 'article', 'picture')
    ORDER BY f.newspaper, c.url, c.captured_at, c.id"""
_STATUS = "SELECT status FROM captures WHERE url = ? ORDER BY captured_at DESC LIMIT 1"
_LOCATION = """SELECT x.location FROM captures c JOIN scratch.exchanges x ON x.record_id = c.record_id
    WHERE c.url = ? AND x.location IS NOT NULL ORDER BY c.captured_at DESC LIMIT 1"""
_MOST_HOPS = 20
_NEVER = timedelta(days=36_500)


@attrs.frozen
class _Fetch:
    at: str
    status: int | None
    digest: str | None
    record_id: str
    kind: str | None
    section: str | None
    etag: str | None
    last_modified: str | None
    location: str | None
    own_section: str | None
    published_at: str | None
    precision: str | None
    article_id: str | None
    content_hash: str | None


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
    digest: str | None = None
    # of the last capture from which a version was read
    record_id: str | None = None
    payload_digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    published_at: str | None = None
    precision: str | None = None
    first_read_at: str | None = None
    edited_at: str | None = None
    article_id: str | None = None
    content_hash: str | None = None
    changes: int = 0
    is_unread: bool = False  # a page came after it from which none was
    gone_at: str | None = None
    moved_to: str | None = None
    fates: list[tuple[Any, ...]] = attrs.field(factory=list)


class _Places:
    """Where redirects lead in the end, and whether that is an article's address."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        cards = connection.execute(
            """SELECT name, json_extract(card, '$.article_pattern') FROM newspapers
            WHERE json_extract(card, '$.family') IS NOT 'undeclared'"""
        )
        self.patterns: dict[str, str] = {name: pattern for name, pattern in cards if pattern}

    def status(self, url: str) -> int | None:
        """What an address answered last."""
        row = self._connection.execute(_STATUS, (url,)).fetchone()
        return row[0] if row else None

    def end(self, url: str, location: str | None) -> str | None:
        """The address behind all redirects; None where there is none, none on the web, or where they go round."""
        found, passed = None, {url}
        for _ in range(_MOST_HOPS):
            if location is None:
                break
            joined = led_to(found or url, location)
            if joined is None:
                break
            if joined in passed:
                return None
            found = joined
            passed.add(found)
            row = self._connection.execute(_LOCATION, (found,)).fetchone()
            location = row[0] if row else None
        return found

    def is_moved(self, newspaper: str, url: str, leads_to: str) -> bool:
        """Whether an article is there now, or another host, as a crawl sees it."""
        return urlsplit(url).hostname != urlsplit(leads_to).hostname or self.may_be_article(newspaper, leads_to)

    def is_gone(self, url: str, leads_to: str) -> bool:
        """Whether what a redirect within the paper leads to is not there either."""
        return urlsplit(url).hostname == urlsplit(leads_to).hostname and self.status(leads_to) in GONE

    def may_be_article(self, newspaper: str, url: str) -> bool:
        """Whether an article of the newspaper's may stand at an address, by its shape."""
        pattern = self.patterns.get(newspaper)
        return pattern is None or re.search(pattern, plain_path(url)) is not None


def enter_addresses(connection: sqlite3.Connection, due_again: DueAgain, instant: datetime, account: Rebuilt) -> None:
    """Enter the addresses that were fetched, and what became of the articles at them.

    Sections' pages, feeds and sitemaps are due at once and to be read in full, so that what they name is found again.
    So are articles' pages from which no article was read. Others are due when the policy says.
    """
    places = _Places(connection)
    connection.execute("BEGIN")
    rows = connection.execute(_FETCHES)
    found = (_fold(rows, places) for _, rows in itertools.groupby(rows, itemgetter(0, 1)))
    while batch := list(itertools.islice(found, 500)):
        account.addresses += connection.executemany(
            """INSERT INTO addresses (newspaper, url, kind, section, first_seen_at, fetched_at, status, etag,
            last_modified, record_id, failures, next_due_at, changed_at, payload_digest, article_id, content_hash,
            changes, gone_at, moved_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            list(_rows(batch, places, due_again, instant)),
        ).rowcount
        connection.executemany(ENTER_FATE, [fate for one in batch for fate in one.fates])
    enter_anew(connection, places.patterns)
    connection.execute("COMMIT")


def enter_ways(connection: sqlite3.Connection) -> None:
    """Enter the way by which each article was come to first: what else named it is known to nobody."""
    connection.execute(
        """INSERT OR IGNORE INTO ways (newspaper, url, way, source, found_at)
        SELECT f.newspaper, c.url, CASE WHEN l.kind = 'section' AND l.section IS NULL THEN 'front' ELSE l.kind END,
            CASE WHEN l.kind = 'section' THEN coalesce(l.section, l.url) ELSE l.url END, min(c.captured_at)
        FROM captures c JOIN warc_files f ON f.id = c.file_id JOIN scratch.exchanges x ON x.record_id = c.record_id
        JOIN addresses l ON l.newspaper = f.newspaper AND l.url = x.via AND l.kind IN ('section', 'feed', 'sitemap')
        WHERE f.origin = 'written' AND x.kind = 'article' GROUP BY f.newspaper, c.url"""
    )


def _fold(rows: Iterable[tuple[Any, ...]], places: _Places) -> _Address:
    """What the fetches of one address, oldest first, say of it."""
    address: _Address | None = None
    for newspaper, url, *values in rows:
        fetch = _Fetch(*values)
        address = address or _Address(newspaper, url, first_seen_at=fetch.at)
        has_version = fetch.published_at is not None
        address.kind = fetch.kind or address.kind or ("article" if has_version else None)
        address.section = fetch.section or fetch.own_section or address.section
        address.status = fetch.status
        if is_failure(fetch.status) or fetch.status in PASSING:
            address.failures += 1
            continue
        address.fetched_at, address.failures = fetch.at, 0
        if fetch.status != 304:
            address.digest = fetch.digest or address.digest
        leads_to = places.end(url, fetch.location)
        if leads_to is not None and places.is_gone(url, leads_to):
            fetch, leads_to = attrs.evolve(fetch, status=places.status(leads_to)), None
        if fetch.status in GONE or leads_to is not None:
            is_moved = leads_to is not None and places.is_moved(newspaper, url, leads_to)
            _leave(address, fetch, leads_to, is_moved=is_moved)
        elif has_version:
            _read(address, fetch)
        elif fetch.status == 200 and fetch.digest == address.payload_digest:
            _return(address, fetch)
        elif fetch.status == 200 or fetch.location is not None:
            address.is_unread = True
    assert address is not None
    return address


def _read(address: _Address, fetch: _Fetch) -> None:
    _return(address, fetch)
    address.edited_at = fetch.at if address.published_at is not None else None
    address.record_id, address.payload_digest = fetch.record_id, fetch.digest
    address.published_at, address.precision = fetch.published_at, fetch.precision
    address.first_read_at = address.first_read_at or fetch.at
    address.etag, address.last_modified, address.is_unread = fetch.etag, fetch.last_modified, False
    address.changes += address.content_hash not in (None, fetch.content_hash)
    address.article_id, address.content_hash = fetch.article_id, fetch.content_hash


def _leave(address: _Address, fetch: _Fetch, leads_to: str | None, *, is_moved: bool) -> None:
    address.gone_at, address.moved_to = address.gone_at or fetch.at, leads_to
    if address.article_id is None:
        return
    last = address.fates[-1] if address.fates else None
    fate = fate_of(fetch.status, leads_to, last[1] if last else None, is_moved=is_moved)
    if last is None or (last[1], last[5]) != (fate, leads_to):
        address.fates.append(
            (address.article_id, fate, fetch.at, address.url, fetch.status, leads_to, fetch.record_id)
        )  # fmt: skip


def _return(address: _Address, fetch: _Fetch) -> None:
    if address.gone_at is not None and address.fates:
        address.fates.append(
            (address.article_id, "returned", fetch.at, address.url, fetch.status, None, fetch.record_id)
        )  # fmt: skip
    address.gone_at = address.moved_to = None


def _changed_at(one: _Address) -> datetime | None:
    if one.published_at is None or one.first_read_at is None:
        return None
    at = appeared(datetime.fromisoformat(one.published_at), one.precision, parse_warc_date(one.first_read_at))
    return max(at, parse_warc_date(one.edited_at)) if one.edited_at else at


def _rows(
    addresses: list[_Address], places: _Places, due_again: DueAgain, instant: datetime
) -> Iterator[tuple[Any, ...]]:
    for one in addresses:
        is_article = one.kind == "article"
        if one.kind is None or (is_article and not places.may_be_article(one.newspaper, one.url)):
            continue  # an older crawl's picture or style sheet, or what an article's address led to
        due, changed = instant, _changed_at(one)
        if is_article and one.fetched_at and not one.is_unread and not one.failures:
            due = due_again(changed or parse_warc_date(one.first_seen_at), parse_warc_date(one.fetched_at))
        elif one.kind == "picture" and not one.failures:
            due = instant + _NEVER
        yield (
            one.newspaper, one.url, one.kind, one.section, one.first_seen_at, one.fetched_at, one.status,
            one.etag if is_article else None, one.last_modified if is_article else None, one.record_id,
            one.failures, warc_date(due), warc_date(changed) if changed else None, one.digest, one.article_id,
            one.content_hash, one.changes, one.gone_at, one.moved_to,
        )  # fmt: skip
