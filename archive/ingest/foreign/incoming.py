"""Brings a foreign file's bytes into the collection as a part: copied, linked, moved, or out of a package."""

from __future__ import annotations

import enum
import hashlib
import os
import zlib
from pathlib import Path
from typing import BinaryIO, Protocol

import attrs

from archive.durable import sync_directory
from archive.errors import LinkImpossible

_STEP = 1 << 20


class Placing(enum.StrEnum):
    """What becomes of a foreign file: it is copied, gets a second name in the collection, or is moved there."""

    COPY = "copy"
    LINK = "link"
    MOVE = "move"


@attrs.frozen
class Measure:
    """SHA-256, CRC-32 and number of a file's bytes."""

    sha256: str
    crc32: int
    size: int


class SourceUnreadable(Exception):
    """The bytes of a foreign file cannot be read, as the system or the package says."""


class Incoming(Protocol):
    """A foreign file, on disk or within a package."""

    @property
    def name(self) -> str:
        """Its own name, without folders."""

    @property
    def path(self) -> Path | None:
        """Where it lies; None within a package."""

    def open(self) -> BinaryIO:
        """Its bytes; the caller closes the stream."""


@attrs.frozen
class FileOnDisk:
    """A file of its own."""

    path: Path

    @property
    def name(self) -> str:
        """Its name."""
        return self.path.name

    def open(self) -> BinaryIO:
        """Its bytes."""
        return self.path.open("rb")


def bring(source: Incoming, part: Path, placing: Placing) -> Measure:
    """Make the part, durably; a file that is to be moved keeps its name until the catalog has it.

    Raises:
        LinkImpossible: it lies on another disk.
        SourceUnreadable: it cannot be read.
        OSError: the disk is full.
    """
    # a file in the collection's own folder would seem to be left by a killed import
    is_beside = source.path is not None and source.path.resolve().parent == part.parent.resolve()
    if (
        source.path is not None
        and placing is not Placing.COPY
        and not is_beside
        and _is_linked(source.path, part, placing)
    ):
        with part.open("rb") as stream:
            measured = measure(stream)
            os.fsync(stream.fileno())
    else:
        with _opened(source) as stream, part.open("xb") as copy:
            measured = measure(_Source(stream), copy)
            copy.flush()
            os.fsync(copy.fileno())
    sync_directory(part.parent)  # the part is durable before it has a second name
    return measured


def _opened(source: Incoming) -> BinaryIO:
    try:
        return source.open()
    except OSError as error:
        raise SourceUnreadable(error.strerror or str(error)) from error


class _Source:
    """The stream of a foreign file, whose errors are told from those of the collection's disk."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except OSError as error:
            raise SourceUnreadable(error.strerror or str(error)) from error


def _is_linked(path: Path, part: Path, placing: Placing) -> bool:
    try:
        os.link(path.resolve(), part)
    except OSError as error:
        if placing is Placing.LINK:
            raise LinkImpossible(path, error.strerror or str(error)) from error
        return False  # moved to another disk: copied, and then removed there
    return True


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """The next bytes; none at the end."""


def measure(stream: Readable, copy: BinaryIO | None = None) -> Measure:
    """Measure what is left of a stream, and write it to `copy`."""
    sha256, crc32, size = hashlib.sha256(), 0, 0
    while piece := stream.read(_STEP):
        sha256.update(piece)
        crc32 = zlib.crc32(piece, crc32)
        size += len(piece)
        if copy is not None:
            copy.write(piece)
    return Measure(sha256.hexdigest(), crc32, size)
