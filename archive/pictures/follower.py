"""The process that hashes and compares the pictures of a crawl while it goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from archive.collection import Collection
from archive.errors import PicturesBusy, WorkerLost
from archive.followers import serve_requests
from archive.pictures.following import follow


def _update(root: Path, is_ended: Callable[[], bool]) -> None:
    with contextlib.suppress(PicturesBusy, WorkerLost):  # the next request tries it again
        follow(Collection(root), processes=1, is_ended=is_ended)


if __name__ == "__main__":
    serve_requests(_update)
