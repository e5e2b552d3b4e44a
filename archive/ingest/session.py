"""The session of one run: writes captures, releases articles, and enters addresses.

In this order: records are written and synced; one transaction enters their captures and the decisions about articles;
then the futures are done (`writer_thread.py`).
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from archive.article import Article, CaptureRef
from archive.catalog import unread
from archive.catalog.imported_pages import note_page
from archive.clock import SET_BACK_SECONDS, Clock, SetBackWatch, now
from archive.collection import Collection
from archive.durable import Reserve
from archive.errors import CollectionInconsistent, RecordMissing, failure_kind
from archive.ingest import release as decide
from archive.ingest.address_entries import AddressEntries
from archive.ingest.import_archive import ImportedArchive, import_archive
from archive.ingest.queues import Admission
from archive.ingest.recovery import recover
from archive.ingest.release import Release
from archive.ingest.runs import RunDescription, begin_run, end_run, note_failure
from archive.ingest.writer_thread import Writing
from archive.projections.cdxj_files import write_missing
from archive.revisit_policy import RevisitPolicy
from archive.warc.exchange import Exchange, Resource
from archive.warc.record import new_record_id
from archive.warc.writer import ROTATE_BYTES, ROTATE_SECONDS, WarcWriter

QUEUE_BYTES = 64 * 1024 * 1024


@attrs.frozen(kw_only=True)
class WritingRules:
    """How a run writes: bytes of exchanges that may wait, size and age (seconds) at which a file is closed, digests'
    algorithm, and by how many seconds the clock may be set back before the run fails."""

    queue_bytes: int = QUEUE_BYTES
    rotate_bytes: int = ROTATE_BYTES
    rotate_seconds: float = ROTATE_SECONDS
    algorithm: str = "sha256"
    set_back_seconds: float = SET_BACK_SECONDS


class SessionHolder:
    """The base of the extension that holds the session of a crawl; pipelines find it by this class."""

    session: Session


def session_of(crawler: Any) -> Session:
    """The session of a crawl, held by one of its extensions.

    Raises:
        RuntimeError: no extension holds one.
    """
    holder = crawler.get_extension(SessionHolder)
    if holder is None:
        raise RuntimeError("no extension of the crawl holds a session: its settings must name one in EXTENSIONS")
    session: Session = holder.session
    return session


class Session:
    """The writing session of one run of one newspaper.

    Its methods may be called from any thread and do not block; the writer thread completes the returned futures. After
    an error of disk, catalog or clock `failure` is set, and all futures since the last group fail with it.
    """

    def __init__(
        self,
        collection: Collection,
        run: RunDescription,
        policy: RevisitPolicy,
        *,
        clock: Clock = now,
        new_id: Callable[[], str] = new_record_id,
        rules: WritingRules = WritingRules(),
    ) -> None:
        """Lock the newspaper, recover after a crash, and begin the run.

        Raises:
            NewspaperLocked: it is being crawled into this collection already.
            CollectionInconsistent: what is on disk contradicts the catalog.
            ClockSetBack: the collection holds captures of a later instant than the clock's.
        """
        self.collection, self.run, self.clock, self.new_id = collection, run, clock, new_id
        self.imported: ImportedArchive | None = None  # the archive that this run reads instead of the network
        self._policy = policy
        self._held = ExitStack()
        self._held.enter_context(collection.lock(run.newspaper))
        try:
            self._reserve = self._held.enter_context(Reserve(collection.locks / f"{run.newspaper}.reserve"))
            self._catalog = self._held.enter_context(collection.catalog(writable=True))
            self.recovered = recover(collection, self._catalog, run.newspaper)
            watch = SetBackWatch(clock, rules.set_back_seconds, self._catalog.last_written(run.newspaper))
            watch.check()
            began_at = clock()
            self.run_id, self.run_name = begin_run(self._catalog, run, began_at)
        except BaseException:
            self._held.close()
            raise
        self._writer = self._new_writer(began_at, rules)
        self._undurable: dict[str, Future[CaptureRef]] = {}
        self._admission = Admission(rules.queue_bytes)
        self._writing = Writing(
            collection, self._catalog, self._writer, self._admission, watch, self.run_id, run.newspaper
        )
        self.addresses = AddressEntries(self._writing.decide, run.newspaper, policy)

    def _new_writer(self, began_at: datetime, rules: WritingRules) -> WarcWriter:
        return WarcWriter(
            self.collection.warc,
            self.run.newspaper,
            {**self.run.warcinfo, "run": self.run_name},
            self.clock,
            began_at=began_at,
            rotate_bytes=rules.rotate_bytes,
            rotate_seconds=rules.rotate_seconds,
            algorithm=rules.algorithm,
            new_id=self.new_id,
        )

    @property
    def counts(self) -> Counter[str]:
        """The counts of records and decisions, by name."""
        return self._writing.counts

    @property
    def failure(self) -> Exception | None:
        """The error that ended the writing, or None."""
        return self._writing.failure

    def on_failure(self, tell: Callable[[Exception], None]) -> None:
        """Set the function that the writer thread calls after an error."""
        self._writing.on_failure = tell

    def fail(self, error: Exception) -> None:
        """End the writing with an error of the caller."""
        self._writing.fail(error)

    # called by a crawl

    def import_archive(self, path: Path) -> ImportedArchive:
        """Import an existing WARC file. Blocks, so it is called before the crawl.

        Raises:
            NotAWarc, ArchiveDamaged: it is no WARC file, or a damaged one.
            OSError, sqlite3.Error: the disk or the catalog failed; nothing is imported.
        """
        with self.collection.catalog(writable=True) as catalog:
            self.imported = import_archive(self.collection, catalog, self.run.newspaper, self.run_id, path)
        return self.imported

    def admit(self, size: int) -> Future[None]:
        """Request room for an exchange of `size` bytes; done at once, or when enough is written."""
        return self._admission.admit(size)

    def write(self, exchange: Exchange | Resource) -> Future[CaptureRef]:
        """Write an admitted exchange or resource; done when its records are durable and its capture is entered."""
        promise = self._writing.write(exchange)
        self._undurable[exchange.record_id] = promise
        promise.add_done_callback(lambda _: self._undurable.pop(exchange.record_id, None))
        return promise

    def durable(self, record_id: str) -> Future[CaptureRef]:
        """The place of a capture's record, once it is durable; fails with RecordMissing where there is none."""
        writing = self._undurable.get(record_id)
        return writing if writing is not None else self._writing.decide(lambda _: self._find(record_id))

    def _find(self, record_id: str) -> CaptureRef:
        capture = self._catalog.capture(record_id)
        if capture is None:
            raise RecordMissing(record_id)
        return capture.reference()

    def release(self, article: Article, *, page: int | None = None) -> Future[Release]:
        """Release an article whose capture is durable: new, changed or a duplicate.

        Args:
            page: the number of the imported capture that it was read from, which is noted as read.
        """
        return self._writing.decide(lambda connection: self._release(connection, article, page))

    def reject(
        self,
        url: str,
        record_id: str | None,
        reasons: Mapping[str, str],
        *,
        is_read: bool = True,
        page: int | None = None,
    ) -> Future[None]:
        """Enter a page that gave no article; `is_read`: reading it was not broken off; `page`: as for `release`."""
        self.counts["rejected"] += 1

        def enter(connection: sqlite3.Connection) -> None:
            decide.reject(connection, self.run_id, url, record_id, reasons, is_read=is_read)
            if page is not None:
                note_page(connection, page, "no_article")

        return self._writing.decide(enter)

    def note_page(self, page: int, outcome: str) -> Future[None]:
        """Note what became of an imported page that is neither released nor rejected."""
        return self._writing.decide(lambda connection: note_page(connection, page, outcome))

    def keep_newspaper(self, name: str, profile: Mapping[str, Any]) -> Future[None]:
        """Enter the profile of a newspaper whose pages the run met."""
        return self._writing.decide(lambda connection: decide.keep_newspaper(connection, name, profile))

    def close(self, outcome: str, tell: Callable[[], tuple[Mapping[str, int], Mapping[str, Any]]]) -> None:
        """Finish all requests, close the files, end the run and write its report. Blocks.

        After a `failure` the run ends as `failed` with it, where the catalog can be written; else the next run recovers
        what it left. Committed data stays valid either way.

        Args:
            tell: returns the counts and the other values of the report; called when all is written.

        Raises:
            OSError, sqlite3.Error: the disk or the catalog failed now.
        """
        try:
            self._writing.finish()
            if self.failure is None:
                write_missing(self.collection, self._catalog)
                if left := unread.count_unread(self._catalog.connection, self.run.newspaper):
                    self.counts["unread"] = left
                counts, report = tell()
                if (covered := self.addresses.covered) is not None:
                    report = {**report, "covered": [span.as_said() for span in covered.result()]}
                finished = self.clock()
                end_run(self.collection, self._catalog, self.run_id, self.run, outcome, finished, counts, report)
        except (OSError, sqlite3.Error) as error:
            self._writing.failure = error
            raise
        finally:
            self._writer.abandon()
            if self.failure is not None:
                self._end_failed(self.failure)
            self._held.close()

    def _end_failed(self, failure: Exception) -> None:
        """End the run with its failure, in the room that was reserved for this."""
        self._reserve.free()
        with contextlib.suppress(OSError, sqlite3.Error, CollectionInconsistent):
            note_failure(self._catalog, self.run_id, str(failure), failure_kind(failure))
            recover(self.collection, self._catalog, self.run.newspaper)

    def _release(self, connection: sqlite3.Connection, article: Article, page: int | None) -> Release:
        released = decide.release(connection, self.run_id, article, self._policy, self.collection)
        if page is not None:
            note_page(connection, page, released.decision.value)
        self.counts[f"articles {released.decision.value}"] += 1
        if released.cause is not None:
            self.counts["readings"] += 1
        return released
