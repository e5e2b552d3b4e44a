"""The JSON lines of a run, a projection of its released versions, and behind them of its later readings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from archive.catalog import Catalog
from archive.catalog.readings import readings_after
from archive.collection import OPEN_SUFFIX, Collection, sync_directory

_BATCH = 500


def released_lines(catalog: Catalog, run_id: int) -> Iterator[bytes]:
    """The lines of all versions that a run released, then of its later readings, in order, some hundred at a time."""
    seq = reading = 0
    while versions := catalog.versions_after(seq, run_id=run_id, limit=_BATCH):
        yield b"".join(version.raw + b"\n" for version in versions)
        seq = versions[-1].seq
    while readings := readings_after(catalog.connection, reading, run_id=run_id, limit=_BATCH):
        yield b"".join(one.raw + b"\n" for one in readings)
        reading = readings[-1].id


class RunLines:
    """Writes the released versions of a run to `<run>.jsonl`, '.open' during the run. For one thread at a time."""

    def __init__(self, collection: Collection, run_id: int, run_name: str) -> None:
        """Begin a new file; lines of an earlier process are removed and written again from the catalog."""
        self._collection, self._run_id, self._seq = collection, run_id, 0
        self._open = collection.jsonl / f"{run_name}.jsonl{OPEN_SUFFIX}"
        self._open.unlink(missing_ok=True)

    @property
    def path(self) -> Path:
        """The finished file."""
        return self._open.with_suffix("")

    def follow(self) -> int:
        """Write the lines of all releases since the last call; how many."""
        with self._collection.catalog() as catalog:
            return self._write(catalog)

    def finish(self) -> int:
        """Write the remaining lines, durably, and rename the file. A run without articles has none."""
        with self._collection.catalog() as catalog:
            written = self._write(catalog) + self._write_readings(catalog)
        if self._open.exists():
            with self._open.open("rb+") as stream:
                os.fsync(stream.fileno())
            self._open.rename(self.path)
            sync_directory(self.path.parent)
        return written

    def _write(self, catalog: Catalog) -> int:
        written = 0
        while versions := catalog.versions_after(self._seq, run_id=self._run_id, limit=_BATCH):
            with self._open.open("ab") as stream:
                stream.write(b"".join(version.raw + b"\n" for version in versions))
            self._seq = versions[-1].seq
            written += len(versions)
        return written

    def _write_readings(self, catalog: Catalog) -> int:
        """Behind all versions: a run that reads again writes no line until its end."""
        written = reading = 0
        while readings := readings_after(catalog.connection, reading, run_id=self._run_id, limit=_BATCH):
            with self._open.open("ab") as stream:
                stream.write(b"".join(one.raw + b"\n" for one in readings))
            reading = readings[-1].id
            written += len(readings)
        return written
