"""Checks a WACZ from end to end, and one whose resources are WACZ files with each of these."""

from __future__ import annotations

import functools
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from archive.faults import Fault
from archive.warc.check.between.references import References
from archive.warc.check.findings import Departure, Finding, Severity
from archive.warc.check.indexes import CdxjIndex
from archive.warc.check.verify import verify_stream
from archive.warc.check.wacz.entries import BROKEN, Entries
from archive.warc.check.wacz.lists import block_faults, page_faults
from archive.warc.check.wacz.manifest import MANIFEST, Found, Manifest
from archive.warc.check.wacz.signature import Signed
from archive.warc.check.walk import Verdict

_INDEXES, _ARCHIVES, _PAGES = "WACZ 1.1.1, indexes", "WACZ 1.1.1, archive", "WACZ 1.1.1, pages.jsonl"


def verify_wacz(path: Path) -> Iterator[Verdict]:
    """All records of its archives with the findings about each, and the findings about the package.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        yield from _verify(path.name, stream)


def signatures_of(path: Path) -> list[Signed]:
    """The signatures of a WACZ that are right; those of files that are within it are not looked at."""
    with path.open("rb") as stream:
        try:
            with zipfile.ZipFile(stream) as package:
                entries = Entries(stream, package)
                manifest = Manifest(entries)
                if MANIFEST not in entries.found:
                    return []
                list(manifest.sums(MANIFEST))
                return [found for found in manifest.digest() if isinstance(found, Signed)]
        except BROKEN:
            return []


def _verify(name: str, stream: BinaryIO, *, is_within: bool = False) -> Iterator[Verdict]:
    try:
        package = zipfile.ZipFile(stream)
    except BROKEN as error:
        yield None, [_finding(name, "ZIP", "damage", Fault.of(Departure.ZIP_UNREADABLE, found=str(error)))]
        return
    with package:
        yield from _Package(name, Entries(stream, package), is_within).verdicts()


class _Package:
    """An open WACZ; `is_within` another."""

    def __init__(self, name: str, entries: Entries, is_within: bool) -> None:
        self.name, self._entries, self._is_within = name, entries, is_within
        self._manifest = Manifest(entries)

    def verdicts(self) -> Iterator[Verdict]:
        yield None, self._all(("ZIP", *found) for found in self._entries.faults)
        yield None, self._all(self._manifest.sums())
        yield None, self._all(self._manifest.faults())
        if self._manifest.is_of_several and not self._is_within:
            for name in self._entries.named("", ".wacz"):
                yield from self._within(name)
            return
        yield None, self._all((_PAGES, "breach", fault) for fault in page_faults(self._entries))
        yield from self._archives()

    def _within(self, name: str) -> Iterator[Verdict]:
        try:
            with self._entries.open(name) as stream:
                yield from _verify(f"{self.name}/{name}", stream, is_within=True)
        except BROKEN as error:
            yield None, [self._unreadable(name, error)]

    def _archives(self) -> Iterator[Verdict]:
        index, references = CdxjIndex(), References()
        entries = self._entries
        indexes = [name for name in entries.named("indexes/") if ".cdx" in name]
        findings: list[Finding] = []
        for name in indexes:
            findings += index.take(f"{self.name}/{name}", entries.lines(name))
            if name in entries.broken:
                findings.append(self._of(_INDEXES, "damage", Fault.of(Departure.ENTRY_UNREADABLE, name=name)))
        for name in entries.named("indexes/", ".idx"):
            findings += self._all((_INDEXES, "damage", fault) for fault in block_faults(entries, name))
        if not indexes:
            findings.append(self._of(_INDEXES, "breach", Fault.of(Departure.NO_INDEX)))
        archives = entries.named("archive/")
        if not archives:
            findings.append(self._of(_ARCHIVES, "breach", Fault.of(Departure.NO_ARCHIVE)))
        yield None, findings
        for name in archives:
            yield from self._archive(name, index, references, f"{self.name}/{indexes[0]}" if indexes else None)
        yield None, [*index.unread(), *references.dangling(is_whole=False)]

    def _archive(self, name: str, index: CdxjIndex, references: References, demand: str | None) -> Iterator[Verdict]:
        shown, file = f"{self.name}/{name}", name.rpartition("/")[2]
        if self._entries.found[name].compress_type != zipfile.ZIP_STORED:
            yield None, [self._of(_ARCHIVES, "warning", Fault.of(Departure.ARCHIVE_COMPRESSED, name=name))]
        if not file.endswith((".warc", ".warc.gz")):
            yield None, [self._of(_ARCHIVES, "breach", Fault.of(Departure.ARCHIVE_SUFFIX, name=name))]
        opened = functools.partial(self._entries.open, name)
        try:
            with opened() as content:
                for record, findings in verify_stream(content, shown):
                    if record is not None:
                        findings = [*findings, *references.see(shown, record, opened)]
                        findings += index.compare(file, record, demand=demand)
                    yield record, findings
        except BROKEN as error:
            yield None, [self._unreadable(name, error)]
        yield None, list(index.left(file))

    def _unreadable(self, name: str, error: BaseException) -> Finding:
        return self._of("ZIP", "damage", Fault.of(Departure.ZIP_ENTRY_UNREADABLE, name=name, found=str(error)))

    def _all(self, found: Iterable[Found]) -> list[Finding]:
        return [self._of(*one) for one in found]

    def _of(self, rule: str, severity: Severity, fault: Fault) -> Finding:
        return _finding(self.name, rule, severity, fault)


def _finding(name: str, rule: str, severity: Severity, fault: Fault) -> Finding:
    return Finding(file=name, offset=None, record_id=None, rule=rule, severity=severity, fault=fault)
