"""The table of changes: a row for each version that follows another, and for each page that went or came back.

Rows of versions are entered with the version, from the newest readings of both; rows of pages by a trigger on the
status history.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import attrs
import cattrs

from archive.article import Article, from_json
from archive.catalog.lines import unpacked_line
from archive.catalog.versions import Version, newest_line
from archive.changes.kinds import ChangeKind, Step, step_between
from archive.changes.printed import differing_parts, is_same_layout
from archive.clock import parse_warc_date, warc_date

SILENT = "silent"
"""What stands among the kinds of a silent change, so that an index finds those as well."""
STEP = f"""
    CREATE TABLE changes (                 -- what changed from a version to the next, or became of an article's page
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,                  -- when the later version, or the page's answer, was captured
        newspaper TEXT NOT NULL,
        section TEXT,                      -- of the later version
        article_id TEXT NOT NULL REFERENCES articles,
        version_seq INTEGER UNIQUE REFERENCES versions (seq),      -- the later version; null: of the page's status
        former_seq INTEGER REFERENCES versions (seq),
        status_id INTEGER UNIQUE REFERENCES status_history (id),
        kinds TEXT NOT NULL,               -- a space between; empty where no printed word or picture differs
        removed INTEGER NOT NULL,          -- words
        added INTEGER NOT NULL,
        is_silent INTEGER NOT NULL         -- no later time of change is shown, and no correction note is printed
    ) STRICT;
    CREATE INDEX changes_by_time ON changes (at, id) WHERE kinds <> '';
    CREATE INDEX changes_by_newspaper ON changes (newspaper, at, id) WHERE kinds <> '';
    CREATE INDEX changes_by_section ON changes (section, at, id) WHERE kinds <> '';
    CREATE INDEX changes_by_article ON changes (article_id, at);
    CREATE TABLE change_kinds (            -- each kind of a change, and 'silent'
        kind TEXT NOT NULL,
        newspaper TEXT NOT NULL,
        at TEXT NOT NULL,
        change_id INTEGER NOT NULL REFERENCES changes ON DELETE CASCADE,
        PRIMARY KEY (kind, at, change_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX change_kinds_by_newspaper ON change_kinds (kind, newspaper, at, change_id);
    CREATE INDEX change_kinds_by_change ON change_kinds (change_id);
    CREATE TRIGGER status_history_changed AFTER INSERT ON status_history
    WHEN new.status IN ('gone', 'withdrawn', 'restored') BEGIN
        INSERT INTO changes (at, newspaper, section, article_id, status_id, kinds, removed, added, is_silent)
            SELECT new.at, newspaper, section, id, new.id, new.status, 0, 0, new.status <> 'restored'
            FROM articles WHERE id = new.article_id;
        INSERT INTO change_kinds SELECT kind.value, newspaper, at, c.id
            FROM changes c, json_each(json_array(new.status, '{SILENT}')) kind
            WHERE c.status_id = new.id AND (kind.value <> '{SILENT}' OR c.is_silent);
    END;
    INSERT INTO changes (at, newspaper, section, article_id, status_id, kinds, removed, added, is_silent)
        SELECT s.at, a.newspaper, a.section, a.id, s.id, s.status, 0, 0, s.status <> 'restored'
        FROM status_history s JOIN articles a ON a.id = s.article_id
        WHERE s.status IN ('gone', 'withdrawn', 'restored') ORDER BY s.at, s.id;
    INSERT INTO change_kinds SELECT kind.value, newspaper, at, c.id
        FROM changes c, json_each(json_array(c.kinds, '{SILENT}')) kind WHERE kind.value <> '{SILENT}' OR c.is_silent;
    """
COLUMNS = """c.id, c.at, c.newspaper, c.section, c.article_id, c.version_seq, c.former_seq, c.kinds, c.removed,
    c.added, c.is_silent"""
_VERSION = f"""SELECT seq, article_id, content_hash, run_id, record_id, captured_at, {newest_line("versions")}
    FROM versions """
_ENTER = """INSERT INTO changes (at, newspaper, section, article_id, version_seq, former_seq, kinds, removed, added,
    is_silent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


@attrs.frozen(kw_only=True)
class ArticleChange:
    """A row: what changed from the version `former_seq` to `version_seq`, or what became of the page of an article.

    `id` grows with every row; a row that is made anew has another.
    """

    id: int
    at: datetime
    newspaper: str
    section: str | None
    article_id: str
    version_seq: int | None
    former_seq: int | None
    kinds: tuple[ChangeKind, ...]
    removed: int
    added: int
    is_silent: bool


_NOTHING = Step(kinds=frozenset(), removed=0, added=0, is_silent=False)


def enter_change(connection: sqlite3.Connection, seq: int) -> None:
    """Enter what changed to a version and from it to the next, within a transaction; rows that were there are made
    anew. Of the first version of an article nothing is entered."""
    row = connection.execute("SELECT article_id, captured_at FROM main.versions WHERE seq = ?", (seq,)).fetchone()
    if row is None:
        return
    between = {"article": row[0], "at": row[1], "seq": seq}
    former = _first(connection, "(captured_at, seq) < (:at, :seq) ORDER BY captured_at DESC, seq DESC", between)
    later = _first(connection, "(captured_at, seq) > (:at, :seq) ORDER BY captured_at, seq", between)
    if former is None and later is None:
        return
    this = Version.from_row(connection.execute(_VERSION + "WHERE seq = ?", (seq,)).fetchone())
    if former is not None:
        _enter(connection, former, this)
    if later is not None:
        _enter(connection, this, later)


def enter_every_change(connection: sqlite3.Connection) -> None:
    """Enter what changed between all versions of all articles, within a transaction; two versions are in memory."""
    edited = connection.execute("SELECT article_id FROM main.versions GROUP BY article_id HAVING count(*) > 1")
    for (article_id,) in edited:
        before: Version | None = None
        rows = connection.execute(_VERSION + "WHERE article_id = ? ORDER BY captured_at, seq", (article_id,))
        for version in map(Version.from_row, rows):
            if before is not None:
                _enter(connection, before, version)
            before = version


def _first(connection: sqlite3.Connection, where: str, values: dict[str, Any]) -> Version | None:
    row = connection.execute(f"{_VERSION} WHERE article_id = :article AND {where} LIMIT 1", values).fetchone()
    return Version.from_row(row) if row else None


def _enter(connection: sqlite3.Connection, former: Version, later: Version) -> None:
    connection.execute(
        "DELETE FROM change_kinds WHERE change_id = (SELECT id FROM changes WHERE version_seq = ?)", (later.seq,)
    )
    connection.execute("DELETE FROM changes WHERE version_seq = ?", (later.seq,))
    read = _read(former), _read(later)
    if read[0] is None or read[1] is None:
        return
    step = _step(connection, read[0], read[1], former.seq)
    kinds = [kind.value for kind in ChangeKind if kind in step.kinds]
    at, newspaper = warc_date(later.captured_at), later.article_id.partition(":")[0]
    row = connection.execute("SELECT newspaper FROM main.articles WHERE id = ?", (later.article_id,)).fetchone()
    newspaper = row[0] if row else newspaper
    entered = connection.execute(
        _ENTER,
        (
            at, newspaper, read[1].section, later.article_id, later.seq, former.seq, " ".join(kinds), step.removed,
            step.added, step.is_silent,
        ),
    ).lastrowid  # fmt: skip
    named = [*kinds, *([SILENT] if step.is_silent else [])]
    connection.executemany(
        "INSERT INTO change_kinds VALUES (?, ?, ?, ?)", [(kind, newspaper, at, entered) for kind in named]
    )


def _step(connection: sqlite3.Connection, former: Article, later: Article, former_seq: int) -> Step:
    """What changed between two versions.

    Where the layout of the later one lacks what the former shows, the former is read as its page was in that layout. Of
    versions that an earlier version of the program made of readings of one nothing changed.
    """
    if differing_parts(former, later):
        return step_between(former, later)
    rows = connection.execute("SELECT line FROM main.readings WHERE version_seq = ? ORDER BY id DESC", (former_seq,))
    for (line,) in rows:
        try:
            one = from_json(unpacked_line(line))
        except (ValueError, cattrs.BaseValidationError):
            continue
        if one.captured_at <= later.captured_at and is_same_layout(one, later):
            return step_between(one, later) if differing_parts(one, later) else _NOTHING
    return _NOTHING


def _read(version: Version) -> Article | None:
    """The article of a version; None where its line is damaged."""
    try:
        return version.article()
    except (ValueError, cattrs.BaseValidationError):
        return None


def changes_of_article(connection: sqlite3.Connection, article_id: str) -> list[ArticleChange]:
    """The changes of an article, the oldest first; also those of which no printed word or picture differs."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM changes c WHERE c.article_id = ? ORDER BY c.at, c.id", (article_id,)
    )
    return [change_of(row) for row in rows]


def former_versions(connection: sqlite3.Connection, article_id: str) -> Iterator[Version]:
    """The versions of an article but its latest, the oldest first, one at a time."""
    latest = "(SELECT latest FROM articles WHERE id = :id)"
    rows = connection.execute(
        f"{_VERSION} WHERE article_id = :id AND seq <> {latest} ORDER BY captured_at, seq", {"id": article_id}
    )
    yield from map(Version.from_row, rows)


def kinds_of_articles(connection: sqlite3.Connection, article_ids: Sequence[str]) -> dict[str, list[str]]:
    """The kinds of all changes of each of these articles that has any; 'silent' among them where one is."""
    rows = connection.execute(
        """SELECT DISTINCT c.article_id, k.kind FROM changes c JOIN change_kinds k ON k.change_id = c.id
        WHERE c.article_id IN (SELECT value FROM json_each(?)) ORDER BY 1, 2""",
        (json.dumps(article_ids),),
    )
    found: dict[str, list[str]] = {}
    for article_id, kind in rows:
        found.setdefault(article_id, []).append(kind)
    return found


def changes_between(connection: sqlite3.Connection, after: int, until: int) -> list[ArticleChange]:
    """The changes of `after` < id <= `until`, in the order of their ids."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM changes c WHERE c.id > ? AND c.id <= ? ORDER BY c.id", (after, until)
    )
    return [change_of(row) for row in rows]


def last_change_entered(connection: sqlite3.Connection) -> int:
    """The id of the change that was entered last; 0 where there is none."""
    row = connection.execute("SELECT coalesce(max(id), 0) FROM changes").fetchone()
    return int(row[0])


def latest_changed_between(connection: sqlite3.Connection, after: int, until: int) -> list[int]:
    """`seq` of the latest versions of the articles with a change of `after` < id <= `until` that is not one to them."""
    rows = connection.execute(
        """SELECT DISTINCT a.latest FROM changes c JOIN articles a ON a.id = c.article_id
        WHERE c.id > ? AND c.id <= ? AND c.version_seq IS NOT a.latest ORDER BY 1""",
        (after, until),
    )
    return [seq for (seq,) in rows]


def change_of(row: Sequence[Any]) -> ArticleChange:
    """The change of a row of `COLUMNS`."""
    id, at, newspaper, section, article_id, version_seq, former_seq, kinds, removed, added, is_silent = row
    return ArticleChange(
        id=id, at=parse_warc_date(at), newspaper=newspaper, section=section, article_id=article_id,
        version_seq=version_seq, former_seq=former_seq, kinds=tuple(map(ChangeKind, kinds.split())), removed=removed,
        added=added, is_silent=bool(is_silent),
    )  # fmt: skip
