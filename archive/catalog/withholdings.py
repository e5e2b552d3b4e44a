"""What is withheld from readers, each for a reason; nothing is deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import attrs

from archive.catalog.withheld import ACTIVE, IS_ACTIVE, IS_PLACE, KeyOf, WithholdingScope, enter_keys, host_of
from archive.clock import parse_warc_date, warc_date
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
    -- what each comprises: articles by id, addresses by urlkey, hosts by the urlkey's beginning
    CREATE TABLE withheld (
        kind TEXT NOT NULL CHECK (kind IN ('article', 'address', 'host')),
        key TEXT NOT NULL,
        withholding_id INTEGER NOT NULL REFERENCES withholdings,
        PRIMARY KEY (kind, key, withholding_id)
    ) STRICT, WITHOUT ROWID;
    """


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
    enter_keys(connection, number, one.scope, one.subject, key_of)
    return number


def lift(connection: sqlite3.Connection, scope: WithholdingScope, subject: str, instant: datetime, note: str) -> int:
    """Enter that what was withheld under this name no longer is; within a transaction. How many rows that ended."""
    return connection.execute(
        f"""UPDATE withholdings AS h SET lifted_at = ?, lifted_note = ? WHERE scope = ? AND subject = ?
        AND {IS_ACTIVE}""",
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
    return _first(connection, IS_PLACE, (key, host_of(key)))


def enter_purged(connection: sqlite3.Connection, scope: WithholdingScope, subject: str, instant: datetime) -> None:
    """Enter that the records of what is withheld under this name were removed; within a transaction."""
    connection.execute(
        "UPDATE withholdings SET purged_at = ? WHERE scope = ? AND subject = ? AND lifted_at IS NULL",
        (warc_date(instant), scope.value, subject),
    )


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


def _date(instant: datetime | None) -> str | None:
    return warc_date(instant) if instant else None
