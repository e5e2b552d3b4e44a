"""Checks the manifest of a WACZ against its files, and its own digest and signature."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from archive.faults import Fault
from archive.warc.check.findings import Departure, Severity
from archive.warc.check.wacz.entries import BROKEN, Entries
from archive.warc.check.wacz.signature import RULE as SIGNING_RULE
from archive.warc.check.wacz.signature import Signed, check_signature

# A manifest that is longer is not read into memory
LONGEST_MANIFEST = 256 * 1024 * 1024
MANIFEST, DIGEST = "datapackage.json", "datapackage-digest.json"
SEVERAL = "multi-wacz-package"
"""The profile of a WACZ whose resources are WACZ files."""
_PROFILES = ("data-package", SEVERAL)
_RULE = "WACZ 1.1.1, datapackage.json"
_DIGEST_RULE = "WACZ 1.1.1, datapackage-digest.json"

# A rule, and what is wrong by it
Found = tuple[str, Severity, Fault]


class Manifest:
    """The manifest of a WACZ; `said` is empty where it cannot be read."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._hashes: dict[str, dict[str, str]] = {}
        self._read = read_object(entries, MANIFEST)
        self.said = {} if isinstance(self._read, Fault) else self._read

    @property
    def is_of_several(self) -> bool:
        """Whether its resources are WACZ files."""
        return self.said.get("profile") == SEVERAL

    def sums(self, *only: str) -> Iterator[Found]:
        """Read every file once, or only some: the ZIP's checksums, and the hashes that the manifest may name."""
        for name in only or self._entries.found:
            sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
            if name not in self._entries.broken:
                try:
                    for piece in self._entries.pieces(name):
                        sha256.update(piece)
                        md5.update(piece)
                except BROKEN as error:
                    self._entries.broken.add(name)
                    yield "ZIP", "damage", Fault.of(Departure.ZIP_ENTRY_UNREADABLE, name=name, found=str(error))
            self._hashes[name] = {"sha256": sha256.hexdigest(), "md5": md5.hexdigest()}

    def faults(self) -> Iterator[Found]:
        """What is wrong with it, once the files were read."""
        if isinstance(self._read, Fault):
            yield _RULE, "damage", self._read
            return
        said = self.said
        if said.get("profile") not in _PROFILES:
            yield _RULE, "breach", Fault.of(Departure.PROFILE, found=str(said.get("profile"))[:100])
        if not isinstance(said.get("wacz_version"), str) and not self.is_of_several:
            yield _RULE, "breach", Fault.of(Departure.NO_WACZ_VERSION)
        if isinstance(said.get("resources"), list):
            yield from self._resources(said["resources"])
        else:
            yield _RULE, "breach", Fault.of(Departure.NO_RESOURCES)
        for fault in self.digest():
            if not isinstance(fault, Signed):
                yield fault

    def _resources(self, resources: list[Any]) -> Iterator[Found]:
        listed = set()
        for resource in resources:
            path = resource.get("path") if isinstance(resource, dict) else None
            if not isinstance(path, str):
                yield _RULE, "breach", Fault.of(Departure.RESOURCE_NO_PATH)
                continue
            listed.add(path)
            yield from self._resource(path, resource)
        for name in self._entries.found:
            if name not in listed and name not in (MANIFEST, DIGEST):
                yield _RULE, "breach", Fault.of(Departure.RESOURCE_UNLISTED, name=name)

    def _resource(self, path: str, resource: dict[str, Any]) -> Iterator[Found]:
        entry = self._entries.found.get(path)
        if entry is None:
            is_elsewhere = self.is_of_several and path.startswith(("http://", "https://"))
            yield _RULE, "warning" if is_elsewhere else "damage", Fault.of(Departure.RESOURCE_ABSENT, name=path[:500])
            return
        if resource.get("bytes") is None:
            yield _RULE, "breach", Fault.of(Departure.RESOURCE_NO_SIZE, name=path)
        elif resource["bytes"] != entry.file_size:
            expected = str(resource["bytes"])[:100]
            size = Fault.of(Departure.RESOURCE_SIZE, name=path, expected=expected, found=entry.file_size)
            yield _RULE, "damage", size
        said = resource.get("hash")
        if not isinstance(said, str):
            yield _RULE, "warning", Fault.of(Departure.RESOURCE_NO_HASH, name=path)
        elif wrong := self._wrong(path, said):
            yield _RULE, *wrong

    def _wrong(self, path: str, said: str) -> tuple[Severity, Fault] | None:
        if path in self._entries.broken:
            return None  # reported already
        label, _, value = said.rpartition(":")
        found = self._hashes[path].get((label or "md5").lower().replace("-", ""))
        if found is None:
            return "warning", Fault.of(Departure.RESOURCE_UNKNOWN_HASH, name=path, found=label[:30])
        if found != value.strip().lower():
            return "damage", Fault.of(Departure.RESOURCE_HASH, name=path, expected=said[:100], found=found)
        return None

    def digest(self) -> Iterator[Found | Signed]:
        """What is wrong with its digest and signature, or who signed it."""
        if DIGEST not in self._entries.found:
            return
        said = read_object(self._entries, DIGEST)
        if isinstance(said, Fault):
            yield _DIGEST_RULE, "damage", said
            return
        if said.get("path") != MANIFEST or not isinstance(said.get("hash"), str):
            yield _DIGEST_RULE, "breach", Fault.of(Departure.NO_DIGEST_OF_MANIFEST)
        elif wrong := self._wrong(MANIFEST, said["hash"]):
            yield _DIGEST_RULE, *wrong
        if "signedData" in said and MANIFEST in self._hashes:
            own = "sha256:" + self._hashes[MANIFEST]["sha256"]
            for found in check_signature(said["signedData"], own, self.said.get("created")):
                yield found if isinstance(found, Signed) else (SIGNING_RULE, *found)


def read_object(entries: Entries, name: str) -> dict[str, Any] | Fault:
    """A file of a JSON object, or why it cannot be read."""
    entry = entries.found.get(name)
    if entry is None:
        return Fault.of(Departure.ENTRY_MISSING, name=name)
    if name in entries.broken:
        return Fault.of(Departure.ENTRY_UNREADABLE, name=name)
    try:
        said = json.loads(entries.read(name, LONGEST_MANIFEST))
    except (*BROKEN, RecursionError) as error:
        return Fault.of(Departure.ENTRY_NO_JSON, name=name, found=str(error))
    return said if isinstance(said, dict) else Fault.of(Departure.ENTRY_NO_OBJECT, name=name)
