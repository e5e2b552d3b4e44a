"""What is withheld together: an article with its addresses and pictures, an address in all its spellings, a host."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from archive.catalog.versions import Version
from archive.catalog.withholdings import (
    ACTIVE,
    IS_PLACE,
    KeyOf,
    Withholding,
    WithholdingScope,
    host_key,
    host_of,
    key_span,
    places_of,
    spelled,
)
from archive.clock import warc_date
from archive.identity import host_spellings, uniform_key
from archive.urls import MADE_OF_PAGES

# Keys of which another spelling may be the one that is sought; all others are their own uniform key
_MAY_BE_SPELLED = """(urlkey GLOB '*[%;(?]*' OR urlkey GLOB '*//*' OR urlkey GLOB '*/.*' OR urlkey GLOB '*/'
    OR urlkey GLOB '*[^ -~]*')"""


def enter_withholding(connection: sqlite3.Connection, one: Withholding, key_of: KeyOf) -> int:
    """Enter it, and what it comprises; within a transaction. Its row's id."""
    cursor = connection.execute(
        """INSERT INTO withholdings
        (scope, subject, reason, note, withheld_at, until, lifted_at, lifted_note, purged_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            one.scope.value, one.subject, one.reason.value, one.note, warc_date(one.withheld_at), _date(one.until),
            _date(one.lifted_at), one.lifted_note, _date(one.purged_at),
        ),
    )  # fmt: skip
    number = int(cursor.lastrowid or 0)
    _comprise(connection, number, one.scope, one.subject, key_of)
    return number


def complete_withholding(connection: sqlite3.Connection, one: Withholding, key_of: KeyOf) -> None:
    """Enter what it comprises today; within a transaction."""
    statement = "SELECT id FROM withholdings WHERE scope = ? AND subject = ? AND lifted_at IS NULL"
    for (number,) in connection.execute(statement, (one.scope.value, one.subject)).fetchall():
        _comprise(connection, number, one.scope, one.subject, key_of)


def keep_withheld(connection: sqlite3.Connection, article_id: str, record_id: str, key_of: KeyOf) -> None:
    """Enter what a version that was just read adds to what is withheld: an address of the article, or the article."""
    if not _is_any(connection):
        return
    of_article = f"{ACTIVE.format('h.id')} AND w.kind = 'article' AND w.key = ? AND h.scope = 'article'"
    for (number,) in connection.execute(of_article, (article_id,)).fetchall():
        _comprise(connection, number, WithholdingScope.ARTICLE, article_id, key_of)
    row = connection.execute("SELECT urlkey FROM main.captures WHERE record_id = ?", (record_id,)).fetchone()
    of_place = f"{ACTIVE.format('h.id')} AND {IS_PLACE} AND h.scope <> 'article'"
    for (number,) in connection.execute(of_place, places_of(row[0] if row else "")).fetchall():
        _insert(connection, number, "article", [article_id])


def keep_captures_withheld(connection: sqlite3.Connection, urls: Iterable[str], key_of: KeyOf) -> None:
    """Enter those of the addresses that were just captured which are other spellings of withheld ones, or what scripts
    drew of withheld pages; within a transaction."""
    if not _is_any(connection):
        return
    holding = f"{ACTIVE.format('DISTINCT h.id')} AND {IS_PLACE}"
    for url in dict.fromkeys(urls):
        page = next((url.removeprefix(one) for one in MADE_OF_PAGES if url.startswith(one)), url)
        key, places = key_of(url), places_of(key_of(page))
        if page is url:  # that a host is withheld is seen from the key
            places = (*places[:2], "")
        for (number,) in connection.execute(holding, places).fetchall():
            _insert(connection, number, "address", [key])


def captured_spellings(connection: sqlite3.Connection, keys: Iterable[str]) -> set[str]:
    """The urlkeys of captures whose addresses are those of these urlkeys, in any spelling."""
    sought: dict[str, set[str]] = {}
    for key in keys:
        uniform = uniform_key(key)
        sought.setdefault(host_of(uniform), set()).add(uniform)
    found: set[str] = set()
    for host, wanted in sought.items():
        for nth, beginning in enumerate(host_spellings(host)):
            rows = connection.execute(
                f"""SELECT DISTINCT urlkey FROM main.captures WHERE urlkey BETWEEN ? AND ?
                AND {_MAY_BE_SPELLED if nth == 0 else 1}""",
                key_span(WithholdingScope.HOST, beginning),
            )
            found |= {key for (key,) in rows if uniform_key(key) in wanted}
        named = "SELECT 1 FROM main.captures WHERE urlkey = ? LIMIT 1"
        found |= {key for key in wanted - found if connection.execute(named, (key,)).fetchone()}
    return found


def is_host_captured(connection: sqlite3.Connection, host: str, key_of: KeyOf) -> bool:
    """Whether there are captures of a host, in any spelling of its name."""
    statement = "SELECT 1 FROM main.captures WHERE urlkey BETWEEN ? AND ? LIMIT 1"
    spans = (key_span(WithholdingScope.HOST, one) for one in host_spellings(host_key(host, key_of)))
    return any(connection.execute(statement, span).fetchone() for span in spans)


def _is_any(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM main.withholdings LIMIT 1").fetchone() is not None


def _date(instant: datetime | None) -> str | None:
    return warc_date(instant) if instant else None


def _comprise(
    connection: sqlite3.Connection, number: int, scope: WithholdingScope, subject: str, key_of: KeyOf
) -> None:
    """Enter what a withholding comprises."""
    if scope is WithholdingScope.HOST:
        keys = host_spellings(host_key(subject, key_of))
        _insert(connection, number, "host", keys)
    else:
        is_article = scope is WithholdingScope.ARTICLE
        named = set(_addresses_of(connection, subject, key_of)) if is_article else {key_of(subject)}
        keys = sorted(named | captured_spellings(connection, named))
        _insert(connection, number, "address", [*keys, *map(spelled, named)])
    spanned = WithholdingScope.HOST if scope is WithholdingScope.HOST else WithholdingScope.ADDRESS
    spans = [key_span(spanned, key) for key in keys]
    _insert(connection, number, "address", [key for span in spans for key in _drawn_of(connection, span)])
    if scope is WithholdingScope.ARTICLE:
        _insert(connection, number, "article", [subject])
        return
    for span in spans:
        read = connection.execute(
            """SELECT DISTINCT v.article_id FROM main.captures c JOIN main.versions v ON v.record_id = c.record_id
            WHERE c.urlkey BETWEEN ? AND ?""",
            span,
        )
        _insert(connection, number, "article", [one for (one,) in read.fetchall()])


def _drawn_of(connection: sqlite3.Connection, span: tuple[str, str]) -> Iterator[str]:
    """The keys of what scripts drew of pages, which are those of the pages behind a prefix, as the addresses are."""
    rows = connection.execute("SELECT DISTINCT url FROM main.captures WHERE urlkey BETWEEN ? AND ?", span)
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
