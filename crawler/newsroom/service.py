"""Starts the newsroom in another process, and sends commands to its control host."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from crawler.newsroom.papers import PAPERS
from crawler.newsroom.server import CONTROL_HOST

READY = "newsroom: http://127.0.0.1:"


class NewsroomNotOpened(Exception):
    """The newsroom's process ended or printed something else before it was ready; read its standard error."""


class RunningNewsroom:
    """A newsroom in another process: its port, its log, and its control commands.

    `hosts` are the papers' host names, all of them answered on 127.0.0.1 and `port`, by Host header.
    """

    def __init__(self, port: int, pid: int, log_path: Path | None) -> None:
        self.port = port
        self.pid = pid
        self.log_path = log_path
        self.hosts = tuple(paper.host for paper in PAPERS)

    def truth(self) -> dict[str, Any]:
        """As `Newsroom.truth`; the first call draws every picture and takes some seconds."""
        return self._ask("GET", "/truth")

    def requests(self) -> dict[str, int]:
        """How many requests came to each of the papers' hosts so far, answered or not."""
        return self._ask("GET", "/requests")

    def set_clock(self, at: datetime) -> None:
        """Set the time of further changes."""
        self._ask("POST", "/clock", {"at": at.isoformat()})

    def publish(self, count: int = 1, paper: str | None = None, section: str | None = None) -> list[str]:
        """Print new articles, in one paper and section by its slug where they are named; their addresses."""
        wanted = {"count": count, "paper": paper, "section": section}
        urls: list[str] = self._ask("POST", "/publish", wanted)["urls"]
        return urls

    def edit(self, url: str, kind: str = "goes on", is_silent: bool = False) -> None:
        """Change what an article says; `kind`: one of `crawler.newsroom.edits.KINDS` or `OF_FILES`; `is_silent`: its
        page does not say when."""
        self._ask("POST", "/edit", {"url": url, "kind": kind, "silent": is_silent})

    def withdraw(self, url: str) -> None:
        """Take an article off the site: it answers 410 from now on."""
        self._ask("POST", "/withdraw", {"url": url})

    def move(self, url: str) -> str:
        """Give an article another address, to which the old one redirects from now on; the new address."""
        return str(self._ask("POST", "/move", {"url": url})["url"])

    def silence(self, paper: str, section: str) -> None:
        """Print nothing more in a section, by its slug."""
        self._ask("POST", "/silence", {"paper": paper, "section": section})

    def redesign(self, paper: str) -> None:
        """Print a paper's article pages in its second markup from now on."""
        self._ask("POST", "/redesign", {"paper": paper})

    def close(self) -> None:
        """Answer no paper's readers: their connections are reset."""
        self._ask("POST", "/close")

    def open(self) -> None:
        """Answer again."""
        self._ask("POST", "/open")

    def _ask(self, method: str, target: str, wanted: dict[str, Any] | None = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with contextlib.closing(connection):
            body = json.dumps(wanted) if wanted is not None else None
            connection.request(method, target, body, {"Host": CONTROL_HOST})
            answer = connection.getresponse()
            answered: dict[str, Any] = json.loads(answer.read())
        if answer.status != 200:
            raise ValueError(answered["error"])
        return answered


@contextlib.contextmanager
def serve_newsroom(
    seed: int = 2025,
    articles: int = 420,
    port: int = 0,
    log_path: Path | None = None,
    truth_path: Path | None = None,
    undeclared: int = 0,
    drawn: int = 0,
    editions: bool = False,
    opens_at: datetime | None = None,
    until: date | None = None,
) -> Iterator[RunningNewsroom]:
    """Run a newsroom in another process for the length of the block.

    Raises:
        NewsroomNotOpened: the process did not report its port.
    """
    command = [sys.executable, "-m", "crawler.newsroom", f"--port={port}", f"--seed={seed}", f"--articles={articles}"]
    command += [f"--undeclared={undeclared}"] if undeclared else []
    command += ["--editions"] if editions else []
    command += [f"--drawn={drawn}"] if drawn else []
    command += [f"--opens-at={opens_at.isoformat()}"] if opens_at else []
    command += [f"--until={until.isoformat()}"] if until else []
    command += [f"--log={log_path.resolve()}"] if log_path else []
    command += [f"--truth={truth_path.resolve()}"] if truth_path else []
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            answered = process.stdout.readline()
            if not answered.startswith(READY):
                raise NewsroomNotOpened(answered)
            yield RunningNewsroom(int(answered.removeprefix(READY)), process.pid, log_path)
        finally:
            process.terminate()
            process.wait(60)
