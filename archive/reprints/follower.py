"""The process that places new articles among their reprints during a crawl, and then updates the search index."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from archive.collection import Collection
from archive.errors import IndexBusy, ReprintsBusy
from archive.followers import serve_requests
from archive.reprints.placing import follow as place
from archive.search.indexing.index import follow as index


def _update(root: Path, _is_ended: Callable[[], bool]) -> None:
    collection = Collection(root)
    with contextlib.suppress(ReprintsBusy):
        place(collection)
    with contextlib.suppress(IndexBusy):
        index(collection)


if __name__ == "__main__":
    serve_requests(_update)
