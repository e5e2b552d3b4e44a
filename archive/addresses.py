"""What a collection remembers of a newspaper's addresses, entered within a transaction; decides no due date."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Literal

import attrs

from archive.clock import warc_date
from archive.spellings import enter, known_as
from archive.unread import forget_address

Kind = Literal["section", "feed", "sitemap", "article", "picture"]
Way = Literal["section", "feed", "sitemap", "front"]
LISTS = ("section", "feed", "sitemap")
GONE = (404, 410)
# RFC 9110, 15.4: redirects for the time being, which say nothing of the page itself
PASSING = (302, 303, 307)


@attrs.frozen(kw_only=True)
class Seen:
    """An address that was found on a page; known ones keep what is known of them, but are due where `is_due_again`."""

    url: str
    kind: str
    section: str | None
    seen_at: datetime
    is_due_again: bool = False


@attrs.frozen(kw_only=True)
class Fetched:
    """What came of fetching an address.

    Args:
        capture_id: record of this answer, where it was captured.
        record_id: the capture that a later 304 would confirm.
        leads_to: the address that it redirects to.
        is_moved: what is there now is an article, or another host's; else the article was taken off.
        pace: of a list: so long after a look it is looked at again.
        is_changed: of a list: it named something new.
        is_passing: the answer is one for the time being, and says nothing of the page.
    """

    url: str
    kind: str
    section: str | None
    fetched_at: datetime
    status: int | None
    next_due_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    capture_id: str | None = None
    record_id: str | None = None
    leads_to: str | None = None
    is_moved: bool = True
    pace: timedelta | None = None
    is_changed: bool = False
    is_passing: bool = False


def is_failure(status: int | None) -> bool:
    """Whether an answer, or none, says nothing of the page: no status, 5xx, and all of 4xx but 404 and 410."""
    return status is None or (status >= 400 and status not in GONE)


@attrs.frozen(kw_only=True)
class Walk:
    """How far a walk through a section's back numbers has come: the list page that is next. Bounds are days.

    `next_url` is None where it is at its end.
    """

    section: str
    next_url: str | None
    since: date | None = None
    until: date | None = None


@attrs.frozen(kw_only=True)
class Listed:
    """What one reading of a list, feed, sitemap or front page named.

    Args:
        source: the section's name, or the address of the feed, sitemap or front page.
        articles: addresses of articles; those that are new are due at once.
        identities: what those addresses, and those of further lists, are known by.
        further: lists and sitemaps to be read next, with their kind; due at once.
        edited: known articles that the page says were changed since they were fetched: due at once.
        walk: where a walk through this section stands now; None where it was none's page.
    """

    way: Way
    source: str
    articles: tuple[str, ...] = ()
    further: tuple[tuple[Kind, str], ...] = ()
    edited: tuple[str, ...] = ()
    walk: Walk | None = None
    identities: Mapping[str, str] = attrs.field(factory=dict)


def listed(
    connection: sqlite3.Connection, newspaper: str, way: Way, source: str, urls: Iterable[str]
) -> dict[str, str]:
    """Of the addresses that were found before in that way, from that source, when each first was (a WARC-Date)."""
    rows = connection.execute(
        """SELECT url, found_at FROM ways WHERE newspaper = ? AND way = ? AND source = ?
        AND url IN (SELECT value FROM json_each(?))""",
        (newspaper, way, source, json.dumps(list(urls))),
    )
    return dict(rows.fetchall())


def fetched_at(connection: sqlite3.Connection, newspaper: str, urls: Iterable[str]) -> dict[str, str | None]:
    """Of the addresses that are known, when each was fetched last (a WARC-Date); None: never."""
    rows = connection.execute(
        "SELECT url, fetched_at FROM addresses WHERE newspaper = ? AND url IN (SELECT value FROM json_each(?))",
        (newspaper, json.dumps(list(urls))),
    )
    return dict(rows.fetchall())


def watched(connection: sqlite3.Connection, newspaper: str) -> dict[str, str]:
    """The first pages of the sections that earlier runs found: the section's name by address."""
    rows = connection.execute(
        """SELECT url, section FROM addresses WHERE newspaper = ? AND kind = 'section' AND section IS NOT NULL
        AND pace IS NOT NULL""",
        (newspaper,),
    )
    return dict(rows.fetchall())


def lists_left(connection: sqlite3.Connection, newspaper: str, due_by: str = "9999") -> set[str]:
    """The sections of which a list page is known that no run has read, or none since it failed.

    One that came and named nothing is left by nobody: behind a list's end it would do so for ever.

    Args:
        due_by: a WARC-Date; what is due later does not count.
    """
    rows = connection.execute(
        """SELECT DISTINCT section FROM addresses WHERE newspaper = ? AND kind = 'section' AND section IS NOT NULL
        AND pace IS NULL AND next_due_at <= ? AND (fetched_at IS NULL OR failures > 0) AND status IS NOT 200""",
        (newspaper, due_by),
    )
    return {section for (section,) in rows}


def walk_of(connection: sqlite3.Connection, newspaper: str, section: str) -> Walk | None:
    """The last walk through a section."""
    row = connection.execute(
        "SELECT next_url, since, until, ended_at FROM walks WHERE newspaper = ? AND section = ?", (newspaper, section)
    ).fetchone()
    if row is None:
        return None
    next_url, since, until, ended_at = row
    return Walk(section=section, next_url=None if ended_at else next_url, since=_day(since), until=_day(until))


def published(connection: sqlite3.Connection, newspaper: str, urls: Iterable[str]) -> dict[str, str]:
    """When the articles at these addresses were published (a WARC-Date), as far as they are held."""
    rows = connection.execute(
        """SELECT a.url, r.published_at FROM addresses a JOIN articles r ON r.id = a.article_id
        WHERE a.newspaper = ? AND a.url IN (SELECT value FROM json_each(?)) AND r.published_at IS NOT NULL""",
        (newspaper, json.dumps(list(urls))),
    )
    return dict(rows.fetchall())


def read_list(connection: sqlite3.Connection, newspaper: str, answer: Fetched, said: Listed) -> None:
    """Enter all that a list named together with its own answer, so that a crash leaves both or neither."""
    at, section = answer.fetched_at, answer.section
    # what another list of this run named meanwhile counts, and so it is looked for here
    known = known_as(connection, newspaper, said.identities)
    articles = list(dict.fromkeys(known.get(url, url) for url in said.articles))
    values = {
        "newspaper": newspaper, "section": section, "at": warc_date(at), "way": said.way, "source": said.source,
        "urls": json.dumps(articles), "edited": json.dumps(said.edited),
    }  # fmt: skip
    # a sitemap names tens of thousands: each step is one statement
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
        """INSERT OR IGNORE INTO ways (newspaper, url, way, source, found_at)
        SELECT :newspaper, value, :way, :source, :at FROM json_each(:urls)""",
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
    fetched(connection, newspaper, answer)
    if said.walk is not None:
        keep_walk(connection, newspaper, said.walk, at)


def keep_walk(connection: sqlite3.Connection, newspaper: str, walk: Walk, at: datetime) -> None:
    """Enter where a walk through a section stands, or that it has come to its end."""
    since, until = (day.isoformat() if day else None for day in (walk.since, walk.until))
    connection.execute(
        """INSERT INTO walks (newspaper, section, since, until, next_url, begun_at, ended_at)
        VALUES (:newspaper, :section, :since, :until, :next, :at, :ended) ON CONFLICT DO UPDATE SET
            since = :since, until = :until, next_url = :next, ended_at = :ended""",
        {
            "newspaper": newspaper, "section": walk.section, "since": since, "until": until,
            "next": walk.next_url or "", "at": warc_date(at), "ended": None if walk.next_url else warc_date(at),
        },
    )  # fmt: skip


def see(connection: sqlite3.Connection, newspaper: str, seen: Seen) -> None:
    """Enter an address that was found; it is due at once. A known one is left as it is, unless it is due again."""
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


def fetched(connection: sqlite3.Connection, newspaper: str, outcome: Fetched) -> None:
    """Enter what came of fetching an address. A failure leaves what is known of the page as it is.

    An article that is not there any more is entered among the fates.
    """
    failed = outcome.is_passing or is_failure(outcome.status)
    confirmed = outcome.status == 304
    connection.execute(
        """INSERT INTO addresses (newspaper, url, kind, section, first_seen_at, fetched_at, status, etag,
            last_modified, record_id, failures, next_due_at, payload_digest, changes, pace)
        VALUES (:newspaper, :url, :kind, :section, :at, CASE WHEN :failed THEN NULL ELSE :at END, :status, :etag,
            :last_modified, :record_id, :failed, :due,
            (SELECT payload_digest FROM captures WHERE record_id = :capture_id), :changed, :pace)
        ON CONFLICT DO UPDATE SET status = :status, next_due_at = :due, section = coalesce(section, :section),
            fetched_at = CASE WHEN :failed THEN fetched_at ELSE :at END,
            failures = CASE WHEN :failed THEN failures + 1 ELSE 0 END,
            etag = CASE WHEN :keep THEN etag ELSE :etag END,
            last_modified = CASE WHEN :keep THEN last_modified ELSE :last_modified END,
            record_id = CASE WHEN :keep THEN record_id ELSE :record_id END,
            payload_digest = CASE WHEN :keep THEN payload_digest
                ELSE coalesce(excluded.payload_digest, payload_digest) END,
            changes = changes + :changed, pace = coalesce(:pace, pace)""",
        {
            "newspaper": newspaper,
            "url": outcome.url,
            "kind": outcome.kind,
            "section": outcome.section,
            "at": warc_date(outcome.fetched_at),
            "status": outcome.status,
            "etag": outcome.etag,
            "last_modified": outcome.last_modified,
            "capture_id": outcome.capture_id,
            "record_id": outcome.record_id,
            "due": warc_date(outcome.next_due_at),
            "failed": failed,
            "keep": failed or confirmed,
            "changed": outcome.is_changed,
            "pace": round(outcome.pace.total_seconds()) if outcome.pace is not None else None,
        },
    )
    if outcome.status in GONE or outcome.leads_to is not None:
        _enter_absence(connection, newspaper, outcome)
    if not failed and outcome.kind in LISTS:  # of a list only what it names now counts
        forget_address(connection, newspaper, outcome.url)


def _enter_absence(connection: sqlite3.Connection, newspaper: str, outcome: Fetched) -> None:
    further = connection.execute(
        "SELECT moved_to FROM addresses WHERE newspaper = ? AND url = ? AND moved_to IS NOT NULL",
        (newspaper, outcome.leads_to),
    ).fetchone()
    if further is not None:
        outcome = attrs.evolve(outcome, leads_to=further[0])
    record_id, at = connection.execute(
        """SELECT record_id, captured_at FROM captures WHERE url = ? AND captured_at <= ?
        ORDER BY captured_at DESC LIMIT 1""",
        (outcome.url, warc_date(outcome.fetched_at)),
    ).fetchone() or (None, warc_date(outcome.fetched_at))
    (article_id,) = connection.execute(
        """UPDATE addresses SET gone_at = coalesce(gone_at, ?), moved_to = ? WHERE newspaper = ? AND url = ?
        RETURNING article_id""",
        (at, outcome.leads_to, newspaper, outcome.url),
    ).fetchone()
    if article_id is None:
        return
    last = connection.execute(
        "SELECT fate, leads_to FROM fates WHERE article_id = ? AND url = ? ORDER BY at DESC, id DESC LIMIT 1",
        (article_id, outcome.url),
    ).fetchone()
    fate = fate_of(outcome.status, outcome.leads_to, last[0] if last else None, is_moved=outcome.is_moved)
    if last != (fate, outcome.leads_to):
        connection.execute(ENTER_FATE, (article_id, fate, at, outcome.url, outcome.status, outcome.leads_to, record_id))


ENTER_FATE = """INSERT INTO fates (article_id, fate, at, url, status, leads_to, record_id)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""


def fate_of(status: int | None, leads_to: str | None, before: str | None, *, is_moved: bool) -> str:
    """What became of an article whose page is not there: moved where it leads to an article or another host; withdrawn
    where the server says that it will not come back (410), or has said twice that it is not there; else gone.

    Args:
        status: of the address itself, or of what it leads to where that is not there either.
        before: its last fate at this address.
    """
    if leads_to is not None and is_moved:
        return "moved"
    return "withdrawn" if status == 410 or before in ("gone", "withdrawn") else "gone"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
