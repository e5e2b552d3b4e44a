"""What is kept and how it is read; never imports Scrapy, Twisted or the rooms above.

`archive.open(DIR)` opens a collection for a notebook: its articles and counts as Arrow tables.
"""

from __future__ import annotations

import importlib
from typing import Any

# stands here, because an egg that was renamed has no metadata to read it from
VERSION = "0.1.0"


def open(directory: Any) -> Any:  # noqa: A001
    """Open the collection in a directory for reading: see `archive.notebook.Archive`."""
    # imported by name when it is called: every module of this package imports this one
    return importlib.import_module("archive.notebook").Archive.open(directory)
