"""`baotinh rebuild`: makes the catalog, the CDXJ files and the search index anew.

In this order: the new catalog is written beside the old one and synced; torn ends are copied aside; the old catalog is
renamed and the new one takes its place; then runs and files that a crash left open are closed, and the projections are
made.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from archive.catalog import Catalog, migrations
from archive.catalog.coverage import Covered, cover
from archive.clock import Clock, now, timestamp14
from archive.collection import OPEN_SUFFIX, Collection
from archive.durable import free_name, make_directory, part_of, put, swap_database
from archive.errors import CollectionBusy, CollectionMissing, CollectionOutdated, CollectionUnwritable, WorkerLost
from archive.ingest.import_archive import end_import
from archive.ingest.recovery import recover
from archive.ingest.release import keep_newspaper
from archive.locks import LockHeld, held
from archive.projections import cdxj_files
from archive.projections.json_lines import RunLines
from archive.rebuild.account import Rebuilt
from archive.rebuild.articles import NEWEST_READINGS, REPEATED, VERSIONS_READ, enter_articles
from archive.rebuild.captures import EXCHANGES, CaptureEntry
from archive.rebuild.frontier import enter_addresses, enter_discovery_sources
from archive.rebuild.heads import heads, without_former
from archive.rebuild.imported_pages import enter_imported_pages
from archive.rebuild.kept import keep_operation, keep_pictures
from archive.rebuild.reading import read_file
from archive.rebuild.runs import KnownRuns
from archive.revisit_policy import DEFAULT_POLICY, RevisitPolicy
from archive.search.indexing.index import POSITION, follow
from archive.withholding import keep_withholdings
from archive.workers import WorkerPool, Workers, worth_starting

_SCRATCH = ".scratch"
_INDEX_WAIT = 600.0
# Bytes of WARC files that are worth the start of a worker process
_WORTH_A_PROCESS = 2 * 1024 * 1024


def rebuild(
    root: Path,
    policy: RevisitPolicy = DEFAULT_POLICY,
    *,
    clock: Clock = now,
    is_merged: bool = False,
    processes: int | None = None,
) -> Rebuilt:
    """Make the catalog anew from `warc/` and `jsonl/`, and from it the CDXJ files and the index.

    Args:
        policy: when articles that were read are due again.
        is_merged: the files are of several collections; content that two of them captured is one version.
        processes: how many read the files; by default as many as are worth it and as there are cores. The result is
            the same.

    Raises:
        CollectionMissing: there are no WARC files at `root`.
        CollectionTooNew: a later version wrote the catalog, and may hold more than this one would enter.
        NewspaperLocked, CollectionBusy: a crawl or another rebuild is under way.
        CollectionUnwritable: the disk failed; the old catalog is not changed.
        WorkerLost: one of the processes was killed; the old catalog is not changed.
    """
    collection = Collection(root.absolute())
    if not collection.warc.is_dir():
        raise CollectionMissing(root)
    try:
        for folder in (collection.jsonl, collection.reports, collection.logs, collection.locks, collection.cdxj):
            make_directory(folder)
        with collection.lock_whole():
            _refuse_newer(collection)
            size = sum(path.stat().st_size for path in collection.warc.iterdir() if path.is_file())
            with Workers(processes or worth_starting(size, _WORTH_A_PROCESS)) as workers:
                return _rebuild(collection, policy, clock(), workers, is_merged=is_merged)
    except (BlockingIOError, LockHeld) as error:
        raise CollectionBusy(root) from error
    except OSError as error:
        raise CollectionUnwritable(root, error.strerror or str(error)) from error
    except sqlite3.OperationalError as error:
        raise CollectionUnwritable(root, f"catalog: {error}") from error


def _refuse_newer(collection: Collection) -> None:
    with contextlib.suppress(sqlite3.Error, CollectionOutdated):  # a damaged, missing or older catalog is rebuilt
        collection.catalog().close()


def _rebuild(
    collection: Collection, policy: RevisitPolicy, instant: datetime, workers: WorkerPool, *, is_merged: bool
) -> Rebuilt:
    account = Rebuilt(is_merged=is_merged)
    part = part_of(collection.catalog_path)
    try:
        with _fresh(part) as connection:
            _fill(connection, collection, policy, instant, account, workers)
            keep_operation(connection, collection.catalog_path)
            keep_pictures(connection, collection.catalog_path)
            keep_withholdings(connection, collection)
        _keep_lines(collection, account)
        _swap(collection, part, instant, account)
    finally:
        part.unlink(missing_ok=True)
    with collection.catalog(writable=True) as catalog:
        for newspaper in _unfinished(catalog):
            recover(collection, catalog, newspaper)
        for lock in collection.locks.glob("*.lock"):  # all these locks are held
            end_import(collection, lock.stem)
        _write_lines(collection, catalog, account)
        account.cdxj = cdxj_files.write_all(collection, catalog, workers)
    with contextlib.suppress(WorkerLost):  # the index is made from the catalog, which is in place
        follow(collection, wait=_INDEX_WAIT, rebuild=True, workers=workers)
        return account
    follow(collection, wait=_INDEX_WAIT, rebuild=True)
    return account


@contextmanager
def _fresh(part: Path) -> Iterator[sqlite3.Connection]:
    """A new, unsynced catalog: after a crash before it is finished it is made again."""
    scratch = part.with_name(part.name + _SCRATCH)
    for path in (part, scratch):
        path.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("ATTACH ? AS scratch", (str(scratch),))
            migrations.migrate(connection, part)
            connection.execute(EXCHANGES)
            connection.execute(VERSIONS_READ)
            connection.execute(NEWEST_READINGS)
            connection.execute(REPEATED)
            yield connection
    finally:
        scratch.unlink(missing_ok=True)


def _fill(
    connection: sqlite3.Connection,
    collection: Collection,
    policy: RevisitPolicy,
    instant: datetime,
    account: Rebuilt,
    workers: WorkerPool,
) -> None:
    files, former = without_former(heads(collection))
    runs = KnownRuns(collection, files)
    runs.enter(connection)
    account.runs = len(list(runs))
    entry = CaptureEntry(connection, runs, account)
    read = workers.each(read_file, ((head.path, head.newspaper is not None) for head in runs.files))
    for head, results in zip(runs.files, read, strict=True):
        entry.enter(head, results)
    for head, holder, place in former:
        entry.enter_former(head, holder, place)
    enter_articles(connection, collection, runs, account, workers)
    enter_imported_pages(connection, collection, runs)
    _end_runs(connection, runs)
    _name_newspapers(connection)
    enter_addresses(connection, policy, instant, account)
    enter_discovery_sources(connection)
    _cover(connection, runs)


def _cover(connection: sqlite3.Connection, runs: KnownRuns) -> None:
    """Enter the spans in the runs' reports that were read without a gap, the oldest run first."""
    for run in sorted(runs, key=lambda one: one.started_at):
        covered = run.report.get("covered")
        for said in covered if isinstance(covered, list) else ():
            with contextlib.suppress(LookupError, TypeError, ValueError):  # a report that somebody changed
                cover(connection, run.newspaper, Covered.from_said(said))


def _end_runs(connection: sqlite3.Connection, runs: KnownRuns) -> None:
    """Enter the end of runs without a report: at their last capture, outcome unknown. Recovery ends open ones."""
    for run in runs:
        if not run.is_unfinished:
            connection.execute(
                """UPDATE runs SET outcome = 'unknown', finished_at = max(started_at, coalesce(
                (SELECT max(captured_at) FROM captures WHERE run_id = runs.id), started_at))
                WHERE id = ? AND finished_at IS NULL""",
                (run.id,),
            )


def _name_newspapers(connection: sqlite3.Connection) -> None:
    """Enter newspapers whose profile is in no file by their name alone."""
    rows = connection.execute(
        "SELECT DISTINCT newspaper FROM articles WHERE newspaper NOT IN (SELECT name FROM newspapers)"
    )
    for (name,) in rows.fetchall():
        keep_newspaper(connection, name, {"title": name, "hosts": []})


def _keep_lines(collection: Collection, account: Rebuilt) -> None:
    """Copy aside the JSON lines that will be written anew, because some were left out or named another place."""
    for name in sorted(account.changed_lines):
        for path in (collection.jsonl / f"{name}.jsonl", collection.jsonl / f"{name}.jsonl{OPEN_SUFFIX}"):
            if path.is_file():
                kept = free_name(path.with_name(f"{path.name}.before-rebuild"))
                part = part_of(kept)
                shutil.copyfile(path, part)
                put(part, kept)
                account.kept.append(kept)


def _write_lines(collection: Collection, catalog: Catalog, account: Rebuilt) -> None:
    for name in sorted(account.changed_lines):
        (run_id,) = catalog.connection.execute("SELECT id FROM runs WHERE name = ?", (name,)).fetchone()
        if not RunLines(collection, run_id, name).finish():
            (collection.jsonl / f"{name}.jsonl").unlink(missing_ok=True)


def _swap(collection: Collection, part: Path, instant: datetime, account: Rebuilt) -> None:
    path = collection.catalog_path
    kept = free_name(path.with_name(f"{path.name}.before-rebuild-{timestamp14(instant)}"))
    with held(collection.index_lock, _INDEX_WAIT):
        # versions may have other numbers now, and an index with an old position would seem to be up to date
        (collection.index / POSITION).unlink(missing_ok=True)
        swap_database(part, path, kept)
    if kept.exists():
        account.kept.append(kept)


def _unfinished(catalog: Catalog) -> list[str]:
    rows = catalog.connection.execute(
        """SELECT newspaper FROM warc_files WHERE state = 'open' UNION
        SELECT newspaper FROM runs WHERE finished_at IS NULL"""
    )
    return [row[0] for row in rows]
