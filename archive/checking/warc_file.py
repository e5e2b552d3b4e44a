"""Checks one WARC file of a collection: its records, and what the catalog and its CDXJ file say of it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from datetime import UTC
from pathlib import Path

from archive.batch.catalogs import catalog_of
from archive.catalog import Capture, WarcFile
from archive.checking.parts import Counted, Part, Step, mentioned_in
from archive.checking.verification import Disagreement
from archive.collection import Collection
from archive.durable import crc32_of
from archive.faults import Fault
from archive.ingest.foreign.reading import last_record
from archive.projections import cdxj_files
from archive.warc.check.between.noted import Noter
from archive.warc.check.findings import Finding
from archive.warc.check.indexes import CdxjIndex
from archive.warc.check.verdicts import Checked
from archive.warc.check.verify import verify_file
from archive.warc.dates import capture_instant
from archive.warc.posted import real_address


def check_file(root: Path, file: WarcFile, is_crawling: bool) -> Iterator[Part]:
    """Check a file of the collection at `root` from beginning to end, in this process or in a worker."""
    collection = Collection(root)
    captures = {
        capture.offset: capture
        for capture in catalog_of(root).every_capture(file=file.name)
        if capture.offset < file.committed
    }
    yield from _File(collection, file, captures, is_crawling=is_crawling).parts()


def check_length(collection: Collection, file: WarcFile, *, is_crawling: bool) -> Iterator[Finding]:
    """Check a file that is not read: that it is there, as long as the catalog says, and has its CDXJ file."""
    checked = _File(collection, file, {}, is_crawling=is_crawling)
    try:
        yield from checked.size()
    except OSError as error:
        yield checked.unreadable(error)
    if checked.has_index() and not cdxj_files.path_of(collection, file.name).exists() and not is_crawling:
        yield no_cdxj(cdxj_files.path_of(collection, file.name).name)


class _File:
    """Checks one WARC file of the catalog, the captures of which are given by offset."""

    def __init__(
        self, collection: Collection, file: WarcFile, captures: dict[int, Capture], *, is_crawling: bool
    ) -> None:
        self._collection, self._file, self._captures = collection, file, captures
        self._is_crawling = is_crawling
        self._path = collection.warc_file(file.name, is_fresh=True)

    def parts(self) -> Iterator[Part]:
        """What is found about the file, and about what the catalog and its CDXJ file say of it."""
        yield Counted(captures=len(self._captures))
        is_damaged = False
        try:
            yield Step(sizes := list(self.size()))
            is_damaged = bool(sizes)
            if self._file.origin == "imported" and not is_damaged and (changed := list(self._checksum())):
                yield Step(changed)
                is_damaged = True
            for step in self._records():
                if step.before or step.behind:
                    is_damaged = is_damaged or any(one.severity == "damage" for one in (*step.before, *step.behind))
                yield step
            if not is_damaged and self._file.origin == "written":
                yield Step(list(self._checksum()))
        except OSError as error:
            yield Step([self.unreadable(error)])
            self._captures.clear()  # a missing file is one finding
        for capture in self._captures.values():
            yield Step([_missing(capture)])

    def size(self) -> Iterator[Finding]:
        """Compare its length with that of the catalog; it is damage where it differs."""
        size, committed = self._path.stat().st_size, self._file.committed
        if size < committed:
            yield self._finding(size, Fault.of(Disagreement.SHORTER, expected=committed, found=size))
        elif size > committed and self._file.state == "closed":
            yield self._finding(committed, Fault.of(Disagreement.LONGER, expected=committed, size=size - committed))

    def _checksum(self) -> Iterator[Finding]:
        if crc32_of(self._path, self._file.committed) != self._file.crc32:
            yield self._finding(None, Fault.of(Disagreement.CHECKSUM))

    def unreadable(self, error: OSError) -> Finding:
        """The finding about a file that is missing or cannot be read."""
        return self._finding(None, Fault.of(Disagreement.UNREADABLE, found=str(error.strerror or error)))

    def has_index(self) -> bool:
        """Whether it shall have a CDXJ file."""
        return self._file.state == "closed" and self._collection.cdxj.is_dir()

    def _records(self) -> Iterator[Step]:
        index, noter = CdxjIndex(), Noter()
        demand = yield from self._index(index)
        if self._file.committed == 0:
            return
        for verdict in verify_file(self._path, self._file.committed, self._file.name):
            record, findings = verdict
            if record is None and self._file.origin == "imported":
                record = last_record(self._path, findings)
            if record is None:
                yield Step(findings, mentioned=mentioned_in(verdict))
                continue
            yield Step(findings, noter.note(record), list(self._of_record(record, index, demand)))
        found = list(index.left(self._file.name))
        if found:
            yield Step(found)

    def _of_record(self, record: Checked, index: CdxjIndex, demand: str | None) -> Iterator[Finding]:
        # of an imported file some captures are left out: another file has them, or their records are not sound
        is_listed = self._file.origin == "written" or record.offset in self._captures
        if demand:
            yield from index.compare(self._file.name, record, demand=demand if is_listed else None)
        if capture := self._captures.pop(record.offset, None):
            yield from _compare(capture, record)
        elif self._file.origin == "written" and record.type in ("response", "revisit", "resource"):
            unlisted = Fault.of(Disagreement.CAPTURE_UNLISTED, url=record.url)
            yield self._finding(record.offset, unlisted, record.record_id)

    def _index(self, index: CdxjIndex) -> Generator[Step, None, str | None]:
        """Read the CDXJ file of a closed file; its name, or None where there is none."""
        if not self.has_index():
            return None
        path = cdxj_files.path_of(self._collection, self._file.name)
        try:
            with path.open("rb") as lines:
                for finding in index.take(path.name, lines):
                    yield Step([finding])
        except FileNotFoundError:
            if not self._is_crawling:
                yield Step([no_cdxj(path.name)])
            return None
        return path.name

    def _finding(self, offset: int | None, fault: Fault, record_id: str | None = None) -> Finding:
        return Finding(
            file=self._file.name, offset=offset, record_id=record_id, rule="catalog", severity="damage", fault=fault
        )


def no_cdxj(name: str) -> Finding:
    """The finding about a CDXJ file that is missing."""
    return Finding(
        file=name, offset=None, record_id=None, rule="CDXJ", severity="warning", fault=Fault.of(Disagreement.NO_CDXJ)
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


def _second(said: str) -> str | None:
    """The second of a WARC-Date; None where it is none."""
    with suppress(ValueError, OverflowError):
        return capture_instant(said).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return None


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
    said_at, found_at = capture.captured_at.strftime("%Y-%m-%dT%H:%M:%S"), record.header("WARC-Date") or ""
    if _second(found_at) != said_at:
        differs = Fault.of(Disagreement.CAPTURE_DIFFERS, field="time", expected=f"{said_at}Z", found=found_at)
        yield _finding(capture, differs)
