"""Runs that could not be entered in the catalog: remembered outside the collection until they can be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import attrs
import cattrs
from filelock import FileLock

from archive.catalog import Catalog
from archive.collection import Collection
from archive.daemon.state_folder import state_folder
from archive.durable import part_of, put
from archive.errors import FailureKind
from archive.ingest.recovery import recover_ended
from archive.ingest.runs import RunDescription, enter_failed, note_failure
from archive.plain_values import plain_converter
from crawler.runs.session_extension import software

_MOST = 1000  # an outage of a year, with a run every nine hours


@attrs.frozen(kw_only=True)
class UnenteredRun:
    """A run of a job that failed, or whose end could not be entered.

    Args:
        name: its name in the catalog, where it could begin.
    """

    job: str
    newspaper: str
    source: str
    began_at: datetime
    ended_at: datetime
    failure: str
    failure_kind: FailureKind
    name: str | None = None
    retry_of: str | None = None


class UnenteredRuns:
    """The file of them for one collection; for several processes and threads."""

    def __init__(self, root: Path) -> None:
        """Find the file.

        Raises:
            OSError: no folder of the machine can be written.
        """
        self._path = state_folder(root) / "unentered.json"
        self._lock = self._path.with_suffix(".lock")

    def remember(self, run: UnenteredRun) -> None:
        """Add a run, durably.

        Raises:
            OSError: it cannot be written.
        """
        with self._changing():
            self._write([*self.read(), run][-_MOST:])

    def read(self) -> list[UnenteredRun]:
        """All of them, the oldest first."""
        try:
            return plain_converter().structure(json.loads(self._path.read_text("utf-8")), list[UnenteredRun])
        except (OSError, ValueError, TypeError, cattrs.BaseValidationError):
            return []

    def holds(self, job: str, newspaper: str) -> bool:
        """Whether a run of a job is among them."""
        return any((one.job, one.newspaper) == (job, newspaper) for one in self.read())

    def enter(self, collection: Collection) -> list[UnenteredRun]:
        """Enter all of them in the catalog, and forget them; those that were entered.

        A process that is killed meanwhile enters some a second time, never none.

        Raises:
            one of UNWRITABLE: the catalog still cannot be written; none is forgotten.
        """
        if not self._path.exists():
            return []
        with self._changing():
            if not (runs := self.read()):
                return []
            with collection.catalog(writable=True) as catalog:
                for run in runs:
                    _enter(collection, catalog, run)
            self._path.unlink(missing_ok=True)
        recover_ended(collection, *{run.newspaper for run in runs})
        return runs

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with FileLock(self._lock):
            yield

    def _write(self, runs: list[UnenteredRun]) -> None:
        part = part_of(self._path)
        part.write_text(json.dumps(plain_converter().unstructure(runs), ensure_ascii=False, indent=1), encoding="utf-8")
        put(part, self._path)


def _enter(collection: Collection, catalog: Catalog, run: UnenteredRun) -> None:
    entered = catalog.run(run.name) if run.name else None
    if entered is not None:
        if entered.failure is None:
            note_failure(catalog, entered.id, run.failure, run.failure_kind)
        return
    description = RunDescription(
        newspaper=run.newspaper, source=run.source, software=software(), settings={}, warcinfo={}, job=run.job,
        retry_of=run.retry_of,
    )  # fmt: skip
    enter_failed(collection, catalog, description, run.began_at, run.ended_at, run.failure, run.failure_kind)
