"""Enters the captures of WARC files into a new catalog, one file after the other."""

from __future__ import annotations

import base64
import binascii
import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from archive.catalog.captures import CaptureRow, insert_captures
from archive.catalog.former_files import enter_former
from archive.durable import free_name, make_directory, part_of, pieces_of, put
from archive.errors import ArchiveDamaged, NotAWarc, RecordDamaged
from archive.faults import Damage, Fault
from archive.ingest.import_archive import capture_row, is_capture
from archive.rebuild.account import LeftOut, Rebuilt
from archive.rebuild.heads import WarcHead
from archive.rebuild.runs import KnownRuns
from archive.warc.cdxj import urlkey
from archive.warc.http import HttpMessage, parse_message
from archive.warc.posted import indexed_address
from archive.warc.reader import Record, read_on, read_records
from archive.warc.recordhead import read_warc_fields

TORN, TAIL_SUFFIX = "torn", ".tail"  # the collection's folder of torn ends
_BATCH = 1000
_STEP = 1 << 20
# Header fields that the catalog stores only for addresses; read by frontier.py, dropped after the rebuild.
EXCHANGES = """CREATE TABLE scratch.exchanges (
    record_id TEXT PRIMARY KEY, kind TEXT, section TEXT, etag TEXT, last_modified TEXT, location TEXT,
    via TEXT) WITHOUT ROWID"""


@attrs.define
class _Exchange:
    row: CaptureRow
    kind: str | None = None
    section: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    location: str | None = None
    via: str | None = None


class CaptureEntry:
    """Enters WARC files. Of a file that a crash left open it enters the sound records and copies the torn end aside."""

    def __init__(self, connection: sqlite3.Connection, runs: KnownRuns, account: Rebuilt) -> None:
        self._connection, self._runs, self._account = connection, runs, account
        self._batch: dict[str, _Exchange] = {}
        self._file_id = self._run_id = 0

    def enter(self, head: WarcHead) -> None:
        """Enter a file and its captures, as one transaction."""
        self._connection.execute("BEGIN")
        run = self._runs.of_file(head)
        self._run_id = run.id
        self._file_id = self._begin(head, run.newspaper)
        with ThreadPoolExecutor(1) as pool:
            # while the records are read, so that the disk is read once
            measuring = None if head.is_open else pool.submit(_measure, head.path)
            end = 0
            for record in self._sound_records(head):
                self._take(head, record)
                end = record.offset + record.length
            self._flush()
            if head.is_open:
                self._keep_tail(head, end)
                measuring = pool.submit(_measure, head.path, end)
            assert measuring is not None
            sha256, crc32, size = measuring.result()
        if end == 0:
            self._connection.execute("ROLLBACK")  # nothing of it can be read
            return
        self._connection.execute(
            "UPDATE warc_files SET committed = ?, crc32 = ?, sha256 = ? WHERE id = ?",
            (size, crc32, None if head.is_open else sha256, self._file_id),
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

    def _sound_records(self, head: WarcHead) -> Iterator[Record]:
        """The records that can be read, before and after damage."""
        records = read_records(head.path)
        while True:
            try:
                yield from records
                return
            except NotAWarc as error:
                place, fault = 0, error.fault
            except RecordDamaged as error:
                place, fault = error.offset, error.fault
            except OSError as error:
                unreadable = Fault.of(Damage.UNREADABLE, found=error.strerror or str(error))
                self._account.left_out.append(LeftOut(head.path.name, unreadable))
                return
            self._account.left_out.append(LeftOut(head.path.name, fault, offset=place))
            records = read_on(head.path, place)

    def _take(self, head: WarcHead, record: Record) -> None:
        if head.parts:
            self._go_to_run(record)
        if is_capture(record):
            if len(self._batch) >= _BATCH:
                self._flush()
            try:
                exchange = _Exchange(capture_row(record))
            except ArchiveDamaged as error:
                self._account.left_out.append(LeftOut(head.path.name, error.fault, offset=record.offset))
                return
            message = record.http
            if head.newspaper is not None and message is None and record.type != "resource":
                exchange.row.mime = None  # the media type of the record is not that of the answer
            _read_fields(exchange, message)
            self._batch.setdefault(record.record_id, exchange)
        elif record.type in ("metadata", "request"):
            about = self._batch.get((record.header("WARC-Concurrent-To") or "").strip("<>"))
            if about is not None and record.type == "metadata":
                _describe(about, read_warc_fields(record.block))
            elif about is not None and head.newspaper is not None and record.block.startswith(b"POST "):
                about.row.url = indexed_address(about.row.url, record.block)
                about.row.urlkey = urlkey(about.row.url)

    def _go_to_run(self, record: Record) -> None:
        """Enter what follows as captures of the run that wrote the record: a joined file holds those of several."""
        info_id = record.record_id if record.type == "warcinfo" else record.header("WARC-Warcinfo-ID") or ""
        run = self._runs.of_info(info_id.strip("<>"))
        if run is not None and run.id != self._run_id:
            self._flush()
            self._run_id = run.id

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
        folder = head.path.parent.with_name(TORN)
        make_directory(folder)
        kept = free_name(folder / (head.name + TAIL_SUFFIX))
        part = part_of(kept)
        with head.path.open("rb") as source, part.open("wb") as target:
            source.seek(end)
            while piece := source.read(_STEP):
                target.write(piece)
        put(part, kept)
        self._account.kept.append(kept)


def _read_fields(exchange: _Exchange, message: HttpMessage | None) -> None:
    if message is not None:
        exchange.etag, exchange.last_modified = message.field("ETag"), message.field("Last-Modified")
        if message.status is not None and 300 < message.status < 400:
            exchange.location = message.field("Location")


def _describe(exchange: _Exchange, fields: dict[str, str]) -> None:
    exchange.kind = fields.get("baotinh-kind")
    exchange.section = fields.get("baotinh-section")
    exchange.via = fields.get("via")
    if "http-response-head" in fields:  # of an answer whose revisit record has an empty block
        try:
            message = parse_message(base64.b64decode(fields["http-response-head"]))
        except binascii.Error:
            return
        if message is not None:
            exchange.row.status, exchange.row.mime = message.status, message.mime
            _read_fields(exchange, message)


def _measure(path: Path, end: int | None = None) -> tuple[str, int, int]:
    """SHA-256, CRC-32 and number of a file's bytes, up to `end` where given."""
    sha256, crc32, size = hashlib.sha256(), 0, 0
    for piece in pieces_of(path, end):
        sha256.update(piece)
        crc32 = zlib.crc32(piece, crc32)
        size += len(piece)
    return sha256.hexdigest(), crc32, size
