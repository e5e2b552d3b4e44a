"""Schedules and daemons of jobs, run by the command itself."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.catalog.runs import Run
from archive.clock import parse_warc_date
from archive.collection import Collection
from archive.daemon.heartbeat import Heartbeat, read_heartbeat
from support.raw_server import Line

DAY = '[jobs.{job}]\nnewspaper = "{newspaper}"\nevery = "1d"\n'


def write(folder: Path, port: int, *jobs: tuple[str, str], more: str = "") -> Path:
    Collection.create(folder / "held")  # a daemon makes none
    path = folder / "schedule.toml"
    tables = "".join(DAY.format(job=job, newspaper=newspaper) for job, newspaper in jobs)
    path.write_text(f'loopback = "127.0.0.1:{port}"\n{more}\n{tables}', "utf-8")
    return path


@contextmanager
def daemon(folder: Path, schedule: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    Collection.create(folder / "held")
    place = ["--schedule", str(schedule), "--collection", str(folder / "held")]
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "jobs", "start", *place],
        stderr=subprocess.PIPE, text=True, env=os.environ | environment,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(180)
        assert process.stderr is not None
        process.stderr.close()


def until_up(folder: Path, process: subprocess.Popen[str]) -> Heartbeat:
    """Wait until a daemon takes commands and has planned its jobs; its heartbeat, the first of which it writes then."""

    def own() -> Heartbeat | None:
        assert process.poll() is None, "the daemon has ended"
        beat = read_heartbeat(Collection.open(folder / "held"))
        return beat if beat is not None and beat.pid == process.pid else None

    found: Heartbeat = until(own)
    return found


def planned(folder: Path) -> dict[str, datetime]:
    """When each job is due, by the plans of the catalog."""
    with Collection.open(folder / "held").catalog() as catalog:
        rows = catalog.connection.execute("SELECT job, due_at FROM plans ORDER BY job").fetchall()
    return {job: parse_warc_date(due_at) for job, due_at in rows}


def runs(folder: Path) -> list[Run]:
    if not (folder / "held" / "catalog.sqlite").exists():
        return []
    with Collection.open(folder / "held").catalog() as catalog:
        return catalog.runs()


def until(condition: Callable[[], Any], seconds: float = 180) -> Any:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def slowly(line: Line) -> None:
    """An answer that does not end before the crawl does, which asks anew when its patience is over."""
    with contextlib.suppress(OSError):  # the crawl hung up
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(33_000):
            line.sendall(b"<p>")
            time.sleep(0.1)
