"""What several rooms' tests stand on: the command itself, and what a crawl of the newsroom came to."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs

from archive.collection import Collection
from support import forking

SEED, ARTICLES = 7, 180
PRINTED_UNTIL = date(2026, 1, 31)
PAPERS = ("baocantho", "baolaocai", "baobaclieu")


# Where no configuration is: a test knows no newspapers of whoever runs it, and leaves him none
NO_CONFIGURATION = "/nonexistent"


@attrs.frozen
class Later:
    """A clock that is ahead of the true one."""

    by: timedelta

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


def at_noon() -> Later:
    """A clock that goes from noon in Vietnam on: no day ends during a test."""
    instant = datetime.now(UTC)
    noon = instant.replace(hour=5, minute=0, second=0, microsecond=0)
    return Later(noon - instant + timedelta(days=noon < instant))


def baotinh(
    *arguments: object, timeout: float = 240, clock: forking.Clock | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in a process of its own, without a contact address unless one is given."""
    set_up = {"PATH": "/usr/bin:/bin", "COLUMNS": "160", "XDG_CONFIG_HOME": NO_CONFIGURATION}
    set_up["BAOTINH_COMPARE_PICTURES"] = os.environ.get("BAOTINH_COMPARE_PICTURES", "1")  # see conftest.py
    set_up["XDG_STATE_HOME"] = os.environ["XDG_STATE_HOME"]  # of these tests: see conftest.py
    return forking.run([*map(str, arguments)], {**set_up, **environment}, timeout, clock=clock)


@attrs.frozen
class Demonstration:
    """A crawl of the whole newsroom: the collection, the newsroom's truth and what it sent at the transport."""

    collection: Collection
    truth: dict[str, Any]
    exchanges: list[dict[str, Any]]
    printed: str
