"""A ZIP that is generated as it is read, as a file that Python's own reader opens."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

from archive.replay.responses import Ranged
from archive.replay.storedzip import StoredZip


class Seekable(io.RawIOBase):
    """Such a ZIP as a file; it gives what is there in one piece."""

    def __init__(self, source: Ranged | StoredZip) -> None:
        self.source, self.at = source, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + {0: 0, 1: self.at, 2: self.source.size}[whence]
        return self.at

    def read(self, size: int = -1) -> bytes:
        end = self.source.size if size < 0 else self.at + size
        found = b"".join(self.source.read(self.at, end))
        # the reader looks for what ends larger ZIPs ahead of the first byte of a small one
        assert self.at < 0 or len(found) == max(0, self.source.end_of(self.at, end) - self.at)
        self.at += len(found)
        return found


def opened(source: Ranged | StoredZip) -> zipfile.ZipFile:
    """The ZIP, opened by Python's reader."""
    return zipfile.ZipFile(Seekable(source))  # type: ignore[arg-type]


def blocks_of(archive: zipfile.ZipFile) -> list[list[str]]:
    """The lines of each block, found as a viewer finds them; each line of the index begins as its block does."""
    meta, *entries = archive.read("indexes/archive.idx").decode().splitlines()
    assert json.loads(meta.removeprefix("!meta 0 ")) == {"format": "cdxj-gzip-1.0", "filename": "archive.cdx.gz"}
    found = []
    with archive.open("indexes/archive.cdx.gz") as member:
        raw = member._fileobj._file  # type: ignore[attr-defined]
        begins = archive.getinfo("indexes/archive.cdx.gz").header_offset + 30 + len("indexes/archive.cdx.gz")
        for entry in entries:
            key, timestamp, place = entry.split(" ", 2)
            part = json.loads(place)
            raw.seek(begins + part["offset"])
            block = gzip.decompress(raw.read(part["length"])).decode().splitlines()
            assert block[0].startswith(f"{key} {timestamp} ")
            found.append(block)
    return found
