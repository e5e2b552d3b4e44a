"""Checking WACZ files (WACZ 1.1.1): the ZIP, its manifest, its archives, indexes and pages; makes none."""

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

from archive.warc.check.findings import Finding, Severity
from archive.warc.check.indexes import Index
from archive.warc.check.references import References
from archive.warc.check.verify import Verdict, verify_stream

_STEP = 1024 * 1024
# A manifest or a list of pages that is longer is not read into memory
_LONGEST_MANIFEST = 256 * 1024 * 1024
_LONGEST_LINE = 16 * 1024 * 1024
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_MANIFESTS = ("datapackage.json", "datapackage-digest.json")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def verify_wacz(path: Path) -> Iterator[Verdict]:
    """All records of its archives with what is wrong with each, and what else is wrong with the file.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        try:
            package = zipfile.ZipFile(stream)
        except _BROKEN as error:
            yield None, [_finding(path.name, "ZIP", "damage", f"the ZIP cannot be read: {error}")]
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
            yield None, [self._of("ZIP", "breach", "two files within the ZIP have one name")]
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
                yield self._of("ZIP", "damage", f"{name} cannot be read whole: {error}")
            self._hashes[name] = {"sha256": sha256.hexdigest(), "md5": md5.hexdigest()}

    def _manifest(self) -> Iterator[Finding]:
        rule = "WACZ 1.1.1, datapackage.json"
        said = self._json("datapackage.json")
        if isinstance(said, str):
            yield self._of(rule, "damage", said)
            return
        if said.get("profile") != "data-package":
            yield self._of(rule, "breach", f"profile is {said.get('profile')!r}, not data-package")
        if not isinstance(said.get("wacz_version"), str):
            yield self._of(rule, "breach", "wacz_version is missing")
        resources = said.get("resources")
        if not isinstance(resources, list):
            yield self._of(rule, "breach", "resources is no list")
            return
        listed = set()
        for resource in resources:
            path = resource.get("path") if isinstance(resource, dict) else None
            if not isinstance(path, str):
                yield self._of(rule, "breach", "a resource has no path")
                continue
            listed.add(path)
            yield from self._resource(rule, path, resource)
        for name in self._entries:
            if name not in listed and name not in _MANIFESTS:
                yield self._of(rule, "breach", f"{name} is not listed among the resources")
        yield from self._digest()

    def _resource(self, rule: str, path: str, resource: dict[str, Any]) -> Iterator[Finding]:
        entry = self._entries.get(path)
        if entry is None:
            yield self._of(rule, "damage", f"{path} is listed and is not in the ZIP")
            return
        if resource.get("bytes") is None:
            yield self._of(rule, "breach", f"{path}: its number of bytes is missing")
        elif resource["bytes"] != entry.file_size:
            yield self._of(rule, "damage", f"{path} has {entry.file_size} bytes, not {resource['bytes']}")
        said = resource.get("hash")
        if not isinstance(said, str):
            yield self._of(rule, "warning", f"{path}: its hash is missing")
        elif wrong := self._wrong(path, said):
            yield self._of(rule, *wrong)

    def _wrong(self, path: str, said: str) -> tuple[Severity, str] | None:
        if path in self._broken:
            return None  # said already
        label, _, value = said.rpartition(":")
        found = self._hashes[path].get((label or "md5").lower().replace("-", ""))
        if found is None:
            return "warning", f"{path}: its hash names {label[:30]}, which cannot be checked here"
        if found != value.strip().lower():
            return "damage", f"{path}: its hash is {said[:100]}, the bytes give {found}"
        return None

    def _digest(self) -> Iterator[Finding]:
        rule = "WACZ 1.1.1, datapackage-digest.json"
        if "datapackage-digest.json" not in self._entries:
            return
        said = self._json("datapackage-digest.json")
        if isinstance(said, str):
            yield self._of(rule, "damage", said)
        elif said.get("path") != "datapackage.json" or not isinstance(said.get("hash"), str):
            yield self._of(rule, "breach", "path and hash of datapackage.json are missing")
        elif wrong := self._wrong("datapackage.json", said["hash"]):
            yield self._of(rule, *wrong)

    def _json(self, name: str) -> dict[str, Any] | str:
        entry = self._entries.get(name)
        if entry is None:
            return f"{name} is missing"
        if name in self._broken or entry.file_size > _LONGEST_MANIFEST:
            return f"{name} cannot be read"
        try:
            said = json.loads(self._zip.read(name))
        except (*_BROKEN, RecursionError) as error:
            return f"{name} is no JSON: {error}"
        return said if isinstance(said, dict) else f"{name} is no JSON object"

    def _pages(self) -> Iterator[Finding]:
        rule = "WACZ 1.1.1, pages.jsonl"
        if "pages/pages.jsonl" not in self._entries:
            yield self._of(rule, "breach", "pages/pages.jsonl is missing")
        for name in self._entries:
            if name.startswith("pages/") and name.endswith(".jsonl") and name not in self._broken:
                for number, line in enumerate(self._lines(name), 1):
                    if line.strip() and (wrong := _wrong_page(line, is_first=number == 1)):
                        yield self._of(rule, "breach", f"{name}, line {number}: {wrong}")

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
        index, references = Index(), References()
        indexes = [name for name in self._entries if name.startswith("indexes/") and ".cdx" in name]
        findings: list[Finding] = []
        for name in indexes:
            findings += index.take(f"{self.name}/{name}", self._lines(name))
            if name in self._broken:
                findings.append(self._of("WACZ 1.1.1, indexes", "damage", f"{name} cannot be read to its end"))
        for name in self._entries:
            if name.startswith("indexes/") and name.endswith(".idx"):
                findings += self._blocks(name)
        if not indexes:
            findings.append(self._of("WACZ 1.1.1, indexes", "breach", "there is no index in indexes/"))
        archives = [name for name in self._entries if name.startswith("archive/")]
        if not archives:
            findings.append(self._of("WACZ 1.1.1, archive", "breach", "there is no WARC file in archive/"))
        yield None, findings
        for name in archives:
            yield from self._archive(name, index, references, f"{self.name}/{indexes[0]}" if indexes else None)
        yield None, [*index.unread(), *references.dangling(is_whole=False)]

    def _archive(self, name: str, index: Index, references: References, demand: str | None) -> Iterator[Verdict]:
        rule, shown, file = "WACZ 1.1.1, archive", f"{self.name}/{name}", name.rpartition("/")[2]
        if self._entries[name].compress_type != zipfile.ZIP_STORED:
            yield None, [self._of(rule, "warning", f"{name} is compressed within the ZIP and cannot be read in place")]
        if not file.endswith((".warc", ".warc.gz")):
            yield None, [self._of(rule, "breach", f"{name} does not end with .warc or .warc.gz")]
        opened = functools.partial(self._content, name)
        try:
            with opened() as content:
                for record, findings in verify_stream(content, shown):
                    if record is not None:
                        findings = [*findings, *references.see(shown, record, opened)]
                        findings += index.compare(file, record, demand=demand)
                    yield record, findings
        except _BROKEN as error:
            yield None, [self._of("ZIP", "damage", f"{name} cannot be read: {error}")]
        yield None, list(index.left(file))

    def _content(self, name: str) -> BinaryIO:
        """A file within the ZIP as a stream that can seek, without holding it in memory."""
        spooled = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        try:
            with self._zip.open(name) as stored:
                shutil.copyfileobj(stored, spooled, _STEP)
        except zipfile.BadZipFile:
            pass  # a wrong checksum at its end: said already, and the records tell where it is wrong
        spooled.seek(0)
        return spooled

    def _blocks(self, name: str) -> Iterator[Finding]:
        """The index of a compressed index: that its blocks are where it says.

        Which file they are in each line says, or for all of them the line that begins with `!meta`.
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
                yield self._of(rule, "damage", f"{name}, line {number}: the block is not where it says")

    def _read_index(self, name: str) -> bytes:
        entry = self._entries[name]
        if entry.file_size > 16 * _LONGEST_MANIFEST:
            raise ValueError("too long")
        return self._zip.read(name)

    def _of(self, rule: str, severity: Severity, message: str) -> Finding:
        return _finding(self.name, rule, severity, message)


def _wrong_hash(block: bytes, said: object) -> bool:
    if not isinstance(said, str) or not said.startswith("sha256:"):
        return False
    return hashlib.sha256(block).hexdigest() != said.removeprefix("sha256:").lower()


def _wrong_page(line: bytes, *, is_first: bool) -> str | None:
    try:
        page = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"no JSON: {error}"
    if not isinstance(page, dict):
        return "no JSON object"
    if is_first and "format" in page:
        return None
    if not isinstance(page.get("url"), str):
        return "url is missing"
    if not isinstance(page.get("ts"), str) or not _RFC_3339.fullmatch(page["ts"]):
        return "ts is missing or no time of RFC 3339"
    return None


def _finding(name: str, rule: str, severity: Severity, message: str) -> Finding:
    return Finding(file=name, offset=None, record_id=None, rule=rule, severity=severity, message=message)
