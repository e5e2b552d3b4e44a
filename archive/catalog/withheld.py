"""What withholdings comprise: articles, addresses and hosts, by the keys under which they are withheld."""

from __future__ import annotations

import enum
import sqlite3
from collections.abc import Callable, Iterator, Sequence

from archive.catalog.versions import Version
from archive.urls import MADE_OF_PAGES

IS_ACTIVE = "h.lifted_at IS NULL AND (h.until IS NULL OR h.until > strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"
ACTIVE = f"SELECT {{}} FROM main.withheld w JOIN main.withholdings h ON h.id = w.withholding_id WHERE {IS_ACTIVE}"
# the beginning of a key that names the host: vn,com,baocantho)
HOST_OF = "substr({0}, 1, instr({0}, ')'))"
IS_PLACE = "((w.kind = 'address' AND w.key = ?) OR (w.kind = 'host' AND w.key = ?))"


class WithholdingScope(enum.Enum):
    """What is withheld at once."""

    ARTICLE = "article"
    ADDRESS = "address"
    HOST = "host"


KeyOf = Callable[[str], str]
"""The urlkey of an address; the catalog makes none itself."""


def host_key(host: str, key_of: KeyOf) -> str:
    """What the keys of all addresses of a host begin with: vn,com,baocantho)

    Args:
        host: its name, with the port where that is not the usual one.
    """
    return host_of(key_of(f"http://{host}/"))


def host_of(key: str) -> str:
    """The beginning of an address's key that names its host."""
    return key.partition(")")[0] + ")"


def key_span(scope: WithholdingScope, key: str) -> tuple[str, str]:
    """The first and the last key of an address, or of all addresses of a host."""
    return key, key if scope is WithholdingScope.ADDRESS else key + "\U0010ffff"


def withheld_keys(connection: sqlite3.Connection, scope: WithholdingScope, subject: str) -> set[tuple[str, str]]:
    """Kind and key of all that is withheld now under this name."""
    rows = connection.execute(
        f"{ACTIVE.format('w.kind, w.key')} AND h.scope = ? AND h.subject = ?", (scope.value, subject)
    )
    return set(rows.fetchall())


def withheld_seqs(connection: sqlite3.Connection) -> list[int]:
    """`seq` of the latest version of each article that is withheld now."""
    named = f"{ACTIVE.format('w.key')} AND w.kind = 'article'"
    rows = connection.execute(f"SELECT DISTINCT latest FROM main.articles WHERE id IN ({named})")
    return [seq for (seq,) in rows]


def purged_places(connection: sqlite3.Connection) -> set[str]:
    """The urlkeys of addresses, and the beginnings of those of hosts, whose records were removed by order."""
    rows = connection.execute(
        """SELECT w.key FROM main.withheld w JOIN main.withholdings h ON h.id = w.withholding_id
        WHERE h.purged_at IS NOT NULL AND h.lifted_at IS NULL AND w.kind <> 'article'"""
    )
    return {key for (key,) in rows}


def keep_withheld(connection: sqlite3.Connection, article_id: str, record_id: str, key_of: KeyOf) -> None:
    """Enter what a version that was just read adds to what is withheld: an address of the article, or the article."""
    if connection.execute("SELECT 1 FROM main.withholdings LIMIT 1").fetchone() is None:
        return
    of_article = f"{ACTIVE.format('h.id')} AND w.kind = 'article' AND w.key = ? AND h.scope = 'article'"
    for (number,) in connection.execute(of_article, (article_id,)).fetchall():
        enter_keys(connection, number, WithholdingScope.ARTICLE, article_id, key_of)
    row = connection.execute("SELECT urlkey FROM main.captures WHERE record_id = ?", (record_id,)).fetchone()
    keys = (row[0], host_of(row[0])) if row else ("", "")
    of_place = f"{ACTIVE.format('h.id')} AND {IS_PLACE} AND h.scope <> 'article'"
    for (number,) in connection.execute(of_place, keys).fetchall():
        _insert(connection, number, "article", [article_id])


def enter_keys(
    connection: sqlite3.Connection, number: int, scope: WithholdingScope, subject: str, key_of: KeyOf
) -> None:
    if scope is WithholdingScope.ARTICLE:
        _insert(connection, number, "article", [subject])
        keys = sorted(set(_addresses_of(connection, subject, key_of)))
        for key in list(keys):
            keys += _drawn_of(connection, WithholdingScope.ADDRESS, key)
        _insert(connection, number, "address", keys)
        return
    key = key_of(subject) if scope is WithholdingScope.ADDRESS else host_key(subject, key_of)
    _insert(connection, number, scope.value, [key])
    _insert(connection, number, "address", list(_drawn_of(connection, scope, key)))
    read = connection.execute(
        """SELECT DISTINCT v.article_id FROM main.captures c JOIN main.versions v ON v.record_id = c.record_id
        WHERE c.urlkey BETWEEN ? AND ?""",
        key_span(scope, key),
    )
    _insert(connection, number, "article", [one for (one,) in read.fetchall()])


def _drawn_of(connection: sqlite3.Connection, scope: WithholdingScope, key: str) -> Iterator[str]:
    """The keys of what scripts drew of pages, which are those of the pages behind a prefix, as the addresses are."""
    between = "SELECT DISTINCT url FROM main.captures WHERE urlkey BETWEEN ? AND ?"
    rows = connection.execute(between, key_span(scope, key))
    for (url,) in rows.fetchall():
        yield from (prefix + url for prefix in MADE_OF_PAGES)


def _insert(connection: sqlite3.Connection, number: int, kind: str, keys: Sequence[str]) -> None:
    rows = [(kind, key, number) for key in keys]
    connection.executemany("INSERT OR IGNORE INTO withheld (kind, key, withholding_id) VALUES (?, ?, ?)", rows)


def _addresses_of(connection: sqlite3.Connection, article_id: str, key_of: KeyOf) -> Iterator[str]:
    """The keys of the addresses where an article was read, found or gone, and of its pictures."""
    rows = connection.execute(
        """SELECT c.urlkey FROM main.versions v JOIN main.captures c ON c.record_id = v.record_id
        WHERE v.article_id = ?""",
        (article_id,),
    )
    yield from (key for (key,) in rows)
    named = connection.execute(
        """SELECT url FROM main.addresses WHERE newspaper = (SELECT newspaper FROM main.articles WHERE id = :id)
        AND article_id = :id UNION SELECT url FROM main.status_history WHERE article_id = :id""",
        {"id": article_id},
    )
    yield from (key_of(url) for (url,) in named)
    lines = connection.execute(
        """SELECT seq, article_id, content_hash, run_id, record_id, captured_at, line FROM main.versions
        WHERE article_id = :id UNION ALL SELECT v.seq, v.article_id, v.content_hash, v.run_id, v.record_id,
        v.captured_at, r.line FROM main.versions v JOIN main.readings r ON r.version_seq = v.seq
        WHERE v.article_id = :id""",
        {"id": article_id},
    )
    for values in (Version.from_row(row).values() for row in lines.fetchall()):
        yield key_of(str(values["url"]))
        for image in values.get("images") or ():
            yield key_of(str(image["url"]))
