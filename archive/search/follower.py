"""A process that keeps the search index up with the catalog during a crawl, off the crawl's interpreter lock.

It follows whenever it is told, by a byte on its standard input, and ends when that is closed; it crawls nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from archive.collection import Collection
from archive.errors import IndexBusy
from archive.processes import module_command, same_modules
from archive.search.index import follow


class Follower:
    """The process as a crawl sees it: begun when it is first told, told again while it works without waiting."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._process: subprocess.Popen[bytes] | None = None

    def tell(self) -> None:
        """Have the index brought up to date soon."""
        if self._process is None:
            self._process = subprocess.Popen(
                module_command("archive.search.follower", self._collection.root),
                stdin=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # the crawl's end follows once more, and tells what is wrong
                env=same_modules(),
                process_group=0,  # Ctrl-C is for the crawl, which closes the pipe when it is done
            )
            assert self._process.stdin is not None
            os.set_blocking(self._process.stdin.fileno(), False)
        assert self._process.stdin is not None
        try:
            os.write(self._process.stdin.fileno(), b"\n")
        except OSError:  # it has ended, or has been told often enough
            return

    def close(self) -> None:
        """Let it finish what it is at, and end. Blocks."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()
            self._process = None


def main() -> None:
    """Follow the collection whose directory is the first argument."""
    os.nice(1)
    collection = Collection(Path(sys.argv[1]))
    while os.read(0, 4096):
        try:
            follow(collection)
        except IndexBusy:
            continue


if __name__ == "__main__":
    main()
