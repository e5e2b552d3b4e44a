"""A bounded cache on disk of blocks of files that never change."""

from __future__ import annotations

import hashlib
import itertools
import os
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path

_CHECKSUM = 4
# A block that is used has its time set anew only where it is older, for that is a write
_FRESH_S = 60.0
# The cache is looked through when so large a part of it was written anew
_SHARE = 16
_TEMPORARY = ".part"


class BlockCache:
    """Blocks in a folder, at most `most_bytes` of them; the ones that were used longest ago are removed first.

    Several threads and processes may use one folder; each may go beyond the bound by a sixteenth of it. A block that
    was damaged counts as missing. Where the folder cannot be written, nothing is kept.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most = folder, most_bytes
        self._unseen: int | None = None  # bytes written since the folder was looked through
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def read(self, name: str, number: int, length: int) -> bytes | None:
        """The block of that number of a file, if it is held and has that length."""
        path = self._path(name, number)
        try:
            with path.open("rb") as stream:
                said, octets = stream.read(_CHECKSUM), stream.read()
                written = os.fstat(stream.fileno()).st_mtime
        except OSError:
            return None
        if len(octets) != length or said != _checksum(octets):
            return None
        if abs(time.time() - written) > _FRESH_S:
            with suppress(OSError):
                os.utime(path)
        return octets

    def write(self, name: str, number: int, octets: bytes) -> None:
        """Keep a block, and remove others where the bound is reached."""
        if len(octets) > self._most:
            return
        path = self._path(name, number)
        part = path.with_name(f"{path.name}-{os.getpid()}-{next(self._numbers)}{_TEMPORARY}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(_checksum(octets) + octets)
            part.replace(path)
        except OSError:  # a full or read-only disk
            with suppress(OSError):
                part.unlink(missing_ok=True)
            return
        with self._lock:
            if self._unseen is not None and (self._unseen + len(octets)) * _SHARE <= self._most:
                self._unseen += len(octets)
                return
            self._unseen = 0
            self._evict()

    def _path(self, name: str, number: int) -> Path:
        key = hashlib.sha256(name.encode()).hexdigest()[:32]
        return self._folder / key[:2] / f"{key}-{number}"

    def _evict(self) -> None:
        held = []
        for path in self._folder.glob("??/*"):
            with suppress(OSError):
                found = path.stat()
                held.append((found.st_mtime, found.st_size, path))
        left = sum(size for _, size, _ in held)
        for _, size, path in sorted(held):
            if left <= self._most - self._most // _SHARE:
                break
            with suppress(OSError):
                path.unlink()
            left -= size


def _checksum(octets: bytes) -> bytes:
    return zlib.crc32(octets).to_bytes(_CHECKSUM, "big")
