"""Environments of their own for the peers, made once under .bench from pinned lists; never touches baotinh's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.crawls import WORKSHOP

PINS = Path(__file__).with_name("peers")


class NotInstalled(Exception):
    """A peer's environment could not be made; the table says so in the peer's place."""


def environment(name: str) -> Path:
    """The folder of the programs of a peer's environment.

    Raises:
        NotInstalled: pip refused.
    """
    place, pins = WORKSHOP / "peers" / name, PINS / f"{name}.txt"
    done = place / "installed.txt"
    if not done.exists() or done.read_text("utf-8") != pins.read_text("utf-8"):
        for command in (
            [sys.executable, "-m", "venv", "--clear", "--without-pip", str(place)],
            [sys.executable, "-m", "pip", "--python", str(place), "install", "--quiet", "--requirement", str(pins)],
        ):
            said = subprocess.run(command, capture_output=True, text=True, check=False)
            if said.returncode:
                lines = said.stderr.strip().splitlines() or [f"exit code {said.returncode}"]
                raise NotInstalled(f"could not be installed: {lines[-1]}")
        done.write_text(pins.read_text("utf-8"), "utf-8")
    return place / "bin"
