"""Makes the addresses of the frontier anew from their captures; those that were never fetched are lost."""

from __future__ import annotations

import itertools
import re
import sqlite3
from datetime import datetime
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

import attrs

from archive.catalog.addresses import put_addresses
from archive.catalog.frontier import Address
from archive.catalog.identities import enter_anew, patterns_of
from archive.catalog.lifecycle import (
    NOWHERE_ELSE,
    Answer,
    ArticleRead,
    Elsewhere,
    Outcome,
    StatusChange,
    as_relearned,
    transition,
)
from archive.catalog.versions import STATUS_COLUMNS, enter_changes
from archive.clock import parse_warc_date
from archive.identity import article_id, names_article, plain_host, plain_target
from archive.ingest.release import article_read
from archive.reasons import SAYING_GONE
from archive.rebuild.account import Rebuilt
from archive.revisit_policy import RevisitPolicy
from archive.urls import led_to

# Captures of a newspaper's own crawls, with the version read from each.
_FETCHES = """SELECT f.newspaper, c.url, c.run_id, c.captured_at, c.status, c.payload_digest, c.record_id, x.kind,
    x.section, x.etag, x.last_modified, x.location, c.record_id IN (SELECT record_id FROM scratch.gone), v.article_id,
    v.content_hash, v.published_at, v.published_precision, v.section
    FROM captures c JOIN warc_files f ON f.id = c.file_id
    LEFT JOIN scratch.exchanges x ON x.record_id = c.record_id
    LEFT JOIN scratch.versions_read v ON v.record_id = c.record_id AND v.newspaper = f.newspaper
    WHERE f.origin = 'written'
    AND coalesce(x.kind, 'article') IN ('section', 'feed', 'sitemap', 'article', 'picture')"""
_BY_ADDRESS = f"{_FETCHES} ORDER BY f.newspaper, c.url, c.captured_at, c.id"
# sought by address (+), not among all of a newspaper
_OF_ARTICLE = f"""{_FETCHES} AND +f.newspaper = ? AND c.url IN (SELECT value FROM json_each(?))
    ORDER BY c.captured_at, c.id"""
# Articles with several addresses one of which did not show them.
_ABSENT_SOMEWHERE = """SELECT article_id, newspaper, json_group_array(url) FROM addresses
    WHERE kind = 'article' AND article_id IN (SELECT article_id FROM scratch.told WHERE status IN ('gone', 'withdrawn'))
    GROUP BY article_id, newspaper HAVING count(*) > 1"""
# Captures of pages that say that the article is not there, hold no text or are the front page, as the runs that read
# them rejected them.
_GONE = f"""CREATE TABLE scratch.gone AS SELECT DISTINCT record_id FROM rejections
    WHERE substr(json_extract(reasons, '$.page'), 1, instr(json_extract(reasons, '$.page') || ' ', ' ') - 1)
    IN ({", ".join(f"'{reason.value}'" for reason in SAYING_GONE)})"""
# The answer of a redirect's target: the next one in the same run, or an earlier one if the run had fetched it already.
_FOLLOWED = """SELECT c.status, x.location FROM captures c LEFT JOIN scratch.exchanges x ON x.record_id = c.record_id
    WHERE c.url = :url AND c.run_id = :run
    ORDER BY c.captured_at < :at, abs(julianday(c.captured_at) - julianday(:at)) LIMIT 1"""
# An article as it was known when an address with its number showed it, and no line was written as nothing had changed.
_UNCHANGED = """SELECT r.article_id, r.content_hash, r.published_at, r.published_precision, r.section
    FROM versions v JOIN scratch.versions_read r ON r.seq = v.seq WHERE v.article_id = ? AND v.captured_at <= ?
    AND NOT EXISTS (SELECT 1 FROM scratch.rejected WHERE record_id = ?) ORDER BY v.captured_at DESC LIMIT 1"""
_MOST_HOPS = 20


@attrs.frozen
class _Read:
    """What an address needs of an article that was read."""

    id: str
    content_hash: str
    published_at: datetime
    published_precision: str | None
    section: str | None

    @classmethod
    def of(
        cls, identity: str, content_hash: str, published_at: str, precision: str | None, section: str | None
    ) -> _Read:
        """It from the values of a row."""
        return cls(identity, content_hash, datetime.fromisoformat(published_at), precision, section)


@attrs.frozen
class _Fetch:
    run_id: int
    at: str
    status: int | None
    digest: str | None
    record_id: str
    kind: str | None
    section: str | None
    etag: str | None
    last_modified: str | None
    location: str | None
    says_gone: bool
    article: _Read | None


class _Places:
    """The final targets of redirects, and whether they are addresses of articles."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.patterns = patterns_of(connection)
        rows = connection.execute(
            """SELECT n.name, h.value FROM newspapers n, json_each(n.profile, '$.hosts') h
            UNION SELECT n.name, h.value FROM newspapers n, json_each(n.profile, '$.former_hosts') h"""
        )
        self._hosts = {(name, plain_host(str(host))) for name, host in rows}

    def followed(self, newspaper: str, url: str, fetch: _Fetch) -> tuple[str | None, int | None]:
        """The address behind all redirects, and what it answered in the same run.

        Without a redirect to a web address the address is None; in a loop the answer is None.
        """
        found, status, location, passed = None, None, fetch.location, {url}
        for _ in range(_MOST_HOPS):
            if location is None:
                break
            joined = led_to(found or url, location)
            if joined is None:
                break
            if joined in passed:
                return joined, None
            found = joined
            passed.add(found)
            row = self._connection.execute(_FOLLOWED, {"url": found, "run": fetch.run_id, "at": fetch.at}).fetchone()
            status, location = row or (None, None)
        if found is not None and self._is_elsewhere(newspaper, url, found):
            status = 200  # the answer of another host does not matter for the newspaper's own address
        return found, status

    def is_moved(self, newspaper: str, url: str, leads_to: str) -> bool:
        """Whether the target may be an article, or is on another host, as in a crawl."""
        return self._is_elsewhere(newspaper, url, leads_to) or self.may_be_article(newspaper, leads_to)

    def _is_elsewhere(self, newspaper: str, url: str, leads_to: str) -> bool:
        """Whether an address leads to a host that is none of the newspaper's."""
        own, other = (urlsplit(one).hostname for one in (url, leads_to))
        return own != other and (newspaper, plain_host(other or "")) not in self._hosts

    def may_be_article(self, newspaper: str, url: str) -> bool:
        """Whether an address may be of an article of the newspaper, by its pattern."""
        pattern = self.patterns.get(newspaper)
        return pattern is None or names_article(re.compile(pattern), plain_target(url))

    def unchanged_article(self, newspaper: str, url: str, fetch: _Fetch) -> _Read | None:
        """The article with the number in an address, whose page was read there and was as before."""
        own = article_id(self.patterns.get(newspaper) or "(?!)", plain_target(url))
        if own is None:
            return None
        known = (f"{newspaper}:{own}", fetch.at, fetch.record_id)
        row = self._connection.execute(_UNCHANGED, known).fetchone()
        return _Read.of(*row) if row else None


def enter_addresses(connection: sqlite3.Connection, policy: RevisitPolicy, instant: datetime, account: Rebuilt) -> None:
    """Enter the addresses that were fetched, and the status history of their articles.

    List pages, feeds and sitemaps are due at once and fetched in full, so that the addresses that they name are found
    again. So are article pages from which no article was read. Others are due by the policy.
    """
    places = _Places(connection)
    connection.execute(_GONE)
    connection.execute("CREATE UNIQUE INDEX scratch.gone_by_record ON gone (record_id)")
    connection.execute("CREATE TABLE scratch.rejected AS SELECT DISTINCT record_id FROM rejections")
    connection.execute("CREATE UNIQUE INDEX scratch.rejected_by_record ON rejected (record_id)")
    connection.execute("CREATE TABLE scratch.told AS SELECT * FROM status_history LIMIT 0")
    connection.execute("CREATE INDEX scratch.told_by_article ON told (article_id)")
    connection.execute("BEGIN")
    groups = itertools.groupby(connection.execute(_BY_ADDRESS), itemgetter(0, 1))
    for _, part in itertools.groupby(enumerate(groups), lambda one: one[0] // 500):
        rows: list[Address] = []
        for _, ((newspaper, url), fetched) in part:
            replay = _Replay(connection, newspaper, url, [_fetch(rest) for _, _, *rest in fetched], places, policy)
            enter_changes(connection, replay.alone(), "scratch.told")
            if replay.row is not None:
                rows.append(as_relearned(replay.row, instant))
        account.addresses += put_addresses(connection, rows)
    for identity, newspaper, urls in connection.execute(_ABSENT_SOMEWHERE).fetchall():
        connection.execute("DELETE FROM scratch.told WHERE article_id = ?", (identity,))
        enter_changes(connection, _told_of(connection, identity, newspaper, urls, places, policy), "scratch.told")
    connection.execute(
        f"INSERT INTO status_history ({STATUS_COLUMNS}) SELECT {STATUS_COLUMNS} FROM scratch.told ORDER BY at, rowid"
    )
    enter_anew(connection, places.patterns)
    connection.execute("COMMIT")


def _told_of(
    connection: sqlite3.Connection, identity: str, newspaper: str, urls: str, places: _Places, policy: RevisitPolicy
) -> list[StatusChange]:
    """The status history of an article with several addresses, a JSON list; their fetches in the order of time."""
    fetches = [(url, _fetch(rest)) for _, url, *rest in connection.execute(_OF_ARTICLE, (newspaper, urls))]
    replays = {
        url: _Replay(connection, newspaper, url, [fetch for other, fetch in fetches if other == url], places, policy)
        for url in dict.fromkeys(url for url, _ in fetches)
    }
    told: list[StatusChange] = []
    for url, fetch in fetches:
        rows = (one.row for one in replays.values() if one.row is not None)
        others = (row for row in rows if row.url != url and row.article_id == identity)
        elsewhere = Elsewhere.of(told, url, others)
        told += [one for one in replays[url].step(fetch, elsewhere) if one.article_id == identity]
    return told


def enter_discovery_sources(connection: sqlite3.Connection) -> None:
    """Enter the first discovery source of each article; further ones are not recorded in WARC files."""
    connection.execute(
        """INSERT OR IGNORE INTO discovery_sources (newspaper, url, kind, source, found_at)
        SELECT f.newspaper, c.url, CASE WHEN l.kind = 'section' AND l.section IS NULL THEN 'front' ELSE l.kind END,
            CASE WHEN l.kind = 'section' THEN coalesce(l.section, l.url) ELSE l.url END, min(c.captured_at)
        FROM captures c JOIN warc_files f ON f.id = c.file_id JOIN scratch.exchanges x ON x.record_id = c.record_id
        JOIN addresses l ON l.newspaper = f.newspaper AND l.url = x.via AND l.kind IN ('section', 'feed', 'sitemap')
        WHERE f.origin = 'written' AND x.kind = 'article' GROUP BY f.newspaper, c.url"""
    )


def _fetch(row: list[Any]) -> _Fetch:
    *answer, identity, content_hash, published_at, precision, section = row
    article = _Read.of(identity, content_hash, published_at, precision, section) if identity is not None else None
    return _Fetch(*[*answer, article])


class _Replay:
    """The state of an address, fetch after fetch; it has none where it is a requisite of an older crawl, or the target
    of an article's redirect."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        newspaper: str,
        url: str,
        fetches: list[_Fetch],
        places: _Places,
        policy: RevisitPolicy,
    ) -> None:
        self._connection, self._newspaper, self._url, self._fetches = connection, newspaper, url, fetches
        self._places, self._policy = places, policy
        self._kind = next((fetch.kind for fetch in fetches if fetch.kind), None)
        if self._kind is None and any(fetch.article for fetch in fetches):
            self._kind = "article"
        if self._kind == "article" and not places.may_be_article(newspaper, url):
            self._kind = None
        # the last request has the section of the catalog; the first has that of whichever list was read first
        self._section = next((fetch.section for fetch in reversed(fetches) if fetch.section), None)
        self._history: dict[str, StatusChange] = {}
        self._read: tuple[str | None, _Read] | None = None
        self.row: Address | None = None

    def alone(self) -> list[StatusChange]:
        """Replay all fetches; the changes of status, where no other address shows the article."""
        return [change for fetch in self._fetches for change in self.step(fetch, NOWHERE_ELSE)]

    def step(self, fetch: _Fetch, elsewhere: Elsewhere) -> list[StatusChange]:
        """Replay one fetch; the changes of status."""
        if self._kind is None:
            return []
        article = fetch.article
        if article is not None:
            # an unmodified page has the bytes of before, and a version where a picture of it was exchanged
            digest = self.row.payload_digest if fetch.status == 304 and self.row is not None else fetch.digest
            self._read = digest, article
        elif self._read and fetch.status == 200 and fetch.digest is not None and fetch.digest == self._read[0]:
            article = self._read[1]  # the same bytes: a duplicate, for which no line was written
        elif self._read is None and fetch.status == 200 and self._kind == "article" and not fetch.says_gone:
            article = self._places.unchanged_article(self._newspaper, self._url, fetch)
        answer = _answer(self._newspaper, self._url, self._kind, fetch, self._places)
        # older archives do not record the section of an address
        own = article.section if article is not None and fetch.kind is None else None
        events: list[Answer | ArticleRead] = [attrs.evolve(answer, section=self._section or own)]
        if article is not None:
            events.append(article_read(self._connection, article, self._url, fetch.at, fetch.record_id))
        changes: list[StatusChange] = []
        for event in events:
            self.row, new = transition(self._newspaper, self.row, event, self._policy, self._history, elsewhere)
            changes += new
            self._history |= {change.article_id: change for change in new}
        return changes


def _answer(newspaper: str, url: str, kind: str, fetch: _Fetch, places: _Places) -> Answer:
    leads_to, status = places.followed(newspaper, url, fetch)
    says_gone = bool(fetch.says_gone) and fetch.article is None and kind == "article"
    return Answer(
        url=url,
        kind=kind,
        section=fetch.section,
        fetched_at=parse_warc_date(fetch.at),
        status=fetch.status,
        etag=fetch.etag,
        last_modified=fetch.last_modified,
        record_id=fetch.record_id,
        payload_digest=fetch.digest,
        leads_to=leads_to,
        leads_to_status=status,
        is_moved=leads_to is not None and places.is_moved(newspaper, url, leads_to),
        says_gone=says_gone,
        # a page without an article may not have been read yet
        outcome=Outcome.PENDING if kind == "article" and fetch.status == 200 and not says_gone else Outcome.DONE,
    )
