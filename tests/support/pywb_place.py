"""pywb in its own environment and process, on loopback, over WARC files and indexes of them; it leaves none behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.ports import own_port

PROGRAMS = Path(__file__).parents[2] / ".pywb" / "bin"

# Where a browser is required, as in continuous integration, the absence of any replayer is a failure
MAY_SKIP = os.environ.get("TEST_PARTS") != "required"
needs_pywb = pytest.mark.skipif(
    not (PROGRAMS / "wayback").is_file() and MAY_SKIP, reason="pywb is not installed: run 'make pywb'"
)


def index_itself(warc: Path, index: Path) -> None:
    """Have pywb index WARC files by its own lights, as `wb-manager` does."""
    index.mkdir()
    command = [PROGRAMS / "cdx-indexer", "--sort", "--cdxj", "--output", index / "index.cdxj", warc]
    subprocess.run(command, check=True, timeout=60, capture_output=True)


@contextmanager
def running_pywb(folder: Path, warc: Path, **indexes: Path) -> Iterator[str]:
    """Serve for the length of the block; the address below which each index is a collection, by its name."""
    held = {name: {"archive_paths": f"{warc}/", "index_paths": f"{index}/"} for name, index in indexes.items()}
    with pywb_over(folder, held) as address:
        yield address


@contextmanager
def pywb_over(folder: Path, held: Mapping[str, object]) -> Iterator[str]:
    """Serve these collections of pywb's configuration for the length of the block; the address that they are below."""
    # JSON is YAML
    (folder / "config.yaml").write_text(json.dumps({"collections": held}), "utf-8")
    port = own_port()
    command = [PROGRAMS / "wayback", "--bind", "127.0.0.1", "--port", str(port), "--directory", folder]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        try:
            _wait_for(port, process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(60)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))
