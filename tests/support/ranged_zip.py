"""A ZIP that is generated as it is read, as a file that Python's own reader opens."""

from __future__ import annotations

import io
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
