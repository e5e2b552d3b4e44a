"""What a process does beside a crawl: it places new articles among their reprints, then updates the search index.

It does so for each byte on its standard input, and ends when that is closed: see `archive.search.follower`.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from pathlib import Path

from archive.collection import Collection
from archive.errors import IndexBusy, ReprintsBusy
from archive.reprints.placing import follow as place
from archive.search.index import follow as index


def main() -> None:
    """Keep the reprints and the index of the collection whose directory is the first argument."""
    os.nice(1)
    collection = Collection(Path(sys.argv[1]))
    while os.read(0, 4096):
        with contextlib.suppress(ReprintsBusy, OSError, sqlite3.OperationalError):
            place(collection)
        with contextlib.suppress(IndexBusy):
            index(collection)


if __name__ == "__main__":
    main()
