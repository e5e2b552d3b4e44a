"""Checks the WARC files of a collection, and that catalog, indexes and articles agree with them."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from archive.catalog import Capture, Catalog, WarcFile
from archive.catalog.former_files import former_files
from archive.checking.articles import verify_articles, verify_lines
from archive.checking.verification import Disagreement, Verification, most
from archive.collection import OPEN_SUFFIX, Collection
from archive.durable import PART_SUFFIX, crc32_of
from archive.errors import SetDamaged
from archive.faults import Fault
from archive.ingest.parts import is_name_of, parts
from archive.projections import cdxj_files
from archive.sets import files as sets
from archive.warc.check.findings import Finding, Severity
from archive.warc.check.indexes import CdxjIndex
from archive.warc.check.references import References
from archive.warc.check.verdicts import Checked
from archive.warc.check.verify import verify_file
from archive.warc.posted import real_address
from archive.warc.reader import opener


def verify(collection: Collection) -> Verification:
    """Check a collection against its catalog as it stands at the beginning, also while it is being crawled.

    What a crawl adds meanwhile is left out, and no record is moved meanwhile. No snapshot of the catalog is held, or
    its journal would grow for as long.

    Every record and the references between records, the place of every capture, the checksums of the files, the CDXJ
    files, the record and address of every article, the JSON lines, and the files of frozen sets.
    """
    with collection.keep_places():
        return _verify(collection)


def _verify(collection: Collection) -> Verification:
    said = Verification()
    found = _names(collection)
    references, imported = References(), References()
    with collection.catalog() as catalog:
        with catalog.snapshot():
            files, last = catalog.warc_files(), catalog.last_seq()
            is_crawling = catalog.unfinished_runs() > 0
        for file in files:
            said.files += 1
            of_file = imported if file.origin == "imported" else references
            looked_at = _File(collection, catalog, file, said, of_file, is_crawling=is_crawling)
            said.findings += most(looked_at.findings(), file.name)

        def is_known(record_id: str) -> bool:  # a capture whose record is missing or damaged is reported already
            return catalog.capture(record_id) is not None

        said.findings += references.dangling(is_known, is_whole=True)
        said.findings += imported.dangling(is_known, is_whole=False)
        said.findings += verify_articles(catalog, said, last)
        said.findings += verify_lines(collection, catalog)
    said.findings += _unknown(collection, found, is_crawling=is_crawling)
    said.findings += _sets(collection, said)
    return said


class _File:
    """Checks one WARC file of the catalog."""

    def __init__(
        self,
        collection: Collection,
        catalog: Catalog,
        file: WarcFile,
        said: Verification,
        references: References,
        *,
        is_crawling: bool,
    ) -> None:
        self._collection, self._catalog, self._file, self._said = collection, catalog, file, said
        self._references, self._is_crawling = references, is_crawling
        self._path = collection.warc_path(file.name)
        captures = catalog.every_capture(file=file.name)
        self._captures = {capture.offset: capture for capture in captures if capture.offset < file.committed}

    def findings(self) -> Iterator[Finding]:
        """The findings about the file, and about what the catalog and its CDXJ file say of it."""
        file, is_damaged = self._file, False
        self._said.captures += len(self._captures)
        try:
            for finding in (*self._size(), *self._records()):
                is_damaged = is_damaged or finding.severity == "damage"
                yield finding
            if not is_damaged and crc32_of(self._path, file.committed) != file.crc32:
                yield self._finding(None, Fault.of(Disagreement.CHECKSUM))
        except OSError as error:
            yield self._finding(None, Fault.of(Disagreement.UNREADABLE, found=str(error.strerror or error)))
            self._captures.clear()  # a missing file is one finding
        for capture in self._captures.values():
            yield _missing(capture)

    def _size(self) -> Iterator[Finding]:
        size, committed = self._path.stat().st_size, self._file.committed
        if size < committed:
            yield self._finding(size, Fault.of(Disagreement.SHORTER, expected=committed, found=size))
        elif size > committed and self._file.state == "closed":
            yield self._finding(committed, Fault.of(Disagreement.LONGER, expected=committed, size=size - committed))

    def _records(self) -> Iterator[Finding]:
        name, index = self._file.name, CdxjIndex()
        demand = yield from self._index(index)
        if self._file.committed == 0:
            return
        opened = opener(self._path)
        for record, findings in verify_file(self._path, self._file.committed, name):
            yield from findings
            if record is None:
                for finding in findings:
                    self._references.mention(finding.record_id or "")
                continue
            self._said.records += 1
            yield from self._references.see(name, record, opened)
            if demand:
                yield from index.compare(name, record, demand=demand)
            if capture := self._captures.pop(record.offset, None):
                yield from _compare(capture, record)
            elif self._file.origin == "written" and record.type in ("response", "revisit", "resource"):
                unlisted = Fault.of(Disagreement.CAPTURE_UNLISTED, url=record.url)
                yield self._finding(record.offset, unlisted, record.record_id)
        yield from index.left(name)

    def _index(self, index: CdxjIndex) -> Generator[Finding, None, str | None]:
        """Read the CDXJ file of a closed file; its name, or None where there is none."""
        path = cdxj_files.path_of(self._collection, self._file.name)
        if self._file.state != "closed" or not self._collection.cdxj.is_dir():
            return None
        try:
            with path.open("rb") as lines:
                yield from index.take(path.name, lines)
        except FileNotFoundError:
            if not self._is_crawling:
                yield Finding(
                    file=path.name, offset=None, record_id=None, rule="CDXJ", severity="warning",
                    fault=Fault.of(Disagreement.NO_CDXJ),
                )  # fmt: skip
            return None
        return path.name

    def _finding(self, offset: int | None, fault: Fault, record_id: str | None = None) -> Finding:
        return Finding(
            file=self._file.name, offset=offset, record_id=record_id, rule="catalog", severity="damage", fault=fault
        )


def _finding(capture: Capture, fault: Fault) -> Finding:
    return Finding(
        file=capture.file,
        offset=capture.offset,
        record_id=capture.record_id,
        rule="catalog",
        severity="damage",
        fault=fault,
    )


def _missing(capture: Capture) -> Finding:
    return _finding(capture, Fault.of(Disagreement.CAPTURE_ABSENT, url=capture.url))


def _compare(capture: Capture, record: Checked) -> Iterator[Finding]:
    refers_to = (record.header("WARC-Refers-To") or "").strip("<>") or None
    for what, said, found in (
        ("record id", capture.record_id, record.record_id),
        ("type", capture.type, record.type),
        ("address", capture.url if capture.url == record.url else real_address(capture.url)[0], record.url),
        ("length", capture.length, record.length or capture.length),
        ("status", capture.status, record.status if record.message else capture.status),
        ("payload digest", capture.payload_digest, record.header("WARC-Payload-Digest")),
        ("record that it refers to", capture.refers_to, refers_to),
    ):
        if said != found:
            yield _finding(capture, Fault.of(Disagreement.CAPTURE_DIFFERS, field=what, expected=said, found=found))
    said_at = capture.captured_at.strftime("%Y-%m-%dT%H:%M:%S")
    found_at = (record.header("WARC-Date") or "").upper()
    if not said_at.startswith(found_at.rstrip("Z")[:19]):
        differs = Fault.of(Disagreement.CAPTURE_DIFFERS, field="time", expected=f"{said_at}Z", found=found_at)
        yield _finding(capture, differs)


# files that the catalog does not know


def _names(collection: Collection) -> set[str]:
    return {path.name for path in collection.warc.iterdir() if path.is_file()} if collection.warc.is_dir() else set()


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
        elif not path.exists():
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
