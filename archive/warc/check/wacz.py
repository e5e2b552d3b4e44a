"""Checks WACZ files (WACZ 1.1.1): the ZIP, its manifest, its archives, indexes and pages."""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from archive.faults import Fault
from archive.warc.check.between.references import References
from archive.warc.check.findings import Departure, Finding, Severity
from archive.warc.check.indexes import CdxjIndex
from archive.warc.check.verify import verify_stream
from archive.warc.check.walk import Verdict

_STEP = 1024 * 1024
# A manifest or a list of pages that is longer is not read into memory
_LONGEST_MANIFEST = 256 * 1024 * 1024
_LONGEST_LINE = 16 * 1024 * 1024
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_MANIFESTS = ("datapackage.json", "datapackage-digest.json")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def verify_wacz(path: Path) -> Iterator[Verdict]:
    """All records of its archives with the findings about each, and the findings about the package.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        try:
            package = zipfile.ZipFile(stream)
        except _BROKEN as error:
            yield None, [_finding(path.name, "ZIP", "damage", Fault.of(Departure.ZIP_UNREADABLE, found=str(error)))]
            return
        with package:
            yield from _Package(path.name, package).verdicts()


class _Package:
    """An open WACZ."""

    def __init__(self, name: str, package: zipfile.ZipFile) -> None:
        self.name, self._zip = name, package
        self._entries = {entry.filename: entry for entry in package.infolist() if not entry.is_dir()}
        self._broken: set[str] = set()
        self._hashes: dict[str, dict[str, str]] = {}

    def verdicts(self) -> Iterator[Verdict]:
        if len(self._entries) < sum(not entry.is_dir() for entry in self._zip.infolist()):
            yield None, [self._of("ZIP", "breach", Fault.of(Departure.ZIP_SAME_NAMES))]
        yield None, list(self._sums())
        yield None, list(self._manifest())
        yield None, list(self._pages())
        yield from self._archives()

    def _sums(self) -> Iterator[Finding]:
        """Read every file once: the ZIP's checksums, and the hashes that the manifest may name."""
        for name in self._entries:
            sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
            try:
                with self._zip.open(name) as stream:
                    while piece := stream.read(_STEP):
                        sha256.update(piece)
                        md5.update(piece)
            except _BROKEN as error:
                self._broken.add(name)
                yield self._of("ZIP", "damage", Fault.of(Departure.ZIP_ENTRY_UNREADABLE, name=name, found=str(error)))
            self._hashes[name] = {"sha256": sha256.hexdigest(), "md5": md5.hexdigest()}

    def _manifest(self) -> Iterator[Finding]:
        rule = "WACZ 1.1.1, datapackage.json"
        said = self._json("datapackage.json")
        if isinstance(said, Fault):
            yield self._of(rule, "damage", said)
            return
        if said.get("profile") != "data-package":
            yield self._of(rule, "breach", Fault.of(Departure.PROFILE, found=str(said.get("profile"))))
        if not isinstance(said.get("wacz_version"), str):
            yield self._of(rule, "breach", Fault.of(Departure.NO_WACZ_VERSION))
        resources = said.get("resources")
        if not isinstance(resources, list):
            yield self._of(rule, "breach", Fault.of(Departure.NO_RESOURCES))
            return
        listed = set()
        for resource in resources:
            path = resource.get("path") if isinstance(resource, dict) else None
            if not isinstance(path, str):
                yield self._of(rule, "breach", Fault.of(Departure.RESOURCE_NO_PATH))
                continue
            listed.add(path)
            yield from self._resource(rule, path, resource)
        for name in self._entries:
            if name not in listed and name not in _MANIFESTS:
                yield self._of(rule, "breach", Fault.of(Departure.RESOURCE_UNLISTED, name=name))
        yield from self._digest()

    def _resource(self, rule: str, path: str, resource: dict[str, Any]) -> Iterator[Finding]:
        entry = self._entries.get(path)
        if entry is None:
            yield self._of(rule, "damage", Fault.of(Departure.RESOURCE_ABSENT, name=path))
            return
        if resource.get("bytes") is None:
            yield self._of(rule, "breach", Fault.of(Departure.RESOURCE_NO_SIZE, name=path))
        elif resource["bytes"] != entry.file_size:
            size = Fault.of(
                Departure.RESOURCE_SIZE, name=path, expected=str(resource["bytes"])[:100], found=entry.file_size
            )
            yield self._of(rule, "damage", size)
        said = resource.get("hash")
        if not isinstance(said, str):
            yield self._of(rule, "warning", Fault.of(Departure.RESOURCE_NO_HASH, name=path))
        elif wrong := self._wrong(path, said):
            yield self._of(rule, *wrong)

    def _wrong(self, path: str, said: str) -> tuple[Severity, Fault] | None:
        if path in self._broken:
            return None  # reported already
        label, _, value = said.rpartition(":")
        found = self._hashes[path].get((label or "md5").lower().replace("-", ""))
        if found is None:
            return "warning", Fault.of(Departure.RESOURCE_UNKNOWN_HASH, name=path, found=label[:30])
        if found != value.strip().lower():
            return "damage", Fault.of(Departure.RESOURCE_HASH, name=path, expected=said[:100], found=found)
        return None

    def _digest(self) -> Iterator[Finding]:
        rule = "WACZ 1.1.1, datapackage-digest.json"
        if "datapackage-digest.json" not in self._entries:
            return
        said = self._json("datapackage-digest.json")
        if isinstance(said, Fault):
            yield self._of(rule, "damage", said)
        elif said.get("path") != "datapackage.json" or not isinstance(said.get("hash"), str):
            yield self._of(rule, "breach", Fault.of(Departure.NO_DIGEST_OF_MANIFEST))
        elif wrong := self._wrong("datapackage.json", said["hash"]):
            yield self._of(rule, *wrong)

    def _json(self, name: str) -> dict[str, Any] | Fault:
        entry = self._entries.get(name)
        if entry is None:
            return Fault.of(Departure.ENTRY_MISSING, name=name)
        if name in self._broken or entry.file_size > _LONGEST_MANIFEST:
            return Fault.of(Departure.ENTRY_UNREADABLE, name=name)
        try:
            said = json.loads(self._zip.read(name))
        except (*_BROKEN, RecursionError) as error:
            return Fault.of(Departure.ENTRY_NO_JSON, name=name, found=str(error))
        return said if isinstance(said, dict) else Fault.of(Departure.ENTRY_NO_OBJECT, name=name)

    def _pages(self) -> Iterator[Finding]:
        rule = "WACZ 1.1.1, pages.jsonl"
        if "pages/pages.jsonl" not in self._entries:
            yield self._of(rule, "breach", Fault.of(Departure.ENTRY_MISSING, name="pages/pages.jsonl"))
        for name in self._entries:
            if name.startswith("pages/") and name.endswith(".jsonl") and name not in self._broken:
                for number, line in enumerate(self._lines(name), 1):
                    if line.strip() and (wrong := _wrong_page(line, is_first=number == 1)):
                        code, found = wrong
                        yield self._of(rule, "breach", Fault.of(code, name=name, line=number, found=found))

    def _lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, inflated where they are zipped; they end where they cannot be read."""
        try:
            with self._zip.open(name) as stored:
                stream = gzip.GzipFile(fileobj=stored) if name.endswith(".gz") else stored
                while line := stream.readline(_LONGEST_LINE):
                    yield line
        except _BROKEN:
            self._broken.add(name)

    def _archives(self) -> Iterator[Verdict]:
        index, references = CdxjIndex(), References()
        indexes = [name for name in self._entries if name.startswith("indexes/") and ".cdx" in name]
        findings: list[Finding] = []
        for name in indexes:
            findings += index.take(f"{self.name}/{name}", self._lines(name))
            if name in self._broken:
                unreadable = Fault.of(Departure.ENTRY_UNREADABLE, name=name)
                findings.append(self._of("WACZ 1.1.1, indexes", "damage", unreadable))
        for name in self._entries:
            if name.startswith("indexes/") and name.endswith(".idx"):
                findings += self._blocks(name)
        if not indexes:
            findings.append(self._of("WACZ 1.1.1, indexes", "breach", Fault.of(Departure.NO_INDEX)))
        archives = [name for name in self._entries if name.startswith("archive/")]
        if not archives:
            findings.append(self._of("WACZ 1.1.1, archive", "breach", Fault.of(Departure.NO_ARCHIVE)))
        yield None, findings
        for name in archives:
            yield from self._archive(name, index, references, f"{self.name}/{indexes[0]}" if indexes else None)
        yield None, [*index.unread(), *references.dangling(is_whole=False)]

    def _archive(self, name: str, index: CdxjIndex, references: References, demand: str | None) -> Iterator[Verdict]:
        rule, shown, file = "WACZ 1.1.1, archive", f"{self.name}/{name}", name.rpartition("/")[2]
        if self._entries[name].compress_type != zipfile.ZIP_STORED:
            yield None, [self._of(rule, "warning", Fault.of(Departure.ARCHIVE_COMPRESSED, name=name))]
        if not file.endswith((".warc", ".warc.gz")):
            yield None, [self._of(rule, "breach", Fault.of(Departure.ARCHIVE_SUFFIX, name=name))]
        opened = functools.partial(self._content, name)
        try:
            with opened() as content:
                for record, findings in verify_stream(content, shown):
                    if record is not None:
                        findings = [*findings, *references.see(shown, record, opened)]
                        findings += index.compare(file, record, demand=demand)
                    yield record, findings
        except _BROKEN as error:
            yield (
                None,
                [self._of("ZIP", "damage", Fault.of(Departure.ZIP_ENTRY_UNREADABLE, name=name, found=str(error)))],
            )
        yield None, list(index.left(file))

    def _content(self, name: str) -> BinaryIO:
        """A file within the ZIP as a stream that can seek, without holding it in memory."""
        spooled = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        try:
            with self._zip.open(name) as stored:
                shutil.copyfileobj(stored, spooled, _STEP)
        except zipfile.BadZipFile:
            pass  # a wrong checksum at its end is reported already, and the check of the records finds the place
        spooled.seek(0)
        return spooled

    def _blocks(self, name: str) -> Iterator[Finding]:
        """Check that the blocks of a compressed index are where its own index says.

        Each line names the file that holds them, or the line that begins with `!meta` does for all of them.
        """
        rule = "WACZ 1.1.1, indexes"
        held: dict[str, bytes] = {}
        usual = name.rpartition("/")[2].removesuffix(".idx") + ".cdx.gz"
        for number, line in enumerate(self._lines(name), 1):
            if not line.strip():
                continue
            try:
                key, _, said = line.strip().split(b" ", 2)
                entry = json.loads(said)
                if key == b"!meta":
                    usual = str(entry.get("filename", usual))
                    continue
                file = f"indexes/{str(entry.get('filename', usual)).rpartition('/')[2]}"
                if file not in held:
                    held[file] = self._read_index(file)
                block = held[file][int(entry["offset"]) :][: int(entry["length"])]
                first = zlib.decompressobj(31).decompress(block, len(key) + 1)
                wrong = first != key + b" " or _wrong_hash(block, entry.get("digest"))
            except (*_BROKEN, KeyError, TypeError, AttributeError, RecursionError):
                wrong = True
            if wrong:
                yield self._of(rule, "damage", Fault.of(Departure.INDEX_BLOCK, name=name, line=number))

    def _read_index(self, name: str) -> bytes:
        entry = self._entries[name]
        if entry.file_size > 16 * _LONGEST_MANIFEST:
            raise ValueError("too long")
        return self._zip.read(name)

    def _of(self, rule: str, severity: Severity, fault: Fault) -> Finding:
        return _finding(self.name, rule, severity, fault)


def _wrong_hash(block: bytes, said: object) -> bool:
    if not isinstance(said, str) or not said.startswith("sha256:"):
        return False
    return hashlib.sha256(block).hexdigest() != said.removeprefix("sha256:").lower()


def _wrong_page(line: bytes, *, is_first: bool) -> tuple[Departure, str | None] | None:
    try:
        page = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Departure.PAGE_NO_JSON, str(error)
    if not isinstance(page, dict):
        return Departure.PAGE_NO_OBJECT, None
    if is_first and "format" in page:
        return None
    if not isinstance(page.get("url"), str):
        return Departure.PAGE_NO_URL, None
    if not isinstance(page.get("ts"), str) or not _RFC_3339.fullmatch(page["ts"]):
        return Departure.PAGE_NO_TIME, None
    return None


def _finding(name: str, rule: str, severity: Severity, fault: Fault) -> Finding:
    return Finding(file=name, offset=None, record_id=None, rule=rule, severity=severity, fault=fault)
