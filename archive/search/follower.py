"""The process that updates the search index during a crawl."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from archive.collection import Collection
from archive.errors import IndexBusy
from archive.followers import serve_requests
from archive.search.index import follow


def _update(root: Path, _is_ended: Callable[[], bool]) -> None:
    with contextlib.suppress(IndexBusy):
        follow(Collection(root))


if __name__ == "__main__":
    serve_requests(_update)
