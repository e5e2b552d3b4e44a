"""The files within a WACZ, which may come from anywhere: their names, their sizes, and their bytes without copies."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from archive.faults import Fault
from archive.warc.check.findings import Departure, Severity

STEP = 1024 * 1024
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What Python's ZIP library raises of files that are none."""

# Lists of pages and indexes shrink to a tenth; what shrinks to less than this is no text that somebody reads
_DENSEST = 200
_HARMLESS = 64 * 1024 * 1024
_LONGEST_LINE = 16 * 1024 * 1024
_LOCAL = struct.Struct("<4s22xHH")
_LOCAL_SIGNATURE = b"PK\x03\x04"


class Entries:
    """The files within an open ZIP that may be read. `faults`: what is wrong with the others, and with names."""

    def __init__(self, stream: BinaryIO, package: zipfile.ZipFile) -> None:
        self._stream, self._zip = stream, package
        self.found: dict[str, zipfile.ZipInfo] = {}
        self.broken: set[str] = set()
        self.faults: list[tuple[Severity, Fault]] = []
        self._take(package.infolist())

    def _take(self, listed: list[zipfile.ZipInfo]) -> None:
        ends = self._ends(listed)
        for entry in listed:
            name = entry.filename
            if entry.is_dir():
                continue
            if name in self.found:
                self.faults.append(("breach", Fault.of(Departure.ZIP_SAME_NAMES)))
            if _is_unsafe(entry):
                self.faults.append(("breach", Fault.of(Departure.ZIP_UNSAFE_NAME, name=name[:200])))
            self.found[name] = entry
            if entry.file_size > max(_HARMLESS, _DENSEST * entry.compress_size):
                self._refuse(entry, Departure.ZIP_BOMB)
            elif entry.header_offset + _LOCAL.size + entry.compress_size > ends[entry.header_offset]:
                self._refuse(entry, Departure.ZIP_OVERLAP)

    def _ends(self, listed: list[zipfile.ZipInfo]) -> dict[int, int]:
        """Where the entry that begins at an offset must have ended: where the next one or the directory begins."""
        begins = sorted({entry.header_offset for entry in listed})
        return dict(zip(begins, [*begins[1:], self._zip.start_dir], strict=True))

    def _refuse(self, entry: zipfile.ZipInfo, code: Departure) -> None:
        self.broken.add(entry.filename)
        sizes = {"size": entry.file_size, "found": entry.compress_size}
        self.faults.append(("damage", Fault.of(code, name=entry.filename[:200], **sizes)))

    def named(self, beginning: str, *endings: str) -> list[str]:
        """The names of the files below a folder, with one of these endings where they are given."""
        return [name for name in self.found if name.startswith(beginning) and (not endings or name.endswith(endings))]

    def open(self, name: str) -> BinaryIO:
        """A file as a stream that can seek: of a stored one its bytes in place, of others a copy in a temporary file.

        Raises:
            KeyError: there is none.
            BROKEN: it cannot be read, or was refused.
        """
        entry = self.found[name]
        if name in self.broken:
            raise zipfile.BadZipFile("it was refused")
        if entry.compress_type == zipfile.ZIP_STORED and not entry.flag_bits & 1:
            return io.BufferedReader(_Window(self._stream, self._start(entry), entry.file_size), STEP)
        copy = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
        try:
            for piece in self.pieces(name):
                copy.write(piece)
        except zipfile.BadZipFile:
            pass  # a wrong checksum at its end is reported already, and the check of the records finds the place
        copy.seek(0)
        return copy

    def _start(self, entry: zipfile.ZipInfo) -> int:
        self._stream.seek(entry.header_offset)
        signature, name, extra = _LOCAL.unpack(self._stream.read(_LOCAL.size))
        if signature != _LOCAL_SIGNATURE:
            raise zipfile.BadZipFile("no local header stands there")
        return int(entry.header_offset + _LOCAL.size + name + extra)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, piece by piece; the errors are those of `open`."""
        if name in self.broken:
            raise zipfile.BadZipFile("it was refused")
        with self._zip.open(name) as stored:
            while piece := stored.read(STEP):
                yield piece

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a file of up to `limit` bytes.

        Raises:
            KeyError: there is none.
            BROKEN: it is longer, or cannot be read.
        """
        if self.found[name].file_size > limit:
            raise ValueError(f"it is longer than {limit:,} bytes")
        return b"".join(self.pieces(name))

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, inflated where they are zipped; they end where they cannot be read: it is broken."""
        if name in self.broken:
            return
        entry = self.found[name]
        most = max(_HARMLESS, _DENSEST * entry.file_size)
        try:
            with self._zip.open(name) as stored:
                stream = gzip.GzipFile(fileobj=stored) if name.endswith(".gz") else stored
                while line := stream.readline(_LONGEST_LINE):
                    most -= len(line)
                    if most < 0:
                        raise ValueError("it inflates to more than text does")
                    yield line
        except BROKEN:
            self.broken.add(name)


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    """Whether whoever unpacks the file would write to another place than its name seems to say."""
    path = PurePosixPath(entry.filename)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    odd = any(sign in entry.orig_filename for sign in ("\\", "\0", ":"))
    return is_link or odd or path.is_absolute() or ".." in path.parts


class _Window(io.RawIOBase):
    """Bytes of a file as a file of their own."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        self._stream, self._start, self._size, self._at = stream, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        count = max(0, min(len(view), self._size - self._at))
        self._stream.seek(self._start + self._at)
        octets = self._stream.read(count)
        view[: len(octets)] = octets
        self._at += len(octets)
        return len(octets)
