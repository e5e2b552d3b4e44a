"""Runs of crawls, with the pages that gave no article, and the newspapers that they crawled."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Self

import attrs

from archive.catalog.counts import run_counts
from archive.clock import parse_warc_date
from archive.errors import FailureKind
from archive.reasons import coded_reason

_RUN = """SELECT id, name, newspaper, started_at, finished_at, outcome, source, software, settings, counts, job, log,
    failure, failure_kind, retry_of FROM runs """
_RUNNING = "running"  # of runs without an outcome yet
_IS_LAST_ATTEMPT = """NOT EXISTS (SELECT 1 FROM runs AS later WHERE later.id > runs.id
    AND later.retry_of = coalesce(runs.retry_of, runs.name))"""


@attrs.frozen
class Run:
    """A row of the runs."""

    id: int
    name: str
    newspaper: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    source: str
    software: str
    settings: dict[str, Any]
    counts: dict[str, int]
    job: str | None
    log: str | None
    failure: str | None
    failure_kind: FailureKind | None = None
    retry_of: str | None = None  # the name of the scheduled run that this one makes up for

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """The run of a row."""
        values = list(row)
        values[3], values[4] = parse_warc_date(values[3]), _instant(values[4])
        values[4] = values[4] and max(values[3], values[4])  # of a run that an earlier version recovered
        values[8], values[9] = json.loads(values[8]), json.loads(values[9])
        values[13] = FailureKind(values[13]) if values[13] else None
        return cls(*values)


def _instant(text: str | None) -> datetime | None:
    return parse_warc_date(text) if text else None


class RunQueries:
    """Queries of runs and newspapers."""

    connection: sqlite3.Connection

    def runs(
        self,
        limit: int = 100,
        *,
        job: str | None = None,
        newspaper: str | None = None,
        outcome: str | None = None,
        offset: int = 0,
        last_attempts: bool = False,
    ) -> list[Run]:
        """The latest runs, newest first; of one job, newspaper or outcome where it is given.

        Args:
            outcome: `running` for runs without an outcome yet.
            offset: how many of the newest are skipped.
            last_attempts: of a run and those that made up for it, the last only.
        """
        asked = {"job": job, "newspaper": newspaper, "outcome": None if outcome == _RUNNING else outcome}
        named = [f"{column} = :{column}" for column, value in asked.items() if value is not None]
        named += ["outcome IS NULL"] if outcome == _RUNNING else []
        named += [_IS_LAST_ATTEMPT] if last_attempts else []
        where = f"WHERE {' AND '.join(named)} " if named else ""
        rows = self.connection.execute(
            _RUN + where + "ORDER BY id DESC LIMIT :limit OFFSET :offset", asked | {"limit": limit, "offset": offset}
        )
        return [Run.from_row(row) for row in rows]

    def latest_runs(self, newspaper: str, most: int) -> Iterator[Run]:
        """The latest runs of a newspaper, newest first, at most so many; read as far as they are asked for."""
        rows = self.connection.execute(_RUN + "WHERE newspaper = ? ORDER BY id DESC LIMIT ?", (newspaper, most))
        return map(Run.from_row, rows)

    def every_run(self) -> Iterator[Run]:
        """All runs, the oldest first; no read transaction is held between them."""
        last = 0
        while rows := self.connection.execute(_RUN + "WHERE id > ? ORDER BY id LIMIT 200", (last,)).fetchall():
            yield from map(Run.from_row, rows)
            last = rows[-1][0]

    def unfinished_runs(self) -> int:
        """How many runs have not ended."""
        return self.count_runs(outcome=_RUNNING)

    def count_runs(self, *, job: str | None = None, newspaper: str | None = None, outcome: str | None = None) -> int:
        """How many runs there are, with the filters of `runs`."""
        return sum(
            one.count
            for one in run_counts(self.connection)
            if job in (None, one.job) and newspaper in (None, one.newspaper) and outcome in (None, one.outcome)
        )

    def last_run(self, job: str, newspaper: str) -> Run | None:
        """The latest run of a job for a newspaper."""
        return next(iter(self.runs(1, job=job, newspaper=newspaper)), None)

    def attempts(self, run: Run) -> list[Run]:
        """The scheduled run that this one is or makes up for, and all that made up for it, the oldest first."""
        first = run.retry_of or run.name
        rows = self.connection.execute(_RUN + "WHERE name = ?1 OR retry_of = ?1 ORDER BY id", (first,))
        return [Run.from_row(row) for row in rows]

    def run(self, name: str) -> Run | None:
        """The run of that name."""
        row = self.connection.execute(_RUN + "WHERE name = ?", (name,)).fetchone()
        return Run.from_row(row) if row else None

    def rejections(self, run_id: int) -> list[tuple[str, str | None, dict[str, str]]]:
        """Pages of a run that gave no article: address, record id, reason per field."""
        rows = self.connection.execute(
            "SELECT url, record_id, reasons FROM rejections WHERE run_id = ? ORDER BY id", (run_id,)
        )
        return [(url, record_id, json.loads(reasons)) for url, record_id, reasons in rows]

    def rejected_urls(self) -> set[str]:
        """The addresses of all pages that gave no article, in any run."""
        return {row[0] for row in self.connection.execute("SELECT DISTINCT url FROM rejections")}

    def is_demonstration(self) -> bool:
        """Whether the collection holds articles that were written for a demonstration."""
        return any(one.is_demonstration for one in run_counts(self.connection) if one.count)

    def newspapers(self) -> dict[str, dict[str, Any]]:
        """The newspapers held, by name: title, provinces, hosts, time zone, sections."""
        return {
            name: json.loads(profile)
            for name, profile in self.connection.execute("SELECT name, profile FROM newspapers")
        }


def code_older_rejections(connection: sqlite3.Connection) -> None:
    """Store as codes the reasons of rejections that an older version wrote in words."""
    for rejection, reasons in connection.execute("SELECT id, reasons FROM rejections").fetchall():
        coded = {field: coded_reason(str(reason)) for field, reason in json.loads(reasons).items()}
        values = (json.dumps(coded, ensure_ascii=False), rejection)
        connection.execute("UPDATE rejections SET reasons = ? WHERE id = ?", values)
