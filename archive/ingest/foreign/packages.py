"""The archives within a WACZ or multi-WACZ; the names of files within are never used as paths."""

from __future__ import annotations

import copy
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

import attrs

from archive.faults import Fault
from archive.warc.check.findings import Departure

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_ARCHIVES = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz")
_MULTIPLE = "multi-wacz-package"
_LONGEST_MANIFEST = 16 * 1024 * 1024
_MOST_ENTRIES = 100_000
_DEEPEST = 3
# What a compressed archive within may hold at most: this many times its size, or so many bytes
_MOST_TIMES, _MOST_BYTES = 200, 1 << 30
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


@attrs.frozen
class WrongEntry:
    """A file within a package that cannot be imported, and why."""

    name: str
    fault: Fault


@attrs.frozen
class PackedFile:
    """An archive within a package."""

    package: str
    entry: str
    _zip: zipfile.ZipFile
    _info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        """The package's name and its own, without folders and odd signs."""
        own = PurePosixPath(self.entry.replace("\\", "/")).name
        return f"{safe(PurePosixPath(self.package).stem)[:80]}-{safe(own)[-100:]}"

    @property
    def path(self) -> Path | None:
        """It has no path."""
        return None

    def open(self) -> BinaryIO:
        """Its bytes, up to damage; also where the package's checksum is of others: its records have their own.

        Raises:
            OSError: they cannot be read, or are a decompression bomb.
        """
        info = copy.copy(self._info)
        del info.CRC  # without it none is compared
        try:
            stored = self._zip.open(info)
        except BROKEN as error:
            raise OSError(f"{self.entry}: {error}") from error
        return cast(BinaryIO, _Bounded(stored, max(_MOST_BYTES, _MOST_TIMES * self._info.compress_size), self.entry))


class _Bounded:
    """A stream that ends where its ZIP is broken, and with an error where it holds too much, or nothing sound."""

    def __init__(self, stream: IO[bytes], most: int, name: str) -> None:
        self._stream, self._most, self._left, self._name = stream, most, most, name

    def __enter__(self) -> _Bounded:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stream.close()

    def read(self, size: int) -> bytes:
        try:
            piece = self._stream.read(size)
        except BROKEN as error:
            if self._left == self._most:
                raise OSError(f"{self._name}: {error}") from error
            return b""
        self._left -= len(piece)
        if self._left < 0:
            raise OSError(f"{self._name}: it inflates to too much")
        return piece


def safe(name: str) -> str:
    """A name of letters, digits, dots and dashes that is neither hidden nor empty."""
    return _SAFE.sub("_", name).lstrip(".-") or "file"


def archives_in(path: Path, stack: ExitStack) -> Iterator[PackedFile | WrongEntry | Path]:
    """The archives of a WACZ file, of those within it, and the paths of those that a multi-WACZ names beside it.

    Args:
        stack: closes what is opened.

    Raises:
        OSError: it cannot be read.
    """
    if not is_zip(path):
        yield from _named_in(path)
        return
    stream = stack.enter_context(path.open("rb"))
    yield from _within(stream, path.name, stack, 1)


def is_zip(path: Path) -> bool:
    """Whether a file begins as a ZIP does."""
    with path.open("rb") as stream:
        return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _within(stream: IO[bytes], name: str, stack: ExitStack, depth: int) -> Iterator[PackedFile | WrongEntry]:
    try:
        package = stack.enter_context(zipfile.ZipFile(stream))
        entries = [entry for entry in package.infolist() if not entry.is_dir()]
    except (*BROKEN, OSError) as error:
        yield WrongEntry(name, Fault.of(Departure.ZIP_UNREADABLE, found=str(error)[:200]))
        return
    found = False
    for entry in entries[:_MOST_ENTRIES]:
        lower = entry.filename.lower()
        if lower.endswith(_ARCHIVES):
            found = True
            yield PackedFile(name, entry.filename, package, entry)
        elif lower.endswith(".wacz") and depth < _DEEPEST:
            found = True
            try:
                inner = stack.enter_context(package.open(entry))
            except (*BROKEN, OSError) as error:
                fault = Fault.of(Departure.ZIP_ENTRY_UNREADABLE, name=entry.filename, found=str(error)[:200])
                yield WrongEntry(f"{name}/{entry.filename}", fault)
                continue
            yield from _within(inner, f"{name}/{entry.filename}", stack, depth + 1)
    if not found:
        yield WrongEntry(name, Fault.of(Departure.NO_ARCHIVE))


def is_multiple(path: Path) -> bool:
    """Whether a file is the manifest of a multi-WACZ."""
    return path.suffix.lower() == ".json" and _manifest(path).get("profile") == _MULTIPLE


def _manifest(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LONGEST_MANIFEST:
            return {}
        said = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _named_in(path: Path) -> Iterator[Path | WrongEntry]:
    """The WACZ files that a manifest names, where they lie beside it; nothing is fetched."""
    resources = _manifest(path).get("resources")
    for resource in resources if isinstance(resources, list) else ():
        said = resource.get("path") or resource.get("name") if isinstance(resource, dict) else None
        if not isinstance(said, str):
            continue
        beside = path.parent / PurePosixPath(said.replace("\\", "/")).name
        if "\0" not in said and beside.is_file():
            yield beside
        else:
            yield WrongEntry(said[:200], Fault.of(Departure.RESOURCE_ABSENT, name=said[:200]))
