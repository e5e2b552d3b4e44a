"""Reprints: signatures of articles' texts, links between articles that print the same, and clusters of these."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import attrs

STEP = """
    CREATE TABLE reprint_signatures (      -- of the latest version of each article
        version_seq INTEGER PRIMARY KEY,
        article_id TEXT NOT NULL,
        method INTEGER NOT NULL,           -- that made it; those of two methods are never compared
        day INTEGER NOT NULL,              -- of publication, in days since 1970
        keys BLOB NOT NULL,                -- six bytes each, little-endian
        printing TEXT NOT NULL             -- JSON: paper, times, credits
    ) STRICT;
    CREATE INDEX reprint_signatures_by_article ON reprint_signatures (article_id);
    CREATE TABLE reprint_postings (        -- in which versions a key is; of frequent ones the first alone
        key INTEGER NOT NULL,
        version_seq INTEGER NOT NULL,
        PRIMARY KEY (key, version_seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reprint_links (
        source_id TEXT NOT NULL,           -- article that was printed first, as far as is known
        copy_id TEXT NOT NULL,
        source_seq INTEGER NOT NULL,       -- versions that were compared
        copy_seq INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('same', 'edited', 'abridged', 'expanded', 'embedded')),
        kept_of_source REAL NOT NULL,      -- share of the source's text that is in the copy
        kept_of_copy REAL NOT NULL,        -- share of the copy's text that is in the source
        direction TEXT NOT NULL CHECK (direction IN ('credit', 'time', 'capture', 'doubtful')),
        evidence TEXT NOT NULL,            -- JSON
        PRIMARY KEY (source_id, copy_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reprint_links_by_copy ON reprint_links (copy_id);
    CREATE TABLE reprint_clusters (
        id TEXT PRIMARY KEY,
        origin_id TEXT NOT NULL,           -- the printing that is the earliest, as far as is known
        agency TEXT,                       -- whose text it is, where credits say so
        basis TEXT NOT NULL,               -- how sure the origin is: as the direction of a link
        printings INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reprint_members (
        article_id TEXT NOT NULL,
        cluster_id TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('printing', 'embedding')),
        position INTEGER NOT NULL,         -- in the order of time, from 1
        PRIMARY KEY (article_id, cluster_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reprint_members_by_cluster ON reprint_members (cluster_id, position);
    CREATE TABLE reprint_aliases (         -- former ids of clusters
        id TEXT PRIMARY KEY,
        cluster_id TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reprint_changes (         -- articles whose cluster changed, each once; ids grow
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        article_id TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE reprint_progress (        -- one row: how far the versions and readings were considered
        method INTEGER NOT NULL,           -- 0 while all is compared anew
        seq INTEGER NOT NULL,
        reading INTEGER NOT NULL
    ) STRICT;
"""
MOST_POSTINGS = 64
"""Versions that are kept of a key: of a text that more of them print, the others are found by these."""
_ONE = "SELECT value FROM json_each(?)"

LinkKind = Literal["same", "edited", "abridged", "expanded", "embedded"]
Direction = Literal["credit", "time", "capture", "doubtful"]
Role = Literal["printing", "embedding"]


@attrs.frozen(kw_only=True)
class ReprintLink:
    """An article and one that printed its text; shares from 0 to 1."""

    source_id: str
    copy_id: str
    source_seq: int
    copy_seq: int
    kind: LinkKind
    kept_of_source: float
    kept_of_copy: float
    direction: Direction
    evidence: dict[str, Any]

    @property
    def kept(self) -> float:
        """The smaller share, that of the longer text."""
        return min(self.kept_of_source, self.kept_of_copy)


@attrs.frozen(kw_only=True)
class ReprintCluster:
    """Articles that print one text. `basis`: how sure the origin is."""

    id: str
    origin_id: str
    agency: str | None
    basis: Direction
    printings: tuple[str, ...]
    """Ids, the earliest first."""
    embeddings: tuple[str, ...] = ()


class StoredSignature(NamedTuple):
    """A signature of an article's version."""

    version_seq: int
    article_id: str
    method: int
    day: int
    keys: bytes
    printing: str
    """What is known of it as a printing, as JSON."""


class Progress(NamedTuple):
    """How far versions and later readings were considered, and by which method; 0: not as a whole."""

    method: int = 0
    seq: int = 0
    reading: int = 0


class Member(NamedTuple):
    """An article of a cluster."""

    article_id: str
    role: Role
    position: int


def progress(connection: sqlite3.Connection) -> Progress:
    """How far the comparison has come."""
    row = connection.execute("SELECT method, seq, reading FROM reprint_progress").fetchone()
    return Progress(*row) if row else Progress()


def enter_progress(connection: sqlite3.Connection, reached: Progress) -> None:
    """Enter how far it has come."""
    connection.execute("DELETE FROM reprint_progress")
    connection.execute("INSERT INTO reprint_progress (method, seq, reading) VALUES (?, ?, ?)", reached)


def insert_signatures(connection: sqlite3.Connection, rows: Iterable[StoredSignature]) -> None:
    """Enter signatures without their postings."""
    connection.executemany("INSERT OR REPLACE INTO reprint_signatures VALUES (?, ?, ?, ?, ?, ?)", rows)


def insert_postings(connection: sqlite3.Connection, rows: Iterable[tuple[int, int]]) -> None:
    """Enter in which versions keys are."""
    connection.executemany("INSERT OR IGNORE INTO reprint_postings (key, version_seq) VALUES (?, ?)", rows)


def signatures_of(connection: sqlite3.Connection, article_id: str) -> list[StoredSignature]:
    """The signatures that are kept of an article."""
    rows = connection.execute("SELECT * FROM reprint_signatures WHERE article_id = ?", (article_id,))
    return [StoredSignature(*row) for row in rows]


def signatures_of_articles(
    connection: sqlite3.Connection, article_ids: Iterable[str]
) -> dict[str, tuple[StoredSignature, str]]:
    """Of each of these articles the signature that is kept, and its first capture's WARC-Date."""
    rows = connection.execute(
        f"""SELECT s.*, a.first_captured_at FROM ({_ONE}) one
        CROSS JOIN reprint_signatures s ON s.article_id = one.value CROSS JOIN articles a ON a.id = s.article_id""",
        (json.dumps(list(article_ids)),),
    )
    return {row[1]: (StoredSignature(*row[:-1]), row[-1]) for row in rows}


def signatures_with(connection: sqlite3.Connection, seqs: Iterable[int]) -> dict[int, StoredSignature]:
    """The signatures of these versions that are kept."""
    rows = connection.execute(
        f"SELECT * FROM reprint_signatures WHERE version_seq IN ({_ONE})", (json.dumps(list(seqs)),)
    )
    return {row[0]: StoredSignature(*row) for row in rows}


def signatures_between(connection: sqlite3.Connection, after: int, until: int) -> list[StoredSignature]:
    """The signatures of versions with `after` < seq <= `until`."""
    rows = connection.execute(
        "SELECT * FROM reprint_signatures WHERE version_seq > ? AND version_seq <= ? ORDER BY 1", (after, until)
    )
    return [StoredSignature(*row) for row in rows]


def delete_signature(connection: sqlite3.Connection, version_seq: int, keys: Iterable[int]) -> None:
    """Remove a signature and its postings."""
    connection.executemany(
        "DELETE FROM reprint_postings WHERE key = ? AND version_seq = ?", [(key, version_seq) for key in keys]
    )
    connection.execute("DELETE FROM reprint_signatures WHERE version_seq = ?", (version_seq,))


def delete_signatures(connection: sqlite3.Connection) -> None:
    """Remove all signatures and postings."""
    connection.execute("DELETE FROM reprint_postings")
    connection.execute("DELETE FROM reprint_signatures")


def postings(connection: sqlite3.Connection, keys: Sequence[int], before: int) -> list[tuple[int, int]]:
    """The keys, each with a version released before this `seq` that has it."""
    return connection.execute(
        f"""SELECT p.key, p.version_seq FROM ({_ONE}) k CROSS JOIN reprint_postings p
        ON p.key = k.value AND p.version_seq < ?""",
        (json.dumps(keys), before),
    ).fetchall()


_LINK = """SELECT source_id, copy_id, source_seq, copy_seq, kind, kept_of_source, kept_of_copy, direction, evidence
    FROM reprint_links """


def links_of(connection: sqlite3.Connection, article_ids: Iterable[str]) -> list[ReprintLink]:
    """The links of these articles, to or from them."""
    ids = json.dumps(list(article_ids))
    rows = connection.execute(
        f"{_LINK} WHERE source_id IN ({_ONE}) UNION {_LINK} WHERE copy_id IN ({_ONE}) ORDER BY 1, 2", (ids, ids)
    )
    return [_link(row) for row in rows]


def links_among(connection: sqlite3.Connection, article_ids: Iterable[str]) -> list[ReprintLink]:
    """The links between these articles."""
    ids = json.dumps(list(article_ids))
    rows = connection.execute(
        f"""{_LINK} WHERE (source_id, copy_id) IN
        (SELECT s.value, c.value FROM json_each(?) s CROSS JOIN json_each(?) c) ORDER BY 1, 2""",
        (ids, ids),
    )
    return [_link(row) for row in rows]


def every_link(connection: sqlite3.Connection) -> Iterable[ReprintLink]:
    """All links, one by one."""
    return map(_link, connection.execute(_LINK))


def _link(row: Sequence[Any]) -> ReprintLink:
    source, copy, source_seq, copy_seq, kind, of_source, of_copy, direction, evidence = row
    return ReprintLink(
        source_id=source, copy_id=copy, source_seq=source_seq, copy_seq=copy_seq, kind=kind, kept_of_source=of_source,
        kept_of_copy=of_copy, direction=direction, evidence=json.loads(evidence),
    )  # fmt: skip


def insert_links(connection: sqlite3.Connection, links: Iterable[ReprintLink]) -> None:
    """Enter links."""
    connection.executemany(
        "INSERT OR REPLACE INTO reprint_links VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.source_id, one.copy_id, one.source_seq, one.copy_seq, one.kind, one.kept_of_source,
                one.kept_of_copy, one.direction, json.dumps(one.evidence, ensure_ascii=False),
            )
            for one in links
        ],
    )  # fmt: skip


def delete_links(connection: sqlite3.Connection, links: Iterable[ReprintLink]) -> None:
    """Remove links."""
    connection.executemany(
        "DELETE FROM reprint_links WHERE source_id = ? AND copy_id = ?", [(one.source_id, one.copy_id) for one in links]
    )
