"""`baotinh serve` as a command of its own, with several processes, and what is asked of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs
import httpx2 as httpx

from support.worker_processes import wait_until


@attrs.frozen
class ServeCommand:
    """The command: its process, the ports of site and replay."""

    process: subprocess.Popen[str]
    ports: tuple[int, int]

    def workers(self) -> list[int]:
        """The processes that answer, as far as they have begun."""
        return workers_of(self.process.pid)

    def page(self, path: str, nth: int = 0) -> httpx.Response:
        """A page of the site, or with 1 of the replay, on a connection of its own."""
        return httpx.get(f"http://127.0.0.1:{self.ports[nth]}{path}", timeout=60)

    def wait_for_workers(self, number: int) -> list[int]:
        """Wait until so many processes have begun and the site answers; their ids."""
        wait_until(lambda: len(self.workers()) == number and self.answers())
        return self.workers()

    def answers(self) -> bool:
        """Whether the site answers."""
        try:
            return self.page("/static/site.css").status_code == 200
        except httpx.HTTPError:
            return False


@contextmanager
def serve_command(root: Path, viewer: Path, *options: str, temporary: Path | None = None) -> Iterator[ServeCommand]:
    """The command on free ports once it says that it serves; ended at the end of the block."""
    ports = free_ports()
    command = [sys.executable, "-m", "crawler.cli", "serve", "--collection", str(root)]
    command += ["--port", str(ports[0]), "--replay-port", str(ports[1]), *options]
    environment = os.environ | {"BAOTINH_VIEWER": str(viewer)} | ({"TMPDIR": str(temporary)} if temporary else {})
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            assert any("Ctrl-C" in line for line in process.stdout)
            yield ServeCommand(process, ports)
        finally:
            process.send_signal(signal.SIGTERM)


def workers_of(parent: int) -> list[int]:
    """The processes of the site that a process has begun."""
    found = []
    for child in map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split()):
        if b"archive.web.servers" in Path(f"/proc/{child}/cmdline").read_bytes():
            found.append(child)
    return found


def free_ports() -> tuple[int, int]:
    """Two ports that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def is_free(port: int) -> bool:
    """Whether a port can be listened on."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def runs(process: int) -> bool:
    """Whether a process goes on; one that has ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def sockets_of(process: int) -> int:
    """How many sockets a process has open."""
    found = 0
    for path in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found += str(path.readlink()).startswith("socket:")
    return found
