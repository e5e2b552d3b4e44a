"""A process that updates the search index during a crawl, so that indexing does not slow the crawl down.

It updates the index for each byte on its standard input, and ends when that is closed.
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
    """The process, started by the first `request_update`; further calls do not wait for it."""

    def __init__(self, collection: Collection, module: str = "archive.search.follower") -> None:
        """Args: module: what the process runs."""
        self._collection, self._module = collection, module
        self._process: subprocess.Popen[bytes] | None = None

    def request_update(self) -> None:
        """Request an update of the index; does not wait."""
        if self._process is None:
            self._process = subprocess.Popen(
                module_command(self._module, self._collection.root),
                stdin=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # the crawl updates the index once more at its end, and reports errors then
                env=same_modules(),
                process_group=0,  # Ctrl-C goes to the crawl, which closes the pipe at its end
            )
            assert self._process.stdin is not None
            os.set_blocking(self._process.stdin.fileno(), False)
        assert self._process.stdin is not None
        try:
            os.write(self._process.stdin.fileno(), b"\n")
        except OSError:  # the process has ended, or requests are pending
            return

    def close(self) -> None:
        """Let the process finish its update, and wait for its end."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()
            self._process = None


def main() -> None:
    """Update the index of the collection whose directory is the first argument."""
    os.nice(1)
    collection = Collection(Path(sys.argv[1]))
    while os.read(0, 4096):
        try:
            follow(collection)
        except IndexBusy:
            continue


if __name__ == "__main__":
    main()
