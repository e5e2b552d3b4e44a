"""Writes WARC files that survive a crash: append, sync, rotate, close."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from io import FileIO
from pathlib import Path

import attrs
from isal import isal_zlib

from archive.clock import Clock, timestamp14
from archive.durable import OPEN_SUFFIX, sync_directory
from archive.warc.record import BuiltRecord, RecordBuilder, new_record_id

ROTATE_BYTES = 1_000_000_000
ROTATE_SECONDS = 24 * 60 * 60.0
_MOST_AT_ONCE = 1024  # IOV_MAX of Linux and the BSDs
# with a second stamp: the runs from the one to the other wrote it, and `baotinh compact` joined their files
_NAME = re.compile(r"BAOTINH-(?P<newspaper>.+?)-(?P<stamp>\d{14})(?:-(?P<last>\d{14}))?-(?P<serial>\d{5})\.warc\.gz")


@attrs.define
class OpenFile:
    """The file being written; `length` and `crc32` count what was appended, durable or not."""

    name: str
    builder: RecordBuilder
    stream: FileIO
    full_at: float  # of time.monotonic(), so that setting the clock does not change the age
    length: int = 0
    crc32: int = 0
    pending: list[bytes] = attrs.field(factory=list)

    def append(self, member: bytes) -> int:
        """Queue a member for the end of the file; the offset at which it will start."""
        offset = self.length
        self.pending.append(member)
        self.length += len(member)
        self.crc32 = isal_zlib.crc32(member, self.crc32)
        return offset

    def sync(self) -> None:
        """Write the queued members, durably."""
        rest, self.pending = self.pending, []
        while rest:
            written = os.writev(self.stream.fileno(), rest[:_MOST_AT_ONCE])
            rest = _behind(rest, written)
        os.fsync(self.stream.fileno())


def _behind(members: list[bytes], written: int) -> list[bytes]:
    """The rest of the members after so many bytes were written."""
    for number, member in enumerate(members):
        if written < len(member):
            return [member[written:], *members[number + 1 :]]
        written -= len(member)
    return []


class WarcWriter:
    """Appends records to `BAOTINH-<newspaper>-<YYYYMMDDhhmmss>-<serial>.warc.gz`, '.open' while it is written.

    The stamp is `began_at`, the start of the run. For one thread. No file is made before the first record. Records are
    durable once `sync` returns.
    """

    def __init__(
        self,
        folder: Path,
        newspaper: str,
        warcinfo: Mapping[str, str],
        clock: Clock,
        *,
        began_at: datetime,
        rotate_bytes: int = ROTATE_BYTES,
        rotate_seconds: float = ROTATE_SECONDS,
        algorithm: str = "sha256",
        new_id: Callable[[], str] = new_record_id,
    ) -> None:
        self._folder, self._newspaper, self._warcinfo = folder, newspaper, dict(warcinfo)
        self._clock, self._rotate_bytes, self._rotate_seconds = clock, rotate_bytes, rotate_seconds
        self._algorithm, self._new_id = algorithm, new_id
        self._stamp = timestamp14(began_at)
        self._serial = 0
        self._current: OpenFile | None = None

    @property
    def current(self) -> OpenFile:
        """The file for the next record; created where there is none."""
        if self._current is None:
            self._current = self._make(self._clock())
        return self._current

    @property
    def is_full(self) -> bool:
        """Whether the current file has reached the size or the age at which it is closed."""
        file = self._current
        return file is not None and (file.length >= self._rotate_bytes or time.monotonic() >= file.full_at)

    @property
    def seconds_left(self) -> float | None:
        """How long the current file may stay open; None where there is none."""
        return max(0.0, self._current.full_at - time.monotonic()) if self._current else None

    def append(self, record: BuiltRecord) -> tuple[str, int]:
        """Queue a record for the current file; the file's name and the offset of the record's member."""
        file = self.current
        return file.name, file.append(record.member)

    def sync(self) -> None:
        """Write the queued records, durably.

        Raises:
            OSError: the disk failed; the end of the file after the last `sync` is invalid: call `abandon`.
        """
        if self._current:
            self._current.sync()

    def close(self) -> str | None:
        """Sync the current file and give it its final name; that name, or None where no file was open."""
        if self._current is None:
            return None
        self.sync()
        file, self._current = self._current, None
        file.stream.close()
        finish(self._folder, file.name)
        return file.name

    def abandon(self) -> None:
        """Close the current file after an error, without syncing; the next run cuts and finishes it."""
        if self._current:
            file, self._current = self._current, None
            with contextlib.suppress(OSError):  # the first error is reported
                file.stream.close()

    def _make(self, instant: datetime) -> OpenFile:
        while True:
            name = f"BAOTINH-{self._newspaper}-{self._stamp}-{self._serial:05}.warc.gz"
            self._serial += 1
            if not (self._folder / name).exists():
                try:
                    stream = FileIO(self._folder / (name + OPEN_SUFFIX), "xb")
                    break
                except FileExistsError:
                    continue
        sync_directory(self._folder)
        builder = RecordBuilder(self._new_id(), self._algorithm, self._new_id)
        file = OpenFile(name, builder, stream, time.monotonic() + self._rotate_seconds)
        file.append(builder.warcinfo(name, instant, self._warcinfo).member)
        return file


def newspaper_of(name: str) -> str | None:
    """The newspaper in the name of a file of this writer; None for another name."""
    match = _NAME.fullmatch(name)
    return match["newspaper"] if match else None


def stamps_of(name: str) -> tuple[str, str] | None:
    """When the first and the last run began whose records are in a file of this name; None for another name."""
    match = _NAME.fullmatch(name)
    return (match["stamp"], match["last"] or match["stamp"]) if match else None


def is_joined(name: str) -> bool:
    """Whether the name is that of a file which `baotinh compact` made."""
    match = _NAME.fullmatch(name)
    return match is not None and match["last"] is not None


def joined_name(newspaper: str, stamps: tuple[str, str], serial: int) -> str:
    """The name of a file that joins files of a newspaper."""
    return f"BAOTINH-{newspaper}-{stamps[0]}-{stamps[1]}-{serial:05}.warc.gz"


def names_of(newspaper: str, stamp: str) -> str:
    """A pattern, as of `glob`, of the names of the files of one run."""
    return f"BAOTINH-{newspaper}-{stamp}-{'[0-9]' * 5}.warc.gz"


def finish(folder: Path, name: str) -> None:
    """Rename a complete file to its name without '.open', durably."""
    (folder / (name + OPEN_SUFFIX)).rename(folder / name)
    sync_directory(folder)


def cut(path: Path, committed: int) -> int:
    """Cut a file after `committed` bytes, durably; how many bytes were cut.

    Raises:
        ValueError: the file is shorter than `committed`.
    """
    size = path.stat().st_size
    if size < committed:
        raise ValueError(f"{size} bytes on disk, {committed} committed")
    if size > committed:
        with path.open("r+b") as stream:
            stream.truncate(committed)
            os.fsync(stream.fileno())
    return size - committed
