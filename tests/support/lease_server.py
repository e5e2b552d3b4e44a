"""A Redis or Valkey server of one's own, at a socket in a folder: nothing is kept and no port is opened."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from archive.errors import LeasesUnreachable
from crawler.leases import LeaseServer
from support.daemons import until

PROGRAM = shutil.which("valkey-server") or shutil.which("redis-server")
NEEDS_SERVER = pytest.mark.skipif(
    PROGRAM is None and os.environ.get("TEST_PARTS") != "required",
    reason="no Redis or Valkey here: install the system's redis-server",
)


@attrs.frozen
class Running:
    """A server that runs: its address, and its process."""

    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def lease_server(folder: Path) -> Iterator[Running]:
    """A server for the length of a block."""
    assert PROGRAM is not None, "neither redis-server nor valkey-server is installed"
    place = folder / "leases"
    options = ["--port", "0", "--unixsocket", str(place), "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = subprocess.Popen([PROGRAM, *options], stdout=subprocess.DEVNULL)
    try:
        until(lambda: _answers(LeaseServer(f"unix://{place}")))
        yield Running(f"unix://{place}", process)
    finally:
        process.terminate()
        process.wait(180)


def _answers(server: LeaseServer) -> bool:
    try:
        return bool(server.ask(lambda client: client.ping()))
    except LeasesUnreachable:
        return False
