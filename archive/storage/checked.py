"""Writes files to places, and compares what was read back from there."""

from __future__ import annotations

import errno
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from archive.errors import PlaceFailed
from archive.storage.places import Place

_STEP = 1024 * 1024


class Digest(NamedTuple):
    """Of some bytes: how many, their CRC-32 and their SHA-256 as hexadecimal digits."""

    size: int
    crc32: int
    sha256: str


def digest_of(pieces: Iterable[bytes]) -> Digest:
    """The digest of what the pieces hold."""
    size, crc32, sha256 = 0, 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        crc32 = zlib.crc32(piece, crc32)
        sha256.update(piece)
    return Digest(size, crc32, sha256.hexdigest())


def pieces_in(place: Place, name: str, size: int | None = None) -> Iterator[bytes]:
    """The bytes of a file in a place, or the first `size` of them, read anew."""
    left = size
    with place.open(name, None) as stream:
        while piece := stream.read(_STEP if left is None else min(_STEP, left)):
            left = None if left is None else left - len(piece)
            yield piece


def put_checked(place: Place, path: Path, name: str, expected: Digest) -> Digest | None:
    """Write a file to a place and read it back; its digest, the one expected, or None where other bytes came back.

    Raises:
        OSError: the file or the place cannot be read or written.
    """
    place.put(path, name)
    return expected if digest_of(pieces_in(place, name)) == expected else None


@contextmanager
def as_place_failed(url: str) -> Iterator[None]:
    """Raise what a place raises as an error that names it; but a full or read-only disk here as it is."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        raise PlaceFailed(url, error.strerror or str(error)) from error
