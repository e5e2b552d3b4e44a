"""The writer thread of a run: writes records, commits one transaction, then completes the futures."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import attrs

from archive.article import CaptureRef
from archive.catalog import Catalog
from archive.clock import SetBackWatch
from archive.collection import Collection
from archive.errors import RecordMissing
from archive.ingest import release as decide
from archive.ingest.queues import Admission, GroupQueue
from archive.ingest.release import PlacedRecord
from archive.originals import present_place
from archive.warc.exchange import Exchange, Original, Resource
from archive.warc.http import transfer_coding
from archive.warc.posted import real_address
from archive.warc.reader import read_message_head
from archive.warc.record import BuiltRecord
from archive.warc.writer import WarcWriter

T = TypeVar("T")
_GROUP_BYTES, _GROUP_COUNT, _GROUP_SECONDS = 4 * 1024 * 1024, 512, 0.05


@attrs.frozen
class _Write:
    exchange: Exchange | Resource
    promise: Future[CaptureRef]


@attrs.frozen
class _Decide:
    decide: Callable[[sqlite3.Connection], Any]
    promise: Future[Any]


class Writing:
    """Takes exchanges and decisions from any thread and commits them in groups: by bytes, by count or every 50 ms.

    A future is done when its result is durable. After an error of disk, catalog or clock `failure` is set, `on_failure`
    is called, and all futures since the last group fail with it.
    """

    def __init__(
        self,
        collection: Collection,
        catalog: Catalog,
        writer: WarcWriter,
        admission: Admission,
        watch: SetBackWatch,
        run_id: int,
        name: str,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.failure: Exception | None = None
        self.on_failure: Callable[[Exception], None] = lambda error: None
        self._collection, self._catalog, self._writer = collection, catalog, writer
        self._admission, self._watch = admission, watch
        self._run_id, self._newspaper = run_id, name
        self._file_ids: dict[str, int] = {}
        self._accounted = 0
        self._held: dict[str, Original] = {}  # payloads of the group that is being built
        self._queue: GroupQueue[_Write | _Decide] = GroupQueue(
            seconds=_GROUP_SECONDS, count=_GROUP_COUNT, size=_GROUP_BYTES
        )
        self._thread = threading.Thread(target=self._work, name=f"writer-{name}", daemon=True)
        self._thread.start()

    def write(self, exchange: Exchange | Resource) -> Future[CaptureRef]:
        """Write an admitted exchange or resource; done when its records are durable and its capture is entered."""
        promise: Future[CaptureRef] = Future()
        self._queue.put(_Write(exchange, promise), exchange.size)
        return promise

    def decide(self, function: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run a function in the transaction of the next group, after all earlier requests.

        ValueError, RecordMissing and IntegrityError fail its own future only.
        """
        promise: Future[T] = Future()
        self._queue.put(_Decide(function, promise))
        return promise

    def fail(self, error: Exception) -> None:
        """Write nothing more."""
        if self.failure is None:
            self.failure = error
            self.on_failure(error)

    def finish(self) -> None:
        """Finish all requests, close the file and end the thread. Blocks.

        Raises:
            OSError, sqlite3.Error: the disk or the catalog failed now.
        """
        self._queue.close()
        self._thread.join()
        if self.failure is None:
            self._close_file()

    # the thread

    def _work(self) -> None:
        going = True
        while going:
            group, going = self._queue.take(self._writer.seconds_left)  # without tasks a file may reach its age
            size = sum(task.exchange.size for task in group if isinstance(task, _Write))
            if self.failure is None:
                try:
                    self._watch.check()
                    self._commit(group)
                except Exception as error:
                    self.fail(error)
            if self.failure is not None:
                for task in group:
                    if not task.promise.done():
                        task.promise.set_exception(self.failure)
            self._admission.leave(size)

    def _commit(self, group: list[_Write | _Decide]) -> None:
        self._held.clear()
        placed = [self._place(task) for task in group if isinstance(task, _Write)]
        if placed:
            self._writer.sync()
        kept: list[tuple[Future[Any], Any, Exception | None]] = []
        if group:
            with self._catalog.transaction() as connection:
                if placed:
                    self._account(connection)
                for promise, record, name in placed:
                    decide.add_capture(connection, self._run_id, attrs.evolve(record, file_id=self._file_ids[name]))
                    kept.append((promise, _reference(record, name), None))
                kept += [_run(connection, task) for task in group if isinstance(task, _Decide)]
        for promise, result, error in kept:
            if error is None:
                promise.set_result(result)
            else:
                promise.set_exception(error)
        if self._writer.is_full:
            self._close_file()

    def _place(self, task: _Write) -> tuple[Future[CaptureRef], PlacedRecord, str]:
        builder = self._writer.current.builder
        if isinstance(task.exchange, Resource):
            records = [builder.resource(task.exchange)]
        else:
            records = builder.exchange(task.exchange, self._find_original)
            self._remember(records[0], task.exchange)
        places = [self._writer.append(record) for record in records]
        self.counts["WARC records"] += len(records)
        name, offset = places[0]
        return task.promise, PlacedRecord(records[0], task.exchange, 0, offset), name

    def _remember(self, record: BuiltRecord, exchange: Exchange) -> None:
        if record.type == "revisit":
            self.counts["revisits"] += 1
        elif record.payload_digest and record.message and record.message.status == 200:
            self._held.setdefault(
                record.payload_digest,
                Original(
                    record_id=record.record_id,
                    url=exchange.url,
                    captured_at=exchange.began_at,
                    transfer_coding=transfer_coding(record.message),
                ),
            )

    def _find_original(self, payload_digest: str) -> Original | None:
        if payload_digest in self._held:
            return self._held[payload_digest]
        holder = self._catalog.holder_of(payload_digest)
        if holder is None:
            return None
        head = read_message_head(self._collection.warc_file(holder.file), holder.offset)
        if head is None and (moved := present_place(self._collection, holder)):
            head = read_message_head(self._collection.warc_file(moved.file), moved.offset)
        return Original(
            record_id=holder.record_id,
            url=real_address(holder.url)[0],
            captured_at=holder.captured_at,
            transfer_coding=transfer_coding(head) if head else None,
        )

    def _account(self, connection: sqlite3.Connection) -> None:
        file = self._writer.current
        if file.name not in self._file_ids:
            row = connection.execute(
                """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32)
                VALUES (?, ?, ?, 'written', 'open', 0, 0)""",
                (file.name, self._newspaper, self._run_id),
            )
            assert row.lastrowid is not None
            self._file_ids[file.name] = row.lastrowid
            self.counts["WARC records"] += 1
            self._accounted = 0
        self.counts["WARC bytes"] += file.length - self._accounted
        self._accounted = file.length
        connection.execute(
            "UPDATE warc_files SET committed = ?, crc32 = ? WHERE id = ?",
            (file.length, file.crc32, self._file_ids[file.name]),
        )

    def _close_file(self) -> None:
        name = self._writer.close()
        if name is not None and name in self._file_ids:
            with self._catalog.transaction() as connection:
                connection.execute("UPDATE warc_files SET state = 'closed' WHERE id = ?", (self._file_ids[name],))


def _run(connection: sqlite3.Connection, task: _Decide) -> tuple[Future[Any], Any, Exception | None]:
    result, failure = None, None  # type: Any, Exception | None
    connection.execute("SAVEPOINT decision")
    try:
        result = task.decide(connection)
    except (ValueError, RecordMissing, sqlite3.IntegrityError) as error:
        # the error of one function: the rest of the group is committed
        connection.execute("ROLLBACK TO decision")
        failure = error
    connection.execute("RELEASE decision")
    return task.promise, result, failure


def _reference(placed: PlacedRecord, name: str) -> CaptureRef:
    return CaptureRef(
        record_id=placed.record.record_id,
        file=name,
        offset=placed.offset,
        length=len(placed.record.member),
        payload_digest=placed.record.payload_digest,
    )
