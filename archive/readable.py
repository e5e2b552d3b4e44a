"""What can be read as a file: a path on disk, or a file in a store."""

from __future__ import annotations

import os
from typing import BinaryIO, Literal, Protocol


class Readable(Protocol):
    """A file to be read; `pathlib.Path` is one."""

    @property
    def name(self) -> str:
        """Its name, without the names of folders."""

    def open(self, mode: Literal["rb"], /) -> BinaryIO:
        """Its bytes, as a stream that can seek.

        Raises:
            FileNotFoundError: it is gone.
            OSError: it cannot be read.
        """

    def stat(self) -> os.stat_result:
        """Its size and the times at which it was written, as far as they are known.

        Raises:
            OSError: it is gone, or cannot be looked up.
        """
