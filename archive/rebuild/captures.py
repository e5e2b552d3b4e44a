"""Enters the captures of WARC files into a new catalog, one file after the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from archive.catalog.captures import insert_captures
from archive.catalog.former_files import enter_former
from archive.catalog.imported_pages import note_converted
from archive.durable import free_name, make_directory, part_of, put
from archive.ingest.foreign.converting import SOURCE_SHA256
from archive.rebuild.account import LeftOut, Rebuilt
from archive.rebuild.heads import WarcHead
from archive.rebuild.reading import Exchange, Measured
from archive.rebuild.runs import KnownRuns

TORN, TAIL_SUFFIX = "torn", ".tail"  # the collection's folder of torn ends
_BATCH = 1000
_STEP = 1 << 20
# Header fields that the catalog stores only for addresses; read by frontier.py, dropped after the rebuild.
EXCHANGES = """CREATE TABLE scratch.exchanges (
    record_id TEXT PRIMARY KEY, kind TEXT, section TEXT, etag TEXT, last_modified TEXT, location TEXT,
    via TEXT) WITHOUT ROWID"""


class CaptureEntry:
    """Enters WARC files. Of a file that a crash left open it enters the sound records and copies the torn end aside."""

    def __init__(self, connection: sqlite3.Connection, runs: KnownRuns, account: Rebuilt) -> None:
        self._connection, self._runs, self._account = connection, runs, account
        self._batch: dict[str, Exchange] = {}
        self._file_id = self._run_id = 0

    def enter(self, head: WarcHead, results: Iterator[Exchange | LeftOut | Measured]) -> None:
        """Enter a file and its captures, as one transaction; `results` of `read_file`."""
        self._connection.execute("BEGIN")
        run = self._runs.of_file(head)
        self._run_id = run.id
        self._file_id = self._begin(head, run.newspaper)
        if head.newspaper is None and (source := head.said.get(SOURCE_SHA256)):
            note_converted(self._connection, self._file_id, source)
        left_out: list[LeftOut] = []
        for one in results:
            if isinstance(one, LeftOut):
                left_out.append(one)
            elif isinstance(one, Measured):
                measured = one
            else:
                if head.parts:
                    self._go_to_run(one.info_id)
                if len(self._batch) >= _BATCH:
                    self._flush()
                self._batch.setdefault(one.row.record_id, one)
        self._flush()
        if run.lost_in(head.name) != len(left_out):  # else its import has told of it
            self._account.left_out += left_out
        if head.is_open:
            self._keep_tail(head, measured.end)
        if measured.end == 0:
            self._connection.execute("ROLLBACK")  # nothing of it can be read
            return
        self._connection.execute(
            "UPDATE warc_files SET committed = ?, crc32 = ?, sha256 = ? WHERE id = ?",
            (measured.size, measured.crc32, None if head.is_open else measured.sha256, self._file_id),
        )
        self._enter_parts(head)
        self._connection.execute("COMMIT")
        self._account.files += 1

    def _enter_parts(self, head: WarcHead) -> None:
        for part in head.parts:
            enter_former(self._connection, part.name, self._runs.of_file(part).id, self._file_id, part.place)

    def enter_former(self, head: WarcHead, holder: WarcHead, place: range) -> None:
        """Enter a file that was left out, because another one that was entered has its bytes."""
        row = self._connection.execute("SELECT id, run_id FROM warc_files WHERE name = ?", (holder.name,)).fetchone()
        if row:
            enter_former(self._connection, head.name, row[1], row[0], place)

    def _go_to_run(self, info_id: str) -> None:
        """Enter what follows as captures of the run that wrote it: a joined file holds those of several."""
        run = self._runs.of_info(info_id)
        if run is not None and run.id != self._run_id:
            self._flush()
            self._run_id = run.id

    def _begin(self, head: WarcHead, newspaper: str) -> int:
        row = self._connection.execute(
            """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32)
            VALUES (?, ?, ?, ?, ?, 0, 0)""",
            (
                head.name,
                head.newspaper or newspaper,
                self._run_id,
                "written" if head.newspaper is not None else "imported",
                "open" if head.is_open else "closed",
            ),
        )
        return row.lastrowid or 0

    def _flush(self) -> None:
        rows = [exchange.row for exchange in self._batch.values()]
        entered = insert_captures(self._connection, self._file_id, self._run_id, rows, may_be_known=True)
        self._account.captures += entered
        self._account.repeated += len(rows) - entered
        self._connection.executemany(
            "INSERT OR IGNORE INTO scratch.exchanges VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (record_id, one.kind, one.section, one.etag, one.last_modified, one.location, one.via)
                for record_id, one in self._batch.items()
                if one.kind or one.etag or one.last_modified or one.location
            ],
        )
        self._batch.clear()

    def _keep_tail(self, head: WarcHead, end: int) -> None:
        """Copy the end of the file after the last sound record, which recovery cuts, to a file of its own."""
        size = head.path.stat().st_size
        if size == end:
            return
        # the torn end that a crash leaves is not reported as damage
        left_out = self._account.left_out
        while left_out and (left_out[-1].file, left_out[-1].offset) == (head.path.name, end):
            left_out.pop()
        folder = self._runs.root / TORN
        make_directory(folder)
        kept = free_name(folder / (head.name + TAIL_SUFFIX))
        part = part_of(kept)
        with head.path.open("rb") as source, part.open("wb") as target:
            source.seek(end)
            while piece := source.read(_STEP):
                target.write(piece)
        put(part, kept)
        self._account.kept.append(kept)
