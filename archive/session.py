"""One run's writing: a thread that puts exchanges on disk, then into the catalog, then releases articles.

The release protocol lives here, in this order: records written and synced; one transaction with their captures and
with what was decided about articles; only then the promises are kept. It fetches nothing and reads no page.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import attrs

from archive import release as decide
from archive.admission import Admission
from archive.article import Article, CaptureRef
from archive.clock import Clock, now
from archive.collection import Collection
from archive.errors import RecordMissing
from archive.recovery import recover
from archive.release import DueAgain, Fetched, PlacedRecord, Release, Seen
from archive.runs import RunCard, begin_run, end_run
from archive.takein import TakenIn, take_in
from archive.warc.record import Exchange, build_exchange, new_record_id
from archive.warc.writer import DEFAULT_ROTATE_BYTES, WarcWriter

T = TypeVar("T")

QUEUE_BYTES = 64 * 1024 * 1024
_GROUP_BYTES, _GROUP_COUNT, _GROUP_SECONDS = 4 * 1024 * 1024, 512, 0.05


@attrs.frozen
class _Write:
    exchange: Exchange
    promise: Future[CaptureRef]


@attrs.frozen
class _Decide:
    decide: Callable[[sqlite3.Connection], Any]
    promise: Future[Any]


class SessionHolder:
    """Whoever owns the session of a crawl; pipelines find it among the crawler's extensions by this class."""

    session: Session


def session_of(crawler: Any) -> Session:
    """The session of a crawl, held by one of its extensions.

    Raises:
        RuntimeError: none of them holds one.
    """
    holder = crawler.get_extension(SessionHolder)
    if holder is None:
        raise RuntimeError("no extension holds a session: EXTENSIONS must name crawler.archiving.Archiving")
    session: Session = holder.session
    return session


class Session:
    """The writing session of one run of one newspaper.

    Its methods may be called from any thread and do not block; what they return is kept by the writer thread. Once a
    disk or the catalog has refused, `failure` is set and every promise since the last group fails with it.
    """

    def __init__(
        self,
        collection: Collection,
        run: RunCard,
        due_again: DueAgain,
        *,
        clock: Clock = now,
        new_id: Callable[[], str] = new_record_id,
        queue_bytes: int = QUEUE_BYTES,
        rotate_bytes: int = DEFAULT_ROTATE_BYTES,
    ) -> None:
        """Lock the newspaper, bring in order what a crash left, and begin the run.

        Raises:
            NewspaperLocked: it is being crawled into this collection already.
            CollectionInconsistent: what is on disk contradicts the catalog.
        """
        self.collection, self.run, self.clock, self.new_id = collection, run, clock, new_id
        self.counts: Counter[str] = Counter()
        self.failure: BaseException | None = None
        self.on_failure: Callable[[BaseException], None] = lambda error: None
        self._due_again = due_again
        self._held = ExitStack()
        self._held.enter_context(collection.lock(run.newspaper))
        try:
            self._catalog = self._held.enter_context(collection.catalog(writable=True))
            self.recovered = recover(collection, self._catalog, run.newspaper)
            self.run_id, self.run_name = begin_run(self._catalog, run, clock())
        except BaseException:
            self._held.close()
            raise
        self._writer = WarcWriter(
            collection.warc, run.newspaper, run.warcinfo, clock, rotate_bytes=rotate_bytes, new_id=new_id
        )
        self._file_ids: dict[str, int] = {}
        self._accounted = 0
        self._queue: queue.SimpleQueue[_Write | _Decide | None] = queue.SimpleQueue()
        self._undurable: dict[str, Future[CaptureRef]] = {}
        self._admission = Admission(queue_bytes)
        self._thread = threading.Thread(target=self._work, name=f"writer-{run.newspaper}", daemon=True)
        self._thread.start()

    # what a crawl asks for

    def take_in(self, path: Path) -> TakenIn:
        """Take an existing WARC file into the collection. To be called before the crawl: it blocks.

        Raises:
            NotAWarc: it is none.
        """
        with self.collection.catalog(writable=True) as catalog:
            return take_in(self.collection, catalog, self.run.newspaper, self.run_id, path)

    def admit(self, size: int) -> Future[None]:
        """Ask for room for an exchange of `size` bytes; kept at once, or when enough has been written."""
        return self._admission.admit(size)

    def write(self, exchange: Exchange) -> Future[CaptureRef]:
        """Put an admitted exchange on disk; kept when its records are durable and its capture is entered."""
        promise: Future[CaptureRef] = Future()
        self._undurable[exchange.record_id] = promise
        promise.add_done_callback(lambda _: self._undurable.pop(exchange.record_id, None))
        self._queue.put(_Write(exchange, promise))
        return promise

    def durable(self, record_id: str) -> Future[CaptureRef]:
        """Where a capture's record lies, as soon as it is durable; fails with RecordMissing where there is none."""
        writing = self._undurable.get(record_id)
        return writing if writing is not None else self._decide(lambda _: self._find(record_id))

    def _find(self, record_id: str) -> CaptureRef:
        capture = self._catalog.capture(record_id)
        if capture is None:
            raise RecordMissing(record_id)
        return capture.reference()

    def release(self, article: Article) -> Future[Release]:
        """Release an article whose capture is durable: new, changed or a duplicate."""
        return self._decide(lambda connection: self._release(connection, article))

    def reject(self, url: str, record_id: str | None, reasons: Mapping[str, str]) -> Future[None]:
        """List a page that gave no article."""
        self.counts["rejected"] += 1
        return self._decide(lambda connection: decide.reject(connection, self.run_id, url, record_id, reasons))

    def see(self, seen: Iterable[Seen]) -> Future[None]:
        """Enter addresses that were found."""
        found = list(seen)

        def enter(connection: sqlite3.Connection) -> None:
            for address in found:
                decide.see(connection, self.run.newspaper, address)

        return self._decide(enter)

    def fetched(self, outcome: Fetched) -> Future[None]:
        """Enter what came of fetching an address."""
        return self._decide(lambda connection: decide.fetched(connection, self.run.newspaper, outcome))

    def close(self, outcome: str, tell: Callable[[], tuple[Mapping[str, int], Mapping[str, Any]]]) -> None:
        """Finish what was asked for, close the files, end the run and write its report. Blocks.

        After a `failure` it only lets go: what was committed stays valid, the next start brings the rest in order.

        Args:
            tell: the counts and whatever else the report says; called when all is written.

        Raises:
            OSError, sqlite3.Error: the disk refused now.
        """
        self._queue.put(None)
        self._thread.join()
        try:
            if self.failure is None:
                self._close_file()
                counts, report = tell()
                finished = self.clock()
                end_run(self.collection, self._catalog, self.run_id, self.run, outcome, finished, counts, report)
        finally:
            self._writer.abandon()
            self._held.close()

    # the writer thread

    def _decide(self, function: Callable[[sqlite3.Connection], T]) -> Future[T]:
        promise: Future[T] = Future()
        self._queue.put(_Decide(function, promise))
        return promise

    def _release(self, connection: sqlite3.Connection, article: Article) -> Release:
        released = decide.release(connection, self.run_id, article, self._due_again)
        self.counts[f"articles {released.decision.value}"] += 1
        return released

    def _work(self) -> None:
        going = True
        while going:
            group, going = self._next_group()
            size = sum(task.exchange.size for task in group if isinstance(task, _Write))
            if self.failure is None:
                try:
                    self._commit(group)
                except (OSError, sqlite3.Error) as error:
                    self.failure = error
                    self.on_failure(error)
            if self.failure is not None:
                for task in group:
                    if not task.promise.done():
                        task.promise.set_exception(self.failure)
            self._admission.leave(size)

    def _next_group(self) -> tuple[list[_Write | _Decide], bool]:
        first = self._queue.get()
        if first is None:
            return [], False
        group, size = [first], 0
        deadline = time.monotonic() + _GROUP_SECONDS
        while len(group) < _GROUP_COUNT and size < _GROUP_BYTES:
            try:
                task = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if task is None:
                return group, False
            group.append(task)
            size += task.exchange.size if isinstance(task, _Write) else 0
        return group, True

    def _commit(self, group: list[_Write | _Decide]) -> None:
        placed = [self._place(task) for task in group if isinstance(task, _Write)]
        if placed:
            self._writer.sync()
        kept: list[tuple[Future[Any], Any, BaseException | None]] = []
        with self._catalog.transaction() as connection:
            if placed:
                self._account(connection)
            for promise, record, name in placed:
                decide.add_capture(connection, self.run_id, attrs.evolve(record, file_id=self._file_ids[name]))
                kept.append((promise, _reference(record, name), None))
            kept += [self._run_decision(connection, task) for task in group if isinstance(task, _Decide)]
        for promise, result, error in kept:
            if error is None:
                promise.set_result(result)
            else:
                promise.set_exception(error)
        if self._writer.is_full:
            self._close_file()

    def _place(self, task: _Write) -> tuple[Future[CaptureRef], PlacedRecord, str]:
        records = build_exchange(task.exchange, self._writer.current.warcinfo_id, self.new_id)
        places = [self._writer.append(record) for record in records]
        self.counts["WARC records"] += len(records)
        name, offset = places[0]
        return task.promise, PlacedRecord(records[0], task.exchange, 0, offset), name

    def _account(self, connection: sqlite3.Connection) -> None:
        file = self._writer.current
        if file.name not in self._file_ids:
            row = connection.execute(
                """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32)
                VALUES (?, ?, ?, 'written', 'open', 0, 0)""",
                (file.name, self.run.newspaper, self.run_id),
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

    def _run_decision(
        self, connection: sqlite3.Connection, task: _Decide
    ) -> tuple[Future[Any], Any, BaseException | None]:
        result, failure = None, None  # type: Any, BaseException | None
        connection.execute("SAVEPOINT decision")
        try:
            result = task.decide(connection)
        except (ValueError, RecordMissing, sqlite3.IntegrityError) as error:
            # this one is at fault, not the disk: the rest of the group stands
            connection.execute("ROLLBACK TO decision")
            failure = error
        connection.execute("RELEASE decision")
        return task.promise, result, failure

    def _close_file(self) -> None:
        name = self._writer.close()
        if name is not None and name in self._file_ids:
            with self._catalog.transaction() as connection:
                connection.execute("UPDATE warc_files SET state = 'closed' WHERE id = ?", (self._file_ids[name],))


def _reference(placed: PlacedRecord, name: str) -> CaptureRef:
    return CaptureRef(
        record_id=placed.record.record_id,
        file=name,
        offset=placed.offset,
        length=len(placed.record.member),
        payload_digest=placed.record.payload_digest,
    )
