"""One import: the files first, then their pages, then JSON lines, indexes and the report."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import attrs

from archive.catalog import Catalog
from archive.catalog.imported_pages import count_others, page_numbers
from archive.collection import Collection
from archive.errors import CollectionUnwritable, IndexBusy
from archive.ingest.foreign.found import Refused, archives
from archive.ingest.foreign.incoming import Placing
from archive.ingest.foreign.pages import FAILED, PageOutcome
from archive.ingest.foreign.taken import IMPORT, Fate, TakenFile, holders
from archive.ingest.foreign.taking import Taking
from archive.ingest.runs import RunDescription, pages_path
from archive.ingest.session import Session
from archive.pictures.keeping import keep_followed
from archive.printable_logs import name_run
from archive.projections.json_lines import RunLines
from archive.reprints.keeping import keep_compared
from archive.revisit_policy import RevisitPolicy
from archive.search.indexing.index import follow
from archive.workers import Workers, usable_cores, worth_starting
from crawler.importing.choice import PageChoice
from crawler.importing.pages import ImportedPages
from crawler.importing.repeated import nothing_new
from crawler.importing.report import ImportReport
from crawler.reading.pool import Readers

_INDEX_WAIT = 60.0
# Pages that are worth the start of a reading process
_WORTH_A_PROCESS = 40


@attrs.frozen(kw_only=True)
class Import:
    """What is to be imported, and how.

    Args:
        software: the programs that import, with their versions.
        reading_seconds: how long one page may take.
        processes: how many read pages; by default as many as are worth it and as there are cores.
    """

    paths: Sequence[Path]
    placing: Placing
    choice: PageChoice
    policy: RevisitPolicy
    software: str
    reading_seconds: float
    processes: int | None = None


@attrs.frozen(kw_only=True)
class Imported:
    """The result of an import; `run` is the name of its run, None where nothing was left to do."""

    run: str | None
    report: ImportReport

    @property
    def is_whole(self) -> bool:
        """Whether everything could be read."""
        is_damaged = any(one.lost or one.fate is Fate.REFUSED or one.strangers for one in self.report.files)
        is_damaged |= any(one.removed and one.fate is not Fate.REMOVED for one in self.report.files)
        return not is_damaged and not any(self.report.outcomes[one] for one in FAILED)


class Watcher:
    """Is told how an import goes on; this one shows nothing."""

    def file(self, taken: TakenFile) -> None:
        """A file is done."""

    def pages(self, done: int, of: int) -> None:
        """So many pages are done."""


def import_archives(collection: Collection, wanted: Import, watcher: Watcher) -> Imported:
    """Import archives; what was imported before is not imported again, and pages that were read not read again.

    Raises:
        NewspaperLocked: another import is under way.
        FileMissing: there is nothing at one of the paths.
        LinkImpossible: a file cannot be linked.
        OSError, sqlite3.Error: the disk or the catalog failed; what was imported before stays.
    """
    if (known := nothing_new(collection, wanted.paths, wanted.choice)) is not None:
        return Imported(run=None, report=known)
    run = RunDescription(
        newspaper=IMPORT, source=IMPORT, software=wanted.software, settings={},
        warcinfo={"software": wanted.software, "isPartOf": IMPORT},
    )  # fmt: skip
    session = Session(collection, run, wanted.policy)
    name_run(IMPORT, session.run_name)
    report = ImportReport(pages_path(collection, session.run_name))
    outcome, pages = "stopped", None
    try:
        with collection.catalog(writable=True) as catalog:
            files = _take(session, catalog, wanted, report, watcher)
            report.others = count_others(catalog.connection, files)
            pages = _Reading(session, catalog, wanted, report, watcher)
            asyncio.run(pages.read(files))
        RunLines(collection, session.run_id, session.run_name).finish()
        report.finish()
        outcome = "finished"
    except (OSError, sqlite3.Error) as error:
        session.fail(error)
        raise CollectionUnwritable(collection.root, str(error)) from error
    except Exception as error:
        session.fail(error)
        raise
    finally:
        report.abandon()
        session.close(outcome, lambda: (_counts(session, report), _values(report, pages)))
    _index(collection)
    return Imported(run=session.run_name, report=report)


def _take(session: Session, catalog: Catalog, wanted: Import, report: ImportReport, watcher: Watcher) -> list[int]:
    """Import the files; the ids of those that hold their captures."""
    with ExitStack() as packages, Workers(wanted.processes or usable_cores()) as workers:
        taking = Taking(session.collection, catalog, wanted.placing, workers)
        for source in archives(wanted.paths, packages):
            if isinstance(source, Refused):
                taken = TakenFile(name=source.name, fate=Fate.REFUSED, reason=source.fault)
            else:
                taken = taking.take(source, session.run_id, session.clock())
            report.file(taken)
            watcher.file(taken)
    return holders(report.files)


class _Reading:
    """The reading of the pages of one import."""

    def __init__(
        self, session: Session, catalog: Catalog, wanted: Import, report: ImportReport, watcher: Watcher
    ) -> None:
        self._session, self._catalog, self._wanted = session, catalog, wanted
        self._report, self._watcher = report, watcher
        self.profiles: dict[str, dict[str, object]] = {}

    async def read(self, files: Sequence[int]) -> None:
        """Read the pages in these files."""
        numbers = page_numbers(self._catalog.connection, files)
        number = self._wanted.processes or worth_starting(len(numbers), _WORTH_A_PROCESS)
        readers = [Readers(self._wanted.reading_seconds) for _ in range(number)]
        pages = ImportedPages(self._session, self._catalog, self._wanted.choice, readers)
        self.profiles = pages.profiles
        try:
            done = 0
            async for page in pages.read(numbers):
                done += 1
                self._report.page(page)
                self._watcher.pages(done, len(numbers))
        finally:
            for one in readers:
                one.close()


def _counts(session: Session, report: ImportReport) -> dict[str, int]:
    found = {"pages": sum(report.outcomes.values()) - report.outcomes[PageOutcome.FILTERED], **session.counts}
    found["errors"] = sum(report.outcomes[one] for one in FAILED)
    return {name: count for name, count in found.items() if count}


def _values(report: ImportReport, pages: _Reading | None) -> dict[str, object]:
    brought = [one for one in report.files if one.fate in (Fate.IMPORTED, Fate.CONVERTED) or one.is_resumed]
    return {
        "imported": [one.file for one in brought if one.file],
        "lost": {one.file: one.lost for one in report.files if one.file and one.lost},
        "newspapers": pages.profiles if pages is not None else {},
        "outcomes": {one.value: count for one, count in sorted(report.outcomes.items())},
    }


def _index(collection: Collection) -> None:
    keep_compared(collection, wait=_INDEX_WAIT)
    with suppress(IndexBusy):  # whoever holds the lock reads the same catalog
        follow(collection, wait=_INDEX_WAIT)
    keep_followed(collection, wait=_INDEX_WAIT)
