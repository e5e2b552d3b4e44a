"""Enters what crawls find and fetch into the table of addresses, within a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import attrs

from archive.catalog.discovery_sources import SourceKind
from archive.catalog.frontier import ADDRESS_COLUMNS, Address, Backfill, keep_backfill
from archive.catalog.identities import enter, known_as
from archive.catalog.lifecycle import LISTS, NOWHERE_ELSE, Answer, ArticleRead, Elsewhere, StatusChange, transition
from archive.catalog.other_addresses import enter_named, look_at_others
from archive.catalog.unread import forget_address
from archive.catalog.versions import changes_of, enter_changes
from archive.clock import parse_warc_date, warc_date
from archive.revisit_policy import RevisitPolicy

Kind = Literal["section", "feed", "sitemap", "article", "picture"]
_KNOWN = f"SELECT {ADDRESS_COLUMNS} FROM addresses WHERE newspaper = ? AND url = ?"
_OTHERS = f"SELECT {ADDRESS_COLUMNS} FROM addresses WHERE article_id = ? AND newspaper = ? AND url <> ?"
_NAMES = [name.strip() for name in ADDRESS_COLUMNS.split(",")]
_PUT = f"""INSERT INTO addresses ({ADDRESS_COLUMNS}) VALUES ({", ".join("?" for _ in _NAMES)})
    ON CONFLICT DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _NAMES[2:])}"""


@attrs.frozen(kw_only=True)
class Seen:
    """An address that was found on a page; a known one is changed only where `is_due_again`: then it is due."""

    url: str
    kind: str
    section: str | None
    seen_at: datetime
    is_due_again: bool = False


@attrs.frozen(kw_only=True)
class Listed:
    """What one reading of a list, feed, sitemap or front page named.

    Args:
        source: the section's name, or the address of the feed, sitemap or front page.
        articles: addresses of articles; those that are new are due at once.
        identities: the identities of those addresses, and of those of further lists.
        others: further addresses of articles, each with the one under which its article is known.
        further: lists and sitemaps to be read next, with their kind; due at once.
        edited: known articles that the page says changed since they were fetched: due at once.
        backfill: how far the backfill of this section has come; None where no backfill fetched the page.
    """

    source_kind: SourceKind
    source: str
    articles: tuple[str, ...] = ()
    further: tuple[tuple[Kind, str], ...] = ()
    edited: tuple[str, ...] = ()
    backfill: Backfill | None = None
    identities: Mapping[str, str] = attrs.field(factory=dict)
    others: Mapping[str, str] = attrs.field(factory=dict)


def fetched_at(connection: sqlite3.Connection, newspaper: str, urls: Iterable[str]) -> dict[str, str | None]:
    """When each known address was fetched last (a WARC-Date); None: never."""
    rows = connection.execute(
        "SELECT url, fetched_at FROM addresses WHERE newspaper = ? AND url IN (SELECT value FROM json_each(?))",
        (newspaper, json.dumps(list(urls))),
    )
    return dict(rows.fetchall())


def watched(connection: sqlite3.Connection, newspaper: str) -> dict[str, str]:
    """The first pages of the sections that earlier runs found: address to name of the section."""
    rows = connection.execute(
        """SELECT url, section FROM addresses INDEXED BY addresses_revisited WHERE newspaper = ? AND kind = 'section'
        AND section IS NOT NULL AND revisit_interval IS NOT NULL""",
        (newspaper,),
    )
    return dict(rows.fetchall())


def lists_left(connection: sqlite3.Connection, newspaper: str, due_by: str = "9999") -> set[str]:
    """The sections with a list page that no run has read, or none since it failed.

    A page that was fetched and names no article does not count: behind the end of a list all pages are so.

    Args:
        due_by: a WARC-Date; pages that are due later do not count.
    """
    rows = connection.execute(
        """SELECT DISTINCT section FROM addresses INDEXED BY addresses_unread_lists WHERE newspaper = ?
        AND kind = 'section' AND section IS NOT NULL AND revisit_interval IS NULL AND next_due_at <= ?
        AND (fetched_at IS NULL OR failures > 0) AND status IS NOT 200""",
        (newspaper, due_by),
    )
    return {section for (section,) in rows}


def published(connection: sqlite3.Connection, newspaper: str, urls: Iterable[str]) -> dict[str, str]:
    """When the articles at these addresses were published (a WARC-Date), where they are held."""
    rows = connection.execute(
        """SELECT a.url, r.published_at FROM addresses a JOIN articles r ON r.id = a.article_id
        WHERE a.newspaper = ? AND a.url IN (SELECT value FROM json_each(?)) AND r.published_at IS NOT NULL""",
        (newspaper, json.dumps(list(urls))),
    )
    return dict(rows.fetchall())


def read_list(
    connection: sqlite3.Connection, newspaper: str, answer: Answer, said: Listed, policy: RevisitPolicy
) -> None:
    """Enter the addresses that a list named together with its own answer, in one transaction."""
    at, section = answer.fetched_at, answer.section
    # another list of this run may have entered some meanwhile, so they are looked up here
    known = known_as(connection, newspaper, said.identities)
    articles = list(dict.fromkeys(known.get(url, url) for url in said.articles))
    values = {
        "newspaper": newspaper, "section": section, "at": warc_date(at), "kind": said.source_kind,
        "source": said.source, "urls": json.dumps(articles), "edited": json.dumps(said.edited),
    }  # fmt: skip
    # a sitemap names tens of thousands, so each step is one statement for all
    connection.execute(
        """UPDATE addresses SET last_seen_at = :at, section = coalesce(section, :section)
        WHERE newspaper = :newspaper AND url IN (SELECT value FROM json_each(:urls))""",
        values,
    )
    connection.execute(
        """INSERT OR IGNORE INTO addresses (newspaper, url, kind, section, first_seen_at, last_seen_at, next_due_at)
        SELECT :newspaper, value, 'article', :section, :at, :at, :at FROM json_each(:urls)""",
        values,
    )
    connection.execute(
        """INSERT OR IGNORE INTO discovery_sources (newspaper, url, kind, source, found_at)
        SELECT :newspaper, value, :kind, :source, :at FROM json_each(:urls)""",
        values,
    )
    for kind, url in said.further:
        seen = Seen(url=known.get(url, url), kind=kind, section=section, seen_at=at, is_due_again=True)
        see(connection, newspaper, seen)
    connection.execute(
        """UPDATE addresses SET next_due_at = min(next_due_at, :at)
        WHERE newspaper = :newspaper AND url IN (SELECT value FROM json_each(:edited))""",
        values,
    )
    enter(connection, newspaper, {known[url]: identity for url, identity in said.identities.items()})
    enter_named(connection, newspaper, {**said.others, **known}, at)
    answered(connection, newspaper, answer, policy)
    if said.backfill is not None:
        keep_backfill(connection, newspaper, said.backfill, at)


def see(connection: sqlite3.Connection, newspaper: str, seen: Seen) -> None:
    """Enter an address that was found, due at once. A known one is not changed, unless it is due again."""
    instant = warc_date(seen.seen_at)
    connection.execute(
        """INSERT INTO addresses (newspaper, url, kind, section, first_seen_at, last_seen_at, next_due_at)
        VALUES (:newspaper, :url, :kind, :section, :at, :at, :at) ON CONFLICT DO UPDATE SET last_seen_at = :at,
            section = coalesce(section, :section),
            next_due_at = CASE WHEN :again THEN min(next_due_at, :at) ELSE next_due_at END""",
        {
            "newspaper": newspaper,
            "url": seen.url,
            "kind": seen.kind,
            "section": seen.section,
            "at": instant,
            "again": seen.is_due_again,
        },
    )


def answered(connection: sqlite3.Connection, newspaper: str, answer: Answer, policy: RevisitPolicy) -> None:
    """Enter the answer of an address, and the change of status of its article's page."""
    answer = _with_capture(connection, newspaper, answer)
    row = _enter(connection, newspaper, answer, policy)
    if row is not None and row.article_id and row.gone_at == row.fetched_at is not None and row.moved_to is None:
        look_at_others(connection, newspaper, row.article_id, row.url, answer.fetched_at)
    if row is not None and not row.failures and answer.kind in LISTS:  # a list stands for what it names now
        forget_address(connection, newspaper, answer.url)


def article_read(connection: sqlite3.Connection, newspaper: str, read: ArticleRead, policy: RevisitPolicy) -> None:
    """Enter that an article was read from a capture of an address, which only then counts as fetched."""
    _enter(connection, newspaper, read, policy)


def _enter(
    connection: sqlite3.Connection, newspaper: str, event: Answer | ArticleRead, policy: RevisitPolicy
) -> Address | None:
    values = connection.execute(_KNOWN, (newspaper, event.url)).fetchone()
    before = Address.from_row(values) if values else None
    article_id = event.article_id if isinstance(event, ArticleRead) else before and before.article_id
    told = changes_of(connection, article_id) if article_id else []
    history = {one.article_id: one for one in told if one.url == event.url}
    elsewhere = _elsewhere(connection, newspaper, article_id, event.url, told) if article_id else NOWHERE_ELSE
    after, changes = transition(newspaper, before, event, policy, history, elsewhere)
    if after is not None and after is not before:
        connection.execute(_PUT, after.as_row())
    if changes:
        enter_changes(connection, changes)
    return after


def _elsewhere(
    connection: sqlite3.Connection, newspaper: str, article_id: str, url: str, told: list[StatusChange]
) -> Elsewhere:
    rows = connection.execute(_OTHERS, (article_id, newspaper, url))
    return Elsewhere.of(told, url, (Address.from_row(row) for row in rows))


def put_addresses(connection: sqlite3.Connection, rows: Iterable[Address]) -> int:
    """Store addresses in their present state; how many."""
    return connection.executemany(_PUT, (row.as_row() for row in rows)).rowcount


def _with_capture(connection: sqlite3.Connection, newspaper: str, answer: Answer) -> Answer:
    """The answer with the digest of its capture; a redirect, whose capture no crawl names, also with its id."""
    if answer.record_id is not None:
        found = connection.execute(
            "SELECT payload_digest FROM captures WHERE record_id = ?", (answer.record_id,)
        ).fetchone()
        return attrs.evolve(answer, payload_digest=found[0]) if found and found[0] else answer
    if answer.leads_to is not None:
        answer = attrs.evolve(answer, leads_to=_end(connection, newspaper, answer.leads_to))
    if answer.status is None:
        return answer
    found = connection.execute(
        """SELECT record_id, captured_at, payload_digest FROM captures WHERE url = ? AND captured_at <= ?
        ORDER BY captured_at DESC LIMIT 1""",
        (answer.url, warc_date(answer.fetched_at)),
    ).fetchone()
    if found is None:
        return answer
    record_id, at, digest = found
    return attrs.evolve(answer, record_id=record_id, fetched_at=parse_warc_date(at), payload_digest=digest)


def _end(connection: sqlite3.Connection, newspaper: str, url: str) -> str:
    """The address to which a page moved before; the address itself where it did not."""
    found = connection.execute(
        "SELECT moved_to FROM addresses WHERE newspaper = ? AND url = ? AND moved_to IS NOT NULL", (newspaper, url)
    ).fetchone()
    return str(found[0]) if found else url


def pages_of(connection: sqlite3.Connection, newspaper: str, url: str) -> list[tuple[str | None, str | None]]:
    """The pages from which the newest version of an address's article was read: their template (see `PageLayout`), and
    the address that they call their own."""
    return connection.execute(
        """SELECT json_extract(unpacked_line(x.line), '$.layout.template'),
            json_extract(unpacked_line(x.line), '$.canonical_url') FROM addresses a
        JOIN articles r ON r.id = a.article_id JOIN (SELECT seq, line FROM versions
            UNION ALL SELECT version_seq, line FROM readings) x ON x.seq = r.latest
        WHERE a.newspaper = ? AND a.url = ?""",
        (newspaper, url),
    ).fetchall()
