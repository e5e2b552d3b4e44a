"""What several rooms' tests stand on: the command itself, and what a crawl of the newsroom came to."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import attrs

from archive.collection import Collection

SEED, ARTICLES = 7, 180
PAPERS = ("baocantho", "baolaocai", "baobaclieu")


def baotinh(*arguments: object, timeout: float = 240, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in a process of its own, without a contact address unless one is given."""
    return subprocess.run(
        [sys.executable, "-m", "crawler.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "160", **environment},
    )


@attrs.frozen
class Demonstration:
    """A crawl of the whole newsroom: the collection, the newsroom's truth and what it sent at the transport."""

    collection: Collection
    truth: dict[str, Any]
    exchanges: list[dict[str, Any]]
    printed: str
