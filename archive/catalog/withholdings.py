"""What is withheld from readers: articles, addresses and hosts, each for a reason; nothing is deleted."""

from __future__ import annotations

import enum
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import attrs

from archive.clock import parse_warc_date, warc_date
from archive.identity import uniform_key
from archive.reasons import WithholdingReason

STEP = """
    CREATE TABLE withholdings (
        id INTEGER PRIMARY KEY,
        scope TEXT NOT NULL CHECK (scope IN ('article', 'address', 'host')),
        subject TEXT NOT NULL,             -- article id, address, or host
        reason TEXT NOT NULL,              -- the class that readers are told
        note TEXT NOT NULL,                -- the operator's words, for operators
        withheld_at TEXT NOT NULL,
        until TEXT,                        -- null: until it is lifted
        lifted_at TEXT,
        lifted_note TEXT,
        purged_at TEXT                     -- since when its records are no longer in the WARC files
    ) STRICT;
    -- what each comprises: articles by id, addresses by urlkey, hosts by the urlkey's beginning; of addresses also
    -- "=" and what the urlkeys of all their spellings share, by which those are known that are captured later
    CREATE TABLE withheld (
        kind TEXT NOT NULL CHECK (kind IN ('article', 'address', 'host')),
        key TEXT NOT NULL,
        withholding_id INTEGER NOT NULL REFERENCES withholdings,
        PRIMARY KEY (kind, key, withholding_id)
    ) STRICT, WITHOUT ROWID;
    """
_IS_ACTIVE = "h.lifted_at IS NULL AND (h.until IS NULL OR h.until > strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"
ACTIVE = f"SELECT {{}} FROM main.withheld w JOIN main.withholdings h ON h.id = w.withholding_id WHERE {_IS_ACTIVE}"
# the beginning of a key that names the host: vn,com,baocantho)
HOST_OF = "substr({0}, 1, instr({0}, ')'))"
IS_PLACE = "((w.kind = 'address' AND w.key IN (?, ?)) OR (w.kind = 'host' AND w.key = ?))"
"""Whether something withheld comprises an address; its values are `places_of` the address's urlkey."""


class WithholdingScope(enum.Enum):
    """What is withheld at once."""

    ARTICLE = "article"
    ADDRESS = "address"
    HOST = "host"


@attrs.frozen(kw_only=True)
class Withholding:
    """What was withheld, why, since when and until when; when that was lifted, or its records were removed."""

    scope: WithholdingScope
    subject: str
    reason: WithholdingReason
    note: str
    withheld_at: datetime
    until: datetime | None = None
    lifted_at: datetime | None = None
    lifted_note: str | None = None
    purged_at: datetime | None = None

    def is_active(self, instant: datetime) -> bool:
        """Whether it applies at an instant."""
        return self.lifted_at is None and (self.until is None or self.until > instant)


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


def spelled(key: str) -> str:
    """The name of all spellings of an address, given by the urlkey of one, among what is withheld."""
    return f"={uniform_key(key)}"


def places_of(key: str) -> tuple[str, str, str]:
    """The names under which an address, given by its urlkey, may be withheld."""
    return key, spelled(key), host_of(key)


def key_span(scope: WithholdingScope, key: str) -> tuple[str, str]:
    """The first and the last key of an address, or of all addresses of a host."""
    return key, key if scope is WithholdingScope.ADDRESS else key + "\U0010ffff"


def lift(connection: sqlite3.Connection, scope: WithholdingScope, subject: str, instant: datetime, note: str) -> int:
    """Enter that what was withheld under this name no longer is; within a transaction. How many rows that ended."""
    return connection.execute(
        f"""UPDATE withholdings AS h SET lifted_at = ?, lifted_note = ? WHERE scope = ? AND subject = ?
        AND {_IS_ACTIVE}""",
        (warc_date(instant), note, scope.value, subject),
    ).rowcount


def all_withholdings(connection: sqlite3.Connection) -> list[Withholding]:
    """All that was ever withheld, the oldest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM withholdings h ORDER BY h.id")
    return [_from_row(row) for row in rows]


def withholding_of_article(connection: sqlite3.Connection, article_id: str) -> Withholding | None:
    """Why an article is withheld now; None where it is not."""
    return _first(connection, "w.kind = 'article' AND w.key = ?", (article_id,))


def withholding_of_address(connection: sqlite3.Connection, key: str) -> Withholding | None:
    """Why the captures of an address, given by its urlkey, are withheld now; None where they are not."""
    return _first(connection, IS_PLACE, places_of(key))


def enter_purged(connection: sqlite3.Connection, scope: WithholdingScope, subject: str, instant: datetime) -> None:
    """Enter that the records of what is withheld under this name were removed; within a transaction."""
    connection.execute(
        "UPDATE withholdings SET purged_at = ? WHERE scope = ? AND subject = ? AND lifted_at IS NULL",
        (warc_date(instant), scope.value, subject),
    )


def purged_places(connection: sqlite3.Connection) -> set[str]:
    """Of addresses and hosts whose records were removed by order, the names that `places_of` an address may have."""
    rows = connection.execute(
        """SELECT w.key FROM main.withheld w JOIN main.withholdings h ON h.id = w.withholding_id
        WHERE h.purged_at IS NOT NULL AND h.lifted_at IS NULL AND w.kind <> 'article'"""
    )
    return {key for (key,) in rows}


def has_purged(connection: sqlite3.Connection) -> bool:
    """Whether any records were removed by order."""
    return (
        connection.execute("SELECT 1 FROM main.withholdings WHERE purged_at IS NOT NULL LIMIT 1").fetchone() is not None
    )


def purge_of_address(connection: sqlite3.Connection, key: str) -> Withholding | None:
    """By what withholding the records of an address, given by its urlkey, were removed; None where they were not."""
    row = connection.execute(
        f"""SELECT {_COLUMNS} FROM main.withheld w JOIN main.withholdings h ON h.id = w.withholding_id
        WHERE h.purged_at IS NOT NULL AND h.lifted_at IS NULL AND h.scope <> 'article' AND {IS_PLACE} LIMIT 1""",
        places_of(key),
    ).fetchone()
    return _from_row(row) if row else None


def withheld_keys(connection: sqlite3.Connection, scope: WithholdingScope, subject: str) -> set[tuple[str, str]]:
    """Kind and key of all that is withheld now under this name."""
    rows = connection.execute(
        f"{ACTIVE.format('w.kind, w.key')} AND h.scope = ? AND h.subject = ?", (scope.value, subject)
    )
    return set(rows.fetchall())


def withheld_addresses(connection: sqlite3.Connection) -> Iterator[str]:
    """The addresses of captures that are withheld now by their own address."""
    named = f"{ACTIVE.format('w.key')} AND w.kind = 'address'"
    rows = connection.execute(f"SELECT DISTINCT url FROM main.captures WHERE urlkey IN ({named})")
    yield from (url for (url,) in rows)


def withheld_hosts(connection: sqlite3.Connection) -> set[str]:
    """The beginnings of the urlkeys of hosts that are withheld now."""
    return {key for (key,) in connection.execute(f"{ACTIVE.format('w.key')} AND w.kind = 'host'")}


def withheld_seqs(connection: sqlite3.Connection) -> list[int]:
    """`seq` of the latest version of each article that is withheld now."""
    named = f"{ACTIVE.format('w.key')} AND w.kind = 'article'"
    rows = connection.execute(f"SELECT DISTINCT latest FROM main.articles WHERE id IN ({named})")
    return [seq for (seq,) in rows]


_COLUMNS = "h.scope, h.subject, h.reason, h.note, h.withheld_at, h.until, h.lifted_at, h.lifted_note, h.purged_at"


def _first(connection: sqlite3.Connection, where: str, values: Sequence[str]) -> Withholding | None:
    row = connection.execute(f"{ACTIVE.format(_COLUMNS)} AND {where} ORDER BY h.id LIMIT 1", values).fetchone()
    return _from_row(row) if row else None


def _from_row(row: Sequence[str | None]) -> Withholding:
    scope, subject, reason, note, withheld_at, until, lifted_at, lifted_note, purged_at = row
    return Withholding(
        scope=WithholdingScope(scope), subject=subject or "", reason=WithholdingReason(reason), note=note or "",
        withheld_at=parse_warc_date(withheld_at or ""), until=parse_warc_date(until) if until else None,
        lifted_at=parse_warc_date(lifted_at) if lifted_at else None, lifted_note=lifted_note,
        purged_at=parse_warc_date(purged_at) if purged_at else None,
    )  # fmt: skip
