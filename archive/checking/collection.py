"""Checks the WARC files of a collection, and that catalog, indexes and articles agree with them."""

from __future__ import annotations

from collections.abc import Iterator

from archive.batch.catalogs import closing_catalogs
from archive.batch.pool import open_pool
from archive.catalog import Catalog
from archive.catalog.former_files import former_files
from archive.checking.articles import check_lines, check_versions
from archive.checking.extent import WHOLE, Extent, Plan, plan
from archive.checking.parts import WORTH_A_PROCESS, Counted, Following, as_imported
from archive.checking.verification import Disagreement, Verification, most
from archive.checking.warc_file import check_file, check_length
from archive.collection import OPEN_SUFFIX, Collection
from archive.durable import PART_SUFFIX
from archive.errors import SetDamaged
from archive.faults import Fault
from archive.ingest.parts import is_name_of, parts
from archive.sets import files as sets
from archive.warc.check.between.references import References
from archive.warc.check.findings import Finding, Severity
from archive.warc.reader import opener
from archive.workers import WorkerPool, worth_starting


def verify(
    collection: Collection, extent: Extent = WHOLE, *, processes: int | None = None, scheduler: str | None = None
) -> Verification:
    """Check a collection against its catalog as it stands at the beginning, also while it is being crawled.

    What a crawl adds meanwhile is left out, and no record is moved meanwhile. No snapshot of the catalog is held, or
    its journal would grow for as long.

    Every record and the references between records, the place of every capture, the checksums of the files, the CDXJ
    files, the record and address of every article, the JSON lines, and the files of frozen sets.

    Args:
        extent: the part of the collection that is read; `Verification.part` then says how much that was.
        processes: how many read it; by default as many as are worth it and as there are cores. The result is the same.
        scheduler: the address of a Dask scheduler whose workers read it instead.

    Raises:
        WorkerLost: one of the processes was killed.
        DaskMissing, SchedulerUnreachable, WorkerUnfit, ClusterLost: the scheduler's workers cannot do it.
        CollectionBusy: records are being moved.
    """
    with collection.keep_places():
        return _verify(collection, extent, processes, scheduler)


def _verify(collection: Collection, extent: Extent, processes: int | None, scheduler: str | None) -> Verification:
    found = _names(collection)
    with collection.catalog() as catalog:
        with catalog.snapshot():
            planned = plan(collection, catalog, extent)
            is_crawling = catalog.unfinished_runs() > 0
        said = Verification(part=planned.part)
        size = sum(file.committed for file in planned.files if file.name in planned.read)
        pool = open_pool(collection.root, processes or worth_starting(size, WORTH_A_PROCESS), scheduler)
        with pool as workers, closing_catalogs():
            _Check(collection, catalog, planned, said, workers, is_crawling=is_crawling).run()
    said.findings += _unknown(collection, found, is_crawling=is_crawling)
    said.findings += _sets(collection, said)
    return said


class _Check:
    """The check of one collection's files, articles and JSON lines, in this order."""

    def __init__(
        self,
        collection: Collection,
        catalog: Catalog,
        planned: Plan,
        said: Verification,
        workers: WorkerPool,
        *,
        is_crawling: bool,
    ) -> None:
        self._collection, self._catalog, self._plan, self._said = collection, catalog, planned, said
        self._workers, self._is_crawling = workers, is_crawling

    def run(self) -> None:
        """Add what is found."""
        self._files()
        self._articles()
        if any(self._collection.jsonl.glob("*.jsonl*")):
            self._lines()

    def _files(self) -> None:
        said, catalog, root = self._said, self._catalog, self._collection.root
        references, imported = References(), References()
        calls = ((root, file, self._is_crawling) for file in self._plan.files if file.name in self._plan.read)
        results = self._workers.each(check_file, calls)
        for file in self._plan.files:
            if file.name not in self._plan.read:
                said.findings += check_length(self._collection, file, is_crawling=self._is_crawling)
                continue
            said.files += 1
            following = Following(said, imported if file.origin == "imported" else references)
            opened = opener(self._collection.warc_file(file.name, is_fresh=True))
            found = following.findings(file.name, next(results), opened)
            said.findings += most(as_imported(found) if file.origin == "imported" else found, file.name)

        def is_known(record_id: str) -> bool:  # a capture whose record is missing or damaged is reported already
            return catalog.capture(record_id) is not None

        def digest_of(record_id: str) -> str | None:
            capture = catalog.capture(record_id)
            return capture.payload_digest if capture else None

        known = None if self._plan.part is None else digest_of
        said.findings += references.dangling(is_known, is_whole=True, digest_of=known)
        said.findings += imported.dangling(is_known, is_whole=False, digest_of=known)

    def _articles(self) -> None:
        calls = ((self._collection.root, span, self._plan.runs_read) for span in self._plan.spans)
        for results in self._workers.each(check_versions, calls):
            self._add(results)

    def _lines(self) -> None:
        root, planned = self._collection.root, self._plan
        calls = ((root, run, planned.reads_lines(run.name)) for run in self._catalog.every_run())
        for results in self._workers.each(check_lines, calls):
            self._add(results)

    def _add(self, results: Iterator[Finding | Counted]) -> None:
        for one in results:
            if isinstance(one, Counted):
                one.add_to(self._said)
            else:
                self._said.findings.append(one)


# files that the catalog does not know


def _names(collection: Collection) -> set[str]:
    here = {path.name for path in collection.warc.iterdir() if path.is_file()} if collection.warc.is_dir() else set()
    return here | collection.stored_names()


def _unknown(collection: Collection, found: set[str], *, is_crawling: bool) -> Iterator[Finding]:
    """The findings about files in warc/ that were there before the catalog was read, and that it does not list now."""
    with collection.catalog() as catalog:
        known = {file.name for file in catalog.warc_files()}
        former = {one.name: one.file for one in former_files(catalog.connection) if one.name in found}
    for name in sorted(found):
        if name.removesuffix(OPEN_SUFFIX) in known:
            continue
        path = collection.warc / name
        if name.endswith((OPEN_SUFFIX, PART_SUFFIX)) or any(is_name_of(path, part) for part in parts(collection)):
            if is_crawling:
                continue
            severity: Severity = "warning"
            code = Disagreement.UNFINISHED_FILE
        elif not collection.warc_file(name, is_fresh=True).exists():
            continue
        elif name in former:
            fault = Fault.of(Disagreement.FORMER_FILE, found=former[name])
            yield Finding(file=name, offset=None, record_id=None, rule="catalog", severity="warning", fault=fault)
            continue
        else:
            severity, code = "damage", Disagreement.UNKNOWN_FILE
        yield Finding(file=name, offset=None, record_id=None, rule="catalog", severity=severity, fault=Fault.of(code))


def _sets(collection: Collection, said: Verification) -> Iterator[Finding]:
    """The findings about files of frozen sets; whether their articles are still held so is not asked."""
    for name in sets.names(collection):
        path = sets.path_of(collection, name)
        said.sets += 1
        try:
            sets.read(path)
        except SetDamaged as error:
            fault = Fault.of(error.damage, **({"found": error.found} if error.found else {}))
            yield Finding(
                file=f"{path.parent.name}/{path.name}", offset=None, record_id=None, rule="frozen set",
                severity="damage", fault=fault,
            )  # fmt: skip
