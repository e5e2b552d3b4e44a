"""The process of a run: its command line, and how it begins."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from typing import IO, Protocol, TypeAlias

from archive.collection import Collection
from archive.processes import module_command
from crawler.jobs.schedule import Job, Schedule


class Process(Protocol):
    """The part of subprocess.Popen that a run uses."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code when it has ended; subprocess.TimeoutExpired after so many seconds."""

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""

    def send_signal(self, sig: int) -> None:
        """Send it a signal."""

    def kill(self) -> None:
        """End it at once."""


def begin(command: list[str], output: IO[bytes] | int, errors: IO[bytes], environment: Mapping[str, str]) -> Process:
    """Start a run's process; `errors` receives its standard error."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        env=environment,
        start_new_session=True,  # Ctrl-C goes to the parent, which then ends this process in order
    )


Begin: TypeAlias = Callable[[list[str], IO[bytes] | int, IO[bytes], Mapping[str, str]], Process]


def command(collection: Collection, job: Job, newspaper: str, schedule: Schedule) -> list[str]:
    """The command line that crawls one newspaper for a job."""
    options: list[str] = []
    for section in job.sections:
        options += ["--section", section]
    if job.limit is not None:
        options += ["--limit", str(job.limit)]
    for switch, is_on in (("--recheck", job.recheck), ("--full", job.full)):
        options += [switch] if is_on else []
    for option, day in (("--since", job.since), ("--until", job.until)):
        options += [option, day.isoformat()] if day else []
    if schedule.contact:
        options += ["--contact", schedule.contact]
    if schedule.loopback:
        options += ["--loopback", schedule.loopback]
    place = str(collection.root.absolute())
    return module_command("crawler.cli", "crawl", newspaper, "--due", *options, "--collection", place)
