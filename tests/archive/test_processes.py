"""Processes of our own code find our own modules, whatever lies where they are begun."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from archive.processes import module_command, same_modules


def test_what_lies_in_the_working_directory_is_not_taken_for_ours(tmp_path: Path) -> None:
    for name in ("archive", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not ours')", "utf-8")
    command = module_command("archive.reprints.follower", tmp_path / "none")
    done = subprocess.run(
        command, cwd=tmp_path, env=same_modules(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_relative_places_are_made_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So scrapyd names an egg: by a path that begins where scrapyd was started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("eggs/paper.egg")
    assert same_modules()["PYTHONPATH"].split(os.pathsep)[0] == str(tmp_path / "eggs" / "paper.egg")
