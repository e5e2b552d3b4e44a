"""Versions of articles, and their status history: gone, withdrawn, moved, restored."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

import attrs

from archive.article import Article, from_json, values_of
from archive.catalog.counts import held
from archive.catalog.indexes import RECENT
from archive.catalog.lifecycle import PageStatus, StatusChange
from archive.catalog.lines import packed_line, unpacked_line
from archive.clock import parse_warc_date, warc_date
from archive.errors import UnknownArticle


def newest_line(versions: str) -> str:
    """SQL of the line of the newest reading of a version's own capture.

    Args:
        versions: what the table is called in the statement.
    """
    return f"""coalesce((SELECT r.line FROM readings r WHERE r.version_seq = {versions}.seq AND r.record_id IS NULL
        ORDER BY r.id DESC LIMIT 1), {versions}.line)"""


_KEYS = "SELECT seq, article_id, content_hash, run_id, record_id, captured_at, "
_RELEASED = _KEYS + "line FROM versions "
_VERSION = _KEYS + newest_line("versions") + " FROM versions "


@attrs.frozen
class Version:
    """One version of an article, as its newest reading. `seq` grows with every release and is never used again."""

    seq: int
    article_id: str
    content_hash: str
    run_id: int
    record_id: str
    captured_at: datetime
    raw: bytes
    """The article's line of JSON in UTF-8: most readers need no text of it."""

    @property
    def line(self) -> str:
        """The article's line of JSON."""
        return self.raw.decode()

    def article(self) -> Article:
        """The article as it was read last."""
        return from_json(self.raw)

    def values(self) -> dict[str, Any]:
        """The article's plain JSON values; an old line may lack some."""
        return values_of(self.raw)  # type: ignore[no-any-return]

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """The version of a row; a damaged line is empty, so that whoever reads it as JSON is told."""
        values = list(row)
        values[5] = parse_warc_date(values[5])
        kept, values[6] = values[6], b""
        with contextlib.suppress(ValueError):
            values[6] = unpacked_line(kept)
        return cls(*values)


class ArticleQueries:
    """Queries of articles and their versions."""

    connection: sqlite3.Connection

    def article(self, article_id: str) -> Version:
        """The latest version of an article.

        Raises:
            UnknownArticle: no article has that id.
        """
        row = self.connection.execute(
            _VERSION + "WHERE seq = (SELECT latest FROM articles WHERE id = ?)", (article_id,)
        ).fetchone()
        if not row:
            raise UnknownArticle(article_id)
        return Version.from_row(row)

    def versions(self, article_id: str) -> list[Version]:
        """All versions of an article, oldest capture first."""
        rows = self.connection.execute(_VERSION + "WHERE article_id = ? ORDER BY captured_at, seq", (article_id,))
        return [Version.from_row(row) for row in rows]

    def versions_after(self, seq: int, *, run_id: int | None = None, limit: int = 500) -> list[Version]:
        """Up to `limit` versions after `seq`, of one run where given, as they were released, in that order."""
        where, values = ("seq > ?", [seq]) if run_id is None else ("seq > ? AND run_id = ?", [seq, run_id])
        rows = self.connection.execute(_RELEASED + f"WHERE {where} ORDER BY seq LIMIT {limit}", values)
        return [Version.from_row(row) for row in rows]

    def last_seq(self) -> int:
        """`seq` of the version released last; 0 where there is none."""
        return int(self.connection.execute("SELECT coalesce(max(seq), 0) FROM versions").fetchone()[0])

    def latest_versions(self, after: int, until: int, limit: int) -> list[Version]:
        """Up to `limit` versions with `after` < seq <= `until` that are now their article's latest, by seq."""
        rows = self.connection.execute(
            _VERSION
            + """WHERE seq > ? AND seq <= ? AND seq = (SELECT latest FROM articles a WHERE a.id = article_id)
            ORDER BY seq LIMIT ?""",
            (after, until, limit),
        )
        return [Version.from_row(row) for row in rows]

    def count_versions(self, article_ids: Sequence[str]) -> dict[str, int]:
        """How many versions each of these articles has."""
        rows = self.connection.execute(
            "SELECT article_id, count(*) FROM versions WHERE article_id IN (SELECT value FROM json_each(?)) GROUP BY 1",
            (json.dumps(article_ids),),
        )
        return dict(rows.fetchall())

    def last_captured_at(self, article_id: str) -> datetime | None:
        """When the article was last captured, changed or not; None where it is not held."""
        row = self.connection.execute("SELECT last_captured_at FROM articles WHERE id = ?", (article_id,)).fetchone()
        return parse_warc_date(row[0]) if row else None

    def article_ids(self) -> set[str]:
        """The ids of all articles."""
        return {row[0] for row in self.connection.execute("SELECT id FROM articles")}

    def count_articles(self) -> int:
        """How many articles are held."""
        return sum(held(self.connection, "articles").values())


_ENTER = """INSERT INTO versions (article_id, content_hash, run_id, record_id, captured_at, line)
    SELECT :article, :hash, :run, :record, :at, :line
    WHERE EXISTS (SELECT 1 FROM captures WHERE record_id = :record)"""
_FORGET = """DELETE FROM recent_versions WHERE newspaper = :newspaper AND seq <= (SELECT seq FROM recent_versions
    WHERE newspaper = :newspaper ORDER BY seq DESC LIMIT 1 OFFSET :recent)"""


def enter_version(connection: sqlite3.Connection, run_id: int, article: Article, line: str) -> int | None:
    """Enter a version; its `seq`, or None where its capture is not entered.

    Args:
        line: the article as a line of JSON.
    """
    assert article.capture is not None
    at = warc_date(article.captured_at)
    seq = insert_version(
        connection, run_id, article.id, article.content_hash, article.capture.record_id, at, line
    )  # fmt: skip
    if seq is None:
        return None
    judged = article.missing, article.doubts, article.confidence
    insert_recent(connection, [(article.newspaper, seq, article.url, judged)])
    connection.execute(_FORGET, {"newspaper": article.newspaper, "recent": RECENT})
    return seq


def insert_version(
    connection: sqlite3.Connection,
    run_id: int,
    article_id: str,
    content_hash: str,
    record_id: str,
    captured_at: str,
    line: str,
) -> int | None:
    """Insert the row of a version alone, `captured_at` as a WARC-Date; its `seq`, or None as `enter_version`."""
    values = {
        "article": article_id, "hash": content_hash, "run": run_id, "record": record_id, "at": captured_at,
        "line": packed_line(line),
    }  # fmt: skip
    entered = connection.execute(_ENTER, values)
    return entered.lastrowid if entered.rowcount else None


# What is missing of a version, what is doubtful, and how sure each field is
Judged = tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]


def insert_recent(connection: sqlite3.Connection, rows: Iterable[tuple[str, int, str, Judged]]) -> None:
    """Insert what alarms compare of versions: newspaper, `seq`, address, and what was judged."""
    connection.executemany(
        "INSERT INTO recent_versions VALUES (?, ?, ?, ?, ?, ?)",
        [(newspaper, seq, url, *(json.dumps(dict(one)) for one in judged)) for newspaper, seq, url, judged in rows],
    )


@attrs.frozen
class RecentVersion:
    """What alarms compare of a version: its address, and by field what is missing, doubtful, and how sure it is."""

    seq: int
    url: str
    missing: dict[str, Any]
    doubts: dict[str, Any]
    confidence: dict[str, float]


def recent_versions(connection: sqlite3.Connection, newspaper: str) -> list[RecentVersion]:
    """The last `RECENT` versions of a newspaper, newest first."""
    rows = connection.execute(
        """SELECT seq, url, missing, doubts, confidence FROM recent_versions WHERE newspaper = ?
        ORDER BY seq DESC LIMIT ?""",
        (newspaper, RECENT),
    )
    return [RecentVersion(seq, url, *map(json.loads, said)) for seq, url, *said in rows]


STATUS_COLUMNS = "article_id, status, at, url, http_status, leads_to, record_id"


def changes_of(connection: sqlite3.Connection, article_id: str) -> list[StatusChange]:
    """The status history of an article's page, the oldest change first."""
    rows = connection.execute(
        f"SELECT {STATUS_COLUMNS} FROM status_history WHERE article_id = ? ORDER BY at, id", (article_id,)
    )
    return [_change(row) for row in rows]


def enter_changes(
    connection: sqlite3.Connection, changes: Iterable[StatusChange], table: str = "status_history"
) -> None:
    """Enter changes of status, in order."""
    connection.executemany(
        f"INSERT INTO {table} ({STATUS_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (one.article_id, one.status.value, warc_date(one.at), one.url, one.http_status, one.leads_to, one.record_id)
            for one in changes
        ],
    )


def _change(row: Sequence[Any]) -> StatusChange:
    article_id, status, at, *rest = row
    return StatusChange(article_id, PageStatus(status), parse_warc_date(at), *rest)


def versions_with(connection: sqlite3.Connection, seqs: Sequence[int]) -> list[Version]:
    """The versions of these `seq`, in order of release."""
    rows = connection.execute(
        _VERSION + "WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq", (json.dumps(seqs),)
    )
    return [Version.from_row(row) for row in rows]


def every_version(connection: sqlite3.Connection, seqs: Sequence[int]) -> list[Version]:
    """All versions of the articles that have a version of these `seq`: article by article, the oldest first."""
    rows = connection.execute(
        _VERSION
        + """WHERE article_id IN (SELECT article_id FROM versions WHERE seq IN (SELECT value FROM json_each(?)))
        ORDER BY article_id, captured_at, seq""",
        (json.dumps(seqs),),
    )
    return [Version.from_row(row) for row in rows]


def versions_named(connection: sqlite3.Connection, names: Sequence[tuple[str, str]]) -> list[Version]:
    """The versions of these pairs of article id and content hash that are held, in the order of the pairs."""
    rows = connection.execute(
        _VERSION
        + """WHERE seq IN (SELECT max(v.seq) FROM json_each(?) one JOIN versions v
        ON v.article_id = json_extract(one.value, '$[0]') AND v.content_hash = json_extract(one.value, '$[1]')
        GROUP BY v.article_id, v.content_hash)""",
        (json.dumps(names),),
    )
    found = {(one.article_id, one.content_hash): one for one in map(Version.from_row, rows)}
    return [found[name] for name in names if name in found]


def latest_hashes(connection: sqlite3.Connection, article_ids: Sequence[str]) -> dict[str, str]:
    """The content hash of the latest version of each of these articles that is held."""
    rows = connection.execute(
        """SELECT a.id, v.content_hash FROM articles a JOIN versions v ON v.seq = a.latest
        WHERE a.id IN (SELECT value FROM json_each(?))""",
        (json.dumps(article_ids),),
    )
    return dict(rows.fetchall())


def last_changes(connection: sqlite3.Connection, article_ids: Sequence[str]) -> dict[str, StatusChange]:
    """The last change of status of each of these articles that has one."""
    rows = connection.execute(
        f"""SELECT {STATUS_COLUMNS} FROM status_history WHERE article_id IN (SELECT value FROM json_each(?))
        ORDER BY at, id""",
        (json.dumps(article_ids),),
    )
    return {one.article_id: one for one in map(_change, rows)}
