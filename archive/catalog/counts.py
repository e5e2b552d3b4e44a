"""Counts that triggers keep as rows, each within the transaction that changes what it counts.

A page reads a few rows instead of a whole table. A rebuild enters the counted rows anew, and so the counts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import attrs

# The day of publication by Vietnam's clock; a time that is none is kept as it is.
_DAY = "coalesce(date({row}published_at, '+7 hours'), substr({row}published_at, 1, 10))"
_SECTION = "coalesce({row}section, '')"
_IS_DEMONSTRATION = "{row}source = 'demonstration'"
_FILE = "(SELECT newspaper FROM warc_files f WHERE f.id = {row}file_id)"
_DUE = "substr({row}next_due_at, 1, 10)"
_RUN = ("{row}newspaper", "coalesce({row}job, '')", "coalesce({row}outcome, 'running')", _IS_DEMONSTRATION)
# A window over the sources of each address finds those that a single source named.
SOURCES_FROM_SCRATCH = """SELECT newspaper, kind, source, count(*), count(*) FILTER (WHERE sources = 1), max(found_at)
    FROM (SELECT newspaper, url, kind, source, found_at, count(*) OVER (PARTITION BY newspaper, url) AS sources
        FROM discovery_sources) GROUP BY newspaper, kind, source"""


@attrs.frozen
class _Count:
    """A table with a count of the rows of another; `keys`: its keys, as expressions over {row}; `by`: what one adds."""

    table: str
    of: str
    keys: tuple[str, ...]
    by: str = "1"
    where: str = "1"

    def change(self, row: str, sign: str) -> str:
        """The statement of a trigger that adds a row, which is called `new.` or `old.`, or takes it off."""
        keys, by = ", ".join(key.format(row=row) for key in self.keys), f"{sign}({self.by.format(row=row)})"
        return f"""INSERT INTO {self.table} SELECT {keys}, {by} WHERE {self.where.format(row=row)}
            ON CONFLICT DO UPDATE SET count = count + excluded.count;"""

    def from_scratch(self) -> str:
        """The statement that counts all rows."""
        keys = ", ".join(key.format(row="") for key in self.keys)
        numbers = ", ".join(str(number) for number in range(1, len(self.keys) + 1))
        where = self.where.format(row="")
        return f"SELECT {keys}, sum({self.by.format(row='')}) FROM {self.of} WHERE {where} GROUP BY {numbers}"


_PAPER, _IS_DATED = "{row}newspaper", "{row}published_at IS NOT NULL"
_DAYS = _Count("published_days", "articles", (_PAPER, _DAY, _SECTION), where=_IS_DATED)
_MONTHS = _Count("published_months", "articles", (_PAPER, f"substr({_DAY}, 1, 7)", _SECTION), where=_IS_DATED)
_ARTICLES = _Count("held", "articles", (_PAPER, "'articles'"))
_ADDRESSES = _Count("held", "addresses", (_PAPER, "'addresses'"))
_CAPTURES = _Count("held", "captures", (_FILE, "'captures'"))
_BYTES = _Count("held", "warc_files", (_PAPER, "'WARC bytes'"), by="{row}committed")
_DUE_DAYS = _Count("due_days", "addresses", (_PAPER, _DUE))
_RUNS = _Count("run_counts", "runs", _RUN)
KEPT = (_DAYS, _MONTHS, _ARTICLES, _ADDRESSES, _CAPTURES, _BYTES, _DUE_DAYS, _RUNS)
# On each table: the counts that a row joins and leaves, those that an update of some columns moves it between, and the
# table whose rows are dropped where they count nothing any more. One trigger for several counts: each connection reads
# the text of all of them.
_TRIGGERS = (
    ("articles", (_ARTICLES, _DAYS, _MONTHS), (_DAYS, _MONTHS), ("section", "published_at"), ""),
    ("addresses", (_ADDRESSES, _DUE_DAYS), (_DUE_DAYS,), ("next_due_at",), "due_days"),
    ("captures", (_CAPTURES,), (), (), ""),
    ("warc_files", (_BYTES,), (_BYTES,), ("committed",), ""),
    ("runs", (_RUNS,), (_RUNS,), ("job", "outcome", "source"), "run_counts"),
)


def _triggers() -> Iterator[str]:
    for table, joined, moved, columns, dropped in _TRIGGERS:
        new, old = (" ".join(one.change(row, sign) for one in joined) for row, sign in (("new.", "+"), ("old.", "-")))
        drop = f" DELETE FROM {dropped} WHERE newspaper = old.newspaper AND count = 0;" if dropped else ""
        yield f"CREATE TRIGGER {table}_joined AFTER INSERT ON {table} BEGIN {new} END;\n"
        yield f"CREATE TRIGGER {table}_left AFTER DELETE ON {table} BEGIN {old}{drop} END;\n"
        if moved:
            moves = " ".join(one.change("old.", "-") + " " + one.change("new.", "+") for one in moved)
            changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
            yield f"""CREATE TRIGGER {table}_moved AFTER UPDATE OF {", ".join(columns)} ON {table} WHEN {changed}
                BEGIN {moves}{drop} END;\n"""


STEP = (
    """
    CREATE TABLE published_days (          -- articles by day and section; without a section: empty
        newspaper TEXT NOT NULL, day TEXT NOT NULL, section TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (newspaper, day, section)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE published_months (        -- likewise by month
        newspaper TEXT NOT NULL, month TEXT NOT NULL, section TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (newspaper, month, section)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE held (                    -- of a newspaper: articles, addresses, captures, WARC bytes
        newspaper TEXT NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (newspaper, what)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE due_days (                -- addresses by the day on which they are due, in UTC
        newspaper TEXT NOT NULL, day TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (newspaper, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE run_counts (              -- runs; without a job: empty; without an outcome: running
        newspaper TEXT NOT NULL, job TEXT NOT NULL, outcome TEXT NOT NULL, is_demonstration INTEGER NOT NULL,
        count INTEGER NOT NULL, PRIMARY KEY (newspaper, job, outcome, is_demonstration)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE source_counts (           -- articles by discovery source; `alone`: that no other source named
        newspaper TEXT NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL, count INTEGER NOT NULL,
        alone INTEGER NOT NULL, last_at TEXT NOT NULL, PRIMARY KEY (newspaper, kind, source)
    ) STRICT, WITHOUT ROWID;
"""
    + "".join(f"    INSERT INTO {one.table} {one.from_scratch()};\n" for one in KEPT)
    + "".join(_triggers())
    + f"""
    INSERT INTO source_counts {SOURCES_FROM_SCRATCH};
    -- its rows are never deleted: what a source named once, it named
    CREATE TRIGGER discovery_sources_joined AFTER INSERT ON discovery_sources BEGIN
        INSERT INTO source_counts SELECT new.newspaper, new.kind, new.source, 1, count(*) = 1, new.found_at
            FROM discovery_sources o WHERE o.newspaper = new.newspaper AND o.url = new.url
            ON CONFLICT DO UPDATE SET count = count + 1, alone = alone + excluded.alone,
                last_at = max(last_at, excluded.last_at);
        UPDATE source_counts SET alone = alone - 1 WHERE newspaper = new.newspaper AND (kind, source) = (
            SELECT max(o.kind), max(o.source) FROM discovery_sources o
            WHERE o.newspaper = new.newspaper AND o.url = new.url AND (o.kind, o.source) <> (new.kind, new.source)
            HAVING count(*) = 1);
    END;
"""
)


def held(connection: sqlite3.Connection, what: str) -> dict[str, int]:
    """Of each newspaper how many `articles`, `addresses`, `captures` or `WARC bytes` there are."""
    return dict(connection.execute("SELECT newspaper, count FROM held WHERE what = ?", (what,)).fetchall())


def count_due(connection: sqlite3.Connection, newspaper: str, instant: str) -> int:
    """How many addresses of a newspaper are due at an instant, a WARC-Date."""
    day = instant[:10]
    row = connection.execute(
        """SELECT (SELECT coalesce(sum(count), 0) FROM due_days WHERE newspaper = :newspaper AND day < :day)
        + (SELECT count(*) FROM addresses WHERE newspaper = :newspaper AND next_due_at >= :day
            AND next_due_at <= :instant AND kind IN ('section', 'feed', 'sitemap', 'article', 'picture'))""",
        {"newspaper": newspaper, "day": day, "instant": instant},
    ).fetchone()
    return int(row[0])


@attrs.frozen
class RunCount:
    """How many runs a newspaper and a job have of an outcome; `job`: empty where there is none."""

    newspaper: str
    job: str
    outcome: str
    is_demonstration: bool
    count: int


def run_counts(connection: sqlite3.Connection) -> list[RunCount]:
    """The counts of all runs, by newspaper, job and outcome."""
    rows = connection.execute("SELECT newspaper, job, outcome, is_demonstration, count FROM run_counts")
    return [RunCount(newspaper, job, outcome, bool(demo), count) for newspaper, job, outcome, demo, count in rows]
