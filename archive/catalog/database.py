"""The SQLite catalog, the truth about what a collection holds; decides nothing about articles (see release.py)."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from archive.catalog import migrations
from archive.catalog.rows import Address, Capture, Run, Version, WarcFile
from archive.clock import parse_warc_date, warc_date
from archive.errors import CollectionOutdated, CollectionTooNew, UnknownArticle

_CAPTURE = """SELECT c.id, record_id, f.name, offset, length, type, url, urlkey, captured_at, status, mime,
    payload_digest, refers_to FROM captures c JOIN warc_files f ON f.id = c.file_id """
_VERSION = "SELECT seq, article_id, content_hash, run_id, record_id, captured_at, line FROM versions "
ADDRESS_COLUMNS = """newspaper, url, kind, section, first_seen_at, fetched_at, status, etag, last_modified, record_id,
    failures, next_due_at, changed_at, pace, gone_at, changes, payload_digest, article_id, content_hash, moved_to"""
_ADDRESS = f"SELECT {ADDRESS_COLUMNS} FROM addresses "

_RUN = """SELECT id, name, newspaper, started_at, finished_at, outcome, source, software, settings, counts, job, log,
    failure FROM runs """
_RUNS_ASKED = """WHERE (:job IS NULL OR job = :job) AND (:newspaper IS NULL OR newspaper = :newspaper)
    AND (:outcome IS NULL OR coalesce(outcome, 'running') = :outcome) """


class Catalog:
    """A connection to the catalog, for one thread at a time. Also a context manager that closes it."""

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        """Open the catalog; a writable one is created and brought to the present version.

        Raises:
            CollectionTooNew: a later version of baotinh wrote it.
            CollectionOutdated: an older one wrote it, and it is not to be written.
        """
        self.connection = _connect(path, "mode=rwc" if writable else "mode=ro")
        try:
            found: int = self.connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.OperationalError:
            if writable or os.access(path.parent, os.W_OK) or not path.is_file():
                raise
            # on a disk that nobody may write, readers cannot share a journal, and need none
            self.connection = _connect(path, "mode=ro&immutable=1")
            found = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if found != migrations.VERSION and (found > migrations.VERSION or not writable):
            self.connection.close()
            refusal = CollectionTooNew if found > migrations.VERSION else CollectionOutdated
            raise refusal(path.parent, found, migrations.VERSION)
        if writable:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            self.connection.execute("PRAGMA foreign_keys = ON")
            with self.transaction() as connection:
                migrations.migrate(connection, path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One serialised transaction: all of it, or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads within see the catalog as it is at the first of them, whatever is committed meanwhile."""
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK")

    # captures

    def capture(self, record_id: str) -> Capture | None:
        """The capture with that WARC-Record-ID."""
        row = self.connection.execute(_CAPTURE + "WHERE record_id = ?", (record_id,)).fetchone()
        return Capture.from_row(row) if row else None

    def captures(self, urlkey: str) -> list[Capture]:
        """All captures of an address, by its urlkey, oldest first."""
        rows = self.connection.execute(_CAPTURE + "WHERE urlkey = ? ORDER BY captured_at", (urlkey,))
        return [Capture.from_row(row) for row in rows]

    def latest_success(self, url: str) -> Capture | None:
        """The latest capture of exactly this address that answered 200, or None."""
        row = self.connection.execute(
            _CAPTURE + "WHERE url = ? AND status = 200 ORDER BY captured_at DESC LIMIT 1", (url,)
        ).fetchone()
        return Capture.from_row(row) if row else None

    def latest_capture(self, url: str) -> Capture | None:
        """The latest capture of exactly this address, whatever it answered, or None."""
        row = self.connection.execute(_CAPTURE + "WHERE url = ? ORDER BY captured_at DESC LIMIT 1", (url,)).fetchone()
        return Capture.from_row(row) if row else None

    def captures_of(self, url: str, until: str, limit: int) -> list[Capture]:
        """The latest captures of exactly this address up to an instant (a WARC-Date), the newest first."""
        rows = self.connection.execute(
            _CAPTURE + "WHERE url = ? AND captured_at <= ? ORDER BY captured_at DESC LIMIT ?", (url, until, limit)
        )
        return [Capture.from_row(row) for row in rows]

    def fetched_since(self, newspaper: str, instant: str) -> tuple[int, int]:
        """How many captures the runs of a newspaper made since an instant (a WARC-Date), and the bytes they take."""
        row = self.connection.execute(
            """SELECT count(*), coalesce(sum(c.length), 0) FROM runs r JOIN captures c ON c.run_id = r.id
            WHERE r.newspaper = ? AND c.captured_at >= ?""",
            (newspaper, instant),
        ).fetchone()
        return int(row[0]), int(row[1])

    def holder_of(self, payload_digest: str) -> Capture | None:
        """The first capture that holds this payload itself and was written here as the answer 200; or None.

        What was taken in from elsewhere is not believed: a revisit of it would be worth as much as its digest.
        """
        row = self.connection.execute(
            _CAPTURE
            + """WHERE payload_digest = ? AND type = 'response' AND status = 200 AND f.origin = 'written'
            ORDER BY c.id LIMIT 1""",
            (payload_digest,),
        ).fetchone()
        return Capture.from_row(row) if row else None

    def with_digest(self, payload_digest: str) -> list[Capture]:
        """Some captures with that payload digest, as it is written, in the order in which they came."""
        rows = self.connection.execute(_CAPTURE + "WHERE payload_digest = ? ORDER BY c.id LIMIT 100", (payload_digest,))
        return [Capture.from_row(row) for row in rows]

    def last_written(self, newspaper: str) -> datetime | None:
        """The latest WARC-Date that crawls of this newspaper wrote, or None."""
        row = self.connection.execute(
            """SELECT max(captured_at) FROM (SELECT captured_at FROM captures c JOIN warc_files f ON f.id = c.file_id
            WHERE f.newspaper = ? AND f.origin = 'written' ORDER BY c.id DESC LIMIT 500)""",
            (newspaper,),
        ).fetchone()
        return parse_warc_date(row[0]) if row[0] else None

    def every_capture(self, after: int = 0, file: str | None = None) -> Iterator[Capture]:
        """All captures with an id above `after`, of one file where `file` is given, in order of id."""
        where = "WHERE c.id > :after AND (:file IS NULL OR f.name = :file) ORDER BY c.id"
        for row in self.connection.execute(_CAPTURE + where, {"after": after, "file": file}):
            yield Capture.from_row(row)

    def warc_files(self) -> list[WarcFile]:
        """The WARC files, in the order in which they came."""
        rows = self.connection.execute(
            "SELECT id, name, newspaper, run_id, origin, state, committed, crc32, sha256 FROM warc_files ORDER BY id"
        )
        return [WarcFile(*row) for row in rows]

    # articles

    def article(self, article_id: str) -> Version:
        """The latest version of an article.

        Raises:
            UnknownArticle: none has that id.
        """
        row = self.connection.execute(
            _VERSION + "WHERE seq = (SELECT latest FROM articles WHERE id = ?)", (article_id,)
        ).fetchone()
        if not row:
            raise UnknownArticle(article_id)
        return Version.from_row(row)

    def versions(self, article_id: str) -> list[Version]:
        """All versions of an article, oldest capture first."""
        rows = self.connection.execute(_VERSION + "WHERE article_id = ? ORDER BY captured_at, seq", (article_id,))
        return [Version.from_row(row) for row in rows]

    def versions_after(self, seq: int, *, run_id: int | None = None, limit: int = 500) -> list[Version]:
        """Up to `limit` versions released after `seq`, of one run where given, in order of release."""
        where, values = ("seq > ?", [seq]) if run_id is None else ("seq > ? AND run_id = ?", [seq, run_id])
        rows = self.connection.execute(_VERSION + f"WHERE {where} ORDER BY seq LIMIT {limit}", values)
        return [Version.from_row(row) for row in rows]

    def last_seq(self) -> int:
        """`seq` of the version released last; 0 where there is none."""
        return int(self.connection.execute("SELECT coalesce(max(seq), 0) FROM versions").fetchone()[0])

    def latest_versions(self, after: int, until: int, limit: int) -> list[Version]:
        """Up to `limit` versions with `after` < seq <= `until` that are now their article's latest, by seq."""
        rows = self.connection.execute(
            _VERSION
            + """WHERE seq > ? AND seq <= ? AND seq = (SELECT latest FROM articles a WHERE a.id = article_id)
            ORDER BY seq LIMIT ?""",
            (after, until, limit),
        )
        return [Version.from_row(row) for row in rows]

    def last_captured_at(self, article_id: str) -> datetime | None:
        """When the article was last seen as it is now, or otherwise; None where it is not held."""
        row = self.connection.execute("SELECT last_captured_at FROM articles WHERE id = ?", (article_id,)).fetchone()
        return parse_warc_date(row[0]) if row else None

    def article_ids(self) -> set[str]:
        """The ids of all articles."""
        return {row[0] for row in self.connection.execute("SELECT id FROM articles")}

    def count_articles(self) -> int:
        """How many articles are held."""
        return int(self.connection.execute("SELECT count(*) FROM articles").fetchone()[0])

    # frontier

    def addresses(self, newspaper: str, urls: Iterable[str]) -> dict[str, Address]:
        """What is known of these addresses, by address; unknown ones are left out."""
        rows = self.connection.execute(
            _ADDRESS + "WHERE newspaper = ? AND url IN (SELECT value FROM json_each(?))",
            (newspaper, json.dumps(list(urls))),
        )
        return {row[1]: Address.from_row(row) for row in rows}

    def due(
        self, newspaper: str, kind: str, instant: str, *, after: Address | None = None, limit: int = 500
    ) -> list[Address]:
        """Up to `limit` of a newspaper's addresses of a kind that are due at `instant`, a WARC-Date; longest due first.

        Args:
            after: the last one of the part before.
        """
        # in the index's own order: a sitemap makes fifty thousand due at one instant, which no part is to sort anew
        behind = (warc_date(after.next_due_at), after.url) if after else ("", "")
        rows = self.connection.execute(
            _ADDRESS
            + """WHERE newspaper = ? AND kind = ? AND next_due_at <= ? AND (next_due_at, url) > (?, ?)
            ORDER BY next_due_at, url LIMIT ?""",
            (newspaper, kind, instant, *behind, limit),
        )
        return [Address.from_row(row) for row in rows]

    # runs and newspapers

    def runs(
        self,
        limit: int = 100,
        *,
        job: str | None = None,
        newspaper: str | None = None,
        outcome: str | None = None,
        offset: int = 0,
    ) -> list[Run]:
        """The latest runs, newest first; of one job, newspaper or outcome where it is named.

        Args:
            outcome: `running` for those that have none yet.
            offset: how many of the newest are passed over.
        """
        asked = {"job": job, "newspaper": newspaper, "outcome": outcome}
        rows = self.connection.execute(
            _RUN + _RUNS_ASKED + "ORDER BY id DESC LIMIT :limit OFFSET :offset",
            asked | {"limit": limit, "offset": offset},
        )
        return [Run.from_row(row) for row in rows]

    def count_runs(self, *, job: str | None = None, newspaper: str | None = None, outcome: str | None = None) -> int:
        """How many runs there are, narrowed as those of `runs`."""
        asked = {"job": job, "newspaper": newspaper, "outcome": outcome}
        return int(self.connection.execute("SELECT count(*) FROM runs " + _RUNS_ASKED, asked).fetchone()[0])

    def last_run(self, job: str, newspaper: str) -> Run | None:
        """The latest run of a job for a newspaper."""
        return next(iter(self.runs(1, job=job, newspaper=newspaper)), None)

    def run(self, name: str) -> Run | None:
        """The run of that name."""
        row = self.connection.execute(_RUN + "WHERE name = ?", (name,)).fetchone()
        return Run.from_row(row) if row else None

    def warc_files_of(self, run_id: int) -> list[str]:
        """Names of the WARC files that a run wrote or took in."""
        rows = self.connection.execute("SELECT name FROM warc_files WHERE run_id = ? ORDER BY name", (run_id,))
        return [name for (name,) in rows]

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
        row = self.connection.execute("SELECT 1 FROM runs WHERE source = 'demonstration' LIMIT 1").fetchone()
        return row is not None

    def count_captures(self) -> int:
        """How many captures are held."""
        return int(self.connection.execute("SELECT count(*) FROM captures").fetchone()[0])

    def count_bytes(self) -> int:
        """How many bytes of WARC files are accounted for."""
        return int(self.connection.execute("SELECT coalesce(sum(committed), 0) FROM warc_files").fetchone()[0])

    def newspapers(self) -> dict[str, dict[str, Any]]:
        """The newspapers held, by name: title, provinces, hosts, time zone, sections."""
        return {name: json.loads(card) for name, card in self.connection.execute("SELECT name, card FROM newspapers")}


def _connect(path: Path, options: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}", uri=True, timeout=60, isolation_level=None, check_same_thread=False
    )
