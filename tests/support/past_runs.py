"""A collection with runs, captures and articles of past days, entered straight into its catalog."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.clock import warc_date
from archive.collection import Collection
from archive.health.alarms import examine

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Past:
    """A collection's past, written row by row."""

    def __init__(self, root: Path) -> None:
        self.collection = Collection.create(root)
        self.collection.catalog(writable=True).close()
        self._number = 0

    def write(self, statement: str, *values: object) -> int:
        with self.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
            return connection.execute(statement, values).lastrowid or 0

    def run(
        self,
        ago: timedelta,
        outcome: str = "finished",
        failure: str | None = None,
        kind: str | None = None,
        **counts: int,
    ) -> int:
        self._number += 1
        said = {name.replace("_", " "): count for name, count in counts.items()}
        return self.write(
            """INSERT INTO runs (name, newspaper, started_at, finished_at, outcome, source, software, settings, counts,
            failure, failure_kind) VALUES (?, 'baocantho', ?, ?, ?, 'network', '', '{}', ?, ?, ?)""",
            f"baocantho-{self._number}", warc_date(NOW - ago), warc_date(NOW - ago), outcome, json.dumps(said), failure,
            kind,
        )  # fmt: skip

    def articles(self, section: str, agos: Sequence[timedelta]) -> None:
        with self.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
            for ago in agos:
                self._number += 1
                at = warc_date(NOW - ago)
                connection.execute(
                    """INSERT INTO articles (id, newspaper, latest, first_captured_at, last_captured_at, section,
                    published_at) VALUES (?, 'baocantho', 0, ?, ?, ?, ?)""",
                    (f"baocantho:{self._number}", at, at, section, at),
                )

    def found(self, instant: datetime = NOW) -> dict[tuple[str, str], str]:
        with self.collection.catalog() as catalog:
            alarms = examine(self.collection, catalog, instant)
        return {(alarm.kind, alarm.subject): alarm.detail for alarm in alarms if alarm.kind != "disk"}


@pytest.fixture
def past(tmp_path: Path) -> Past:
    """A newspaper whose hourly runs of two days went well."""
    past = Past(tmp_path / "held")
    for hours in range(48, 0, -1):
        past.run(hours * HOUR, pages=20, articles_new=3)
    return past
