"""`baotinh newspapers adopt`: gives what was crawled under a host's name to a declared newspaper.

In this order: one transaction of the catalog gives all rows to the newspaper; the note that lasts, for a rebuild, is
written (`jsonl/adopted.json`); then JSON lines and index are made anew. A process that is killed leaves the catalog in
its former state or in the new one, and the same command goes on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from archive.adopted import Adopted, adopted_in, line_of, mark_adopted, note_adopted
from archive.catalog import Catalog
from archive.catalog.identities import enter_all
from archive.catalog.lines import packed_line, unpacked_line
from archive.collection import Collection
from archive.errors import HeldTwice, HostNotDeclared, IndexBusy, NothingToAdopt
from archive.identity import identity_of
from archive.ingest.recovery import recover
from archive.ingest.release import keep_newspaper
from archive.locks import held_or
from archive.projections.json_lines import RunLines
from archive.search.indexing.index import POSITION, follow

_INDEX_WAIT = 600.0
_BATCH = 500
# Rows that have a newspaper; where the newspaper has the same row already, the host's goes.
_TABLES = (
    "articles", "runs", "warc_files", "addresses", "discovery_sources", "backfills", "coverage", "unread",
    "recent_versions", "alarms", "mutes", "plans", "other_addresses", "changes", "change_kinds",
)  # fmt: skip
# Counts by newspaper, which triggers keep, but not for rows that change their newspaper: the columns beside it.
_COUNTS = {
    "held": "what", "published_days": "day, section", "published_months": "month, section", "due_days": "day",
    "run_counts": "job, outcome, is_demonstration",
}  # fmt: skip


@attrs.frozen(kw_only=True)
class Adoption:
    """How many articles, versions, runs and WARC files came to the newspaper."""

    articles: int
    versions: int
    runs: int
    files: int


def adopt(collection: Collection, host: str, newspaper: str, profile: Mapping[str, Any], own: str) -> Adoption:
    """Give what was crawled by the address of `host` to a declared newspaper. May be repeated.

    Args:
        profile: the newspaper's, as its declaration has it.
        own: its host in crawls of this machine.

    Raises:
        HostNotDeclared: the declaration does not name the host.
        NothingToAdopt: nothing was crawled under the host's name.
        HeldTwice: the newspaper has articles of its own that are the host's.
        NewspaperLocked, CollectionBusy: one of the two is being crawled.
    """
    hosts = [str(one) for key in ("hosts", "former_hosts") for one in profile.get(key) or ()]
    if host.removeprefix("www.") not in {one.removeprefix("www.") for one in (*hosts, own)}:
        raise HostNotDeclared(newspaper, host, hosts)
    with collection.lock(host), collection.lock(newspaper):
        with collection.catalog(writable=True) as catalog:
            for name in (host, newspaper):
                recover(collection, catalog, name)
            _refuse(catalog, collection, host, newspaper, profile)
        with held_or(IndexBusy(collection.index), collection.index_lock, _INDEX_WAIT):
            # an index that is ahead of what the transaction changes would seem to be up to date
            (collection.index / POSITION).unlink(missing_ok=True)
            with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
                found = _give(connection, host, newspaper, profile)
        note_adopted(collection.jsonl, {host: Adopted(newspaper, dict(profile))})
        with collection.catalog() as catalog:
            _write_lines(collection, catalog, host, newspaper)
    follow(collection, wait=_INDEX_WAIT, rebuild=True)
    return found


def _refuse(catalog: Catalog, collection: Collection, host: str, newspaper: str, profile: Mapping[str, Any]) -> None:
    connection = catalog.connection
    noted = adopted_in(collection.jsonl).get(host)
    is_given = host in _adopted_by(connection, newspaper) or (noted is not None and noted.newspaper == newspaper)
    is_held = connection.execute(
        "SELECT 1 FROM runs WHERE newspaper = :host UNION ALL SELECT 1 FROM articles WHERE newspaper = :host LIMIT 1",
        {"host": host},
    ).fetchone()
    if not is_held and not is_given:
        names = connection.execute("SELECT DISTINCT newspaper FROM runs WHERE newspaper LIKE '%.%' ORDER BY 1")
        raise NothingToAdopt(host, [name for (name,) in names])
    twice = list(_held_twice(connection, host, newspaper, profile))
    if twice:
        raise HeldTwice(newspaper, host, len(twice), *twice[0])


def _held_twice(
    connection: sqlite3.Connection, host: str, newspaper: str, profile: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Articles of the host, by their ids, that the newspaper has under another id."""
    pattern = str(profile.get("article_pattern") or "(?!)")
    for url, id in connection.execute(
        "SELECT url, article_id FROM addresses WHERE newspaper = ? AND article_id IS NOT NULL", (host,)
    ).fetchall():
        row = connection.execute(
            """SELECT article_id FROM addresses WHERE newspaper = :newspaper AND article_id IS NOT NULL AND url IN (
            SELECT :url UNION ALL SELECT url FROM identities WHERE newspaper = :newspaper AND identity = :identity)""",
            {"newspaper": newspaper, "url": url, "identity": identity_of(newspaper, url, pattern)},
        ).fetchone()
        if row is not None and row[0] != id:
            yield id, row[0]


def _give(connection: sqlite3.Connection, host: str, newspaper: str, profile: Mapping[str, Any]) -> Adoption:
    """Give all rows of the host to the newspaper, within a transaction."""
    names = {"host": host, "newspaper": newspaper}
    versions = _rewrite(connection, host, newspaper)
    counted = {
        table: connection.execute(f"SELECT count(*) FROM {table} WHERE newspaper = ?", (host,)).fetchone()[0]
        for table in ("articles", "runs", "warc_files")
    }
    for table in _TABLES:
        connection.execute(f"UPDATE OR IGNORE {table} SET newspaper = :newspaper WHERE newspaper = :host", names)
        connection.execute(f"DELETE FROM {table} WHERE newspaper = :host", names)
    for table, columns in _COUNTS.items():
        connection.execute(
            f"""INSERT INTO {table} (newspaper, {columns}, count)
            SELECT :newspaper, {columns}, count FROM {table} WHERE newspaper = :host
            ON CONFLICT DO UPDATE SET count = count + excluded.count""",
            names,
        )
        connection.execute(f"DELETE FROM {table} WHERE newspaper = :host", names)
    _give_sources(connection, names)
    _identify(connection, host, newspaper, profile)
    if connection.execute("SELECT 1 FROM newspapers WHERE name = ?", (newspaper,)).fetchone() is None:
        keep_newspaper(connection, newspaper, profile)
    mark_adopted(connection, newspaper, [*_adopted_by(connection, newspaper), host])
    connection.execute("DELETE FROM newspapers WHERE name = ?", (host,))
    return Adoption(articles=counted["articles"], versions=versions, runs=counted["runs"], files=counted["warc_files"])


def _adopted_by(connection: sqlite3.Connection, newspaper: str) -> set[str]:
    """The names under which the newspaper's articles were crawled before."""
    rows = connection.execute(
        "SELECT value FROM newspapers, json_each(profile, '$.adopted') WHERE name = ?", (newspaper,)
    )
    return {name for (name,) in rows}


def _rewrite(connection: sqlite3.Connection, host: str, newspaper: str) -> int:
    """Rewrite the lines of the host's articles; how many."""
    rows = connection.execute(
        "SELECT seq FROM versions v JOIN articles a ON a.id = v.article_id WHERE a.newspaper = ?", (host,)
    ).fetchall()
    for (seq,) in rows:
        (kept,) = connection.execute("SELECT line FROM versions WHERE seq = ?", (seq,)).fetchone()
        line = packed_line(line_of(newspaper, unpacked_line(kept)))
        connection.execute("UPDATE versions SET line = ? WHERE seq = ?", (line, seq))
        for id, kept in connection.execute("SELECT id, line FROM readings WHERE version_seq = ?", (seq,)).fetchall():
            line = packed_line(line_of(newspaper, unpacked_line(kept)))
            connection.execute("UPDATE readings SET line = ? WHERE id = ?", (line, id))
    return len(rows)


def _give_sources(connection: sqlite3.Connection, names: Mapping[str, str]) -> None:
    connection.execute(
        """INSERT INTO source_counts (newspaper, kind, source, count, alone, last_at)
        SELECT :newspaper, kind, source, count, alone, last_at FROM source_counts WHERE newspaper = :host
        ON CONFLICT DO UPDATE SET count = count + excluded.count, alone = alone + excluded.alone,
            last_at = max(last_at, excluded.last_at)""",
        names,
    )
    connection.execute("DELETE FROM source_counts WHERE newspaper = :host", names)


def _identify(connection: sqlite3.Connection, host: str, newspaper: str, profile: Mapping[str, Any]) -> None:
    """Enter the identities that the newspaper's pattern gives to its addresses."""
    connection.execute("DELETE FROM identities WHERE newspaper = ?", (host,))
    pattern = str(profile.get("article_pattern") or "(?!)")
    rows = connection.execute(
        """SELECT url FROM addresses WHERE newspaper = ? AND kind = 'article'
        ORDER BY gone_at IS NOT NULL, first_seen_at, url""",
        (newspaper,),
    ).fetchall()
    enter_all(connection, ((newspaper, url) for (url,) in rows), {newspaper: pattern})


def _write_lines(collection: Collection, catalog: Catalog, host: str, newspaper: str) -> None:
    """Write the JSON lines of the runs anew in which there are articles of the host."""
    rows = catalog.connection.execute(
        """SELECT DISTINCT r.id, r.name FROM runs r
        JOIN (SELECT run_id, article_id FROM versions UNION SELECT run_id, article_id FROM readings) v
        ON v.run_id = r.id
        JOIN articles a ON a.id = v.article_id WHERE a.newspaper = ? AND r.finished_at IS NOT NULL
        AND substr(a.id, 1, ?) = ?""",
        (newspaper, len(host) + 1, f"{host}:"),
    ).fetchall()
    for run_id, name in rows:
        RunLines(collection, run_id, name).finish()
