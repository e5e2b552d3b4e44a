"""The process that hashes and compares the pictures of a crawl while it goes on."""

from __future__ import annotations

import contextlib
from pathlib import Path

from archive.collection import Collection
from archive.errors import PicturesBusy
from archive.followers import serve_requests
from archive.pictures.following import follow


def _update(root: Path) -> None:
    with contextlib.suppress(PicturesBusy):
        follow(Collection(root), processes=1)


if __name__ == "__main__":
    serve_requests(_update)
