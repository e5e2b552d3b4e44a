"""Newsrooms whose process is forked, and which draw each picture once for all tests."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from crawler.newsroom import pictures
from crawler.newsroom.pictures import draw_picture
from support import forking

PICTURES = "BAOTINH_TESTS_PICTURES"
SCRIPT = f"""
import os
from pathlib import Path
from crawler.newsroom.__main__ import main
from support.newsrooms import draw_once
draw_once(Path(os.environ["{PICTURES}"]))
main()
"""


def draw_once(folder: Path) -> None:
    """Let the newsrooms of this process keep their pictures in a folder, and take from there what was drawn already."""

    def drawn(recipe: str, width: int, height: int, form: str) -> bytes:
        path = folder / hashlib.sha256(f"{recipe} {width} {height} {form}".encode()).hexdigest()
        try:
            return path.read_bytes()
        except FileNotFoundError:
            octets = draw_picture(recipe, width, height, form)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
            part.write(octets)
        Path(part.name).replace(path)
        return octets

    pictures.draw_picture = drawn


class ForkedProcesses:
    """In the place of crawler.newsroom.service's subprocess."""

    DEVNULL, PIPE = subprocess.DEVNULL, subprocess.PIPE

    def __init__(self, pictures: Path) -> None:
        self._environment = {PICTURES: str(pictures)}

    def Popen(self, command: list[str], **how: Any) -> ForkedNewsroom:  # noqa: N802
        """Begin a newsroom: see crawler.newsroom.service."""
        return ForkedNewsroom(command[command.index("crawler.newsroom") + 1 :], os.environ | self._environment)


class ForkedNewsroom:
    """The process of a newsroom, with what the service uses of subprocess.Popen."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        reading, writing = os.pipe()
        self.stdout: IO[str] = os.fdopen(reading, encoding="utf-8")
        try:
            self._process = forking.begin_script(SCRIPT, arguments, environment, writing)
        finally:
            os.close(writing)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def terminate(self) -> None:
        """Ask it to end."""
        if self._process.poll() is None:
            self._process.terminate()

    def wait(self, timeout: float) -> int:
        """Its exit code when it has ended; subprocess.TimeoutExpired after so many seconds."""
        return self._process.wait(timeout)

    def __enter__(self) -> ForkedNewsroom:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stdout.close()
        self._process.wait()
