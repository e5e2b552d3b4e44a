"""Enters articles, their versions and unread pages into a new catalog, from JSON lines and reports."""

from __future__ import annotations

import sqlite3
from collections import defaultdict, deque
from collections.abc import Iterable

import attrs

from archive.adopted import line_of
from archive.article import LaterReading, from_json, to_json
from archive.catalog.changes import enter_every_change
from archive.catalog.former_files import in_place
from archive.catalog.indexes import RECENT
from archive.catalog.readings import insert_reading, version_read_so
from archive.catalog.unread import Unread, keep_unread
from archive.catalog.versions import Judged, insert_recent, insert_version
from archive.collection import Collection
from archive.faults import Fault
from archive.ingest.release import reject
from archive.ingest.repeats import Repeat, repeat_of
from archive.reasons import coded_reason
from archive.rebuild.account import LeftOut, Omission, Rebuilt
from archive.rebuild.reading import Place, ReadLine, read_lines
from archive.rebuild.runs import KnownRun, KnownRuns
from archive.workers import WorkerPool

_KNOWN = "SELECT 1 FROM versions WHERE article_id = ? AND captured_at = ? AND content_hash = ? AND record_id = ?"
_VERSION = """SELECT seq FROM versions WHERE article_id = ? AND content_hash = ? AND record_id = ?
    ORDER BY seq DESC LIMIT 1"""
_PLACE = "SELECT f.name, offset, length FROM captures c JOIN warc_files f ON f.id = c.file_id WHERE record_id = ?"
# An article was last captured with the last capture of its versions, or of their addresses with the same bytes.
_ARTICLES = """INSERT INTO articles (id, newspaper, latest, first_captured_at, last_captured_at, section, published_at)
    SELECT id, newspaper, latest, first, last, (SELECT section FROM scratch.newest_readings WHERE seq = latest),
        (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', published_at) FROM scratch.newest_readings WHERE seq = latest)
    FROM (SELECT v.article_id AS id, r.newspaper AS newspaper,
        (SELECT seq FROM versions l WHERE l.article_id = v.article_id ORDER BY captured_at DESC, seq DESC LIMIT 1)
            AS latest,
        min(c.captured_at) AS first,
        max((SELECT max(again.captured_at) FROM captures again
            WHERE again.url = c.url AND (again.id = c.id OR again.payload_digest = c.payload_digest))) AS last
    FROM versions v JOIN scratch.versions_read r ON r.seq = v.seq JOIN captures c ON c.record_id = r.record_id
    GROUP BY v.article_id)"""
# What later steps need of each version, and of each other capture that shows it, so that no line is parsed again;
# dropped after the rebuild.
VERSIONS_READ = """CREATE TABLE scratch.versions_read (
    seq INTEGER, record_id TEXT, newspaper TEXT, article_id TEXT, content_hash TEXT, published_at TEXT,
    published_precision TEXT, section TEXT)"""
_SEEN_AGAIN = """INSERT INTO scratch.versions_read SELECT seq, ?, newspaper, article_id, content_hash, published_at,
    published_precision, coalesce(?, section) FROM scratch.versions_read WHERE seq = ? LIMIT 1"""
# What the newest reading of each version says of its article
NEWEST_READINGS = """CREATE TABLE scratch.newest_readings (
    seq INTEGER PRIMARY KEY, section TEXT, published_at TEXT)"""
# The versions of merged collections that another one has, and which version that is
REPEATED = """CREATE TABLE scratch.repeated (article_id TEXT, content_hash TEXT, record_id TEXT, seq INTEGER,
    kept_hash TEXT, kept_record TEXT, PRIMARY KEY (article_id, content_hash, record_id)) WITHOUT ROWID"""
_KEPT = """SELECT seq, kept_hash, kept_record FROM scratch.repeated WHERE article_id = ? AND content_hash = ?
    AND record_id = ?"""

# A later run that was killed, and has no report, may have read it.
_IS_LEFT = """SELECT 1 FROM captures WHERE record_id = :record
    AND NOT EXISTS (SELECT 1 FROM versions WHERE record_id = :record AND run_id > :run)
    AND NOT EXISTS (SELECT 1 FROM rejections WHERE record_id = :record AND run_id > :run)"""


class VersionEntry:
    """Enters the versions of runs' lines, in the order of the runs."""

    def __init__(
        self, connection: sqlite3.Connection, collection: Collection, runs: KnownRuns, account: Rebuilt
    ) -> None:
        self._collection = collection
        self._connection, self._runs, self._account = connection, runs, account
        self._recent: defaultdict[str, deque[tuple[str, int, str, Judged]]] = defaultdict(lambda: deque(maxlen=RECENT))

    def enter(self, run: KnownRun, file: str, results: Iterable[ReadLine | LeftOut]) -> None:
        """Enter the lines of a run; `results` of `read_lines`."""
        for one in results:
            if isinstance(one, LeftOut):
                left_out: LeftOut | None = one
            else:
                fault = self._enter_line(run, one)
                left_out = LeftOut(file, fault, line=one.number) if fault else None
            if left_out is not None:
                self._account.changed_lines.add(run.name)
                self._account.left_out.append(left_out)

    def finish(self) -> None:
        """Enter what alarms compare of the last versions of each newspaper."""
        insert_recent(self._connection, (row for rows in self._recent.values() for row in rows))
        self._connection.execute("CREATE INDEX scratch.versions_read_by_record ON versions_read (record_id)")
        self._connection.execute("CREATE INDEX scratch.versions_read_by_seq ON versions_read (seq)")

    def _enter_line(self, run: KnownRun, read: ReadLine) -> Fault | None:
        """Enter a line; why it is not entered, or None."""
        connection, account = self._connection, self._account
        line = read.line
        newspaper = self._runs.newspaper(read.newspaper)
        if newspaper != read.newspaper:  # adopted by a process that was killed before it wrote the line
            read = read._replace(newspaper=newspaper)
            line = line_of(newspaper, line)
            account.changed_lines.add(run.name)
        if any(self._is_moved(place) for place in read.places):
            line = to_json(in_place(connection, from_json(line)))
            account.moved += 1
            account.changed_lines.add(run.name)
        if read.reading is not None:
            return self._enter_reading(run, read, read.reading, line)
        if connection.execute(_KNOWN, (read.id, read.captured_at, read.content_hash, read.record_id)).fetchone():
            return None  # the same line is in two files
        if account.is_merged and (repeat := self._repeated(read, line)) is not None:
            return self._enter_repeat(run, read, line, repeat)
        seq = insert_version(
            connection, run.id, read.id, read.content_hash, read.record_id, read.captured_at, line
        )  # fmt: skip
        if seq is None:
            return Fault.of(Omission.RECORD_ABSENT, article=read.id, found=read.record_id)
        self._recent[read.newspaper].append((read.newspaper, seq, read.url, read.judged))
        connection.execute(
            "INSERT INTO scratch.versions_read VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                seq, read.record_id, read.newspaper, read.id, read.content_hash, read.published_at,
                read.published_precision, read.section,
            ),
        )  # fmt: skip
        self._note_newest(seq, read)
        account.versions += 1
        return None

    def _enter_repeat(self, run: KnownRun, read: ReadLine, line: str, repeat: Repeat) -> Fault | None:
        """Enter a version that another collection has as a reading of that one; not at all where it reads the same."""
        self._account.changed_lines.add(run.name)
        self._connection.execute(
            "INSERT OR REPLACE INTO scratch.repeated VALUES (?, ?, ?, ?, ?, ?)",
            (read.id, read.content_hash, read.record_id, repeat.seq, repeat.content_hash, repeat.record_id),
        )
        if repeat.cause is None:
            self._account.duplicates += 1
            return None
        article = from_json(line).seen_again(repeat.content_hash, repeat.record_id, repeat.cause, run.extractor)
        assert article.reading is not None
        read = read._replace(reading=article.reading, content_hash=repeat.content_hash)
        return self._enter_reading(run, read, article.reading, to_json(article))

    def _enter_reading(self, run: KnownRun, read: ReadLine, said: LaterReading, line: str) -> Fault | None:
        """Enter a later reading of a version that was entered before; why it is not entered, or None."""
        named = read.id, said.version, said.record or read.record_id
        found = self._connection.execute(_VERSION, named).fetchone()
        seq = int(found[0]) if found else None
        if seq is None and (kept := self._connection.execute(_KEPT, named).fetchone()):
            return self._enter_elsewhere(run, read, line, Repeat(*kept))
        if seq is None:
            return Fault.of(Omission.VERSION_ABSENT, article=read.id, found=said.version)
        if insert_reading(self._connection, run.id, seq, read.id, said, line, read.record_id) is not None:
            self._account.readings += 1
            if said.record is None:
                self._note_newest(seq, read)
            else:
                self._connection.execute(_SEEN_AGAIN, (read.record_id, read.section, seq))
        return None

    def _enter_elsewhere(self, run: KnownRun, read: ReadLine, line: str, kept: Repeat) -> Fault | None:
        """Enter a reading of a version that another collection has as one of that version, of another capture; not at
        all where that was read the same."""
        article = from_json(line)
        assert article.reading is not None
        own = article.own_hash()
        self._account.changed_lines.add(run.name)
        if own == kept.content_hash or version_read_so(self._connection, [kept.seq], own) is not None:
            self._account.duplicates += 1
            return None
        said = attrs.evolve(article.reading, version=kept.content_hash, record=kept.record_id)
        line = to_json(attrs.evolve(article, reading=said).known_as(article.id))
        return self._enter_reading(run, read._replace(reading=said), said, line)

    def _note_newest(self, seq: int, read: ReadLine) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO scratch.newest_readings VALUES (?, ?, ?)", (seq, read.section, read.published_at)
        )

    def _is_moved(self, place: Place) -> bool:
        row = self._connection.execute(_PLACE, place[:1]).fetchone()
        return row is not None and row != place[1:]

    def _repeated(self, read: ReadLine, line: str) -> Repeat | None:
        """The version that another collection has of it.

        Versions from before readings of other captures were told apart stay, and so do their addresses.
        """
        article = from_json(line)
        _, repeat = repeat_of(self._connection, article, self._collection)
        return repeat if repeat is None or repeat.cause is None or article.layout is not None else None


def enter_articles(
    connection: sqlite3.Connection, collection: Collection, runs: KnownRuns, account: Rebuilt, workers: WorkerPool
) -> None:
    """Enter the versions of all runs' lines, in the order of the runs, then the articles that they are versions of."""
    versions = VersionEntry(connection, collection, runs, account)
    read = workers.each(read_lines, ((runs.lines[run.name],) for run in runs if run.name in runs.lines))
    for run in runs:
        connection.execute("BEGIN")
        if run.name in runs.lines:
            versions.enter(run, runs.lines[run.name].name, next(read))
        _enter_rejections(connection, run)
        connection.execute("COMMIT")
    connection.execute("BEGIN")
    versions.finish()
    connection.execute(_ARTICLES)
    enter_every_change(connection)
    _enter_unread(connection, runs)
    connection.execute("COMMIT")
    (account.articles,) = connection.execute("SELECT count(*) FROM articles").fetchone()


def _enter_rejections(connection: sqlite3.Connection, run: KnownRun) -> None:
    """Enter the rejections that a run's report lists; there is no other source of them."""
    rejected = run.report.get("rejected")
    for entry in rejected if isinstance(rejected, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("url"), str) and isinstance(entry.get("reasons"), dict):
            record_id = entry.get("record_id")
            reject(
                connection,
                run.id,
                entry["url"],
                record_id if isinstance(record_id, str) else None,
                {field: coded_reason(str(reason)) for field, reason in entry["reasons"].items()},
            )


def _enter_unread(connection: sqlite3.Connection, runs: KnownRuns) -> None:
    """Enter the pages that were captured and unread when a newspaper's last run with a report ended."""
    reports = {run.newspaper: run for run in runs if isinstance(run.report.get("unread"), list)}
    for run in reports.values():
        for entry in run.report["unread"]:
            try:
                page = Unread.from_said(entry)
                is_left = connection.execute(_IS_LEFT, {"record": page.record_id, "run": run.id}).fetchone()
                if is_left:
                    keep_unread(connection, page)
            except (LookupError, TypeError, ValueError, sqlite3.Error):  # a report that somebody changed
                continue
