"""Decompresses WARC files of zstd frames (.warc.zst), with the dictionary that may stand ahead of them.

Source: https://iipc.github.io/warc-specifications/specifications/warc-zstd/
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import attrs
import zstandard

_FRAME, _DICTIONARY = b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"
_LARGEST_DICTIONARY = 64 * 1024 * 1024
_STEP = 128 * 1024


def is_zstd(path: Path) -> bool:
    """Whether a file begins with a frame or with a dictionary."""
    with path.open("rb") as stream:
        return stream.read(4) in (_FRAME, _DICTIONARY)


@attrs.frozen
class Decompressed:
    """What came of a file: how many bytes, and whether they are all that its frames hold."""

    size: int
    is_whole: bool


def decompress(source: Path, target: Path, most: int) -> Decompressed:
    """Write the contents of a file's frames as one gzip member, up to damage or so many bytes.

    Raises:
        OSError: the disk is full.
    """
    with source.open("rb") as stream, gzip.open(target, "xb", compresslevel=1) as member:
        pieces, size = _Frames(stream), 0
        for piece in pieces:
            size += len(piece)
            if size > most:
                return Decompressed(size, is_whole=False)
            member.write(piece)
        return Decompressed(size, is_whole=pieces.is_whole)


class _Frames:
    """The contents of the frames of a file, piece by piece; `is_whole` is true once the last one has ended."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._known, self.is_whole = stream, _dictionary(stream), False

    def __iter__(self) -> Iterator[bytes]:
        octets = self._stream.read(_STEP)
        while octets:
            frame = zstandard.ZstdDecompressor(dict_data=self._known).decompressobj()
            try:
                while octets and not frame.eof:
                    yield frame.decompress(octets)
                    octets = b"" if frame.eof else self._stream.read(_STEP)
            except zstandard.ZstdError:
                return
            self.is_whole = frame.eof
            octets = frame.unused_data or self._stream.read(_STEP)


def _dictionary(stream: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    """The dictionary at the beginning, which may be compressed itself; the stream is then behind it."""
    first = stream.read(8)
    if not first.startswith(_DICTIONARY):
        stream.seek(0)
        return None
    octets = stream.read(min(struct.unpack("<I", first[4:])[0], _LARGEST_DICTIONARY))
    if octets.startswith(_FRAME):
        with suppress(zstandard.ZstdError):
            octets = zstandard.ZstdDecompressor().decompress(octets, max_output_size=_LARGEST_DICTIONARY)
    return zstandard.ZstdCompressionDict(octets)
